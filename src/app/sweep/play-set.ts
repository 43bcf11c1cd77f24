import { totalsOf } from '../../core/arena/arena.js';
import { assertConserved } from '../../core/domain/account.js';
import type { MarketTable } from '../../core/domain/market-table.js';
import { type CurveBuffers, runSession } from '../../core/session/run-session.js';
import type { SessionPlan } from '../../core/session/session-plan.js';

/** All that a sweep wants to know of one run. */
export interface PlayedSet {
  /** At the close of every observed bar from `first` on; valid until the buffers are used again. */
  readonly equity: Float64Array;
  readonly fills: number;
  readonly closedTrades: number;
  readonly costsUsd: number;
  /** The kind threw, or gave what nobody can trade by, at least once. */
  readonly faulted: boolean;
}

/** Plays one set alone, with the session of arena and backtest. The only place of a sweep that trades. */
export function playSet(
  plan: SessionPlan,
  market: MarketTable,
  first: number,
  buffers: CurveBuffers,
): PlayedSet {
  const { session, equity } = runSession(plan, market, first, buffers);
  assertConserved(session.account, plan.kind.manifest.kind);
  const totals = totalsOf(session);
  return {
    equity,
    fills: totals.fills,
    closedTrades: totals.closedTrades,
    costsUsd: totals.feesUsd + totals.spreadUsd + totals.slippageUsd + totals.fundingUsd,
    faulted: session.madeDecisions < session.dueDecisions,
  };
}
