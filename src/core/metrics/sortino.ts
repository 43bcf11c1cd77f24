import { mean } from './deviation.js';
import { isRoundingNoise, measured } from './measurable.js';
import { downsideDeviation } from './one-sided-deviation.js';

/**
 * Mean excess over the target, over the downside deviation, annualised. The target is a return per period.
 * Undefined for fewer than two returns, and where no period falls short of the target beyond rounding: no
 * loss so far is not a ratio of 999.
 */
export function sortino(returns: ArrayLike<number>, periodsPerYear: number, target = 0): number | undefined {
  const average = mean(returns);
  if (average === undefined) return undefined;
  return sortinoFrom(average - target, downsideDeviation(returns, target), returns.length, periodsPerYear);
}

/** The same from the mean excess over the target and the downside deviation. */
export function sortinoFrom(
  meanExcess: number,
  downside: number | undefined,
  periods: number,
  periodsPerYear: number,
): number | undefined {
  if (periods < 2 || downside === undefined || isRoundingNoise(downside, meanExcess)) return undefined;
  return measured((meanExcess / downside) * Math.sqrt(periodsPerYear));
}
