import { type Candles, type MarketTable, emptyCandles } from './market-table.js';
import { type Timeframe, timeframeMs } from './time.js';

/** A market seen in longer bars, and where in it each slot of the base axis stands. */
export interface AggregatedMarket {
  /** The same object for ever; when the base table grows its length and arrays change. */
  readonly table: MarketTable;
  /** For each base slot: the index of the longer bar that closes with it; -1 where none does. Absent: every slot its own. */
  readonly closesAt?: Int32Array;
  /** Takes the slots that the base table has got since. */
  extend(): void;
}

type Changeable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Longer bars from complete shorter ones: first open, highest high, lowest low, last close, summed volume. A
 * symbol that misses one base bar of a bucket has no longer bar there: a gap stays a gap. Buckets lie on the
 * UTC grid of the longer timeframe; one that is cut by the beginning or the end of the table does not exist.
 */
export function aggregateMarket(base: MarketTable, timeframe: Timeframe): AggregatedMarket {
  if (timeframe === base.timeframe) return { table: base, extend: () => undefined };
  const longMs = timeframeMs(timeframe);
  const perBar = longMs / timeframeMs(base.timeframe);
  const none = new Float64Array(0);
  const table: Changeable<MarketTable> = {
    ...base,
    timeframe,
    length: 0,
    openTimesMs: none,
    candles: base.candles.map(() => emptyCandles(0)),
  };
  let passed = 0;
  const aggregated: Changeable<AggregatedMarket> = {
    closesAt: new Int32Array(0),
    table,
    extend() {
      const closesAt = longerInts(aggregated.closesAt ?? new Int32Array(0), base.length);
      const starts: number[] = [];
      let t = passed;
      for (; t + perBar <= base.length; t++) {
        const openMs = base.openTimesMs[t] ?? NaN;
        if (openMs % longMs !== 0) continue;
        // On an axis with holes the last slot of the bucket may be another one: then the bucket is not complete.
        if ((base.openTimesMs[t + perBar - 1] ?? NaN) !== openMs + longMs - longMs / perBar) continue;
        closesAt[t + perBar - 1] = table.length + starts.length;
        starts.push(t);
      }
      passed = t;
      aggregated.closesAt = closesAt;
      const length = table.length + starts.length;
      table.openTimesMs = longer(table.openTimesMs, length);
      starts.forEach((start, i) => {
        table.openTimesMs[table.length + i] = base.openTimesMs[start] ?? NaN;
      });
      base.candles.forEach((candles, s) => {
        const own: Changeable<Candles> | undefined = table.candles[s];
        if (own === undefined) return;
        for (const field of FIELDS) own[field] = longer(own[field], length);
        aggregateCandles(candles, starts, perBar, own, table.length);
      });
      table.length = length;
    },
  };
  aggregated.extend();
  return aggregated;
}

const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;

/** As long as it has to be the first time, with room to spare when it grows. */
function longer(column: Float64Array, length: number): Float64Array {
  if (column.length >= length) return column;
  const result = new Float64Array(Math.max(length, 2 * column.length)).fill(NaN);
  result.set(column);
  return result;
}

function longerInts(column: Int32Array, length: number): Int32Array {
  if (column.length >= length) return column;
  const result = new Int32Array(Math.max(length, 2 * column.length)).fill(-1);
  result.set(column);
  return result;
}

function aggregateCandles(
  base: Candles,
  starts: readonly number[],
  perBar: number,
  result: Candles,
  offset: number,
): void {
  starts.forEach((start, i) => {
    let high = -Infinity;
    let low = Infinity;
    let volume = 0;
    for (let t = start; t < start + perBar; t++) {
      if (Number.isNaN(base.close[t] ?? NaN)) return;
      high = Math.max(high, base.high[t] ?? NaN);
      low = Math.min(low, base.low[t] ?? NaN);
      volume += base.volume[t] ?? NaN;
    }
    result.open[offset + i] = base.open[start] ?? NaN;
    result.high[offset + i] = high;
    result.low[offset + i] = low;
    result.close[offset + i] = base.close[start + perBar - 1] ?? NaN;
    result.volume[offset + i] = volume;
  });
}
