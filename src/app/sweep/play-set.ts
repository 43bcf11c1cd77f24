import { assertConserved } from '../../core/domain/account.js';
import type { MarketViews } from '../../core/indicators/market-views.js';
import { type RunMemory, runOnViews } from '../../core/kernel/run-session.js';
import { totalsOf } from '../../core/session/totals-of.js';
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
export function playSet(plan: SessionPlan, views: MarketViews, first: number, buffers: RunMemory): PlayedSet {
  const { session, equity } = runOnViews(plan, views, first, buffers, { unscored: true });
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
