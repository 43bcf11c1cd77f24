import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviation, mean } from './deviation.js';
import { drawdown } from './drawdown.js';
import { downsideDeviation } from './one-sided-deviation.js';
import { equityToReturns } from './returns.js';
import { SCORECARD_FIELDS, type Scorecard, openScorecard, recordMark, recordSample } from './scorecard.js';

function cardOf([start, ...path]: readonly number[]): Scorecard {
  const card = openScorecard(start ?? NaN);
  for (const equityUsd of path) {
    recordMark(card, equityUsd, 0.5);
    recordSample(card, equityUsd);
  }
  return card;
}

function expectClose(actual: number, expected: number, what: string): void {
  expect(Math.abs(actual - expected), what).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

/** Money that may be lost completely, go below zero, and come back. */
const anyEquity = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.double({ min: 1, max: 1e5, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(0, -50) },
  ),
  { minLength: 2, maxLength: 200 },
);

describe('the running scorecard', () => {
  it('names every field once, in the order they are saved', () => {
    expect([...SCORECARD_FIELDS].sort()).toEqual(Object.keys(openScorecard(1)).sort());
  });

  it('agrees with the statistics of the whole curve, total losses included', () => {
    fc.assert(
      fc.property(anyEquity, (rest) => {
        const equity = [10_000, ...rest];
        const returns = equityToReturns(equity);
        const card = cardOf(equity);
        expect(card.samples).toBe(returns.length);
        expect(card.marks).toBe(returns.length);
        expectClose(card.meanReturn, mean(returns) ?? NaN, 'mean');
        const sampleDeviation = Math.sqrt(card.squaredDeviations / (card.samples - 1));
        expectClose(sampleDeviation, deviation(returns) ?? NaN, 'deviation');
        const downside = Math.sqrt(card.downsideSquares / card.samples);
        expectClose(downside, downsideDeviation(returns) ?? NaN, 'downside deviation');
        expectClose(card.maxDrawdownFraction, drawdown(returns)?.depth ?? NaN, 'drawdown');
      }),
    );
  });

  it('loses -100 % once, then nothing more', () => {
    const card = cardOf([100, 0, 0, -5, 0]);
    expect(card.samples).toBe(4);
    expect(card.meanReturn).toBe(-0.25);
    expect(card.downsideSquares).toBe(1);
    expect(card.maxDrawdownFraction).toBe(-1);
  });

  it('A-16, B-34: sees a fall between two samples', () => {
    const card = openScorecard(100);
    for (const equityUsd of [100, 80, 100]) recordMark(card, equityUsd, 0);
    recordSample(card, 100);
    expect(card.maxDrawdownFraction).toBeCloseTo(-0.2, 15);
    expect(card.meanReturn).toBe(0);
  });

  it('keeps small deviations beside a long history (Welford), where a sum of squares would cancel', () => {
    const card = openScorecard(1e9);
    const equity = [1e9];
    for (let i = 0; i < 2000; i++)
      equity.push((equity.at(-1) ?? NaN) * (1.01 + (i % 2 === 0 ? 1e-8 : -1e-8)));
    for (const equityUsd of equity.slice(1)) recordSample(card, equityUsd);
    expect(Math.sqrt(card.squaredDeviations / 1999) / 1e-8).toBeCloseTo(Math.sqrt(2000 / 1999), 6);
  });

  it('goes on exactly where it stopped when its fields are saved and restored', () => {
    fc.assert(
      fc.property(anyEquity, fc.nat(), (rest, cut) => {
        const at = cut % rest.length;
        const whole = cardOf([10_000, ...rest]);
        const first = cardOf([10_000, ...rest.slice(0, at)]);
        const saved = Float64Array.from(SCORECARD_FIELDS, (field) => first[field]);
        const second = openScorecard(0);
        SCORECARD_FIELDS.forEach((field, i) => (second[field] = saved[i] ?? NaN));
        for (const equityUsd of rest.slice(at)) {
          recordMark(second, equityUsd, 0.5);
          recordSample(second, equityUsd);
        }
        expect(second).toEqual(whole);
      }),
    );
  });
});
