import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential, naturalLogarithm } from './portable-math.js';

/** The engine's own functions are good to the last bit or two. */
const RELATIVE = 2e-15;

describe('portable arithmetic', () => {
  it('gives the exponential that the engine gives, up to its last bits', () => {
    fc.assert(
      fc.property(fc.double({ min: -44, max: 44, noNaN: true }), (x) => {
        expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(RELATIVE);
      }),
    );
  });

  it('gives the logarithm that the engine gives, up to its last bits', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), (x) => {
        const expected = Math.log(x);
        expect(Math.abs(naturalLogarithm(x) - expected)).toBeLessThan(
          RELATIVE * Math.max(1, Math.abs(expected)),
        );
      }),
    );
  });

  it('is exact at the fixed points', () => {
    expect([exponential(0), naturalLogarithm(1)]).toEqual([1, 0]);
  });
});
