import { mean } from './deviation.js';
import { type Kernel, automaticBandwidth, longRunVariance } from './long-run-variance.js';
import { isRoundingNoise } from './measurable.js';
import { normalCdf } from './special-functions.js';

export interface SharpeDifference {
  /** Of the ratios per period, deviations with ddof 1 as everywhere. */
  readonly difference: number;
  readonly error: number;
  /** Probability of a difference as large as this in either direction between equal ratios. */
  readonly twoSidedP: number;
}

/** The variance's correction for four estimated moments, n / (n - 4), and room for a few lags. */
const FEWEST_RETURNS = 10;

/**
 * Compares two Sharpe ratios over the same periods, for returns of any shape that may be correlated with
 * each other and over time (Ledoit & Wolf 2008, J. of Empirical Finance 15, section 3.1). With v = (mean a,
 * mean b, mean a^2, mean b^2) the gradient is (g_a / s_a^3, -g_b / s_b^3, -m_a / (2 s_a^3), m_b / (2 s_b^3)), where
 * g is the mean square and s^2 = g - m^2; error = sqrt(gradient' Psi gradient / n). Psi itself is not needed: the
 * form is the long-run variance of the gradient times the centred moments.
 *
 * Undefined below ten returns, for series of different lengths or with gaps, and where one of both is flat.
 * The p value is too small for short records: below some hundred returns a studentised bootstrap would be better.
 */
export function sharpeDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  kernel: Kernel = 'parzen',
): SharpeDifference | undefined {
  const n = a.length;
  const [left, right] = [momentsOf(a), momentsOf(b)];
  if (n < FEWEST_RETURNS || b.length !== n || left === undefined || right === undefined) return undefined;

  const bandwidth = automaticBandwidth(
    [left.centred, right.centred, left.centredSquares, right.centredSquares],
    kernel,
  );
  const [ofA, ofB] = [influenceOf(left), influenceOf(right)];
  const influence = ofA.map((value, t) => value - (ofB[t] ?? NaN));
  const variance = longRunVariance(influence, kernel, bandwidth);
  // Two series of which one is a multiple of the other have the same ratio, up to rounding.
  if (variance === undefined || isRoundingNoise(Math.sqrt(variance), 0)) return undefined;

  const difference = Math.sqrt((n - 1) / n) * (left.mean / left.spread - right.mean / right.spread);
  const error = Math.sqrt(((n / (n - 4)) * variance) / n);
  return { difference, error, twoSidedP: 2 * normalCdf(-Math.abs(difference) / error) };
}

interface Moments {
  readonly mean: number;
  readonly meanSquare: number;
  /** Population deviation. */
  readonly spread: number;
  readonly centred: Float64Array;
  readonly centredSquares: Float64Array;
}

function momentsOf(values: ArrayLike<number>): Moments | undefined {
  const centre = mean(values);
  const meanSquare = mean(Float64Array.from(values, (value) => value * value));
  if (centre === undefined || meanSquare === undefined) return undefined;
  const centred = Float64Array.from(values, (value) => value - centre);
  const spread = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0) / values.length);
  if (isRoundingNoise(spread, centre)) return undefined;
  const centredSquares = Float64Array.from(values, (value) => value * value - meanSquare);
  return { mean: centre, meanSquare, spread, centred, centredSquares };
}

/** What each period adds to the ratio: the gradient times its centred moments. */
function influenceOf(moments: Moments): Float64Array {
  const { centred, centredSquares, spread, meanSquare, mean: centre } = moments;
  const cube = spread ** 3;
  return centred.map(
    (value, t) => (meanSquare / cube) * value - (centre / (2 * cube)) * (centredSquares[t] ?? NaN),
  );
}
