import { expectedMaximum } from './expected-maximum.js';
import { measured } from './measurable.js';

/**
 * Years of history below which the best of so many trials without skill is expected to show this annual
 * ratio: (expected maximum / SR)^2 (Bailey, Borwein, Lopez de Prado & Zhu 2014, Notices of the AMS 61(5)).
 * Undefined for a ratio that is not above 0.
 */
export function minimumBacktestYears(trials: number, annualSharpe: number): number | undefined {
  const maximum = expectedMaximum(trials);
  return maximum === undefined || !(annualSharpe > 0) ? undefined : measured((maximum / annualSharpe) ** 2);
}
