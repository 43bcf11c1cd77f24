/**
 * How often a difference as large would come about if the names of the samples meant nothing (Fisher 1935; Pitman 1937): the
 * values are dealt anew, in every way where that is few enough, else in seeded ones. It asks for no shape, but what it
 * refutes is that both samples come from one law, so that a large difference of spreads alone may speak too.
 */
import { type Seed, uniformAt } from '../domain/rng.js';
import { mean } from './deviation.js';

export interface PermutationResult {
  readonly twoSidedP: number;
  /** Every split was looked at; otherwise `splits` of them were drawn. */
  readonly exact: boolean;
  readonly splits: number;
}

/** Up to so many splits all of them are looked at. */
export const MOST_EXACT_SPLITS = 50_000;
/** Drawn ones: the smallest p is 1 in 20,000. */
const DRAWN_SPLITS = 19_999;

/**
 * Two-sided test of the difference of means. Independent of the order of values and samples, also where splits are drawn.
 * Undefined below two values in either sample and with a gap.
 */
export function permutationTest(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  seed: Seed,
): PermutationResult | undefined {
  if (a.length < 2 || b.length < 2) return undefined;
  const pooled = Float64Array.from([...Array.from(a), ...Array.from(b)]).sort();
  const centre = mean(pooled);
  if (centre === undefined) return undefined;
  // With the common mean taken away the difference of means is a multiple of the smaller sample's sum, whichever splits.
  const centred = pooled.map((value) => value - centre);
  const smaller = a.length <= b.length ? a : b;
  const observed = Math.abs(Array.from(smaller).reduce((sum, value) => sum + (value - centre), 0));
  const atLeast = observed - toleranceOf(centred);
  const splits = choose(pooled.length, smaller.length, MOST_EXACT_SPLITS);
  if (splits <= MOST_EXACT_SPLITS)
    return {
      twoSidedP: countSplits(centred, smaller.length, atLeast) / splits,
      exact: true,
      splits,
    };
  const asLarge = drawSplits(centred, smaller.length, atLeast, seed);
  return { ...drawnP(asLarge, DRAWN_SPLITS), exact: false, splits: DRAWN_SPLITS };
}

/**
 * The same for differences of pairs, e.g. one per market window: under the null each might as well have the other sign.
 * Undefined below two differences and with a gap.
 */
export function signFlipTest(differences: ArrayLike<number>, seed: Seed): PermutationResult | undefined {
  const values = Float64Array.from(differences).sort();
  if (values.length < 2 || mean(values) === undefined) return undefined;
  const atLeast = Math.abs(values.reduce((sum, value) => sum + value, 0)) - toleranceOf(values);
  const splits = 2 ** values.length;
  const signed = (isNegative: (i: number) => boolean): boolean =>
    Math.abs(values.reduce((sum, value, i) => sum + (isNegative(i) ? -value : value), 0)) >= atLeast;
  if (splits <= MOST_EXACT_SPLITS) {
    let asLarge = 0;
    for (let bits = 0; bits < splits; bits++) if (signed((i) => ((bits >> i) & 1) === 1)) asLarge++;
    return { twoSidedP: asLarge / splits, exact: true, splits };
  }
  let asLarge = 0;
  for (let k = 0; k < DRAWN_SPLITS; k++) if (signed((i) => uniformAt(seed, k * 60_000, i) < 0.5)) asLarge++;
  return { ...drawnP(asLarge, DRAWN_SPLITS), exact: false, splits: DRAWN_SPLITS };
}

/** The observed split is one of the possible ones, so that p is never 0 (Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9). */
function drawnP(asLarge: number, drawn: number): { readonly twoSidedP: number } {
  return { twoSidedP: (asLarge + 1) / (drawn + 1) };
}

/** Sums of the same values in another order differ by rounding; that is no smaller difference. */
function toleranceOf(values: Float64Array): number {
  return 1e-10 * values.reduce((sum, value) => sum + Math.abs(value), 0);
}

/** Ways to take k of n, for k up to half of n, where it grows at each step; beyond `most` it is only known to exceed it. */
function choose(n: number, k: number, most: number): number {
  let ways = 1;
  for (let i = 1; i <= k && ways <= most; i++) ways = (ways * (n - k + i)) / i;
  return Math.round(ways);
}

/** Splits whose sum of k values is at least so far from zero, by walking through all of them. */
function countSplits(values: Float64Array, k: number, atLeast: number): number {
  let found = 0;
  const walk = (from: number, missing: number, sum: number): void => {
    if (missing === 0) {
      if (Math.abs(sum) >= atLeast) found++;
      return;
    }
    for (let i = from; i <= values.length - missing; i++) walk(i + 1, missing - 1, sum + (values[i] ?? NaN));
  };
  walk(0, k, 0);
  return found;
}

/** The first k places of a shuffle (Fisher & Yates 1938), drawn anew for every split. */
function drawSplits(values: Float64Array, k: number, atLeast: number, seed: Seed): number {
  const deck = Float64Array.from(values);
  const n = deck.length;
  let found = 0;
  for (let split = 0; split < DRAWN_SPLITS; split++) {
    let sum = 0;
    for (let i = 0; i < k; i++) {
      const j = i + Math.floor(uniformAt(seed, split * 60_000, i) * (n - i));
      const drawn = deck[j] ?? NaN;
      deck[j] = deck[i] ?? NaN;
      deck[i] = drawn;
      sum += drawn;
    }
    if (Math.abs(sum) >= atLeast) found++;
  }
  return found;
}
