/** Quantiles across several series at each place, e.g. what most placebos did. */
export interface QuantileBand {
  readonly low: Float64Array;
  readonly middle: Float64Array;
  readonly high: Float64Array;
  readonly series: number;
}

/** Linear-interpolated quantiles over the series that have a value there; NaN where none has. */
export function quantileBand(
  series: readonly Float64Array[],
  lowFraction: number,
  highFraction: number,
): QuantileBand {
  const length = Math.max(0, ...series.map((one) => one.length));
  const low = new Float64Array(length).fill(NaN);
  const middle = new Float64Array(length).fill(NaN);
  const high = new Float64Array(length).fill(NaN);
  const row = new Float64Array(series.length);
  for (let i = 0; i < length; i++) {
    let n = 0;
    for (const one of series) {
      const value = one[i] ?? NaN;
      if (Number.isNaN(value)) continue;
      row[n] = value;
      n++;
    }
    const sorted = row.subarray(0, n).sort();
    low[i] = quantileOfSorted(sorted, lowFraction);
    middle[i] = quantileOfSorted(sorted, 0.5);
    high[i] = quantileOfSorted(sorted, highFraction);
  }
  return { low, middle, high, series: series.length };
}

/** NaN without values. */
export function quantileOfSorted(sorted: ArrayLike<number>, fraction: number): number {
  const at = fraction * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}
