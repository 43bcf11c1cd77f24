/**
 * Returns are simple, per period, net of all costs; the risk-free rate is 0. Statistics of a whole series
 * live in one file per idea beside this one; the running scorecard agrees with them.
 */
import { measured } from './measurable.js';

/**
 * An account without money has lost everything, not more than that, and earns nothing afterwards: -1 once,
 * then 0. NaN stays NaN. Called for every sample of every contestant.
 */
export function simpleReturn(beforeUsd: number, afterUsd: number): number {
  if (beforeUsd > 0 && afterUsd > 0) return afterUsd / beforeUsd - 1;
  if (Number.isNaN(beforeUsd) || Number.isNaN(afterUsd)) return NaN;
  return beforeUsd > 0 ? -1 : 0;
}

/** One return fewer than there are points. */
export function equityToReturns(equity: ArrayLike<number>): Float64Array {
  const returns = new Float64Array(Math.max(0, equity.length - 1));
  for (let i = 1; i < equity.length; i++)
    returns[i - 1] = simpleReturn(equity[i - 1] ?? NaN, equity[i] ?? NaN);
  return returns;
}

/** Undefined without returns. */
export function totalReturn(returns: ArrayLike<number>): number | undefined {
  return returns.length === 0 ? undefined : measured(growth(returns) - 1);
}

/** (1 + total)^(P/n) - 1: a labelled figure for short records, nothing to rank by. */
export function annualReturn(returns: ArrayLike<number>, periodsPerYear: number): number | undefined {
  return annualise(growth(returns), returns.length, periodsPerYear);
}

/** The same from what one dollar became. Undefined without periods, or where a few of them explode in a year. */
export function annualise(wealth: number, periods: number, periodsPerYear: number): number | undefined {
  return periods === 0 ? undefined : measured(wealth ** (periodsPerYear / periods) - 1);
}

/** What one dollar becomes. */
function growth(returns: ArrayLike<number>): number {
  let wealth = 1;
  for (let i = 0; i < returns.length; i++) wealth = grow(wealth, returns[i] ?? NaN);
  return wealth;
}

/** What is lost stays lost: two returns below -100 % do not make a profit. A gap stays a gap, also before a loss. */
export function grow(wealth: number, periodReturn: number): number {
  return wealth * (periodReturn <= -1 ? 0 : 1 + periodReturn);
}
