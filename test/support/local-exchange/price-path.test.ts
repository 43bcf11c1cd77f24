import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/domain/time.js';
import { createCandleBook } from './candle-book.js';
import { pathPiece, priceAt } from './price-path.js';
import type { VenueCandle, VenueData } from './venue-data.js';
import { listed } from './venue-market.js';

const prices = fc.integer({ min: 100, max: 100_000 }).map((cents) => cents / 100);
const bars: fc.Arbitrary<VenueCandle> = fc
  .tuple(prices, prices, prices, prices, fc.integer({ min: 0, max: 1e6 }))
  .map(([open, close, a, b, volume]) => ({
    open,
    close,
    high: Math.max(open, close, a, b),
    low: Math.min(open, close, a, b),
    volume,
  }));
const fractions = fc.double({ min: 0, max: 1, noNaN: true });

describe('the way of the price through a bar', () => {
  it('is the bar itself over the whole of it', () => {
    fc.assert(
      fc.property(bars, (bar) => {
        const { open, high, low, close } = bar;
        expect(pathPiece(bar, 0, 1, 0.01)).toEqual({ open, high, low, close });
      }),
    );
  });

  it('never leaves the bar', () => {
    fc.assert(
      fc.property(bars, fractions, (bar, fraction) => {
        const price = priceAt(bar, fraction, 0.01);
        expect(price).toBeGreaterThanOrEqual(bar.low);
        expect(price).toBeLessThanOrEqual(bar.high);
      }),
    );
  });

  it('is made of two parts that fit together, wherever it is cut', () => {
    fc.assert(
      fc.property(bars, fractions, (bar, cut) => {
        const [first, second] = [pathPiece(bar, 0, cut, 0.01), pathPiece(bar, cut, 1, 0.01)];
        expect(first.close).toBe(second.open);
        expect(Math.max(first.high, second.high)).toBe(bar.high);
        expect(Math.min(first.low, second.low)).toBe(bar.low);
      }),
    );
  });
});

describe('a bar as the venue gives it while it goes on', () => {
  const market = listed('BTC/USDT');
  const bookOf = (hours: readonly VenueCandle[]): ReturnType<typeof createCandleBook> => {
    const data: VenueData = {
      barMs: HOUR_MS,
      firstMs: 0,
      candle: (_symbol, openMs) => hours[openMs / HOUR_MS],
    };
    return createCandleBook(data);
  };

  it('only widens with time, and ends as the bar of the data', () => {
    fc.assert(
      fc.property(bars, fc.integer({ min: 0, max: 59 }), (bar, minute) => {
        const book = bookOf([bar]);
        const now = book.bar(market, HOUR_MS, 0, minute * MINUTE_MS);
        const later = book.bar(market, HOUR_MS, 0, (minute + 1) * MINUTE_MS);
        expect(now?.open).toBe(bar.open);
        expect(now?.high).toBeLessThanOrEqual(later?.high ?? NaN);
        expect(now?.low).toBeGreaterThanOrEqual(later?.low ?? NaN);
        expect(now?.volume).toBeLessThanOrEqual(later?.volume ?? NaN);
        expect(now?.finished).toBe(false);
        const end = { ...bar, openMs: 0, lastMs: HOUR_MS - 1, finished: true };
        expect(book.bar(market, HOUR_MS, 0, HOUR_MS)).toEqual(end);
        expect(book.bar(market, HOUR_MS, 0, 7 * HOUR_MS)).toEqual(end);
      }),
    );
  });

  it('is the same whether it is made of hours or of its own minutes', () => {
    fc.assert(
      fc.property(fc.array(bars, { minLength: 4, maxLength: 4 }), (hours) => {
        const book = bookOf(hours);
        const whole = book.bar(market, 4 * HOUR_MS, 0, 4 * HOUR_MS);
        const range = { fromMs: 0, toMs: 4 * HOUR_MS - 1, limit: 1000 };
        const minutes = book.barsFrom(market, MINUTE_MS, range, 4 * HOUR_MS);
        expect(minutes).toHaveLength(240);
        expect(whole).toMatchObject({
          open: minutes[0]?.open,
          high: Math.max(...minutes.map(({ high }) => high)),
          low: Math.min(...minutes.map(({ low }) => low)),
          close: minutes[239]?.close,
        });
      }),
      { numRuns: 30 },
    );
  });

  it('is not there where the data has none, and the last price stays', () => {
    const data: VenueData = {
      barMs: HOUR_MS,
      firstMs: 0,
      candle: (_symbol, openMs) =>
        openMs === 0 ? { open: 10, high: 12, low: 9, close: 11, volume: 1 } : undefined,
    };
    const book = createCandleBook(data);
    expect(book.bar(market, HOUR_MS, HOUR_MS, 2 * HOUR_MS)).toBeUndefined();
    expect(book.price(market, 90 * MINUTE_MS)).toBe(11);
    expect(book.price(market, -1)).toBeUndefined();
  });
});
