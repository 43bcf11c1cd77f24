/** One file's candles, oldest first; all columns have one value for each bar. */
export interface CandleColumns {
  readonly openTimesMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** Candles fresh from their file. */
export interface ParsedCandles extends CandleColumns {
  /** 1-based line of bar i in the file, for messages. */
  lineOf(bar: number): number;
}
