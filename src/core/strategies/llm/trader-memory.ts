import { sharpeFrom } from '../../metrics/sharpe.js';
import { DAY_MS, type TimeMs } from '../../domain/time.js';
import type { Condition } from './invalidation.js';
import type { SignalRefusal } from './signal-refusal.js';

/** What the model said when it entered a position, and when it last changed its mind about it. */
export interface ExitPlan {
  readonly side: 'long' | 'short';
  readonly profitTarget: number | null;
  readonly stopLoss: number | null;
  /** In the model's words, cleaned; empty where it gave none. */
  readonly invalidation: string;
  /** The same for a machine, where the words leave no doubt. */
  readonly condition: Condition | null;
  readonly confidence: number | null;
  /** What the model says it risks; what it really risks follows from stop and quantity. */
  readonly riskUsd: number | null;
  /** What its reasoning says about the symbol at the entry, cleaned. */
  readonly entryReason: string;
}

/** Running moments of the returns between decisions (Welford 1962): bounded, whatever the number of decisions. */
interface ReturnSums {
  readonly returns: number;
  readonly mean: number;
  readonly squares: number;
  readonly lastEquityUsd: number;
}

/** Plain JSON; positions are not in it, they are read from the portfolio. */
export interface TraderMemory {
  /** Null before the first decision. */
  readonly start: { readonly atMs: TimeMs; readonly equityUsd: number } | null;
  readonly sums: ReturnSums | null;
  /** Decisions so far, failed ones included. */
  readonly invocations: number;
  /** By symbol. */
  readonly plans: Readonly<Record<string, ExitPlan>>;
  /** Signals of the last answer that came to nothing. */
  readonly refused: readonly SignalRefusal[];
  /** What happened and could not be told because no answer came, in words. */
  readonly untold: readonly string[];
}

export const EMPTY_MEMORY: TraderMemory = {
  start: null,
  sums: null,
  invocations: 0,
  plans: {},
  refused: [],
  untold: [],
};

/** The memory as it is at this decision: equity sampled, plans of positions that are gone dropped. */
export function rememberNow(
  memory: TraderMemory,
  nowMs: TimeMs,
  equityUsd: number,
  sideOf: (symbol: string) => 'long' | 'short' | undefined,
): TraderMemory {
  return {
    ...memory,
    start: memory.start ?? { atMs: nowMs, equityUsd },
    sums: addReturn(memory.sums, equityUsd),
    plans: Object.fromEntries(
      Object.entries(memory.plans).filter(([symbol, plan]) => sideOf(symbol) === plan.side),
    ),
  };
}

function addReturn(sums: ReturnSums | null, equityUsd: number): ReturnSums {
  if (sums === null) return { returns: 0, mean: 0, squares: 0, lastEquityUsd: equityUsd };
  // An account without worth has no returns.
  if (!(sums.lastEquityUsd > 0)) return { ...sums, lastEquityUsd: equityUsd };
  const value = equityUsd / sums.lastEquityUsd - 1;
  const returns = sums.returns + 1;
  const mean = sums.mean + (value - sums.mean) / returns;
  return {
    returns,
    mean,
    squares: sums.squares + (value - sums.mean) * (value - mean),
    lastEquityUsd: equityUsd,
  };
}

/**
 * Sharpe ratio of the returns between decisions, a year's: as many as there would be in a year at the pace so far,
 * so that markets that close at night need no other formula. Undefined for fewer than two returns.
 */
export function sharpeOfDecisions({ sums, start }: TraderMemory, nowMs: TimeMs): number | undefined {
  if (sums === null || start === null || sums.returns < 2 || !(nowMs > start.atMs)) return undefined;
  const deviation = Math.sqrt(sums.squares / (sums.returns - 1));
  const perYear = sums.returns / ((nowMs - start.atMs) / (365 * DAY_MS));
  return sharpeFrom(sums.mean, deviation, perYear);
}
