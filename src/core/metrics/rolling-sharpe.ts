import { sharpe } from './sharpe.js';

/**
 * Annualised Sharpe of the last `window` returns at each place; NaN before there are as many, where they do not deviate,
 * and while a gap is among them. Each window is summed anew: a running sum of squares would carry the rounding of a
 * wild month into a calm one.
 */
export function rollingSharpe(returns: Float64Array, window: number, periodsPerYear: number): Float64Array {
  return returns.map((_, i) =>
    i + 1 < window ? NaN : (sharpe(returns.subarray(i + 1 - window, i + 1), periodsPerYear) ?? NaN),
  );
}
