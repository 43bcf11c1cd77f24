import { DAY_MS, type TimeMs } from '../../../src/core/domain/time.js';
import type { VenueMarket } from './venue-market.js';
import type { VenueWorld } from './venue-world.js';

/** The last 24 hours, as tickers tell them. */
export interface DayFigures {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly last: number;
  readonly volume: number;
}

/** Bars of the data in the last 24 hours; a price before the first of them is the first open. */
export function dayFigures(world: VenueWorld, market: VenueMarket, atMs: TimeMs): DayFigures | undefined {
  const last = world.book.price(market, atMs);
  if (last === undefined) return undefined;
  const { barMs } = world.data;
  const range = { fromMs: atMs - DAY_MS + 1, toMs: atMs, limit: Math.ceil(DAY_MS / barMs) };
  const bars = world.book.barsUntil(market, barMs, range, atMs);
  return {
    open: bars[0]?.open ?? last,
    high: bars.reduce((most, bar) => Math.max(most, bar.high), last),
    low: bars.reduce((least, bar) => Math.min(least, bar.low), last),
    last,
    volume: Number(bars.reduce((sum, bar) => sum + bar.volume, 0).toFixed(8)),
  };
}
