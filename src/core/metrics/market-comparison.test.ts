import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareWithMarket } from './market-comparison.js';

const MARKET = [0.01, -0.02, 0.03, -0.01, 0.004];

describe('a comparison with the market', () => {
  it('of an account that holds it twice over shows the leverage and no skill', () => {
    const found = compareWithMarket(
      MARKET.map((m) => 2 * m),
      MARKET,
      8760,
    );
    expect(found.beta).toBeCloseTo(2, 12);
    expect(found.alphaAnnualFraction).toBeCloseTo(0, 9);
    expect(found.correlation).toBeCloseTo(1, 12);
    expect(found.explainedFraction).toBeCloseTo(1, 12);
    expect(found.upCapture).toBeCloseTo(2, 12);
    expect(found.downCapture).toBeCloseTo(2, 12);
  });

  it('finds what is added every period, compounded', () => {
    const found = compareWithMarket(
      MARKET.map((m) => 0.001 - 0.5 * m),
      MARKET,
      12,
    );
    expect(found.beta).toBeCloseTo(-0.5, 12);
    expect(found.alphaAnnualFraction).toBeCloseTo(1.001 ** 12 - 1, 12);
    expect(found.correlation).toBeCloseTo(-1, 12);
  });

  it('loses everything at most', () => {
    // A mean of -0.9 and a slope of 1 on a market with a mean of 0.5.
    const found = compareWithMarket([-1, -0.8], [0.4, 0.6], 1);
    expect(found.beta).toBeCloseTo(1, 12);
    expect(found.alphaAnnualFraction).toBe(-1);
  });

  it('B-41: captures by hand: sums of periods in which the market rose, and in which it fell', () => {
    const found = compareWithMarket([0.01, -0.01, 0.01, 0.002, 0], MARKET, 8760);
    expect(found.upCapture).toBeCloseTo(0.02 / 0.044, 12);
    expect(found.downCapture).toBeCloseTo(-0.008 / -0.03, 12);
  });

  it('has a slope but no correlation for an account that is flat', () => {
    const found = compareWithMarket([0, 0, 0, 0, 0], MARKET, 8760);
    expect(found.beta).toBe(0);
    expect(found.correlation).toBeUndefined();
    expect(found.explainedFraction).toBeUndefined();
  });

  it('has nothing to say without a market that moves, with a gap, or for other lengths', () => {
    const own = [0.01, 0.02, -0.01, 0.01, 0];
    for (const market of [[0, 0, 0, 0, 0], [NaN, 1, 2, 3, 4], [Infinity, 1, 2, 3, 4], [0.1], []])
      expect(Object.values(compareWithMarket(own, market, 8760)).every((value) => value === undefined)).toBe(
        true,
      );
    // A market that only grows has been beaten or not, but has no slope.
    const steady = compareWithMarket(own, [0.01, 0.01, 0.01, 0.01, 0.01], 8760);
    expect([steady.beta, steady.alphaAnnualFraction, steady.downCapture]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(steady.upCapture).toBeCloseTo(0.6, 12);
  });

  it('never finds more than all of a copy', () => {
    const market = fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(market, fc.double({ min: -5, max: 5, noNaN: true }), (series, leverage) => {
        const found = compareWithMarket(
          series.map((m) => leverage * m),
          series,
          8760,
        );
        expect(found.explainedFraction ?? 0).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives numbers or nothing, and correlations within -1 and 1', () => {
    const series = fc.array(fc.oneof(fc.double(), fc.constantFrom(0, -1, 0.01)), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(series, series, (own, market) => {
        const found = compareWithMarket(own, market, 8760);
        for (const figure of Object.values(found) as (number | undefined)[])
          if (figure !== undefined) expect(Number.isFinite(figure)).toBe(true);
        expect(Math.abs(found.correlation ?? 0)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});
