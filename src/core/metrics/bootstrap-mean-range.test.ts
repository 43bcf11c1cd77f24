import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniformAt } from '../domain/rng.js';
import { bootstrapDifferenceRange, bootstrapMeanRange } from './bootstrap-mean-range.js';
import { normalQuantile } from './special-functions.js';

const A = [-12.5, 3.1, 0.4, -7.7, 5.2, -1.9, 2.2, -4.6];
const B = [6.3, 1.8, 9.9, -0.7, 4.4, 12.1, 7.0, 3.3, 2.6, 5.5];
const SKEWED = [0.1, 0.2, 0.15, 0.3, 0.4, 0.25, 0.9, 2.5, 5.1, 0.05];
const VERY_SKEWED = [0.01, 0.02, 0.03, 0.05, 0.1, 8.0, 0.04, 1.5];

describe('the BCa range', () => {
  // scipy 1.17.1: scipy.stats.bootstrap(method='BCa') with 400,000 resamples, two seeds that agree within .03. Tolerances are a few errors
  // of a 2.5 % quantile of 10,000 resamples.
  it.each([
    ['a mean', bootstrapMeanRange(B, 1), 3.16, 7.66, 0.12],
    [
      'a mean of skewed values: plain quantiles would say .23 to 2.08',
      bootstrapMeanRange(SKEWED, 1),
      0.335,
      2.61,
      0.1,
    ],
    ['a difference of means', bootstrapDifferenceRange(A, B, 1), -12.18, -3.16, 0.25],
  ])('of %s is that of scipy', (_, found, low, high, tolerance) => {
    expect(Math.abs((found?.low ?? NaN) - low)).toBeLessThan(tolerance);
    expect(Math.abs((found?.high ?? NaN) - high)).toBeLessThan(tolerance);
  });

  it('corrects for bias: of very skewed values the low end is .0575, not the .046 that skewness alone would say', () => {
    expect(Math.abs((bootstrapMeanRange(VERY_SKEWED, 1)?.low ?? NaN) - 0.0575)).toBeLessThan(0.006);
  });

  it('gives the skewness of the second sample the other sign: .82 to 6.62, not 1.18 to 6.94', () => {
    const found = bootstrapDifferenceRange(B, VERY_SKEWED, 1);
    expect(Math.abs((found?.low ?? NaN) - 0.82)).toBeLessThan(0.15);
    expect(Math.abs((found?.high ?? NaN) - 6.62)).toBeLessThan(0.15);
  });

  it('is the same for the same seed in whatever order, and another for another seed', () => {
    expect(bootstrapMeanRange([...B].reverse(), 4)).toEqual(bootstrapMeanRange(B, 4));
    expect(bootstrapMeanRange(B, 5)).not.toEqual(bootstrapMeanRange(B, 4));
    expect(bootstrapDifferenceRange([...A].reverse(), B, 4)).toEqual(bootstrapDifferenceRange(A, B, 4));
  });

  it('moves with the values and turns with their sign', () => {
    const value = fc.integer({ min: -500, max: 500 }).map((n) => n / 100);
    fc.assert(
      fc.property(fc.array(value, { minLength: 5, maxLength: 12 }), (of) => {
        const plain = bootstrapMeanRange(of, 1);
        fc.pre(plain !== undefined);
        const moved = bootstrapMeanRange(
          of.map((one) => 10 * one + 7),
          1,
        );
        expect(moved?.low).toBeCloseTo(10 * plain.low + 7, 6);
        expect(moved?.high).toBeCloseTo(10 * plain.high + 7, 6);
        expect(plain.low).toBeLessThanOrEqual(plain.high);
      }),
      { numRuns: 25 },
    );
  });

  it('of ten Normal values holds the true mean nine times in ten or more, a little too seldom', () => {
    let held = 0;
    for (let run = 0; run < 300; run++) {
      const of = Array.from({ length: 10 }, (_, i) => normalQuantile(uniformAt(run, i * 60_000, 3) || 0.5));
      const range = bootstrapMeanRange(of, run);
      if ((range?.low ?? NaN) <= 0 && (range?.high ?? NaN) >= 0) held++;
    }
    expect(held / 300).toBeGreaterThan(0.86);
    expect(held / 300).toBeLessThan(0.97);
  });

  it('does not exist below five values, without spread and with a gap', () => {
    for (const of of [
      [1, 2, 3, 4],
      [0.2, 0.2, 0.2, 0.2, 0.2],
      [1, 2, 3, NaN, 5],
      [1, 2, 3, 4, Infinity],
    ])
      expect(bootstrapMeanRange(of, 1), String(of)).toBeUndefined();
    expect(bootstrapDifferenceRange(A, [1, 2], 1)).toBeUndefined();
  });
});
