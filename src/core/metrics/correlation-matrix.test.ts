import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageCorrelation, correlation, correlationMatrix } from './correlation-matrix.js';
import { effectiveTrials } from './effective-trials.js';

const value = fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(0, -1));
const seriesOf = fc
  .integer({ min: 0, max: 12 })
  .chain((length) => fc.array(fc.array(value, { minLength: length, maxLength: length }), { maxLength: 6 }));

describe('correlations', () => {
  it('of three values, by hand', () => {
    // Centred (-1, 0, 1) and (-1, -1, 2) / 3: 3 / sqrt(2 * 6).
    expect(correlation([1, 2, 3], [0, 0, 1])).toBeCloseTo(3 / Math.sqrt(12), 14);
    expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 14);
  });

  it('of a set agree with those of pairs, and their mean with the mean of pairs', () => {
    fc.assert(
      fc.property(seriesOf, (series) => {
        const matrix = correlationMatrix(series);
        const pairs: number[] = [];
        series.forEach((a, i) => {
          series.forEach((b, j) => {
            const cell = matrix[i]?.[j];
            if (cell === undefined) expect(correlation(a, b)).toBeUndefined();
            else {
              expect(cell).toBeGreaterThanOrEqual(-1);
              expect(cell).toBeLessThanOrEqual(1);
              expect(cell).toBeCloseTo(correlation(a, b) ?? NaN, 12);
              if (j < i) pairs.push(cell);
            }
          });
        });
        const found = averageCorrelation(series);
        if (pairs.length === 0) expect(found).toBeUndefined();
        else expect(found).toBeCloseTo(pairs.reduce((sum, c) => sum + c, 0) / pairs.length, 9);
      }),
    );
  });

  it('do not exist for flat curves, gaps, infinities, one value or other lengths', () => {
    const moving = [0.01, -0.02, 0.03];
    for (const other of [
      [0.1, 0.1, 0.1],
      [NaN, 1, 2],
      [Infinity, 1, 2],
      [1, 2],
      [1e200, -1e200, 0],
    ])
      expect(correlation(moving, other)).toBeUndefined();
    expect(correlation([1], [2])).toBeUndefined();
    expect(correlationMatrix([moving, [0, 0, 0]])).toEqual([
      [1, undefined],
      [undefined, undefined],
    ]);
    expect(averageCorrelation([moving, [0, 0, 0]])).toBeUndefined();
    expect(averageCorrelation([])).toBeUndefined();
  });
});

describe('the effective number of trials', () => {
  it('lies between one and their number, and falls with their correlation', () => {
    const rho = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), rho, rho, (trials, x, y) => {
        const [low, high] = [Math.min(x, y), Math.max(x, y)];
        const most = effectiveTrials(trials, low) ?? NaN;
        const least = effectiveTrials(trials, high) ?? NaN;
        expect(most).toBeLessThanOrEqual(trials);
        expect(least).toBeGreaterThanOrEqual(1);
        expect(most).toBeGreaterThanOrEqual(least);
      }),
    );
  });

  it('is one for copies, all for strangers, and in between for cousins', () => {
    expect(effectiveTrials(10, 1)).toBe(1);
    expect(effectiveTrials(10, 0)).toBe(10);
    expect(effectiveTrials(10, undefined)).toBe(10);
    expect(effectiveTrials(10, 0.5)).toBe(5.5);
    expect(effectiveTrials(10, -0.1)).toBe(10);
  });

  it('does not exist for no trials', () => {
    expect([effectiveTrials(0, 0), effectiveTrials(NaN, 0), effectiveTrials(5, NaN)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
