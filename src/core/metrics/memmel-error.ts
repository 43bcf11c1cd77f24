import { measured } from './measurable.js';

/**
 * Standard error of the difference of two Sharpe ratios per period, for independent Normal returns with this
 * correlation: sqrt((2 - 2 r + (a^2 + b^2 - 2 a b r^2) / 2) / n) (Memmel 2003, correcting Jobson & Korkie
 * 1981). Undefined below two returns, and where both series are the same.
 */
export function memmelError(
  sharpeA: number,
  sharpeB: number,
  correlation: number,
  periods: number,
): number | undefined {
  if (!(periods >= 2) || !(Math.abs(correlation) <= 1)) return undefined;
  const shape = (sharpeA * sharpeA + sharpeB * sharpeB - 2 * sharpeA * sharpeB * correlation ** 2) / 2;
  const spread = 2 - 2 * correlation + shape;
  return spread > 0 ? measured(Math.sqrt(spread / periods)) : undefined;
}
