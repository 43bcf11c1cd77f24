import { deviation, mean } from './deviation.js';
import { isRoundingNoise, measured } from './measurable.js';

/**
 * Mean over deviation, times the root of the periods in a year (Sharpe 1994). Undefined for fewer than two
 * returns and where returns do not deviate beyond rounding: a flat curve has no ratio, however steady it is.
 */
export function sharpe(returns: ArrayLike<number>, periodsPerYear: number): number | undefined {
  return sharpeFrom(mean(returns), deviation(returns), periodsPerYear);
}

/** The same from the mean and the sample deviation. */
export function sharpeFrom(
  meanReturn: number | undefined,
  sampleDeviation: number | undefined,
  periodsPerYear: number,
): number | undefined {
  if (meanReturn === undefined || sampleDeviation === undefined) return undefined;
  if (isRoundingNoise(sampleDeviation, meanReturn)) return undefined;
  return measured((meanReturn / sampleDeviation) * Math.sqrt(periodsPerYear));
}
