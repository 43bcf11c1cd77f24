/**
 * Exponential smoothing that starts from the simple mean of its first `period` values, as TA-Lib and
 * StockCharts do. Written as a step towards the new value, so that a constant input stays exactly itself.
 */
export interface Smoothing {
  readonly period: number;
  readonly weight: number;
  value: number;
  count: number;
}

/** EMA: weight 2 / (n + 1). */
export function createExponentialSmoothing(period: number): Smoothing {
  return { period, weight: 2 / (period + 1), value: 0, count: 0 };
}

/** Wilder 1978: weight 1 / n. */
export function createWilderSmoothing(period: number): Smoothing {
  return { period, weight: 1 / period, value: 0, count: 0 };
}

/** Takes the next value and returns the smoothed one; NaN before `period` values were taken. */
export function smooth(smoothing: Smoothing, value: number): number {
  if (smoothing.count < smoothing.period) {
    smoothing.count += 1;
    smoothing.value += (value - smoothing.value) / smoothing.count;
    return smoothing.count === smoothing.period ? smoothing.value : NaN;
  }
  smoothing.value += (value - smoothing.value) * smoothing.weight;
  return smoothing.value;
}
