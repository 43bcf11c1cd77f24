/**
 * Statistics of a whole series of simple returns, per period; risk-free rate 0. Conventions: standard
 * deviation with ddof 1, moments of skewness and kurtosis with ddof 0, kurtosis not in excess. Undefined is
 * what cannot be measured, never 0 or infinity. The running scorecard agrees with these.
 */

export function equityToReturns(equity: ArrayLike<number>): Float64Array {
  const returns = new Float64Array(Math.max(0, equity.length - 1));
  for (let i = 1; i < equity.length; i++) {
    const before = equity[i - 1] ?? NaN;
    returns[i - 1] = before > 0 ? (equity[i] ?? NaN) / before - 1 : 0;
  }
  return returns;
}

export function totalReturn(returns: ArrayLike<number>): number | undefined {
  if (returns.length === 0) return undefined;
  let wealth = 1;
  for (let i = 0; i < returns.length; i++) wealth *= 1 + (returns[i] ?? NaN);
  return wealth - 1;
}

/** (1 + total)^(P/n) - 1: a labelled figure for short records, nothing to rank by. */
export function annualReturn(returns: ArrayLike<number>, periodsPerYear: number): number | undefined {
  const total = totalReturn(returns);
  return total === undefined ? undefined : (1 + total) ** (periodsPerYear / returns.length) - 1;
}

export function mean(values: ArrayLike<number>): number | undefined {
  if (values.length === 0) return undefined;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? NaN;
  return sum / values.length;
}

/** Sample deviation (ddof 1). */
export function deviation(values: ArrayLike<number>): number | undefined {
  const m = mean(values);
  if (m === undefined || values.length < 2) return undefined;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] ?? NaN) - m) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/** A deviation below this is rounding noise on a flat curve. */
export const FLAT_DEVIATION = 1e-12;

export function sharpe(returns: ArrayLike<number>, periodsPerYear: number): number | undefined {
  const sd = deviation(returns);
  const m = mean(returns);
  return m === undefined || sd === undefined || sd <= FLAT_DEVIATION
    ? undefined
    : (m / sd) * Math.sqrt(periodsPerYear);
}

/** Root mean square of what falls short of the target; every period counts in the denominator. */
export function downsideDeviation(returns: ArrayLike<number>, target = 0): number | undefined {
  if (returns.length === 0) return undefined;
  let squares = 0;
  for (let i = 0; i < returns.length; i++) squares += Math.min((returns[i] ?? NaN) - target, 0) ** 2;
  return Math.sqrt(squares / returns.length);
}

export function sortino(returns: ArrayLike<number>, periodsPerYear: number, target = 0): number | undefined {
  const m = mean(returns);
  const downside = downsideDeviation(returns, target);
  return m === undefined || downside === undefined || downside <= FLAT_DEVIATION
    ? undefined
    : ((m - target) * Math.sqrt(periodsPerYear)) / downside;
}

/** Sum of gains over sum of losses against a target (Keating & Shadwick 2002). */
export function omega(returns: ArrayLike<number>, target = 0): number | undefined {
  let gains = 0;
  let losses = 0;
  for (let i = 0; i < returns.length; i++) {
    const excess = (returns[i] ?? NaN) - target;
    if (excess > 0) gains += excess;
    else losses -= excess;
  }
  return losses > 0 ? gains / losses : undefined;
}

/** Population moments: third and fourth standardised. */
export function skewness(values: ArrayLike<number>): number | undefined {
  return standardisedMoment(values, 3);
}

/** 3 for a Normal. */
export function kurtosis(values: ArrayLike<number>): number | undefined {
  return standardisedMoment(values, 4);
}

function standardisedMoment(values: ArrayLike<number>, order: number): number | undefined {
  const m = mean(values);
  if (m === undefined) return undefined;
  let second = 0;
  let wanted = 0;
  for (let i = 0; i < values.length; i++) {
    const d = (values[i] ?? NaN) - m;
    second += d * d;
    wanted += d ** order;
  }
  const n = values.length;
  const variance = second / n;
  return variance <= FLAT_DEVIATION ** 2 ? undefined : wanted / n / variance ** (order / 2);
}
