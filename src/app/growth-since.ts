/** What a dollar at `startMs` became by each of some times, in a series known at other times. */
export function growthSince(
  series: { readonly timesMs: Float64Array; readonly values: Float64Array; readonly beforeFirst: number },
  startMs: number,
  timesMs: Float64Array,
): Float64Array {
  const { values, beforeFirst } = series;
  const at = (timeMs: number): number => {
    let low = 0;
    let high = series.timesMs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((series.timesMs[middle] ?? Infinity) <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? beforeFirst : (values[low - 1] ?? NaN);
  };
  const base = at(startMs);
  // Beyond its last known value nothing is known.
  const end = series.timesMs.at(-1) ?? NaN;
  return timesMs.map((timeMs) => (timeMs <= end && base > 0 ? at(timeMs) / base : NaN));
}
