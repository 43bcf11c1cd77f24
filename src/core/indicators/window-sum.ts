import { type PairSum, addPair, zeroSum } from './pair-arithmetic.js';

/**
 * The sum of the last `period` values, in constant time and without ever subtracting: the stream is cut into
 * blocks of `period`; a window is the end of the previous block (its suffix sums are made once, when it is
 * complete) plus the beginning of the current one. What left the window therefore leaves no rounding behind,
 * however long the stream and however large the value was.
 */
export interface WindowSum {
  readonly total: PairSum;
  /** True once `period` values were taken. */
  full: boolean;
  /** Values of the current block in [0, filled), suffix sums of the previous block in [filled, period). */
  readonly slotsHi: Float64Array;
  readonly slotsLo: Float64Array;
  readonly current: PairSum;
  filled: number;
}

export function createWindowSum(period: number): WindowSum {
  return {
    total: zeroSum(),
    full: false,
    slotsHi: new Float64Array(period),
    slotsLo: new Float64Array(period),
    current: zeroSum(),
    filled: 0,
  };
}

/** Takes hi + lo as the newest value; `lo` is 0 for a plain number. */
export function addToWindow(window: WindowSum, hi: number, lo: number): void {
  const { slotsHi, slotsLo, current, total } = window;
  if (window.filled === slotsHi.length) turnBlockIntoSuffixSums(window);
  slotsHi[window.filled] = hi;
  slotsLo[window.filled] = lo;
  window.filled += 1;
  addPair(current, hi, lo);
  total.hi = current.hi;
  total.lo = current.lo;
  if (window.filled === slotsHi.length) window.full = true;
  else addPair(total, slotsHi[window.filled] ?? NaN, slotsLo[window.filled] ?? NaN);
}

/** The complete block becomes the sums of its ends, and a new block begins. */
function turnBlockIntoSuffixSums(window: WindowSum): void {
  const { slotsHi, slotsLo, current } = window;
  current.hi = 0;
  current.lo = 0;
  for (let slot = slotsHi.length - 1; slot >= 0; slot -= 1) {
    addPair(current, slotsHi[slot] ?? NaN, slotsLo[slot] ?? NaN);
    slotsHi[slot] = current.hi;
    slotsLo[slot] = current.lo;
  }
  current.hi = 0;
  current.lo = 0;
  window.filled = 0;
}
