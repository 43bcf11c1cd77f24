/**
 * Everything the product says about one account, from its equity and its closed trades: the long form of the
 * board's line. Fractions are fractions, and what cannot be measured is undefined.
 */
import { adjustedSharpe } from './aggregation-factor.js';
import { calmar } from './calmar.js';
import { annualVolatility, mean } from './deviation.js';
import { type DrawdownEpisode, drawdownEpisodes, worstDrawdowns } from './drawdown-episodes.js';
import { drawdown } from './drawdown.js';
import { type MarketComparison, compareWithMarket } from './market-comparison.js';
import { kurtosis, skewness } from './moments.js';
import { omega } from './omega.js';
import { type QualityScore, qualityScore } from './quality-score.js';
import { annualReturn, equityToReturns, totalReturn } from './returns.js';
import { type SharpeRange, sharpeRange } from './sharpe-error.js';
import { sharpeRecord } from './sharpe-record.js';
import { sharpe } from './sharpe.js';
import { sortino } from './sortino.js';
import { type ClosedTrade, type TradeReport, reportTrades } from './trade-report.js';
import { type ValueAtRisk, valueAtRisk } from './value-at-risk.js';

export interface AccountRecord {
  /** One value per period, the start first; gaps are dropped already. */
  readonly equityUsd: ArrayLike<number>;
  readonly periodsPerYear: number;
  readonly trades: readonly ClosedTrade[];
  /** Mean of gross exposure over equity; the caller has it. */
  readonly exposureFraction: number | undefined;
  /** What the market was worth at the same moments; undefined where there is none to compare with. */
  readonly marketWorth: ArrayLike<number> | undefined;
}

export interface MetricReport {
  /** Returns that the figures rest on: one fewer than values. */
  readonly periods: number;
  readonly totalReturnFraction: number | undefined;
  /** A labelled figure for short records, nothing to rank by. */
  readonly annualReturnFraction: number | undefined;
  readonly meanReturnFraction: number | undefined;
  readonly annualVolatilityFraction: number | undefined;
  readonly skewness: number | undefined;
  /** Not in excess: 3 for a Normal. */
  readonly kurtosis: number | undefined;
  /** Of one period at 5 %, with the number of returns in the tail. */
  readonly valueAtRisk95: ValueAtRisk | undefined;
  readonly sharpe: number | undefined;
  /** 95 %, annual. */
  readonly sharpeRange: SharpeRange | undefined;
  /** What autocorrelation within a day leaves of it. */
  readonly adjustedSharpe: number | undefined;
  readonly sortino: number | undefined;
  readonly calmar: number | undefined;
  readonly omega: number | undefined;
  readonly drawdownFraction: number | undefined;
  /** Longest run of periods below an earlier peak. */
  readonly longestUnderWaterPeriods: number | undefined;
  /** From the deepest point until its peak was reached again; undefined when it has not been, or without a fall. */
  readonly recoveryPeriods: number | undefined;
  /** The five deepest, deepest first. */
  readonly worstDrawdowns: readonly DrawdownEpisode[];
  readonly trades: TradeReport;
  readonly exposureFraction: number | undefined;
  readonly market: MarketComparison | undefined;
  readonly quality: QualityScore;
}

const TAIL = 0.05;
const WORST_DRAWDOWNS = 5;
const DAYS_PER_YEAR = 365;

export function metricReport(record: AccountRecord): MetricReport {
  const { periodsPerYear, exposureFraction, marketWorth } = record;
  const returns = equityToReturns(record.equityUsd);
  const shape = sharpeRecord(returns);
  const fall = drawdown(returns);
  const worst = worstDrawdowns(drawdownEpisodes(returns) ?? [], WORST_DRAWDOWNS);
  const trades = reportTrades(record.trades);
  const ratio = sharpe(returns, periodsPerYear);
  return {
    periods: returns.length,
    totalReturnFraction: totalReturn(returns),
    annualReturnFraction: annualReturn(returns, periodsPerYear),
    meanReturnFraction: mean(returns),
    annualVolatilityFraction: annualVolatility(returns, periodsPerYear),
    skewness: skewness(returns),
    kurtosis: kurtosis(returns),
    valueAtRisk95: valueAtRisk(returns, TAIL),
    sharpe: ratio,
    sharpeRange: shape === undefined ? undefined : sharpeRange(shape, periodsPerYear),
    adjustedSharpe: adjustedSharpe(returns, periodsPerYear, periodsPerDay(periodsPerYear)),
    sortino: sortino(returns, periodsPerYear),
    calmar: calmar(returns, periodsPerYear),
    omega: omega(returns),
    drawdownFraction: fall?.depth,
    longestUnderWaterPeriods: fall?.longestPeriods,
    recoveryPeriods: worst[0]?.recoveryPeriods,
    worstDrawdowns: worst,
    trades,
    exposureFraction,
    market:
      marketWorth === undefined
        ? undefined
        : compareWithMarket(returns, equityToReturns(marketWorth), periodsPerYear),
    quality: qualityScore({
      closedTrades: trades.closed,
      sharpe: ratio,
      drawdownFraction: fall?.depth,
      profitFactor: trades.profitFactor,
      winFraction: trades.winFraction,
    }),
  };
}

/** 24 for hours; 1 for sessions, whose ratio stays as it is. */
function periodsPerDay(periodsPerYear: number): number {
  return Math.max(1, Math.round(periodsPerYear / DAYS_PER_YEAR));
}
