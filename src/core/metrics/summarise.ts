import type { Scorecard } from './scorecard.js';
import type { TradeTotals } from './trade-totals.js';

/** Undefined is what cannot be measured; it is never 0, 999 or infinity. */
export interface Metrics {
  readonly totalReturnPct: number | undefined;
  readonly annualVolatilityPct: number | undefined;
  readonly sharpe: number | undefined;
  readonly sortino: number | undefined;
  readonly calmar: number | undefined;
  readonly maxDrawdownPct: number | undefined;
  /** Closed trades. */
  readonly trades: number;
  readonly winPct: number | undefined;
  readonly profitFactor: number | undefined;
  readonly expectancyUsd: number | undefined;
  /** Traded notional over start equity. */
  readonly turnover: number | undefined;
  readonly exposurePct: number | undefined;
  readonly fills: number;
  readonly feesUsd: number;
  readonly spreadUsd: number;
  readonly slippageUsd: number;
  readonly fundingUsd: number;
  readonly modelCostUsd: number;
  readonly finalEquityUsd: number;
  readonly samples: number;
}

/** A deviation below this share of the returns' own size is rounding noise on a flat curve. */
const FLAT_DEVIATION = 1e-12;

/** The usual figures of a card; formulas and conventions as in metrics/returns.ts. */
export function summarise(card: Scorecard, totals: TradeTotals, periodsPerYear: number): Metrics {
  const { samples, meanReturn } = card;
  const total =
    card.startEquityUsd > 0 && card.marks > 0 ? card.lastEquityUsd / card.startEquityUsd - 1 : undefined;
  const deviation = samples >= 2 ? Math.sqrt(card.squaredDeviations / (samples - 1)) : undefined;
  const moves = deviation !== undefined && deviation > FLAT_DEVIATION ? deviation : undefined;
  const downside = samples >= 2 ? Math.sqrt(card.downsideSquares / samples) : 0;
  const annualReturn =
    total !== undefined && total > -1 && samples > 0
      ? (1 + total) ** (periodsPerYear / samples) - 1
      : undefined;
  const drawdown = card.maxDrawdownFraction;
  return {
    totalReturnPct: percent(total),
    annualVolatilityPct: percent(deviation === undefined ? undefined : deviation * Math.sqrt(periodsPerYear)),
    sharpe: moves === undefined ? undefined : finite((meanReturn / moves) * Math.sqrt(periodsPerYear)),
    sortino:
      downside > FLAT_DEVIATION ? finite((meanReturn / downside) * Math.sqrt(periodsPerYear)) : undefined,
    calmar: annualReturn !== undefined && drawdown < 0 ? finite(annualReturn / -drawdown) : undefined,
    maxDrawdownPct: card.marks > 0 ? drawdown * 100 : undefined,
    trades: totals.closedTrades,
    winPct: totals.closedTrades > 0 ? (100 * totals.wins) / totals.closedTrades : undefined,
    profitFactor: totals.grossLossUsd > 0 ? finite(totals.grossProfitUsd / totals.grossLossUsd) : undefined,
    expectancyUsd:
      totals.closedTrades > 0
        ? (totals.grossProfitUsd - totals.grossLossUsd) / totals.closedTrades
        : undefined,
    turnover: card.startEquityUsd > 0 ? totals.tradedNotionalUsd / card.startEquityUsd : undefined,
    exposurePct: card.marks > 0 ? (100 * card.exposureSum) / card.marks : undefined,
    fills: totals.fills,
    feesUsd: totals.feesUsd,
    spreadUsd: totals.spreadUsd,
    slippageUsd: totals.slippageUsd,
    fundingUsd: totals.fundingUsd,
    modelCostUsd: totals.modelCostUsd,
    finalEquityUsd: card.lastEquityUsd,
    samples,
  };
}

function percent(fraction: number | undefined): number | undefined {
  return fraction === undefined ? undefined : finite(fraction * 100);
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
