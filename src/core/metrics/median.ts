import { quantileOfSorted } from './quantile-band.js';
import { measured } from './measurable.js';

/** The middle value, or the mean of both middle ones. Undefined without values and with a gap. */
export function median(values: ArrayLike<number>): number | undefined {
  const sorted = Float64Array.from(values).sort();
  // Sorting puts NaN last, where it would move the middle unseen.
  return Number.isNaN(sorted.at(-1) ?? NaN) ? undefined : measured(quantileOfSorted(sorted, 0.5));
}
