import type { IndicatorDefinition } from './indicator.js';
import { readPeriod } from './parameters.js';

/** Simple mean of the last `period` closes. */
export const sma: IndicatorDefinition = {
  name: 'sma',
  outputs: ['value'],
  parameters: { period: 20 },
  warmupBars: (params) => readPeriod(sma, params, 'period'),
  create(params) {
    const mean = createSlidingMean(readPeriod(sma, params, 'period'));
    const single = new Float64Array(1);
    return {
      next(bar, out) {
        single[0] = bar.close;
        fillMeans(mean, single, 0, 1, out);
      },
      fill(candles, from, to, outputs) {
        const [out] = outputs;
        if (out !== undefined) fillMeans(mean, candles.close, from, to, out);
      },
    };
  },
};

/**
 * The mean as a pivot (the first close) plus the mean distance from it, so that a market that stands still
 * averages to exactly its price. The sum of distances carries what rounding lost (Knuth, TAOCP 2, 4.2.2, theorem
 * B): what enters and leaves cancels, however long the stream.
 */
interface SlidingMean {
  readonly distances: Float64Array;
  pivot: number;
  sum: number;
  lost: number;
  /** Closes taken so far. */
  taken: number;
  /** Slot of the oldest distance. */
  oldest: number;
  newest: number;
  /** How many of the newest closes are equal. */
  still: number;
}

function createSlidingMean(period: number): SlidingMean {
  return {
    distances: new Float64Array(period),
    pivot: 0,
    sum: 0,
    lost: 0,
    taken: 0,
    oldest: 0,
    newest: NaN,
    still: 0,
  };
}

/** Most contestants of an arena read averages: one loop with its numbers in locals. */
function fillMeans(
  mean: SlidingMean,
  closes: Float64Array,
  from: number,
  to: number,
  out: Float64Array,
): void {
  const { distances } = mean;
  const period = distances.length;
  let { pivot, sum, lost, taken, oldest, newest, still } = mean;
  for (let slot = from; slot < to; slot++) {
    const close = closes[slot] ?? NaN;
    if (close !== close) {
      out[slot] = NaN;
      continue;
    }
    still = close === newest ? still + 1 : 1;
    newest = close;
    if (taken === 0 || still === period) {
      // A whole window of one price: begin again from it, exact.
      pivot = close;
      sum = 0;
      lost = 0;
      distances.fill(0);
    }
    const enters = close - pivot;
    let total = sum + enters;
    let shift = total - sum;
    lost += sum - (total - shift) + (enters - shift);
    sum = total;
    const leaves = -(distances[oldest] ?? 0);
    total = sum + leaves;
    shift = total - sum;
    lost += sum - (total - shift) + (leaves - shift);
    sum = total;
    distances[oldest] = enters;
    oldest = oldest + 1 === period ? 0 : oldest + 1;
    taken++;
    out[slot] = taken < period ? NaN : pivot + (sum + lost) / period;
  }
  mean.pivot = pivot;
  mean.sum = sum;
  mean.lost = lost;
  mean.taken = taken;
  mean.oldest = oldest;
  mean.newest = newest;
  mean.still = still;
}
