import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundPrice } from './round-price.js';

describe('a rounded price', () => {
  it.each([
    [60_123.4567, 60_123],
    [123_456, 123_460],
    [2_512.345, 2_512.3],
    [0.0851234, 0.085123],
    [99_999.9, 100_000],
    [1, 1],
  ])('shows five digits: %d becomes %d', (price, rounded) => {
    expect(roundPrice(price)).toBe(rounded);
  });

  it('is the double that its decimal digits are read as, and stays when rounded again', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (price) => {
        const rounded = roundPrice(price);
        expect(rounded).toBe(Number(rounded.toPrecision(5)));
        expect(roundPrice(rounded)).toBe(rounded);
        // Half a unit of the fifth digit is at most 5e-5 of the price.
        expect(Math.abs(rounded / price - 1)).toBeLessThan(5.001e-5);
      }),
    );
  });
});
