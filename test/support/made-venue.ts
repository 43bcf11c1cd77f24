/** A venue that tells a made market by a clock of its own, and fails as it is told to. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SlotBar } from '../../src/core/domain/growing-market.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { type TimeMs, timeframeMs } from '../../src/core/domain/time.js';
import type { LiveClock } from '../../src/app/live/live-clock.js';
import {
  type LiquidationListener,
  type QuoteWatch,
  type Venue,
  type VenueReading,
  VenueFault,
  type VenueInstrument,
} from '../../src/ports/venue.js';

export interface MadeClock extends LiveClock {
  set(nowMs: TimeMs): void;
}

/** Time passes when somebody waits. */
export function madeClock(startMs: TimeMs): MadeClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    async until(untilMs) {
      nowMs = Math.max(nowMs + 1, untilMs);
      await new Promise((resolve) => setImmediate(resolve));
    },
    async rest(realMs, over) {
      await sleep(realMs, undefined, { signal: over }).catch(() => undefined);
    },
    set(ms) {
      nowMs = ms;
    },
  };
}

export interface VenueTroubles {
  /** Thrown instead of an answer, by call and symbol at a time; undefined for none. */
  fault?(call: 'time' | 'candles' | 'funding', symbol: string, nowMs: TimeMs): VenueFault | undefined;
  /** The bar as it is told at a time; undefined: not (yet). */
  told?(symbol: string, openMs: TimeMs, bar: SlotBar, nowMs: TimeMs): SlotBar | undefined;
  /** Real milliseconds that candles take. */
  readonly slowMs?: number;
  /** Whether a rate is told at a time. */
  toldFunding?(symbol: string, timeMs: TimeMs, nowMs: TimeMs): boolean;
  /** Beside the bars; nothing when absent. */
  readings?(symbol: string, nowMs: TimeMs): Promise<readonly VenueReading[]>;
  /** Who is told of forced closes; nobody when absent. */
  liquidations?(listener: LiquidationListener): QuoteWatch;
  status?(symbol: string, nowMs: TimeMs): VenueInstrument['status'];
  /** The venue's clock minus the clock; by the clock where somebody sets one of them. */
  readonly skewMs?: number | ((clockMs: TimeMs) => number);
  /** The symbol whose candles are told instead. */
  instead?(symbol: string, nowMs: TimeMs): string;
}

export interface MadeVenue extends Venue {
  /** One line per request: `candles BTC/USDT`. */
  readonly requests: string[];
}

/** Tells `whole` bar by bar. The open bar is told too, as venues do. */
export function madeVenue(whole: MarketTable, clock: LiveClock, troubles: VenueTroubles = {}): MadeVenue {
  const barMs = timeframeMs(whole.timeframe);
  const requests: string[] = [];
  const { skewMs = 0 } = troubles;
  const nowMs = (): TimeMs => clock.nowMs() + (typeof skewMs === 'number' ? skewMs : skewMs(clock.nowMs()));
  const fail = (call: 'time' | 'candles' | 'funding', symbol: string): void => {
    requests.push(`${call} ${symbol}`);
    const fault = troubles.fault?.(call, symbol, nowMs());
    if (fault !== undefined) throw fault;
  };
  const indexOf = (symbol: string): number => {
    const index = whole.symbols.indexOf(symbol);
    if (index < 0) throw new VenueFault('unknown-symbol', `no ${symbol}`);
    return index;
  };
  return {
    name: 'made',
    requests,
    time() {
      fail('time', '');
      return Promise.resolve({ venueMs: nowMs(), sentMs: clock.nowMs(), receivedMs: clock.nowMs() });
    },
    instruments: (symbols) =>
      Promise.resolve(
        symbols.map((symbol) => {
          const instrument = whole.instruments[indexOf(symbol)];
          if (instrument === undefined) throw new VenueFault('unknown-symbol', `no ${symbol}`);
          return {
            instrument,
            tickSize: undefined,
            contractSize: 1,
            status: troubles.status?.(symbol, nowMs()) ?? 'trading',
            takerFeeBps: undefined,
            makerFeeBps: undefined,
          };
        }),
      ),
    candles(symbol, _timeframe, fromMs, count) {
      const column = whole.candles[indexOf(troubles.instead?.(symbol, nowMs()) ?? symbol)];
      fail('candles', symbol);
      const told = [];
      for (let t = 0; t < whole.length && told.length < count; t++) {
        const openMs = whole.openTimesMs[t] ?? NaN;
        if (openMs < fromMs || openMs > nowMs()) continue;
        const close = column?.close[t] ?? NaN;
        if (column === undefined || Number.isNaN(close)) continue;
        const final: SlotBar = {
          open: column.open[t] ?? NaN,
          high: column.high[t] ?? NaN,
          low: column.low[t] ?? NaN,
          close,
          volume: column.volume[t] ?? NaN,
        };
        // A bar that is still open is another one than it will be.
        const { open } = final;
        const bar =
          openMs + barMs > nowMs() ? { open, high: open, low: open, close: open, volume: 0 } : final;
        const shown = troubles.told === undefined ? bar : troubles.told(symbol, openMs, bar, nowMs());
        if (shown !== undefined) told.push({ openMs, ...shown });
      }
      return troubles.slowMs === undefined ? Promise.resolve(told) : sleep(troubles.slowMs, told);
    },
    funding(symbol, fromMs) {
      fail('funding', symbol);
      const series = whole.funding[indexOf(symbol)];
      const rates: { timeMs: number; rate: number }[] = [];
      series?.timesMs.forEach((timeMs, k) => {
        if (troubles.toldFunding?.(symbol, timeMs, nowMs()) === false) return;
        if (timeMs >= fromMs && timeMs <= nowMs()) rates.push({ timeMs, rate: series.rates[k] ?? NaN });
      });
      return Promise.resolve(rates);
    },
    readings: (symbol) => troubles.readings?.(symbol, nowMs()) ?? Promise.resolve([]),
    quote: (symbol) => Promise.reject(new VenueFault('refused', `no quotes of ${symbol}`)),
    watchQuotes: () => ({ close: () => Promise.resolve() }),
    watchLiquidations: (_symbols, listener) => troubles.liquidations?.(listener),
    usage: () => ({
      requests: requests.length,
      weight: requests.length,
      loadFraction: undefined,
      faults: {},
      circuit: 'closed',
      reconnects: 0,
    }),
    close: () => Promise.resolve(),
  };
}
