/**
 * Statistics of closed trades, each by its result net of both commissions and of funding. Buys that are still
 * open are no trades yet: counting them would give a buyer a win rate of zero.
 */
import { mean } from './deviation.js';
import { ROUNDING_FRACTION, measured } from './measurable.js';

/** Share of trades that made money; a zero is not a win. Undefined without trades. */
export function winRate(netProfitsUsd: ArrayLike<number>): number | undefined {
  let wins = 0;
  for (let i = 0; i < netProfitsUsd.length; i++) if ((netProfitsUsd[i] ?? NaN) > 0) wins++;
  return winRateFrom(wins, netProfitsUsd.length);
}

/** Sum of profits over sum of losses. */
export function profitFactor(netProfitsUsd: ArrayLike<number>): number | undefined {
  let profitUsd = 0;
  let lossUsd = 0;
  for (let i = 0; i < netProfitsUsd.length; i++) {
    const netUsd = netProfitsUsd[i] ?? NaN;
    if (netUsd > 0) profitUsd += netUsd;
    else lossUsd -= netUsd;
  }
  return profitFactorFrom(profitUsd, lossUsd);
}

/** Mean net profit per closed trade, in USD. Undefined without trades. */
export function expectancy(netProfitsUsd: ArrayLike<number>): number | undefined {
  return mean(netProfitsUsd);
}

export function winRateFrom(wins: number, trades: number): number | undefined {
  return trades === 0 ? undefined : wins / trades;
}

/** Undefined without losses. A loss that vanishes beside the profits is one that rounding made. */
export function profitFactorFrom(profitUsd: number, lossUsd: number): number | undefined {
  return lossUsd <= ROUNDING_FRACTION * profitUsd ? undefined : measured(profitUsd / lossUsd);
}
