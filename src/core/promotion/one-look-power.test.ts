import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLookDays, oneLookPower } from './one-look-power.js';

describe('the arithmetic of one look', () => {
  // statistics.md section 1: days for 80 % power with one look at 10 %.
  it.each([
    [2, [411, 653, 916, 1411, 1898]],
    [3, [183, 290, 407, 627, 844]],
    [5, [66, 105, 147, 226, 304]],
  ])('gives the published days for a Sharpe of %d', (sharpe, days) => {
    [1, 3, 10, 100, 1000].forEach((contestants, i) => {
      expect(Math.round(oneLookDays(sharpe, contestants, 0.1, 0.8) ?? NaN)).toBe(days[i]);
    });
  });

  it('is one thing told from two sides', () => {
    const unit = fc.double({ min: 0.5, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 10_000 }),
        unit,
        (s, n, power) => {
          const days = oneLookDays(s, n, 0.1, power) ?? NaN;
          expect(oneLookPower(s, n, 0.1, days)).toBeCloseTo(power, 9);
        },
      ),
    );
  });

  it('has no day for who has no skill', () => {
    expect(oneLookDays(0, 10, 0.1, 0.8)).toBeUndefined();
    expect(oneLookDays(-2, 10, 0.1, 0.8)).toBeUndefined();
    expect(oneLookPower(0, 10, 0.1, 365), 'luck passes at the level').toBeCloseTo(0.01, 12);
  });
});
