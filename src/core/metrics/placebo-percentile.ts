import { type ShareRange, shareRange } from './share-range.js';

/**
 * Share of what random traders made that lies below a return; one that is equal counts half (mid-rank). The range is that of a
 * share among so many of them (Wilson). Undefined without placebos, with a gap among them, and for a return that is none.
 */
export function placeboPercentile(
  returnFraction: number,
  placeboFractions: ArrayLike<number>,
): ShareRange | undefined {
  let below = Number.isFinite(returnFraction) ? 0 : NaN;
  for (let i = 0; i < placeboFractions.length; i++) {
    const difference = returnFraction - (placeboFractions[i] ?? NaN);
    below += Number.isNaN(difference) ? NaN : (Math.sign(difference) + 1) / 2;
  }
  return Number.isNaN(below) ? undefined : shareRange(below, placeboFractions.length);
}
