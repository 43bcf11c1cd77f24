import type { Instrument } from '../core/domain/instrument.js';
import type { Calendar, Candles } from '../core/domain/market-table.js';
import type { Timeframe } from '../core/domain/time.js';

export interface FoundCandles extends Candles {
  readonly openTimesMs: Float64Array;
  /** The last line has no line break, and its last number might have gone on. */
  readonly mayBeTorn: boolean;
}

/** One symbol of a folder of recorded candles. */
export interface CandleFolderSymbol {
  readonly symbol: string;
  readonly instrumentType: Instrument['type'];
  /** Shortest first. */
  readonly timeframes: readonly Timeframe[];
  /** As they stand in the file. Throws a Problem where a line cannot be read at all. */
  read(timeframe: Timeframe): FoundCandles;
  /** Times of funding rates; undefined where there is no such file. */
  fundingTimesMs(): Float64Array | undefined;
}

/** A folder of recorded candles, looked at without a judgement. */
export interface CandleFolder {
  readonly folder: string;
  /** As `market.json` says; undefined where it does not. */
  readonly calendar: Calendar | undefined;
  readonly symbols: readonly CandleFolderSymbol[];
}
