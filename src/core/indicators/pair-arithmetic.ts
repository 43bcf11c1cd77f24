/**
 * Numbers as unevaluated pairs of doubles (hi + lo), about 106 bits: sums over windows are kept in them, so
 * that rounding is far below what a double can show, a constant price averages to exactly itself and a
 * variance survives the subtraction of two large squares. Algorithms: Dekker 1971, Knuth TAOCP 2, 4.2.2.
 */
export interface PairSum {
  hi: number;
  lo: number;
}

export function zeroSum(): PairSum {
  return { hi: 0, lo: 0 };
}

/** sum += hi + lo. */
export function addPair(sum: PairSum, hi: number, lo: number): void {
  const total = sum.hi + hi;
  const shift = total - sum.hi;
  const lost = sum.hi - (total - shift) + (hi - shift) + (sum.lo + lo);
  sum.hi = total + lost;
  sum.lo = lost - (sum.hi - total);
}

/** 2^27 + 1 splits a double into two halves whose products are exact. */
const SPLITTER = 134_217_729;

/** What rounding lost in `product`: a x b = product + productError(a, b, product), exactly. */
export function productError(a: number, b: number, product: number): number {
  const scaledA = SPLITTER * a;
  const highA = scaledA - (scaledA - a);
  const lowA = a - highA;
  const scaledB = SPLITTER * b;
  const highB = scaledB - (scaledB - b);
  const lowB = b - highB;
  return highA * highB - product + highA * lowB + lowA * highB + lowA * lowB;
}

/** (hi + lo) / (divisorHi + divisorLo), rounded once; NaN for 0 / 0. */
export function divideFully(hi: number, lo: number, divisorHi: number, divisorLo: number): number {
  const quotient = hi / divisorHi;
  const product = quotient * divisorHi;
  const rest = hi - product - productError(quotient, divisorHi, product) + lo - quotient * divisorLo;
  return quotient + rest / divisorHi;
}
