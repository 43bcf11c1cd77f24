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
  /** By how much the venue's own time is ahead of the clock. */
  skewMs(): number;
  /** By how much the venue's candles are behind its own time. */
  latenessMs(): number;
  status(market: VenueMarket): ListingStatus;
  setStatus(symbol: string, status: ListingStatus): void;
  /** Whether the rate that was paid at `timeMs` is told at `nowMs`. */
  tellsFunding(market: VenueMarket, timeMs: TimeMs, nowMs: TimeMs): boolean;
  holdFunding(symbol: string, timeMs: TimeMs, untilMs: TimeMs): void;
}

export function createVenueWorld(
  markets: readonly VenueMarket[],
  data: VenueData,
  clock: ExchangeClock,
  faults: FaultPlan,
): VenueWorld {
  const statuses = new Map<string, ListingStatus>();
  const heldUntilMs = new Map<string, TimeMs>();
  const skewMs = (): number => faults.holding('clock-skew').reduce((sumMs, fault) => sumMs + fault.skewMs, 0);
  return {
    markets,
    data,
    book: createCandleBook(data),
    now: () => clock.now() + skewMs(),
    skewMs,
    latenessMs: () =>
      faults.holding('late-candles').reduce((mostMs, { delayMs }) => Math.max(mostMs, delayMs), 0),
    status: (market) => statuses.get(market.symbol) ?? 'trading',
    setStatus: (symbol, status) => {
      if (!markets.some((market) => market.symbol === symbol)) throw new Error(`${symbol} is not listed`);
      statuses.set(symbol, status);
    },
    tellsFunding: ({ symbol }, timeMs, nowMs) =>
      nowMs >= (heldUntilMs.get(`${symbol} ${String(timeMs)}`) ?? -Infinity),
    holdFunding: (symbol, timeMs, untilMs) => {
      heldUntilMs.set(`${symbol} ${String(timeMs)}`, untilMs);
    },
  };
}
