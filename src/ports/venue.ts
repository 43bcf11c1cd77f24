import type { Instrument } from '../core/domain/instrument.js';
import type { ReadingKind } from '../core/domain/market-readings.js';
import type { Timeframe, TimeMs } from '../core/domain/time.js';

/** One bar as a venue tells it. The newest one may still be open: whoever asks decides by its times. */
export interface VenueCandle {
  readonly openMs: TimeMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units, also where the venue counts in contracts. */
  readonly volume: number;
}

/** What a venue says of one symbol. */
export interface VenueInstrument {
  readonly instrument: Instrument;
  /** Smallest step of a price; undefined where the venue does not say. */
  readonly tickSize: number | undefined;
  /** Base units of one contract; 1 for spot. */
  readonly contractSize: number;
  readonly status: 'trading' | 'halted' | 'delisted';
  /** Of the venue's lowest tier; undefined where it does not say. */
  readonly takerFeeBps: number | undefined;
  readonly makerFeeBps: number | undefined;
}

export interface VenueFunding {
  readonly timeMs: TimeMs;
  /** Fraction of notional, paid by longs when positive. */
  readonly rate: number;
}

/** A figure of a moment beside the candles. */
export interface VenueReading {
  readonly series: ReadingKind;
  readonly timeMs: TimeMs;
  readonly value: number;
}

/** The best prices of a symbol at one moment. */
export interface Quote {
  readonly symbol: string;
  readonly bid: number;
  readonly ask: number;
  /** By the venue's clock; undefined where it gives no time. */
  readonly timeMs: TimeMs | undefined;
  /** By this machine's clock, which may be minutes off. */
  readonly receivedMs: TimeMs;
}

/** A position that the venue closed by force. */
export interface Liquidation {
  readonly symbol: string;
  /** Of the position. */
  readonly side: 'long' | 'short';
  readonly timeMs: TimeMs;
  readonly usd: number;
}

/** What watching prices tells besides them. `gap`: quotes in between were lost and have been asked for again. */
export type StreamEvent =
  | { readonly event: 'connected' | 'lost' | 'silent' | 'resubscribed'; readonly why: string }
  | { readonly event: 'gap'; readonly symbol: string; readonly why: string };

export type VenueFaultKind =
  /** Nobody answers, or the connection broke. */
  | 'unreachable'
  | 'timeout'
  /** Too many requests; `retryAfterMs` says how long to wait. */
  | 'rate-limited'
  /** Shut out for a time. */
  | 'banned'
  /** The venue's own fault (5xx, maintenance). */
  | 'unavailable'
  /** Not what was asked for: HTML, broken JSON, another symbol, prices that are none. */
  | 'bad-reply'
  | 'unknown-symbol'
  /** It answers, and says no. */
  | 'refused'
  /** Not asked at all: too many failures lately. */
  | 'circuit-open';

/** Why a venue gave no answer. Its text names venue, request and cause, and holds no key. */
export class VenueFault extends Error {
  override readonly name = 'VenueFault';
  readonly kind: VenueFaultKind;
  readonly retryAfterMs: number | undefined;

  constructor(kind: VenueFaultKind, message: string, retryAfterMs?: number) {
    super(message);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Counts since the venue was opened. */
export interface VenueUsage {
  readonly requests: number;
  /** By the venue's own count where it tells it. */
  readonly weight: number;
  /** Weight of the last minute as a fraction of what is allowed; undefined where nobody knows. */
  readonly loadFraction: number | undefined;
  readonly faults: Readonly<Partial<Record<VenueFaultKind, number>>>;
  readonly circuit: 'closed' | 'open' | 'half-open';
  readonly reconnects: number;
}

export interface QuoteWatch {
  close(): Promise<void>;
}

export interface LiquidationListener {
  /** Once each, whatever the stream repeats. */
  onLiquidation(liquidation: Liquidation): void;
  /** `connected` and `resubscribed`: from now on every one that the venue tells is heard, until `lost` or `silent`. */
  onEvent(event: StreamEvent): void;
  /** The connection has just proved alive: all that was told before has come. */
  onAlive(): void;
}

/**
 * A real exchange. Every call makes as few upstream requests as it can, keeps the venue's limits, tries again where that helps
 * and then throws a `VenueFault`. Times are the venue's.
 */
export interface Venue {
  /** E.g. `binance`. */
  readonly name: string;
  /** It tells so many of its newest bars and none before, whatever is asked; undefined where it has its whole history. */
  readonly newestBarsOnly?: number | undefined;
  /** The venue's clock, and when by this machine's clock the question left and the answer came. */
  time(): Promise<{ readonly venueMs: TimeMs; readonly sentMs: TimeMs; readonly receivedMs: TimeMs }>;
  /** In the order of `symbols`; throws `unknown-symbol` naming the nearest where the venue has never had one. */
  instruments(symbols: readonly string[]): Promise<readonly VenueInstrument[]>;
  /** Bars that open at or after `fromMs`, ascending, at most `count` (asked for in as many requests as that takes). */
  candles(
    symbol: string,
    timeframe: Timeframe,
    fromMs: TimeMs,
    count: number,
  ): Promise<readonly VenueCandle[]>;
  /** Rates settled at or after `fromMs`, ascending; none for spot. */
  funding(symbol: string, fromMs: TimeMs): Promise<readonly VenueFunding[]>;
  /** The newest of each series that the venue offers. */
  readings(symbol: string): Promise<readonly VenueReading[]>;
  /** The best prices now. */
  quote(symbol: string): Promise<Quote>;
  /** Prices as they change, until closed. Reconnects by itself; never throws after it was opened. */
  watchQuotes(
    symbols: readonly string[],
    onQuote: (quote: Quote) => void,
    onEvent: (event: StreamEvent) => void,
  ): QuoteWatch;
  /** Forced closes as they happen, until closed; as `watchQuotes`. Undefined where the venue has no stream of them. */
  watchLiquidations(symbols: readonly string[], listener: LiquidationListener): QuoteWatch | undefined;
  usage(): VenueUsage;
  close(): Promise<void>;
}
