import { assertInvariant } from '../domain/problem.js';
import { calmarFrom } from './calmar.js';
import { deviationFrom } from './deviation.js';
import { ROUNDING_FRACTION, measured } from './measurable.js';
import { oneSidedDeviationFrom } from './one-sided-deviation.js';
import { annualise } from './returns.js';
import type { Scorecard } from './scorecard.js';
import { sharpeFrom } from './sharpe.js';
import { sortinoFrom } from './sortino.js';
import { profitFactorFrom, winRateFrom } from './trade-results.js';
import { TRADE_TOTAL_FIELDS, type TradeTotals } from './trade-totals.js';

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

/**
 * The usual figures of a card, by the same formulas as those of whole series. A card that was opened on an
 * account without money measures nothing. The total return is what happened to the money up to the last bar;
 * the annual return inside Calmar ends at the last sample, so that its periods are whole ones.
 */
export function summarise(card: Scorecard, totals: TradeTotals, periodsPerYear: number): Metrics {
  assertNumbers(card, totals);
  const { samples, meanReturn } = card;
  // Model costs move the equity of an account that never held anything; that is no record of trading.
  const traded = totals.fills > 0 || card.exposureSum > 0;
  const funded = card.startEquityUsd > 0;
  const started = funded && card.marks > 0;

  const deviation = deviationFrom(card.squaredDeviations, samples);
  const downside = oneSidedDeviationFrom(card.downsideSquares, samples);
  const depth = started ? drawdownOf(card) : undefined;
  const annualReturn = funded
    ? annualise(Math.max(card.lastSampleEquityUsd, 0) / card.startEquityUsd, samples, periodsPerYear)
    : undefined;
  return {
    totalReturnPct: percent(started ? card.lastEquityUsd / card.startEquityUsd - 1 : undefined),
    annualVolatilityPct: percent(deviation === undefined ? undefined : deviation * Math.sqrt(periodsPerYear)),
    sharpe: traded ? sharpeFrom(meanReturn, deviation, periodsPerYear) : undefined,
    sortino: traded ? sortinoFrom(meanReturn, downside, samples, periodsPerYear) : undefined,
    calmar: calmarFrom(annualReturn, depth),
    maxDrawdownPct: percent(depth),
    trades: totals.closedTrades,
    winPct: percent(winRateFrom(totals.wins, totals.closedTrades)),
    profitFactor: profitFactorFrom(totals.grossProfitUsd, totals.grossLossUsd),
    expectancyUsd: measured((totals.grossProfitUsd - totals.grossLossUsd) / totals.closedTrades),
    turnover: funded ? measured(totals.tradedNotionalUsd / card.startEquityUsd) : undefined,
    exposurePct: percent(card.exposureSum / card.marks),
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

/** Rounding on a flat curve is no fall. */
function drawdownOf(card: Scorecard): number {
  return card.maxDrawdownFraction >= -ROUNDING_FRACTION ? 0 : card.maxDrawdownFraction;
}

function percent(fraction: number | undefined): number | undefined {
  return fraction === undefined ? undefined : measured(fraction * 100);
}

/** Money that is not a number is a bug in the books: no board may be made of it. */
function assertNumbers(card: Scorecard, totals: TradeTotals): void {
  assertInvariant(
    Number.isFinite(card.lastEquityUsd) && !Number.isNaN(card.meanReturn),
    () => `equity of ${String(card.lastEquityUsd)} USD, mean return ${String(card.meanReturn)}`,
  );
  for (const field of TRADE_TOTAL_FIELDS)
    assertInvariant(Number.isFinite(totals[field]), () => `${field} of ${String(totals[field])}`);
}
