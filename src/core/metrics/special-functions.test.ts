import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeShared } from '../../../test/support/shared-files.js';
import { normalCdf, normalQuantile, studentTUpperTail } from './special-functions.js';

function expectRelative(actual: number, expected: number, tolerance = 1e-9): void {
  expect(Math.abs(actual - expected), `${String(actual)} is not ${String(expected)}`).toBeLessThanOrEqual(
    tolerance * Math.abs(expected),
  );
}

describeShared('vectors/special_functions.json', 'special functions against scipy', (content) => {
  const golden = content as Record<'normal_cdf' | 'normal_quantile' | 'student_t_upper_tail', number[][]>;
  it.each(golden.normal_cdf)('the normal CDF at %d is %d', (x, expected) => {
    expectRelative(normalCdf(x ?? NaN), expected ?? NaN);
  });
  it.each(golden.normal_quantile)('the normal quantile at %d is %d', (p, expected) => {
    expectRelative(normalQuantile(p ?? NaN), expected ?? NaN);
  });
  it.each(golden.student_t_upper_tail)('the t tail at %d with %d degrees is %d', (t, degrees, expected) => {
    expectRelative(studentTUpperTail(t ?? NaN, degrees ?? NaN), expected ?? NaN);
  });
});

describe('the upper tail of t', () => {
  const exponent = fc.double({ min: -3, max: 8, noNaN: true });

  it('has a closed form for one and two degrees of freedom, and keeps its digits far out', () => {
    fc.assert(
      fc.property(exponent, (e) => {
        const t = 10 ** e;
        const h = Math.hypot(t, Math.SQRT2);
        expectRelative(studentTUpperTail(t, 1), Math.atan(1 / t) / Math.PI);
        expectRelative(studentTUpperTail(t, 2), 1 / (h * (h + t)));
      }),
    );
  });

  // Regularised incomplete beta function with 40 digits (mpmath): I(d / (d + t^2); d/2, 1/2) / 2.
  it.each([
    [6, 41, 2.163307905189005e-7],
    [12, 20, 6.7977785129403396e-11],
    [10, 167, 4.7984466222443994e-19],
    [20, 1094, 2.1830751433484938e-76],
    [38, 8759, 6.4531105578606387e-293],
  ])('at %d with %d degrees is %d', (t, degrees, expected) => {
    expectRelative(studentTUpperTail(t, degrees), expected);
  });

  it('and the tail at -t add up to one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -40, max: 40, noNaN: true }),
        fc.integer({ min: 1, max: 9000 }),
        (t, d) => {
          expectRelative(studentTUpperTail(t, d) + studentTUpperTail(-t, d), 1);
        },
      ),
    );
  });

  it('does not exist without degrees of freedom', () => {
    expect(() => studentTUpperTail(1, 0)).toThrow('degrees of freedom');
    expect(() => studentTUpperTail(NaN, 5)).toThrow('degrees of freedom');
  });
});

describe('the normal quantile', () => {
  it('undoes the CDF, down to the smallest normal double', () => {
    fc.assert(
      fc.property(fc.double({ min: -37.5, max: 3, noNaN: true }), (x) => {
        expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThanOrEqual(
          1e-9 * Math.max(1, Math.abs(x)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('never falls as the probability rises', () => {
    const exponent = fc.double({ min: -320, max: 0, noNaN: true });
    fc.assert(
      fc.property(exponent, exponent, (a, b) => {
        const [low, high] = [10 ** Math.min(a, b), 10 ** Math.max(a, b)];
        expect(normalQuantile(low)).toBeLessThanOrEqual(normalQuantile(high) + 1e-12);
      }),
      { numRuns: 500 },
    );
  });

  it('is infinite at certainty and does not exist beyond', () => {
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(() => normalQuantile(1.5)).toThrow('probability');
    expect(() => normalQuantile(NaN)).toThrow('probability');
  });
});
