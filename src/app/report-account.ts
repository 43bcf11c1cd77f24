/** Puts a page about one account together from what the journals tell. */
import type { LedgerEntry } from '../core/domain/ledger.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { DAY_MS } from '../core/domain/time.js';
import { drawdown } from '../core/metrics/drawdown.js';
import { sharpeRange } from '../core/metrics/sharpe-error.js';
import { sharpeRecord } from '../core/metrics/sharpe-record.js';
import { sharpe } from '../core/metrics/sharpe.js';
import { type AccountFigures, accountFigures } from '../reporting/report/account-figures.js';
import type { AccountRecord, Surroundings } from '../reporting/report/account-record.js';
import { type ReadinessLine, readiness } from '../reporting/report/readiness.js';
import { growthSince } from './growth-since.js';
import type { ArenaHistory } from './read-history.js';

/** An account's columns from its first to its last sample with equity. */
export function recordOf(
  columns: {
    readonly timesMs: Float64Array;
    readonly equityUsd: Float64Array;
    readonly exposureFraction: Float64Array;
  },
  startMs: number,
  startUsd: number,
  entries: readonly LedgerEntry[],
): AccountRecord {
  const known = (value: number): boolean => !Number.isNaN(value);
  const from = Math.max(0, columns.equityUsd.findIndex(known));
  const to = columns.equityUsd.findLastIndex(known) + 1;
  return {
    startMs,
    startUsd,
    timesMs: columns.timesMs.subarray(from, to),
    equityUsd: columns.equityUsd.subarray(from, to),
    exposureFraction: columns.exposureFraction.subarray(from, to),
    entries,
  };
}

/** The champion's series and the placebos of an arena, beside a record; without an arena there are none. */
export function surroundingsOf(
  record: AccountRecord,
  market: MarketTable,
  samplesPerYear: number,
  history: ArenaHistory | undefined,
  itself = -1,
): Surroundings {
  const { startMs, timesMs } = record;
  if (history === undefined) return { market, samplesPerYear, championGrowth: undefined, placeboGrowths: [] };
  const since = (values: Float64Array, beforeFirst: number): Float64Array =>
    growthSince({ timesMs: history.timesMs, values, beforeFirst }, startMs, timesMs);
  return {
    market,
    samplesPerYear,
    championGrowth: history.crowned ? since(history.championIndex, 1) : undefined,
    placeboGrowths: history.contestants
      .filter((c) => c.role === 'placebo' && c.position !== itself && c.joinedBarMs <= startMs)
      .map(({ position }) => since(history.equityUsd[position] ?? new Float64Array(), history.board.cashUsd)),
  };
}

export function figuresOf(
  record: AccountRecord,
  market: MarketTable,
  samplesPerYear: number,
  history: ArenaHistory | undefined,
  itself?: number,
): AccountFigures {
  return accountFigures(record, surroundingsOf(record, market, samplesPerYear, history, itself));
}

export function readinessOf(figures: AccountFigures, paperDays: number | undefined): ReadinessLine[] {
  const { record, returns, samplesPerYear, closed, directions, forces } = figures;
  const shape = sharpeRecord(returns);
  const fall = drawdown(returns);
  return readiness({
    fromMs: record.startMs,
    toMs: record.timesMs.at(-1) ?? record.startMs,
    closedTrades: closed.length,
    sharpe: sharpe(returns, samplesPerYear),
    sharpeLow: shape === undefined ? undefined : sharpeRange(shape, samplesPerYear)?.low,
    maxDrawdownPct: fall === undefined ? undefined : 100 * fall.depth,
    directions,
    forces,
    samplesPerDay: samplesPerDay(record.timesMs),
    paperDays,
  });
}

/** How many samples a day of this record has. */
function samplesPerDay(timesMs: Float64Array): number {
  const days = new Set(Array.from(timesMs, (timeMs) => Math.floor((timeMs - 1) / DAY_MS)));
  return Math.max(1, timesMs.length / Math.max(1, days.size));
}
