import { measured } from './measurable.js';

export function mean(values: ArrayLike<number>): number | undefined {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? NaN;
  return measured(sum / values.length);
}

/** Sample deviation (ddof 1), so undefined for fewer than two values. */
export function deviation(values: ArrayLike<number>): number | undefined {
  const centre = mean(values);
  return centre === undefined ? undefined : deviationFrom(squaresAround(values, centre), values.length);
}

/** The same from a sum of squared deviations. */
export function deviationFrom(squaredDeviations: number, count: number): number | undefined {
  return count < 2 ? undefined : measured(Math.sqrt(squaredDeviations / (count - 1)));
}

/** Deviation of a year's return, as if returns were independent. */
export function annualVolatility(returns: ArrayLike<number>, periodsPerYear: number): number | undefined {
  const perPeriod = deviation(returns);
  return perPeriod === undefined ? undefined : perPeriod * Math.sqrt(periodsPerYear);
}

function squaresAround(values: ArrayLike<number>, centre: number): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] ?? NaN) - centre) ** 2;
  return squares;
}
