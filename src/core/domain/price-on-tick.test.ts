import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceOnTick } from './price-on-tick.js';

const ticks = fc.constantFrom(1e-8, 1e-5, 0.001, 0.01, 0.05, 0.1, 0.5, 1, 5);
const prices = fc.double({ min: 1, max: 200_000, noNaN: true });

describe('a price on a grid', () => {
  it('goes up for a buy and down for a sell, and to the nearest decimal', () => {
    expect(priceOnTick(100.291, 1, 0.01)).toBe(100.3);
    expect(priceOnTick(100.299, -1, 0.01)).toBe(100.29);
    expect(priceOnTick(0.30000000000000004, 1, 0.1)).toBe(0.3);
    expect(priceOnTick(63_212, 1, 5)).toBe(63_215);
    expect(priceOnTick(100.291, 1, undefined)).toBe(100.291);
    expect(priceOnTick(0.003, -1, 0.01)).toBe(0.003);
  });

  it('is never better, never a whole tick worse, and stays where it is', () => {
    fc.assert(
      fc.property(prices, ticks, fc.constantFrom(1, -1), (price, tickSize, direction) => {
        const on = priceOnTick(price, direction, tickSize);
        if (direction < 0 && price < tickSize) return;
        const dust = 1e-9 * tickSize + price * 1e-15;
        expect(direction * (on - price)).toBeGreaterThanOrEqual(-dust);
        expect(direction * (on - price)).toBeLessThan(tickSize + dust);
        expect(priceOnTick(on, 1, tickSize)).toBe(on);
        expect(priceOnTick(on, -1, tickSize)).toBe(on);
      }),
    );
  });
});
