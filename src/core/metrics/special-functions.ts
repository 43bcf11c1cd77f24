import normalCdfOf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantileOf from '@stdlib/stats-base-dists-normal-quantile';
import tCdfOf from '@stdlib/stats-base-dists-t-cdf';
import { assertInvariant } from '../domain/problem.js';

/** Probability that a standard Normal is at most x. */
export function normalCdf(x: number): number {
  return normalCdfOf(x, 0, 1);
}

/** Below this the library's quantile loses digits: 3 good ones are left at 1e-15, none at 1e-20. */
const FAR_TAIL = 1e-6;

/** The x below which a standard Normal lies with probability p: minus infinity at 0, infinity at 1. */
export function normalQuantile(p: number): number {
  assertInvariant(p >= 0 && p <= 1, () => `a probability of ${String(p)}`);
  return p > 0 && p < FAR_TAIL ? farQuantile(p) : normalQuantileOf(p, 0, 1);
}

/**
 * Probability that Student's t with `degrees` of freedom exceeds t. By symmetry it is the lower tail at -t,
 * which keeps its digits where 1 - cdf(t) would have none left.
 */
export function studentTUpperTail(t: number, degrees: number): number {
  assertInvariant(
    degrees > 0 && !Number.isNaN(t),
    () => `a t of ${String(t)} with ${String(degrees)} degrees of freedom`,
  );
  return tCdfOf(-t, degrees);
}

const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);
/** Six steps reach full precision at the smallest normal double. */
const MOST_STEPS = 12;

/**
 * Newton's method on ln cdf(x) = ln p. The logarithm of the Normal cdf is concave and the start lies left of
 * the root, since cdf(-z) < exp(-z^2 / 2): every step goes right and none goes too far.
 */
function farQuantile(p: number): number {
  let x = -Math.sqrt(-2 * Math.log(p));
  for (let i = 0; i < MOST_STEPS; i++) {
    const cdf = normalCdf(x);
    // Among the subnormal doubles the cdf of the start may be 0: step right until it is not.
    const step = cdf === 0 ? 0.05 : (Math.log(p / cdf) * cdf * SQRT_TWO_PI) / Math.exp((-x * x) / 2);
    x += step;
    if (Math.abs(step) < 1e-15 * Math.abs(x)) break;
  }
  return x;
}
