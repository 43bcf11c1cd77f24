import { measured } from './measurable.js';

/**
 * Root mean square of what falls short of the target, per period. Every period counts in the denominator
 * (Sortino & van der Meer 1991): dividing by the losing ones alone would make rare losses look large and a
 * steady loser look good. Undefined without returns.
 */
export function downsideDeviation(returns: ArrayLike<number>, target = 0): number | undefined {
  let squares = 0;
  for (let i = 0; i < returns.length; i++) squares += Math.min((returns[i] ?? NaN) - target, 0) ** 2;
  return oneSidedDeviationFrom(squares, returns.length);
}

/** Root mean square of what exceeds the target, in the same way (upside risk, Bacon 2008). */
export function upsideDeviation(returns: ArrayLike<number>, target = 0): number | undefined {
  let squares = 0;
  for (let i = 0; i < returns.length; i++) squares += Math.max((returns[i] ?? NaN) - target, 0) ** 2;
  return oneSidedDeviationFrom(squares, returns.length);
}

/** The same from a sum of squares of one side. */
export function oneSidedDeviationFrom(squares: number, periods: number): number | undefined {
  return measured(Math.sqrt(squares / periods));
}
