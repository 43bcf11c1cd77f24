import { describe, expect, it } from 'vitest';
import { uniformAt } from '../domain/rng.js';
import { correlation } from './correlation-matrix.js';
import { automaticBandwidth } from './long-run-variance.js';
import { memmelError } from './memmel-error.js';
import { sharpe } from './sharpe.js';
import { sharpeDifference } from './sharpe-difference.js';
import { normalQuantile } from './special-functions.js';

/** Rounded to six places, so that they are the same numbers in any language. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
const A = Array.from({ length: 120 }, (_, t) =>
  rounded(0.01 * Math.sin(t * t * 0.37) + 0.004 * Math.sin(t / 5) + 0.001),
);
const B = A.map((a, t) => rounded(0.008 * Math.sin(t * t * 0.61 + 1) + 0.5 * a + 0.0003));

function normals(seed: number, n: number): number[] {
  return Array.from({ length: n }, (_, t) => normalQuantile(uniformAt(seed, t * 60_000, 0) || 0.5));
}

describe('the difference of two Sharpe ratios', () => {
  // Numpy, with the whole 4 x 4 matrix Psi and the gradient as the paper writes them.
  it.each([
    ['parzen', 0.0862828706135195, 0.18492540672188407],
    ['bartlett', 0.08690583045295003, 0.1880941443040336],
  ] as const)('has the error %s weights give it', (kernel, error, p) => {
    const found = sharpeDifference(A, B, kernel);
    expect(found?.difference).toBeCloseTo(0.11438876392639916, 12);
    expect(found?.error).toBeCloseTo(error, 12);
    expect(found?.twoSidedP).toBeCloseTo(p, 12);
  });

  it('is that of the plain ratios, turns its sign with the order and ignores the unit', () => {
    const found = sharpeDifference(A, B);
    expect(found?.difference).toBeCloseTo((sharpe(A, 1) ?? NaN) - (sharpe(B, 1) ?? NaN), 12);
    expect(sharpeDifference(B, A)?.difference).toBeCloseTo(-(found?.difference ?? NaN), 12);
    expect(sharpeDifference(B, A)?.error).toBeCloseTo(found?.error ?? NaN, 12);
    const inPercent = sharpeDifference(
      A.map((a) => 100 * a),
      B.map((b) => 100 * b),
    );
    expect(inPercent?.error).toBeCloseTo(found?.error ?? NaN, 12);
  });

  it('has about the error of Memmel for independent Normal returns', () => {
    const common = normals(1, 3000);
    const a = normals(2, 3000).map((x, t) => 0.1 + 0.8 * x + 0.6 * (common[t] ?? NaN));
    const b = normals(3, 3000).map((x, t) => 0.05 + 0.8 * x + 0.6 * (common[t] ?? NaN));
    const simple =
      memmelError(sharpe(a, 1) ?? NaN, sharpe(b, 1) ?? NaN, correlation(a, b) ?? NaN, 3000) ?? NaN;
    expect(Math.abs((sharpeDifference(a, b)?.error ?? NaN) / simple - 1)).toBeLessThan(0.1);
  });

  it('has a larger error where returns go on', () => {
    const drift = (xs: readonly number[]): number[] => {
      let value = 0;
      return xs.map((x) => (value = 0.6 * value + x));
    };
    const [a, b] = [drift(normals(4, 2000)), drift(normals(5, 2000))];
    const simple = memmelError(sharpe(a, 1) ?? NaN, sharpe(b, 1) ?? NaN, correlation(a, b) ?? NaN, 2000);
    // The mean of such a series has twice the error: (1 + 0.6) / (1 - 0.6) = 4.
    const factor = (sharpeDifference(a, b)?.error ?? NaN) / (simple ?? NaN);
    expect(factor).toBeGreaterThan(1.6);
    expect(factor).toBeLessThan(2.2);
  });

  it('has a p below 0.05 for about one of twenty pairs of equal ones', () => {
    let rejected = 0;
    for (let k = 0; k < 400; k++) {
      const found = sharpeDifference(normals(2 * k, 250), normals(2 * k + 1, 250));
      if ((found?.twoSidedP ?? NaN) <= 0.05) rejected++;
    }
    expect(rejected / 400).toBeGreaterThan(0.02);
    expect(rejected / 400).toBeLessThan(0.09);
  });

  it('does not exist against a flat curve, a copy, with a gap, or for a short record', () => {
    const flat = A.map(() => 0);
    const copy = A.map((a) => 3 * a);
    for (const other of [flat, A, copy, [...A.slice(1), NaN], [...A.slice(1), Infinity], A.slice(1)])
      expect(sharpeDifference(A, other)).toBeUndefined();
    expect(sharpeDifference(A.slice(0, 9), B.slice(0, 9))).toBeUndefined();
    expect(sharpeDifference([], [])).toBeUndefined();
  });
});

describe('the bandwidth', () => {
  const ramp = Float64Array.from({ length: 101 }, (_, t) => t - 50);

  it('stays finite where every value follows the last: as for a correlation of 0.97', () => {
    const share = (4 * 0.97 ** 2) / 0.03 ** 4;
    expect(automaticBandwidth([ramp], 'parzen')).toBeCloseTo(2.6614 * (share * 101) ** 0.2, 9);
    const bartlett = (4 * 0.97 ** 2) / (0.03 ** 2 * 1.97 ** 2);
    expect(automaticBandwidth([ramp], 'bartlett')).toBeCloseTo(1.1447 * (bartlett * 101) ** (1 / 3), 9);
  });

  it('is nothing where neighbours have nothing in common', () => {
    const alternating = Float64Array.of(1, 0, -1, 0, 1, 0, -1, 0, 0);
    expect(automaticBandwidth([alternating], 'parzen')).toBe(0);
  });
});

describe('the error of Memmel', () => {
  it('falls with the correlation, and does not exist for a copy', () => {
    expect(memmelError(0.1, 0.05, 0.9, 720) ?? NaN).toBeLessThan(memmelError(0.1, 0.05, 0, 720) ?? NaN);
    expect(memmelError(0.1, 0.1, 1, 720)).toBeUndefined();
    expect(memmelError(0.1, 0.05, 0.5, 1)).toBeUndefined();
    expect(memmelError(0.1, 0.05, 2, 720)).toBeUndefined();
    expect(memmelError(0.1, NaN, 0.5, 720)).toBeUndefined();
  });
});
