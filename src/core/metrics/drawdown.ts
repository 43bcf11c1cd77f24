import { ROUNDING_FRACTION } from './measurable.js';
import { grow } from './returns.js';

export interface Drawdown {
  /** Deepest fall below the peak so far, as a fraction: -1 to 0. */
  readonly depth: number;
  /** Longest run of periods below an earlier peak; one that has not ended counts as far as it goes. */
  readonly longestPeriods: number;
}

/**
 * Equity starts at 1 before the first return, so a loss in the first period is a drawdown. A curve that is
 * back at its peak up to rounding is back. Undefined without returns.
 */
export function drawdown(returns: ArrayLike<number>): Drawdown | undefined {
  let wealth = 1;
  let peak = 1;
  let depth = 0;
  let below = 0;
  let longest = 0;
  for (let i = 0; i < returns.length; i++) {
    wealth = grow(wealth, returns[i] ?? NaN);
    if (wealth > peak) peak = wealth;
    if (wealth >= peak * (1 - ROUNDING_FRACTION)) below = 0;
    else {
      below++;
      depth = Math.min(depth, wealth / peak - 1);
      longest = Math.max(longest, below);
    }
  }
  return returns.length === 0 || Number.isNaN(wealth) ? undefined : { depth, longestPeriods: longest };
}
