import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectancy, profitFactor, winRate } from './trade-results.js';
import { TRADE_TOTAL_FIELDS, type TradeTotals, tradeTotalsSince, zeroTradeTotals } from './trade-totals.js';

describe('results of closed trades', () => {
  it('count a zero as no win', () => {
    expect(winRate([10, -5, 0, 20])).toBe(0.5);
  });

  it('are a factor of profits over losses and a mean', () => {
    expect(profitFactor([10, -5, 0, 20])).toBe(6);
    expect(expectancy([10, -5, 0, 20])).toBe(6.25);
    expect(profitFactor([-5, -5])).toBe(0);
  });

  it('are undefined without trades', () => {
    expect([winRate([]), profitFactor([]), expectancy([])]).toEqual([undefined, undefined, undefined]);
  });

  it('have no profit factor without a loss, nor with one that only rounding made', () => {
    expect(profitFactor([10, 20])).toBeUndefined();
    expect(profitFactor([1000, -1e-13])).toBeUndefined();
    expect(profitFactor([0, 0])).toBeUndefined();
  });
});

describe('trade totals', () => {
  const money = fc.double({ min: 0, max: 1e6, noNaN: true });
  const totals = fc.record(
    Object.fromEntries(TRADE_TOTAL_FIELDS.map((field) => [field, money])) as Record<
      keyof TradeTotals,
      typeof money
    >,
  );

  it('name every field once, in the order they are saved', () => {
    expect([...TRADE_TOTAL_FIELDS]).toEqual(Object.keys(zeroTradeTotals()));
  });

  it('since a start and up to that start add up to the whole', () => {
    fc.assert(
      fc.property(totals, totals, (before, since) => {
        const now = zeroTradeTotals();
        for (const field of TRADE_TOTAL_FIELDS) now[field] = before[field] + since[field];
        const found = tradeTotalsSince(now, before);
        for (const field of TRADE_TOTAL_FIELDS)
          expect(Math.abs(found[field] - since[field])).toBeLessThanOrEqual(1e-9 * Math.max(1, now[field]));
      }),
    );
  });

  it('leave the two accounts they compare untouched', () => {
    const now = { ...zeroTradeTotals(), fills: 3 };
    const before = { ...zeroTradeTotals(), fills: 1 };
    expect(tradeTotalsSince(now, before).fills).toBe(2);
    expect([now.fills, before.fills]).toEqual([3, 1]);
  });
});
