import { normalQuantile } from './special-functions.js';

/** A share that was counted, and where the true one lies 95 times in 100. */
export interface ShareRange {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's interval (1927, JASA 22) for `hits` of `trials`: it stays within 0 and 1 and says something sensible at 0 hits.
 * Undefined without trials. `trials` may be a fraction: an effective number.
 */
export function shareRange(hits: number, trials: number): ShareRange | undefined {
  if (!(trials > 0)) return undefined;
  const z = normalQuantile(0.975);
  const share = hits / trials;
  const square = z * z;
  const centre = share + square / (2 * trials);
  const half = z * Math.sqrt((share * (1 - share) + square / (4 * trials)) / trials);
  const scale = 1 + square / trials;
  // At 0 and at all hits rounding alone would leave the ends a hair beside 0 and 1.
  return {
    share,
    low: hits <= 0 ? 0 : (centre - half) / scale,
    high: hits >= trials ? 1 : (centre + half) / scale,
  };
}

/**
 * The same for `groups` groups of `size` tries each, of which those in one group need not be independent: `hits` over
 * all of them, `hitSquares` the sum of the squared hits of each group. The number of tries shrinks (or grows) to the one that
 * independent tries with this spread between groups would need (Kish's effective sample size, 1965). Where groups
 * do not differ at all, a group counts as one try.
 */
export function groupedShareRange(
  hits: number,
  hitSquares: number,
  groups: number,
  size: number,
): ShareRange | undefined {
  if (!(groups > 0) || !(size > 0)) return undefined;
  const share = hits / (groups * size);
  const spread = groups > 1 ? (hitSquares - (hits * hits) / groups) / (groups - 1) / size ** 2 : 0;
  const effective =
    spread > 0 ? Math.min(groups * size, Math.max(groups, (share * (1 - share) * groups) / spread)) : groups;
  return shareRange(share * effective, effective);
}
