/**
 * Which contestants have shown enough: past the minimum period and well below the field, by return and by
 * Sharpe both. Retiring them saves work and nothing else: they keep their record, their place in the cohort's
 * count, and their name; the same configuration never enters again.
 */
import { HOUR_MS, type TimeMs } from '../domain/time.js';
import type { Board, Standing } from './board.js';

export interface PruningRules {
  /** Looked at whenever the clock passes a multiple of this; 0 never. */
  readonly everyHours: number;
}

export const NO_PRUNING: PruningRules = { everyHours: 0 };

export interface Pruned {
  readonly id: string;
  readonly reason: string;
}

/** With fewer that are past the minimum period there is no field to be below of. */
const SMALLEST_FIELD = 4;
/** So many contestants always stay. */
const KEPT = 3;
const LARGEST_SHARE = 0.25;
const MOST_AT_ONCE = 5;
/** Robust deviations below the median return, and at least so many points. */
const RETURN_DEVIATIONS = 1.5;
const LEAST_RETURN_GAP_PCT = 1;
const SHARPE_GAP = 0.5;
/** Makes the median absolute deviation of a normal sample its standard deviation (Rousseeuw & Croux 1993). */
const NORMAL_MAD = 1.4826;

/** Whether a multiple of `everyHours` lies between two bars: the same answer in every replay. */
export function pruningIsDue(rules: PruningRules, lastBarMs: TimeMs, nextBarMs: TimeMs): boolean {
  const everyMs = rules.everyHours * HOUR_MS;
  return everyMs > 0 && Math.floor(nextBarMs / everyMs) > Math.floor(lastBarMs / everyMs);
}

/** The worst first; never the leader, never a champion, benchmark or placebo. */
export function chooseForRetirement(board: Board): Pruned[] {
  const active = board.standings.filter((s) => s.role === 'contestant' && s.status !== 'retired');
  const field = active.filter((s) => s.rank !== undefined && s.observedHours >= board.minimumHours);
  if (field.length < SMALLEST_FIELD) return [];
  const returns = field.map(returnOf);
  const sharpes = field.map((s) => s.metrics.sharpe).filter((sharpe) => sharpe !== undefined);
  const medianReturn = median(returns);
  const deviation = NORMAL_MAD * median(returns.map((value) => Math.abs(value - medianReturn)));
  const floorPct = medianReturn - Math.max(LEAST_RETURN_GAP_PCT, RETURN_DEVIATIONS * deviation);
  const medianSharpe = median(sharpes);
  const most = Math.min(
    MOST_AT_ONCE,
    Math.max(1, Math.floor(LARGEST_SHARE * field.length)),
    active.length - KEPT,
  );
  return field
    .filter((s) => s.rank !== 1 && returnOf(s) < floorPct)
    .filter((s) => s.metrics.sharpe !== undefined && s.metrics.sharpe < medianSharpe - SHARPE_GAP)
    .sort((a, b) => returnOf(a) - returnOf(b) || (a.id < b.id ? -1 : 1))
    .slice(0, Math.max(0, most))
    .map((s) => ({
      id: s.id,
      reason:
        `pruned: return ${returnOf(s).toFixed(2)} % below ${floorPct.toFixed(2)} % ` +
        `(median of ${String(field.length)} is ${medianReturn.toFixed(2)} %), ` +
        `Sharpe ${(s.metrics.sharpe ?? NaN).toFixed(2)} against a median of ${medianSharpe.toFixed(2)}`,
    }));
}

function returnOf(standing: Standing): number {
  return standing.metrics.totalReturnPct ?? 0;
}

/** NaN of nothing, so that nothing is below it. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}
