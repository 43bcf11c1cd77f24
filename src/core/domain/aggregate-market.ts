import { type Candles, type MarketTable, emptyCandles } from './market-table.js';
import { type Timeframe, timeframeMs } from './time.js';

/** A market seen in longer bars, and where in it each slot of the base axis stands. */
export interface AggregatedMarket {
  readonly table: MarketTable;
  /** For each base slot: the index of the longer bar that closes with it; -1 where none does. Absent: every slot its own. */
  readonly closesAt?: Int32Array;
}

/**
 * Longer bars from complete shorter ones: first open, highest high, lowest low, last close, summed volume. A
 * symbol that misses one base bar of a bucket has no longer bar there: a gap stays a gap. Buckets lie on the
 * UTC grid of the longer timeframe; one that is cut by the beginning or the end of the table does not exist.
 */
export function aggregateMarket(base: MarketTable, timeframe: Timeframe): AggregatedMarket {
  if (timeframe === base.timeframe) return { table: base };
  const closesAt = new Int32Array(base.length).fill(-1);
  const longMs = timeframeMs(timeframe);
  const perBar = longMs / timeframeMs(base.timeframe);
  const starts: number[] = [];
  for (let t = 0; t + perBar <= base.length; t++) {
    const openMs = base.openTimesMs[t] ?? NaN;
    if (openMs % longMs !== 0) continue;
    // On an axis with holes the last slot of the bucket may be another one: then the bucket is not complete.
    if ((base.openTimesMs[t + perBar - 1] ?? NaN) !== openMs + longMs - longMs / perBar) continue;
    closesAt[t + perBar - 1] = starts.length;
    starts.push(t);
  }
  return {
    closesAt,
    table: {
      ...base,
      timeframe,
      length: starts.length,
      openTimesMs: Float64Array.from(starts, (t) => base.openTimesMs[t] ?? NaN),
      candles: base.candles.map((candles) => aggregateCandles(candles, starts, perBar)),
    },
  };
}

function aggregateCandles(base: Candles, starts: readonly number[], perBar: number): Candles {
  const result = emptyCandles(starts.length);
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
    result.open[i] = base.open[start] ?? NaN;
    result.high[i] = high;
    result.low[i] = low;
    result.close[i] = base.close[start + perBar - 1] ?? NaN;
    result.volume[i] = volume;
  });
  return result;
}
