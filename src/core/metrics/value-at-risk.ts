export interface ValueAtRisk {
  /** Linear-interpolated quantile of the returns: a negative number in general. */
  readonly quantile: number;
  /** Mean of the returns at or below it. */
  readonly tailMean: number;
  /** How many returns that mean rests on: show it beside the figure. */
  readonly tailCount: number;
}

/** Historical value at risk and expected shortfall at a tail probability, e.g. 0.05. */
export function valueAtRisk(returns: ArrayLike<number>, tail: number): ValueAtRisk | undefined {
  if (returns.length === 0) return undefined;
  const sorted = Float64Array.from(returns).sort();
  const at = tail * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  const quantile = low + (high - low) * (at - Math.floor(at));
  let sum = 0;
  let count = 0;
  for (const value of sorted) {
    if (value > quantile) break;
    sum += value;
    count++;
  }
  return { quantile, tailMean: sum / count, tailCount: count };
}
