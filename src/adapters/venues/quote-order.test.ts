import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createQuoteOrder, type HeardQuote } from './quote-order.js';

function heard(timeMs: number, bid: number, sequence?: number, symbol = 'BTC/USDT'): HeardQuote {
  return { quote: { symbol, bid, ask: bid + 1, timeMs, receivedMs: timeMs }, sequence };
}

describe('the order of quotes', () => {
  it('lets each numbered quote through once and none that is older than one before, whatever came in between', () => {
    const numbers = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 80 });
    fc.assert(
      fc.property(numbers, (sequences) => {
        const order = createQuoteOrder();
        const passed = sequences.filter((one) => order.isNews(heard(1_000 + one, one, one)));
        expect(passed).toEqual([...new Set(passed)].sort((a, b) => a - b));
        expect(passed.at(-1) ?? 0).toBe(Math.max(0, ...sequences));
      }),
    );
  });

  it('does not take a quote without a time of the venue for a later one because the clock here is ahead', () => {
    const order = createQuoteOrder();
    const AHEAD_MS = 600_000;
    const here = (receivedMs: number, quote: object): HeardQuote => ({
      quote: { ...heard(receivedMs - AHEAD_MS, 100).quote, receivedMs, ...quote },
      sequence: undefined,
    });
    const first = here(AHEAD_MS + 5, { timeMs: undefined });
    const later = [here(AHEAD_MS + 6, { bid: 101 }), here(AHEAD_MS + 7, { bid: 102 })];
    expect([first, ...later].map((one) => order.isNews(one))).toEqual([true, true, true]);
  });

  it('takes an unchanged price at the same time for a repetition, a changed one for news', () => {
    const order = createQuoteOrder();
    expect(
      [heard(5, 100), heard(5, 100), heard(5, 101), heard(4, 102), heard(6, 101)].map((one) =>
        order.isNews(one),
      ),
    ).toEqual([true, false, true, false, true]);
  });

  it('lets numbers begin anew with a new connection, and times not', () => {
    const order = createQuoteOrder();
    order.isNews(heard(10, 100, 900));
    order.reconnected();
    expect(order.isNews(heard(9, 101, 1))).toBe(false);
    expect(order.isNews(heard(11, 101, 1))).toBe(true);
  });

  it('goes by when quotes came where one of two has no time of the venue', () => {
    const order = createQuoteOrder();
    const at = (receivedMs: number, bid: number, timeMs?: number): HeardQuote => ({
      quote: { symbol: 'BTC/USDT', bid, ask: bid + 1, timeMs, receivedMs },
      sequence: undefined,
    });
    const all = [at(100, 1, 9000), at(101, 2), at(100, 3), at(105, 2), at(102, 4, 8000), at(103, 5, 7999)];
    // The fourth says nothing new: it may be the second, looked at once more.
    expect(all.map((one) => order.isNews(one))).toEqual([true, true, false, false, true, false]);
  });

  it('keeps symbols apart', () => {
    const order = createQuoteOrder();
    order.isNews(heard(10, 100, 5));
    expect(order.isNews(heard(3, 7, 1, 'ETH/USDT'))).toBe(true);
  });
});
