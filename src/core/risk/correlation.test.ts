import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../domain/time.js';
import { returnCorrelation } from './correlation.js';

const prices = (returns: readonly number[]): Float64Array => {
  let price = 100;
  return Float64Array.from([100, ...returns.map((r) => (price *= Math.exp(r)))]);
};
const noise = fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 100, maxLength: 100 });

describe('the correlation of 30-day returns', () => {
  it('is 1 with itself at any scale, -1 with its mirror, and the same in both orders', () => {
    fc.assert(
      fc.property(noise, noise, (x, y) => {
        const [a, b, mirror] = [prices(x), prices(y), prices(x.map((r) => -2 * r))];
        const moves = Math.max(...x) - Math.min(...x) > 1e-3;
        fc.pre(moves);
        expect(
          returnCorrelation(
            a,
            a.map((p) => p * 7),
            100,
            HOUR_MS,
          ),
        ).toBeCloseTo(1, 9);
        expect(returnCorrelation(a, mirror, 100, HOUR_MS)).toBeCloseTo(-1, 9);
        expect(returnCorrelation(a, b, 100, HOUR_MS)).toBeCloseTo(returnCorrelation(b, a, 100, HOUR_MS), 12);
      }),
    );
  });

  it('is the textbook figure', () => {
    const x = [1, 2, 3, 4, 5, 6].map((v) => v / 1000);
    const y = [2, 1, 4, 3, 7, 5].map((v) => v / 1000);
    const many = (r: readonly number[]): Float64Array => prices(Array.from({ length: 20 }, () => r).flat());
    // Sxy / sqrt(Sxx Syy) of the six pairs.
    expect(returnCorrelation(many(x), many(y), 120, HOUR_MS)).toBeCloseTo(16 / Math.sqrt(17.5 * (70 / 3)), 9);
  });

  it('sees the last 30 days and nothing after the bar', () => {
    const calm = Array.from({ length: 800 }, (_, i) => (i % 2 === 0 ? 0.001 : -0.001));
    const wild = calm.map((r, i) => (i < 70 || i > 790 ? -r : r));
    expect(returnCorrelation(prices(calm), prices(wild), 790, HOUR_MS)).toBeCloseTo(1, 9);
    expect(returnCorrelation(prices(calm), prices(wild), 720, HOUR_MS)).toBeLessThan(1);
  });

  it('is unknown of too few returns, of a price that stands still, and over a gap without an end', () => {
    const short = prices(Array.from({ length: 30 }, (_, i) => (i % 3) / 1000));
    expect(returnCorrelation(short, short, 30, HOUR_MS)).toBeNaN();
    const still = new Float64Array(200).fill(5);
    expect(
      returnCorrelation(still, prices(Array.from({ length: 199 }, (_, i) => (i % 3) / 1000)), 199, HOUR_MS),
    ).toBeNaN();
    expect(returnCorrelation(new Float64Array(200).fill(NaN), still, 199, HOUR_MS)).toBeNaN();
  });

  it('takes hours of shorter bars, and the bars of longer ones', () => {
    const days = prices(Array.from({ length: 40 }, (_, i) => (i % 3) / 1000));
    expect(returnCorrelation(days, days, 40, DAY_MS)).toBeCloseTo(1, 9);
  });
});
