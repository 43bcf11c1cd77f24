/**
 * The highest high and lowest low of the last `period` bars in constant time, by the block method of
 * `window-sum` (van Herk 1992; Gil and Werman 1993): the end of the previous block and the beginning of the
 * current one.
 */
export interface WindowRange {
  highest: number;
  lowest: number;
  /** True once `period` bars were taken. */
  full: boolean;
  /** Bars of the current block in [0, filled), extremes of the previous block's ends in [filled, period). */
  readonly highs: Float64Array;
  readonly lows: Float64Array;
  currentHighest: number;
  currentLowest: number;
  filled: number;
}

export function createWindowRange(period: number): WindowRange {
  return {
    highest: NaN,
    lowest: NaN,
    full: false,
    highs: new Float64Array(period).fill(-Infinity),
    lows: new Float64Array(period).fill(Infinity),
    currentHighest: -Infinity,
    currentLowest: Infinity,
    filled: 0,
  };
}

export function addToRange(range: WindowRange, high: number, low: number): void {
  const { highs, lows } = range;
  if (range.filled === highs.length) turnBlockIntoExtremes(range);
  highs[range.filled] = high;
  lows[range.filled] = low;
  range.filled += 1;
  range.currentHighest = Math.max(range.currentHighest, high);
  range.currentLowest = Math.min(range.currentLowest, low);
  range.highest = range.currentHighest;
  range.lowest = range.currentLowest;
  if (range.filled === highs.length) {
    range.full = true;
  } else {
    range.highest = Math.max(range.highest, highs[range.filled] ?? NaN);
    range.lowest = Math.min(range.lowest, lows[range.filled] ?? NaN);
  }
}

function turnBlockIntoExtremes(range: WindowRange): void {
  const { highs, lows } = range;
  let highest = -Infinity;
  let lowest = Infinity;
  for (let slot = highs.length - 1; slot >= 0; slot -= 1) {
    highest = Math.max(highest, highs[slot] ?? NaN);
    lowest = Math.min(lowest, lows[slot] ?? NaN);
    highs[slot] = highest;
    lows[slot] = lowest;
  }
  range.currentHighest = -Infinity;
  range.currentLowest = Infinity;
  range.filled = 0;
}
