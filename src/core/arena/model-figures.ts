import { DAY_MS, type TimeMs, type Timeframe, timeframeMs } from '../domain/time.js';
import type { Metrics } from '../metrics/summarise.js';
import type { TradeTotals } from '../metrics/trade-totals.js';
import type { ModelRecord } from '../session/model-record.js';

/** What the board says of a contestant that asks language models. Money and calls since it joined; returns of the window. */
export interface ModelFigures {
  /** As the model names itself; undefined before its first answer. */
  readonly servedBy: string | undefined;
  readonly questions: number;
  readonly answers: number;
  /** Before the model's costs. */
  readonly grossReturnPct: number | undefined;
  readonly netReturnPct: number | undefined;
  /** Undefined where nobody counted tokens: what an imported run cost is not known. */
  readonly costUsd: number | undefined;
  readonly costPerDecisionUsd: number | undefined;
  readonly costPerDayUsd: number | undefined;
  readonly costPerWeekUsd: number | undefined;
  readonly tokens: { readonly input: number; readonly cached: number; readonly output: number };
  readonly probes: number;
  /** Of the probes, those that would have been another decision. */
  readonly flipPct: number | undefined;
  readonly fingerprintChanges: number;
}

export function modelFigures(
  record: ModelRecord,
  of: {
    readonly metrics: Metrics;
    /** Of the window. */
    readonly totals: TradeTotals;
    readonly startUsd: number;
    readonly seat: {
      readonly dueDecisions: number;
      readonly contestant: { readonly manifest: { readonly timeframe: Timeframe } };
    };
  },
): ModelFigures | undefined {
  if (record.questions === 0) return undefined;
  const net = of.metrics.totalReturnPct;
  const counted = record.inputTokens + record.cachedInputTokens + record.outputTokens > 0;
  const costUsd = counted || record.answers === 0 ? record.costUsd : undefined;
  const days = askedDays(record.firstMs, record.lastMs, of.seat.contestant.manifest.timeframe);
  const perDay = costUsd === undefined ? undefined : costUsd / days;
  return {
    servedBy: record.servedBy === '' ? undefined : record.servedBy,
    questions: record.questions,
    answers: record.answers,
    grossReturnPct:
      net === undefined || of.startUsd <= 0 ? undefined : net + (100 * of.totals.modelCostUsd) / of.startUsd,
    netReturnPct: net,
    costUsd,
    costPerDecisionUsd:
      costUsd === undefined || of.seat.dueDecisions === 0 ? undefined : costUsd / of.seat.dueDecisions,
    costPerDayUsd: perDay,
    costPerWeekUsd: perDay === undefined ? undefined : 7 * perDay,
    tokens: { input: record.inputTokens, cached: record.cachedInputTokens, output: record.outputTokens },
    probes: record.probes,
    flipPct: record.probes === 0 ? undefined : (100 * record.flips) / record.probes,
    fingerprintChanges: record.fingerprintChanges,
  };
}

/**
 * Days that questions were asked for: the last one is for the bar that follows, or two daily questions would be two in
 * one day. Less than a day of asking says little of a day and counts whole.
 */
export function askedDays(firstMs: TimeMs, lastMs: TimeMs, timeframe: Timeframe): number {
  return Math.max(1, (lastMs - firstMs + timeframeMs(timeframe)) / DAY_MS);
}
