/**
 * Power by arithmetic, as a check of the simulated one (statistics.md section 1): a contestant of annual Sharpe S has an
 * expected t of S x sqrt(years), and one of N has to exceed the Normal quantile of 1 - level / N (Bonferroni, Holm's
 * first step). Only one look, no base rules, and the t distribution taken as Normal.
 */
import { normalCdf, normalQuantile } from '../metrics/special-functions.js';

const DAYS_PER_YEAR = 365;

/** Days until one look at `level` proves it with probability `power`; undefined for who has no skill to be proven. */
export function oneLookDays(
  sharpe: number,
  contestants: number,
  level: number,
  power: number,
): number | undefined {
  const distance = normalQuantile(1 - level / contestants) + normalQuantile(power);
  return sharpe > 0 ? DAYS_PER_YEAR * (Math.max(0, distance) / sharpe) ** 2 : undefined;
}

/** The chance that one look on this day, at `level`, proves it. */
export function oneLookPower(sharpe: number, contestants: number, level: number, days: number): number {
  return normalCdf(sharpe * Math.sqrt(days / DAYS_PER_YEAR) - normalQuantile(1 - level / contestants));
}
