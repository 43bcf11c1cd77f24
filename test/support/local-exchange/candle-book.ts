import type { TimeMs } from '../../../src/core/domain/time.js';
import { pathPiece, priceAt } from './price-path.js';
import type { VenueCandle, VenueData } from './venue-data.js';
import type { VenueMarket } from './venue-market.js';

/** A bar as the venue gives it at some moment. */
export interface GivenBar extends VenueCandle {
  readonly openMs: TimeMs;
  /** The last millisecond that belongs to it. */
  readonly lastMs: TimeMs;
  /** False while the bar still goes on. */
  readonly finished: boolean;
}

/** What the venue knows at a time, made of the data and of what was changed in it since. */
export interface CandleBook {
  /** The bar of any length that opens at `openMs`, as far as it has gone at `nowMs`. */
  bar(market: VenueMarket, barMs: number, openMs: TimeMs, nowMs: TimeMs): GivenBar | undefined;
  /** At most `limit` bars whose opens lie in [fromMs, toMs], oldest first. */
  barsFrom(market: VenueMarket, barMs: number, range: BarRange, nowMs: TimeMs): readonly GivenBar[];
  /** The newest `limit` bars that open at or before `toMs`, oldest first. */
  barsUntil(market: VenueMarket, barMs: number, range: BarRange, nowMs: TimeMs): readonly GivenBar[];
  /** The last price at `nowMs`; undefined before the first bar. */
  price(market: VenueMarket, nowMs: TimeMs): number | undefined;
  /** From `fromMs` on the bar of the data is another one. */
  revise(symbol: string, openMs: TimeMs, change: Partial<VenueCandle>, fromMs: TimeMs): void;
  /** Bars of the data that open in [fromMs, toMs) are not there until `untilMs`. */
  hide(symbol: string, fromMs: TimeMs, toMs: TimeMs, untilMs: TimeMs): void;
}

interface BarRange {
  readonly fromMs: TimeMs;
  readonly toMs: TimeMs;
  readonly limit: number;
}

interface Revision {
  readonly change: Partial<VenueCandle>;
  readonly fromMs: TimeMs;
}

interface Hiding {
  readonly symbol: string;
  readonly fromMs: TimeMs;
  readonly toMs: TimeMs;
  readonly untilMs: TimeMs;
}

/** How far back a price is looked for where bars are missing. */
const OLDEST_PRICE_BARS = 1000;
/** How many slots a request may pass over; more would be a gap of years. */
const MOST_SLOTS = 100_000;

export function createCandleBook(data: VenueData): CandleBook {
  const revisions = new Map<string, Revision[]>();
  const hidings: Hiding[] = [];

  const known = (symbol: string, openMs: TimeMs, nowMs: TimeMs): VenueCandle | undefined => {
    if (openMs < data.firstMs) return undefined;
    const hidden = hidings.some(
      (h) => h.symbol === symbol && openMs >= h.fromMs && openMs < h.toMs && nowMs < h.untilMs,
    );
    if (hidden) return undefined;
    const bar = data.candle(symbol, openMs);
    const revised = revisions.get(`${symbol} ${String(openMs)}`)?.filter(({ fromMs }) => nowMs >= fromMs);
    return bar === undefined || revised === undefined
      ? bar
      : revised.reduce((candle, { change }) => ({ ...candle, ...change }), bar);
  };

  const bar: CandleBook['bar'] = (market, barMs, openMs, nowMs) => {
    if (openMs > nowMs) return undefined;
    const endMs = Math.min(openMs + barMs, nowMs);
    let made: { open: number; high: number; low: number; close: number; volume: number } | undefined;
    for (let dataMs = alignDown(openMs, data.barMs); dataMs < openMs + barMs; dataMs += data.barMs) {
      if (dataMs > endMs || (dataMs === endMs && dataMs !== openMs)) break;
      const whole = known(market.symbol, dataMs, nowMs);
      if (whole === undefined) continue;
      const from = Math.max(0, (openMs - dataMs) / data.barMs);
      const to = Math.min(1, (endMs - dataMs) / data.barMs);
      const piece = pathPiece(whole, from, to, market.tickSize);
      const volume = from === 0 && to === 1 ? whole.volume : tidy(whole.volume * (to - from));
      made =
        made === undefined
          ? { ...piece, volume }
          : {
              open: made.open,
              high: Math.max(made.high, piece.high),
              low: Math.min(made.low, piece.low),
              close: piece.close,
              volume: tidy(made.volume + volume),
            };
    }
    if (made === undefined) return undefined;
    return { ...made, openMs, lastMs: openMs + barMs - 1, finished: openMs + barMs <= nowMs };
  };

  return {
    bar,
    barsFrom: (market, barMs, { fromMs, toMs, limit }, nowMs) => {
      const bars: GivenBar[] = [];
      const first = Math.max(alignUp(fromMs, barMs), alignDown(data.firstMs, barMs));
      const last = Math.min(toMs, nowMs);
      for (let at = first, n = 0; at <= last && bars.length < limit && n < MOST_SLOTS; at += barMs, n++) {
        const given = bar(market, barMs, at, nowMs);
        if (given !== undefined) bars.push(given);
      }
      return bars;
    },
    barsUntil: (market, barMs, { fromMs, toMs, limit }, nowMs) => {
      const bars: GivenBar[] = [];
      const first = Math.max(fromMs, alignDown(data.firstMs, barMs));
      const last = alignDown(Math.min(toMs, nowMs), barMs);
      for (let at = last, n = 0; at >= first && bars.length < limit && n < MOST_SLOTS; at -= barMs, n++) {
        const given = bar(market, barMs, at, nowMs);
        if (given !== undefined) bars.push(given);
      }
      return bars.reverse();
    },
    price: (market, nowMs) => {
      let openMs = alignDown(nowMs, data.barMs);
      for (let n = 0; n < OLDEST_PRICE_BARS && openMs >= data.firstMs; n++, openMs -= data.barMs) {
        const whole = known(market.symbol, openMs, nowMs);
        if (whole === undefined) continue;
        return priceAt(whole, Math.min(1, (nowMs - openMs) / data.barMs), market.tickSize);
      }
      return undefined;
    },
    revise: (symbol, openMs, change, fromMs) => {
      const key = `${symbol} ${String(openMs)}`;
      revisions.set(key, [...(revisions.get(key) ?? []), { change, fromMs }]);
    },
    hide: (symbol, fromMs, toMs, untilMs) => {
      hidings.push({ symbol, fromMs, toMs, untilMs });
    },
  };
}

export function alignDown(timeMs: TimeMs, barMs: number): TimeMs {
  return Math.floor(timeMs / barMs) * barMs;
}

function alignUp(timeMs: TimeMs, barMs: number): TimeMs {
  return Math.ceil(timeMs / barMs) * barMs;
}

/** Volumes have eight decimals at most, as on the wire. */
function tidy(volume: number): number {
  return Number(volume.toFixed(8));
}
