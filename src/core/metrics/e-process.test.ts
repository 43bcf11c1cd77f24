import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeShared } from '../../../test/support/shared-files.js';
import { uniformAt } from '../domain/rng.js';
import { E_PROCESS_FIELDS, type EProcess, eValue, openEProcess, stepEProcess } from './e-process.js';

function processOf(differences: readonly number[]): EProcess {
  const state = openEProcess();
  for (const d of differences) stepEProcess(state, d);
  return state;
}

interface Golden {
  readonly rtol: number;
  readonly cases: readonly {
    readonly returns: readonly number[];
    readonly expected: Readonly<Record<string, number>>;
    readonly max: number;
  }[];
}

describeShared('vectors/e_process.json', 'the e-process by its definition', (content) => {
  const { cases, rtol } = content as Golden;

  it.each(cases.map((of, i) => ({ i, ...of })))('case $i, at every hour of the file', (of) => {
    const hours = Object.keys(of.expected).map(Number);
    expect(hours).toEqual([24, 25, 100, 168, 400]);
    for (const hour of hours) {
      const expected = of.expected[String(hour)] ?? NaN;
      const found = eValue(processOf(of.returns.slice(0, hour)));
      expect(Math.abs(found - expected), `hour ${String(hour)}`).toBeLessThanOrEqual(rtol * expected);
    }
    expect(Math.abs(processOf(of.returns).highest - of.max)).toBeLessThanOrEqual(rtol * of.max);
  });
});

describe('an e-process', () => {
  const differences = fc.array(
    fc.oneof(
      fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      fc.double(),
      fc.constantFrom(0, -1, 1e-300, 1e200, -1e200, NaN),
    ),
    { maxLength: 120 },
  );

  it('names every field once, in the order they are saved', () => {
    expect([...E_PROCESS_FIELDS]).toEqual(Object.keys(openEProcess()));
  });

  it('is a number and not negative, whatever comes in, and never above its highest', () => {
    fc.assert(
      fc.property(differences, (series) => {
        const state = processOf(series);
        for (const field of E_PROCESS_FIELDS) expect(state[field]).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(eValue(state))).toBe(true);
        expect(eValue(state)).toBeLessThanOrEqual(state.highest);
      }),
    );
  });

  it('passes over what is missing', () => {
    const known = Array.from({ length: 60 }, (_, i) => Math.sin(i) / 100);
    const gappy = known.flatMap((d, i) => (i % 7 === 0 ? [NaN, d, Infinity] : [d]));
    expect(processOf(gappy)).toEqual(processOf(known));
    expect(eValue(processOf(known))).not.toBe(1);
  });

  it('has no evidence where both curves are the same, nor where they differ by rounding', () => {
    expect(eValue(processOf(Array.from({ length: 100 }, () => 0)))).toBe(1);
    expect(eValue(processOf(Array.from({ length: 100 }, (_, i) => (i % 3) * 1e-17)))).toBe(1);
  });

  it('does not depend on the unit of the differences', () => {
    const series = Array.from({ length: 90 }, (_, i) => Math.sin(i * i) / 100 + 0.001);
    const inPercent = eValue(processOf(series.map((d) => d * 100)));
    expect(inPercent).toBeCloseTo(eValue(processOf(series)), 12);
  });

  it('bets on the variance before the hour', () => {
    // Squares of 1 throughout, so sigma is 1 at hour 25 however large that hour is.
    const state = processOf([...Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 1 : -1)), 3]);
    expect(eValue(state)).toBeCloseTo(1 + (37 / 4) * (3 / Math.sqrt(8760)), 12);
  });

  it('keeps a millionth of a millionth after an hour that loses more than it had', () => {
    const state = processOf([...Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? 1 : -1)), -100]);
    expect(eValue(state)).toBeCloseTo(1e-12, 24);
    stepEProcess(state, 100);
    expect(eValue(state)).toBeGreaterThan(1e-12);
  });

  it('grows with skill and stays finite however much', () => {
    const state = openEProcess();
    for (let hour = 0; hour < 20_000; hour++) stepEProcess(state, hour % 2 === 0 ? 0.02 : 0.01);
    expect(eValue(state)).toBeGreaterThan(1e200);
    expect(Number.isFinite(eValue(state))).toBe(true);
  });

  it('has a mean of 1 without skill', () => {
    const series = 4000;
    let sum = 0;
    for (let k = 0; k < series; k++) {
      const state = openEProcess();
      for (let hour = 0; hour < 100; hour++) stepEProcess(state, uniformAt(k, hour * 60_000, 0) - 0.5);
      sum += eValue(state);
    }
    // Each E has a deviation of about 1.6, so that their mean has a standard error of 0.025.
    expect(Math.abs(sum / series - 1)).toBeLessThan(0.1);
  });

  it('reaches 20 in at most one of twenty series without skill', () => {
    const series = 1000;
    let reached = 0;
    for (let k = 0; k < series; k++) {
      const state = openEProcess();
      for (let hour = 0; hour < 1000; hour++) stepEProcess(state, uniformAt(k, hour * 60_000, 1) - 0.5);
      if (state.highest >= 20) reached++;
    }
    expect(reached).toBeGreaterThan(0);
    expect(reached / series).toBeLessThanOrEqual(0.05);
  });
});
