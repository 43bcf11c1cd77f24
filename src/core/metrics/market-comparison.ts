/** One account against the market over the same periods: what of its result is exposure, and what is not. */
import { mean } from './deviation.js';
import { isRoundingNoise, measured } from './measurable.js';
import { annualise } from './returns.js';

export interface MarketComparison {
  /** Slope of the account's returns on the market's (least squares). */
  readonly beta: number | undefined;
  /** Annual return that the slope leaves: the mean of r - beta m per period, compounded (Jensen 1968). */
  readonly alphaAnnualFraction: number | undefined;
  /** -1 to 1; undefined also where the account is flat. */
  readonly correlation: number | undefined;
  /** Share of the account's moves that the market explains, 0 to 1: the correlation's square. */
  readonly explainedFraction: number | undefined;
  /** Mean return over the market's, in periods in which the market rose. 1 rises with it, 2 twice as much. */
  readonly upCapture: number | undefined;
  /** The same in periods in which it fell: below 1 is good. */
  readonly downCapture: number | undefined;
}

/**
 * Captures are ratios of arithmetic means (Bacon 2008): annual returns of only those hours in which the market
 * rose would have twenty digits. Everything is undefined for series of different lengths and with gaps, the
 * slope and what follows from it where the market is flat.
 */
export function compareWithMarket(
  returns: ArrayLike<number>,
  market: ArrayLike<number>,
  periodsPerYear: number,
): MarketComparison {
  const n = returns.length;
  const own = mean(returns);
  const others = mean(market);
  if (own === undefined || others === undefined || market.length !== n) return NOTHING;

  let ownSquares = 0;
  let marketSquares = 0;
  let products = 0;
  for (let i = 0; i < n; i++) {
    const [r, m] = [(returns[i] ?? NaN) - own, (market[i] ?? NaN) - others];
    ownSquares += r * r;
    marketSquares += m * m;
    products += r * m;
  }
  const marketMoves = n >= 2 && !isRoundingNoise(Math.sqrt(marketSquares / n), others);
  const moves = n >= 2 && !isRoundingNoise(Math.sqrt(ownSquares / n), own);
  const beta = marketMoves ? measured(products / marketSquares) : undefined;
  const correlation =
    marketMoves && moves
      ? measured(Math.max(-1, Math.min(products / Math.sqrt(ownSquares) / Math.sqrt(marketSquares), 1)))
      : undefined;
  return {
    beta,
    alphaAnnualFraction:
      beta === undefined ? undefined : annualise(Math.max(0, 1 + own - beta * others), 1, periodsPerYear),
    correlation,
    explainedFraction: correlation === undefined ? undefined : correlation ** 2,
    upCapture: capture(returns, market, 1),
    downCapture: capture(returns, market, -1),
  };
}

const NOTHING: MarketComparison = {
  beta: undefined,
  alphaAnnualFraction: undefined,
  correlation: undefined,
  explainedFraction: undefined,
  upCapture: undefined,
  downCapture: undefined,
};

/** Over the periods in which the market went in this direction; undefined without any beyond rounding. */
function capture(
  returns: ArrayLike<number>,
  market: ArrayLike<number>,
  direction: 1 | -1,
): number | undefined {
  let own = 0;
  let others = 0;
  let periods = 0;
  for (let i = 0; i < market.length; i++) {
    const m = market[i] ?? NaN;
    if (!(m * direction > 0)) continue;
    own += returns[i] ?? NaN;
    others += m;
    periods++;
  }
  return periods === 0 || isRoundingNoise(Math.abs(others) / periods, 0) ? undefined : measured(own / others);
}
