import { isRoundingNoise, measured } from './measurable.js';

/**
 * Sum of gains over sum of losses against a target per period (Keating & Shadwick 2002). Undefined where
 * nothing falls short of the target beyond rounding.
 */
export function omega(returns: ArrayLike<number>, target = 0): number | undefined {
  let gains = 0;
  let losses = 0;
  for (let i = 0; i < returns.length; i++) {
    const excess = (returns[i] ?? NaN) - target;
    if (excess > 0) gains += excess;
    else losses -= excess;
  }
  if (returns.length === 0 || isRoundingNoise(losses / returns.length, target)) return undefined;
  return measured(gains / losses);
}
