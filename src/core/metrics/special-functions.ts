import normalCdfOf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantileOf from '@stdlib/stats-base-dists-normal-quantile';
import tCdfOf from '@stdlib/stats-base-dists-t-cdf';

/** Probability that a standard Normal is at most x. */
export function normalCdf(x: number): number {
  return normalCdfOf(x, 0, 1);
}

/** The x below which a standard Normal lies with probability p. */
export function normalQuantile(p: number): number {
  return normalQuantileOf(p, 0, 1);
}

/** Probability that Student's t with `degrees` of freedom exceeds t; by symmetry, so that small tails keep their digits. */
export function studentTUpperTail(t: number, degrees: number): number {
  return tCdfOf(-t, degrees);
}
