import { mean } from './deviation.js';
import { isRoundingNoise, measured } from './measurable.js';

/** Third standardised moment of the population (ddof 0), as the probabilistic Sharpe ratio takes it. */
export function skewness(returns: ArrayLike<number>): number | undefined {
  return standardisedMoment(returns, 3);
}

/** Fourth standardised moment of the population (ddof 0), not in excess: 3 for a Normal. */
export function kurtosis(returns: ArrayLike<number>): number | undefined {
  return standardisedMoment(returns, 4);
}

/** Undefined without a spread to standardise by. */
function standardisedMoment(returns: ArrayLike<number>, order: number): number | undefined {
  const centre = mean(returns);
  if (centre === undefined) return undefined;
  const n = returns.length;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((returns[i] ?? NaN) - centre) ** 2;
  const spread = Math.sqrt(squares / n);
  if (isRoundingNoise(spread, centre)) return undefined;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (((returns[i] ?? NaN) - centre) / spread) ** order;
  return measured(sum / n);
}
