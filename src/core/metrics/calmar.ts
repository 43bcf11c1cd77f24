import { drawdown } from './drawdown.js';
import { measured } from './measurable.js';
import { annualReturn } from './returns.js';

/** Annual return over the depth of the deepest drawdown; undefined for a curve that never fell. */
export function calmar(returns: ArrayLike<number>, periodsPerYear: number): number | undefined {
  return calmarFrom(annualReturn(returns, periodsPerYear), drawdown(returns)?.depth);
}

/** The same from its two parts; a depth that only rounding made must come as 0. */
export function calmarFrom(annual: number | undefined, depth: number | undefined): number | undefined {
  if (annual === undefined || depth === undefined || depth >= 0) return undefined;
  return measured(annual / -depth);
}
