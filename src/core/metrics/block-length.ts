/**
 * Mean block length for a bootstrap of a correlated series (Politis & White 2004, Econometric Reviews 23(1);
 * corrected by Patton, Politis & White 2009, Econometric Reviews 28(4)): long enough to keep what one period
 * tells about the next, short enough to leave many blocks.
 */
import { laggedProducts } from './autocorrelations.js';
import { mean } from './deviation.js';
import { isRoundingNoise } from './measurable.js';

export interface BlockLength {
  /** Mean of geometric lengths, for the stationary bootstrap. Not rounded; below 1 for independent returns. */
  readonly stationary: number;
  /** Fixed length, for the circular bootstrap. */
  readonly circular: number;
}

/** Below this the longest lag that is looked at leaves no products. */
const FEWEST_VALUES = 16;

/** Undefined below 16 values, for a series without spread, and for one with a gap. */
export function blockLength(values: ArrayLike<number>): BlockLength | undefined {
  const n = values.length;
  const centre = mean(values);
  if (centre === undefined || n < FEWEST_VALUES) return undefined;
  const centred = Float64Array.from(values, (value) => value - centre);
  const squares = laggedProducts(centred, 0);
  if (!Number.isFinite(squares) || isRoundingNoise(Math.sqrt(squares / n), centre)) return undefined;

  const quietRun = Math.max(5, Math.floor(Math.log10(n)));
  const mostLags = Math.ceil(Math.sqrt(n)) + quietRun;
  const quietLag = firstQuietLag(centred, quietRun, mostLags);
  const lags = quietLag === undefined ? mostLags : Math.min(2 * quietLag, mostLags);

  let slope = 0;
  let longRun = squares / n;
  for (let k = 1; k <= lags; k++) {
    // The flat-top window: whole up to half of the lags, then down to 0.
    const weight = k / lags <= 0.5 ? 1 : 2 * (1 - k / lags);
    const covariance = laggedProducts(centred, k) / n;
    slope += 2 * weight * k * covariance;
    longRun += 2 * weight * covariance;
  }
  const longest = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3));
  const optimum = (constant: number): number =>
    Math.min(Math.cbrt((2 * slope ** 2 * n) / (constant * longRun ** 2)), longest);
  const found = { stationary: optimum(2), circular: optimum(4 / 3) };
  return Number.isNaN(found.stationary) ? undefined : found;
}

/**
 * The first lag that starts a run of correlations within what chance makes; undefined when there is none. It is
 * at least 1: a series always correlates with itself.
 */
function firstQuietLag(centred: Float64Array, quietRun: number, mostLags: number): number | undefined {
  const n = centred.length;
  const chance = 2 * Math.sqrt(Math.log10(n) / n);
  let quiet = 0;
  // Squares of all but the first and of all but the last `lag + 1` values.
  let late = laggedProducts(centred, 0);
  let early = late;
  for (let lag = 0; lag < mostLags; lag++) {
    late -= (centred[lag] ?? NaN) ** 2;
    early -= (centred[n - 1 - lag] ?? NaN) ** 2;
    const correlation = Math.abs(laggedProducts(centred, lag)) / Math.sqrt(late * early);
    quiet = correlation < chance ? quiet + 1 : 0;
    if (quiet === quietRun) return lag - quietRun + 1;
  }
  return undefined;
}
