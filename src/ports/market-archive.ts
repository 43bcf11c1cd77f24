import type { Instrument } from '../core/domain/instrument.js';
import type { Timeframe, TimeMs } from '../core/domain/time.js';

/** What a folder of downloaded candles says of one symbol. */
export interface ArchivedSymbol {
  /** As the exchange writes it: `BTC/USDT`. Its folder is called `BTC-USDT`. */
  readonly symbol: string;
  /** No bar that opens earlier is asked for. */
  readonly fromMs: TimeMs;
  readonly instrument: Instrument;
  /** Of the exchange's lowest tier; undefined where it does not say. */
  readonly takerFeeBps: number | undefined;
  readonly makerFeeBps: number | undefined;
}

/** Where a folder's candles come from. */
export interface ArchiveCard {
  readonly exchange: string;
  readonly instrument: Instrument['type'];
  readonly timeframe: Timeframe;
  /** By the name of the symbol's folder. */
  readonly symbols: Readonly<Record<string, ArchivedSymbol>>;
}

/** Slots in [fromMs, toMs) of which no row tells. */
export interface ArchivedGap {
  readonly fromMs: TimeMs;
  readonly toMs: TimeMs;
}

/** Rows in the order of their times, of which only whole ones count. */
export interface ArchivedSeries {
  /** Time of the newest row; undefined before the first. */
  lastMs(): TimeMs | undefined;
  /** The newest row; undefined before the first. */
  newest(): readonly number[] | undefined;
  /** The first value of a row is its time. Durable before it returns; where it fails, the file is as it was. */
  append(rows: readonly (readonly number[])[]): void;
  /** Between the first row and the newest, of rows that are `stepMs` apart; ascending. */
  gaps(stepMs: number): readonly ArchivedGap[];
  /** Rows into gaps, all of them or none. Durable before it returns. */
  insert(rows: readonly (readonly number[])[]): void;
}

/** A folder of candles that grows, in the form in which recorded markets are read. */
export interface MarketArchive {
  readonly folder: string;
  card(): ArchiveCard | undefined;
  /** Also writes what readers of the folder need to know of the symbols that have candles. */
  saveCard(card: ArchiveCard): void;
  candles(name: string, timeframe: Timeframe): ArchivedSeries;
  funding(name: string): ArchivedSeries;
}
