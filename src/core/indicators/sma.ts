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
  /** Closes taken so far, and those of them since the last slot without one. */
  taken: number;
  together: number;
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
    together: 0,
    oldest: 0,
    newest: NaN,
    still: 0,
  };
}

/** Most contestants of an arena read averages: loops with their numbers in locals. */
function fillMeans(
  mean: SlidingMean,
  closes: Float64Array,
  from: number,
  to: number,
  out: Float64Array,
): void {
  let slot = from;
  while (slot < to)
    slot =
      hasWindow(mean, slot) && !Number.isNaN(closes[slot] ?? NaN)
        ? slideOn(mean, closes, slot, to, out)
        : takeOne(mean, closes, slot, out);
}

/** Whether the last closes taken are those right before `slot`, so that the column itself is the window. */
function hasWindow({ distances, together }: SlidingMean, slot: number): boolean {
  return together >= distances.length && slot >= distances.length;
}

/**
 * Up to the next gap. A distance in the window is always the close minus the present pivot: where the pivot changes, the
 * whole window is of one price.
 */
function slideOn(
  mean: SlidingMean,
  closes: Float64Array,
  from: number,
  to: number,
  out: Float64Array,
): number {
  const period = mean.distances.length;
  let slot = from;
  while (slot < to) {
    const close = closes[slot] ?? NaN;
    if (close !== close) break;
    mean.still = close === mean.newest ? mean.still + 1 : 1;
    mean.newest = close;
    if (mean.still < period) slot = slideWhileMoving(mean, closes, slot, to, out);
    else {
      mean.pivot = close;
      mean.sum = 0;
      mean.lost = 0;
      out[slot++] = close;
    }
  }
  mean.taken += slot - from;
  mean.together += slot - from;
  mean.oldest = 0;
  for (let k = 0; k < period; k++) mean.distances[k] = (closes[slot - period + k] ?? NaN) - mean.pivot;
  return slot;
}

/** The slot at `from`, and those after it as long as no close repeats the one before: nothing else but sums changes there. */
function slideWhileMoving(
  mean: SlidingMean,
  closes: Float64Array,
  from: number,
  to: number,
  out: Float64Array,
): number {
  const period = mean.distances.length;
  const { pivot } = mean;
  let { sum, lost } = mean;
  let newest = NaN;
  let slot = from;
  for (; slot < to; slot++) {
    const close = closes[slot] ?? NaN;
    if (close !== close || close === newest) break;
    newest = close;
    const enters = close - pivot;
    const wider = sum + enters;
    let shift = wider - sum;
    lost += sum - (wider - shift) + (enters - shift);
    const leaves = pivot - (closes[slot - period] ?? NaN);
    sum = wider + leaves;
    shift = sum - wider;
    lost += wider - (sum - shift) + (leaves - shift);
    out[slot] = pivot + (sum + lost) / period;
  }
  mean.sum = sum;
  mean.lost = lost;
  mean.newest = newest;
  if (slot > from + 1) mean.still = 1;
  return slot;
}

/** One slot, by the distances that were kept; returns the next one. */
function takeOne(mean: SlidingMean, closes: Float64Array, slot: number, out: Float64Array): number {
  const close = closes[slot] ?? NaN;
  if (close !== close) {
    out[slot] = NaN;
    mean.together = 0;
    return slot + 1;
  }
  const { distances } = mean;
  const period = distances.length;
  mean.still = close === mean.newest ? mean.still + 1 : 1;
  mean.newest = close;
  if (mean.taken === 0 || mean.still === period) {
    // A whole window of one price: begin again from it, exact.
    mean.pivot = close;
    mean.sum = 0;
    mean.lost = 0;
    distances.fill(0);
  }
  const enters = close - mean.pivot;
  addTo(mean, enters);
  addTo(mean, -(distances[mean.oldest] ?? 0));
  distances[mean.oldest] = enters;
  mean.oldest = mean.oldest + 1 === period ? 0 : mean.oldest + 1;
  mean.taken++;
  mean.together++;
  out[slot] = mean.taken < period ? NaN : mean.pivot + (mean.sum + mean.lost) / period;
  return slot + 1;
}

function addTo(mean: SlidingMean, value: number): void {
  const total = mean.sum + value;
  const shift = total - mean.sum;
  mean.lost += mean.sum - (total - shift) + (value - shift);
  mean.sum = total;
}
