import { mean } from './deviation.js';
import { isRoundingNoise } from './measurable.js';

/**
 * Correlation of a series with itself 1, 2, ... `lags` periods before, each as the sum of products over the
 * sum of squares (Box & Jenkins), so that they belong to one stationary series. Undefined without spread and
 * where there are not more values than lags.
 */
export function autocorrelations(values: ArrayLike<number>, lags: number): Float64Array | undefined {
  const n = values.length;
  const centre = mean(values);
  if (centre === undefined || n <= lags) return undefined;
  const centred = Float64Array.from(values, (value) => value - centre);
  const squares = laggedProducts(centred, 0);
  if (isRoundingNoise(Math.sqrt(squares / n), centre) || !Number.isFinite(squares)) return undefined;
  return Float64Array.from({ length: lags }, (_, i) => laggedProducts(centred, i + 1) / squares);
}

/** Sum over t of e(t) e(t - lag). */
export function laggedProducts(centred: Float64Array, lag: number): number {
  let sum = 0;
  for (let t = lag; t < centred.length; t++) sum += (centred[t] ?? NaN) * (centred[t - lag] ?? NaN);
  return sum;
}
