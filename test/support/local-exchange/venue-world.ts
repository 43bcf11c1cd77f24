import type { TimeMs } from '../../../src/core/domain/time.js';
import { type CandleBook, createCandleBook } from './candle-book.js';
import type { ExchangeClock } from './exchange-clock.js';
import type { FaultPlan } from './faults.js';
import type { VenueData } from './venue-data.js';
import type { ListingStatus, VenueMarket } from './venue-market.js';

/** What the answers of a venue are made of, whatever its protocol. */
export interface VenueWorld {
  readonly markets: readonly VenueMarket[];
  readonly data: VenueData;
  readonly book: CandleBook;
  /** The venue's own time, skewed where a fault says so. */
  now(): TimeMs;
  /** Up to when the venue's candles have got. */
  candlesKnownMs(): TimeMs;
  status(market: VenueMarket): ListingStatus;
  setStatus(symbol: string, status: ListingStatus): void;
}

export function createVenueWorld(
  markets: readonly VenueMarket[],
  data: VenueData,
  clock: ExchangeClock,
  faults: FaultPlan,
): VenueWorld {
  const statuses = new Map<string, ListingStatus>();
  const now = (): TimeMs =>
    faults.holding('clock-skew').reduce((timeMs, { skewMs }) => timeMs + skewMs, clock.now());
  return {
    markets,
    data,
    book: createCandleBook(data),
    now,
    candlesKnownMs: () =>
      faults
        .holding('late-candles')
        .reduce((timeMs, { delayMs }) => Math.min(timeMs, now() - delayMs), now()),
    status: (market) => statuses.get(market.symbol) ?? 'trading',
    setStatus: (symbol, status) => {
      if (!markets.some((market) => market.symbol === symbol)) throw new Error(`${symbol} is not listed`);
      statuses.set(symbol, status);
    },
  };
}
