import { divideFully, productError } from './pair-arithmetic.js';
import { type WindowSum, addToWindow, createWindowSum } from './window-sum.js';

/** Mean and standard deviation of the last `period` values. */
export interface WindowMoments {
  readonly period: number;
  readonly sum: WindowSum;
  readonly squares: WindowSum;
  latest: number;
  /** How many of the newest values are the same number. */
  equalRun: number;
}

export function createWindowMoments(period: number): WindowMoments {
  return {
    period,
    sum: createWindowSum(period),
    squares: createWindowSum(period),
    latest: NaN,
    equalRun: 0,
  };
}

export function addToMoments(moments: WindowMoments, value: number): void {
  moments.equalRun = value === moments.latest ? moments.equalRun + 1 : 1;
  moments.latest = value;
  addToWindow(moments.sum, value, 0);
  const square = value * value;
  addToWindow(moments.squares, square, productError(value, value, square));
}

/** NaN until the window is full. */
export function windowMean(moments: WindowMoments): number {
  const { total, full } = moments.sum;
  return full ? divideFully(total.hi, total.lo, moments.period, 0) : NaN;
}

/**
 * sqrt((n sum(x^2) - sum(x)^2) / (n (n - ddof))); NaN until the window is full. In pair arithmetic the
 * subtraction keeps 1e-12 of the result down to deviations of a billionth of the price; equal values are
 * recognised as such, because a sum of squares of more than 106 bits is not exact.
 */
export function windowDeviation(moments: WindowMoments, ddof: 0 | 1): number {
  const { period, sum, squares } = moments;
  if (!sum.full) return NaN;
  if (moments.equalRun >= period) return 0;
  const scaled = period * squares.total.hi;
  const scaledLo = productError(period, squares.total.hi, scaled) + period * squares.total.lo;
  const { hi, lo } = sum.total;
  const squared = hi * hi;
  const squaredLo = productError(hi, hi, squared) + 2 * hi * lo;
  const spread = scaled - squared + (scaledLo - squaredLo);
  return Math.sqrt(Math.max(0, spread) / (period * (period - ddof)));
}
