import { createLedgerBuffer } from '../domain/ledger.js';
import { type MarketTable, slotHasBar } from '../domain/market-table.js';
import { createMarketViews } from '../indicators/market-views.js';
import { openScorecard } from '../metrics/scorecard.js';
import { type DecisionRecord, decideSession } from './decide.js';
import { type Session, advanceSession, openSession } from './session.js';
import type { SessionPlan } from './session-plan.js';

/** What one session did, alone on a market. */
export interface SessionRun {
  readonly session: Session;
  /** All ledger records, in order. */
  readonly ledger: Float64Array;
  /** Equity at the close of every observed bar, and when that was. */
  readonly equity: Float64Array;
  readonly barsMs: Float64Array;
  readonly refusals: number;
}

/** Where the curve is written; thousands of runs in a row may share one pair. */
export interface CurveBuffers {
  readonly equity: Float64Array;
  readonly barsMs: Float64Array;
}

export function curveBuffers(length: number): CurveBuffers {
  return { equity: new Float64Array(length), barsMs: new Float64Array(length) };
}

/** Runs one strategy alone from axis index `first` to the end: the same session code as in the arena. */
export function runSession(
  plan: SessionPlan,
  market: MarketTable,
  first: number,
  curve: CurveBuffers = curveBuffers(market.length - first),
): SessionRun {
  const ledger = createLedgerBuffer();
  const session = openSession(plan, createMarketViews(market), ledger);
  session.cards = [openScorecard(plan.cashUsd)];
  const { equity, barsMs } = curve;
  const { openTimesMs } = market;
  const kept: DecisionRecord[] = [];
  let count = 0;
  let refusals = 0;
  for (let t = first; t < market.length; t++) {
    if (!slotHasBar(market, t)) continue;
    advanceSession(session, t);
    decideSession(session, t, kept);
    if (kept.length > 0) {
      for (const record of kept) refusals += record.refused.length + record.unfilled.length;
      kept.length = 0;
    }
    equity[count] = session.equityUsd;
    barsMs[count] = openTimesMs[t] ?? NaN;
    count++;
  }
  return {
    session,
    ledger: ledger.doubles.slice(0, ledger.length),
    equity: equity.subarray(0, count),
    barsMs: barsMs.subarray(0, count),
    refusals,
  };
}
