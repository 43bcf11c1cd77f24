import { assertInvariant } from '../domain/problem.js';
import { compareWithMarket } from './market-comparison.js';

/** How an account took part in the moves of one symbol, as ratios: 1 is all of the move. */
export interface SymbolCaptures {
  /** Of the account: what the symbol brought, over the account's equity. With a tenth of the money in it a capture is about 0.1. */
  readonly weightedUp: number | undefined;
  readonly weightedDown: number | undefined;
  /** Of the timing alone: as if the position were one times the account whenever it was held; -1 to 1. */
  readonly timingUp: number | undefined;
  readonly timingDown: number | undefined;
}

/**
 * Per bar: the symbol's return, what it brought the account as a fraction of equity at the bar's open (costs included), and the
 * direction held over the bar (1, -1, 0). A bar is held when its return was earned, so that entering at an open and leaving at a
 * later one counts the bars between, and neither twice. Sums over bars in which the symbol rose, or fell.
 */
export function symbolCaptures(
  symbolReturns: ArrayLike<number>,
  contributions: ArrayLike<number>,
  directions: ArrayLike<number>,
): SymbolCaptures {
  const n = symbolReturns.length;
  assertInvariant(
    contributions.length === n && directions.length === n,
    () =>
      `${String(n)} bars, ${String(contributions.length)} contributions, ${String(directions.length)} directions`,
  );
  const timed = Float64Array.from(symbolReturns, (r, i) => r * Math.sign(directions[i] ?? NaN));
  // Captures are ratios of means over the same bars: the year does not enter.
  const [weighted, timing] = [contributions, timed].map((own) => compareWithMarket(own, symbolReturns, 1));
  return {
    weightedUp: unsigned(weighted?.upCapture),
    weightedDown: unsigned(weighted?.downCapture),
    timingUp: unsigned(timing?.upCapture),
    timingDown: unsigned(timing?.downCapture),
  };
}

/** Nothing of a fall is -0, which people would read as a little less than nothing. */
function unsigned(ratio: number | undefined): number | undefined {
  return ratio === 0 ? 0 : ratio;
}
