import { annualReturn } from './returns.js';

export interface Drawdown {
  /** Deepest fall below the peak so far: zero or negative. Equity starts at 1 before the first return. */
  readonly depth: number;
  /** Longest run of periods below an earlier peak. */
  readonly longestPeriods: number;
}

export function drawdown(returns: ArrayLike<number>): Drawdown | undefined {
  if (returns.length === 0) return undefined;
  let wealth = 1;
  let peak = 1;
  let depth = 0;
  let below = 0;
  let longest = 0;
  for (let i = 0; i < returns.length; i++) {
    wealth *= 1 + (returns[i] ?? NaN);
    if (wealth >= peak) {
      peak = wealth;
      below = 0;
    } else {
      below++;
      depth = Math.min(depth, wealth / peak - 1);
      longest = Math.max(longest, below);
    }
  }
  return { depth, longestPeriods: longest };
}

/** Annual return over the depth of the deepest drawdown; undefined without one. */
export function calmar(returns: ArrayLike<number>, periodsPerYear: number): number | undefined {
  const depth = drawdown(returns)?.depth ?? 0;
  const annual = annualReturn(returns, periodsPerYear);
  return depth < 0 && annual !== undefined ? annual / -depth : undefined;
}
