import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divideFully } from './pair-arithmetic.js';
import { addToMoments, createWindowMoments, windowDeviation, windowMean } from './window-moments.js';
import { addToRange, createWindowRange } from './window-range.js';
import { addToWindow, createWindowSum } from './window-sum.js';
import { walkBars } from '../../../test/support/indicator-streams.js';

const dyadic = fc.integer({ min: -(2 ** 40), max: 2 ** 40 }).map((n) => n / 1024);
const period = fc.integer({ min: 1, max: 9 });

describe('a window', () => {
  it('sums exactly the last values', () => {
    fc.assert(
      fc.property(fc.array(dyadic, { maxLength: 60 }), period, (values, n) => {
        const window = createWindowSum(n);
        values.forEach((value, at) => {
          addToWindow(window, value, 0);
          // These values add without rounding, so the plain sum is the exact one.
          const plain = values.slice(Math.max(0, at + 1 - n), at + 1).reduce((sum, x) => sum + x, 0);
          expect(window.total.hi + window.total.lo).toBe(plain);
          expect(window.full).toBe(at + 1 >= n);
        });
      }),
    );
  });

  it('forgets a huge value, and one that is not a number, when it leaves', () => {
    for (const disturbance of [1e300, NaN, Infinity]) {
      const window = createWindowSum(3);
      for (const value of [disturbance, 0.1, 0.1, 0.1]) addToWindow(window, value, 0);
      expect(divideFully(window.total.hi, window.total.lo, 3, 0)).toBe(0.1);
    }
  });

  it('knows the highest and lowest of the last bars', () => {
    const pairs = fc.array(fc.tuple(fc.integer(), fc.integer()), { maxLength: 60 });
    fc.assert(
      fc.property(pairs, period, (bars, n) => {
        const range = createWindowRange(n);
        bars.forEach(([high, low], at) => {
          addToRange(range, high, low);
          const inside = bars.slice(Math.max(0, at + 1 - n), at + 1);
          expect(range.highest).toBe(Math.max(...inside.map((bar) => bar[0])));
          expect(range.lowest).toBe(Math.min(...inside.map((bar) => bar[1])));
        });
      }),
    );
  });

  it('after 200,000 bars has the mean and deviation of a fresh two-pass computation', () => {
    const n = 37;
    const closes = walkBars(7, 200_000, 0.001).map((bar) => bar.close);
    const moments = createWindowMoments(n);
    closes.forEach((close, at) => {
      addToMoments(moments, close);
      if (at % 1000 !== 999) return;
      const fresh = twoPass(closes.slice(at + 1 - n, at + 1));
      expect(Math.abs(windowMean(moments) / fresh.mean - 1)).toBeLessThan(1e-15);
      expect(Math.abs(windowDeviation(moments, 0) / fresh.deviation - 1)).toBeLessThan(1e-12);
    });
  });

  it('keeps a deviation of a billionth of the price to nine digits, after a crash to a millionth too', () => {
    const noise = [3, -1, 4, 1, -5, 9, 2, -6, 5, 3].map((k) => k * 2 ** -30);
    const moments = createWindowMoments(noise.length);
    for (const value of [1e6, 2e6, ...noise.map((x) => 1 + x)]) addToMoments(moments, value);
    const expected = twoPass(noise).deviation;
    expect(Math.abs(windowDeviation(moments, 0) / expected - 1)).toBeLessThan(1e-9);
  });

  it('never has a variance below zero', () => {
    const nearly = fc.constantFrom(0.1, 0.1 + 2 ** -56, 0.1 + 2 ** -55);
    fc.assert(
      fc.property(fc.array(nearly, { minLength: 5, maxLength: 60 }), (values) => {
        const moments = createWindowMoments(5);
        for (const value of values) addToMoments(moments, value);
        expect(windowDeviation(moments, 0)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

function twoPass(values: readonly number[]): { mean: number; deviation: number } {
  const first = values[0] ?? NaN;
  const mean = first + values.reduce((sum, x) => sum + (x - first), 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}
