/** What an account's closed trades were like. Results are net of both commissions and of funding. */
import { mean } from './deviation.js';
import { measured } from './measurable.js';
import { median } from './median.js';
import { expectancy, profitFactor, winRate } from './trade-results.js';

export interface ClosedTrade {
  readonly symbol: string;
  readonly netUsd: number;
  readonly openedMs: number;
  readonly closedMs: number;
}

/** A zero is neither won nor lost. Losses are negative amounts. */
export interface TradeReport {
  readonly closed: number;
  readonly won: number;
  readonly lost: number;
  readonly winFraction: number | undefined;
  readonly profitFactor: number | undefined;
  /** Mean result of a trade. */
  readonly expectancyUsd: number | undefined;
  readonly averageWinUsd: number | undefined;
  readonly averageLossUsd: number | undefined;
  /** Average win over average loss, without the sign. */
  readonly riskReward: number | undefined;
  readonly largestWinUsd: number | undefined;
  readonly largestLossUsd: number | undefined;
  readonly meanHoldMs: number | undefined;
  readonly medianHoldMs: number | undefined;
  /** In the order of their names. */
  readonly bySymbol: readonly SymbolTrades[];
}

export interface SymbolTrades {
  readonly symbol: string;
  readonly closed: number;
  readonly winFraction: number | undefined;
  readonly netUsd: number | undefined;
}

/** A result that is no number makes every figure of money undefined: leaving it out would flatter or harm. */
export function reportTrades(trades: readonly ClosedTrade[]): TradeReport {
  const known = trades.every((trade) => Number.isFinite(trade.netUsd));
  const netsUsd = known ? trades.map((trade) => trade.netUsd) : [];
  const winsUsd = netsUsd.filter((usd) => usd > 0);
  const lossesUsd = netsUsd.filter((usd) => usd < 0);
  const [averageWinUsd, averageLossUsd] = [mean(winsUsd), mean(lossesUsd)];
  const holdsMs = trades.map((trade) => trade.closedMs - trade.openedMs);
  return {
    closed: trades.length,
    won: winsUsd.length,
    lost: lossesUsd.length,
    winFraction: winRate(netsUsd),
    profitFactor: profitFactor(netsUsd),
    expectancyUsd: expectancy(netsUsd),
    averageWinUsd,
    averageLossUsd,
    riskReward:
      averageWinUsd === undefined || profitFactor(netsUsd) === undefined || averageLossUsd === undefined
        ? undefined
        : measured(averageWinUsd / -averageLossUsd),
    largestWinUsd: largest(winsUsd, 1),
    largestLossUsd: largest(lossesUsd, -1),
    meanHoldMs: mean(holdsMs),
    medianHoldMs: median(holdsMs),
    bySymbol: symbolsOf(trades),
  };
}

function symbolsOf(trades: readonly ClosedTrade[]): SymbolTrades[] {
  const netsUsd = new Map<string, number[]>();
  for (const { symbol, netUsd } of trades) {
    const known = netsUsd.get(symbol);
    if (known === undefined) netsUsd.set(symbol, [netUsd]);
    else known.push(netUsd);
  }
  return [...netsUsd]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, nets]) => {
      const known = nets.every((usd) => Number.isFinite(usd));
      return {
        symbol,
        closed: nets.length,
        winFraction: known ? winRate(nets) : undefined,
        netUsd: measured(nets.reduce((sum, usd) => sum + usd, 0)),
      };
    });
}

function largest(values: readonly number[], direction: 1 | -1): number | undefined {
  return values.reduce<number | undefined>(
    (most, value) => (most === undefined || value * direction > most * direction ? value : most),
    undefined,
  );
}
