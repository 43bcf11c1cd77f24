import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annualReturn, equityToReturns, simpleReturn, totalReturn } from './returns.js';

describe('returns of an equity curve', () => {
  it('are one fewer than its points', () => {
    expect(Array.from(equityToReturns([100, 110, 99]))).toEqual([110 / 100 - 1, 99 / 110 - 1]);
    expect(equityToReturns([100])).toHaveLength(0);
    expect(equityToReturns([])).toHaveLength(0);
  });

  it('say -1 once when everything is lost, and 0 from then on', () => {
    expect(Array.from(equityToReturns([100, 0, 0, 50]))).toEqual([-1, 0, 0]);
    expect(Array.from(equityToReturns([100, -20, -30]))).toEqual([-1, 0]);
  });

  it('keep a gap as a gap', () => {
    expect(Array.from(equityToReturns([100, NaN, 120]))).toEqual([NaN, NaN]);
    expect(simpleReturn(NaN, 100)).toBeNaN();
  });

  it('compound to what happened to the money', () => {
    const equity = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), {
      minLength: 2,
      maxLength: 200,
    });
    fc.assert(
      fc.property(equity, (path) => {
        const growth = (path.at(-1) ?? NaN) / (path[0] ?? NaN);
        const total = totalReturn(equityToReturns(path)) ?? NaN;
        expect(Math.abs(total + 1 - growth)).toBeLessThanOrEqual(1e-9 * growth);
      }),
    );
  });
});

describe('the total and the annual return', () => {
  it('do not exist without returns or with a gap', () => {
    expect(totalReturn([])).toBeUndefined();
    expect(annualReturn([], 8760)).toBeUndefined();
    expect(totalReturn([0.1, NaN])).toBeUndefined();
    expect(totalReturn([NaN, -1])).toBeUndefined();
    expect(annualReturn([0.1, NaN], 8760)).toBeUndefined();
  });

  it('stay at -100 % after a total loss, whatever follows', () => {
    expect(totalReturn([0.5, -1, 3])).toBe(-1);
    expect(totalReturn([-3, -3])).toBe(-1);
    expect(annualReturn([0.5, -1, 3], 8760)).toBe(-1);
  });

  it('compound over the year: 10 % in half a year are 21 %', () => {
    expect(annualReturn([0.1], 2)).toBeCloseTo(0.21, 12);
  });

  it('are undefined where an hour that doubled would be a year of 2^8760', () => {
    expect(annualReturn([1], 8760)).toBeUndefined();
  });
});
