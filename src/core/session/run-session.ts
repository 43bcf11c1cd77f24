import { createLedgerBuffer } from '../domain/ledger.js';
import { type MarketTable, slotHasBar } from '../domain/market-table.js';
import { createMarketViews } from '../indicators/market-views.js';
import { openScorecard } from '../metrics/scorecard.js';
import { type DecisionRecord, decideSession } from './decide.js';
import { type Session, advanceSession, openSession } from './session.js';
import { type Curve, passQuietBars, quietPathOf } from './quiet-bars.js';
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
  /** Bars that were passed in one loop. */
  readonly quietBars: number;
}

/** A run of thousands of fills should not copy its ledger again and again. */
const RUN_RECORDS = 2048;

/** Where the curve is written; thousands of runs in a row may share one pair. */
export interface CurveBuffers {
  readonly equity: Float64Array;
  readonly barsMs: Float64Array;
  readonly exposure: Float64Array;
}

export function curveBuffers(length: number): CurveBuffers {
  return {
    equity: new Float64Array(length),
    barsMs: new Float64Array(length),
    exposure: new Float64Array(length),
  };
}

/**
 * Runs one strategy alone from axis index `first` to the end: the same session code as in the arena. Quiet bars
 * are passed in one loop unless `everyBar` asks for the general session throughout; the bytes are the same.
 */
export function runSession(
  plan: SessionPlan,
  market: MarketTable,
  first: number,
  buffers: CurveBuffers = curveBuffers(market.length - first),
  everyBar = false,
): SessionRun {
  const ledger = createLedgerBuffer(RUN_RECORDS);
  const session = openSession(plan, createMarketViews(market), ledger);
  session.cards = [openScorecard(plan.cashUsd)];
  const { equity, barsMs, exposure } = buffers;
  const curve: Curve = { equity, barsMs, exposure, count: 0 };
  const path = everyBar ? undefined : quietPathOf(session);
  const { openTimesMs } = market;
  const kept: DecisionRecord[] = [];
  let refusals = 0;
  let quietBars = 0;
  for (let t = first; t < market.length; t++) {
    if (path !== undefined) {
      const before = curve.count;
      t = passQuietBars(session, path, t, market.length, curve);
      quietBars += curve.count - before;
      if (t >= market.length) break;
    }
    if (!slotHasBar(market, t)) continue;
    advanceSession(session, t);
    decideSession(session, t, kept);
    if (kept.length > 0) {
      for (const record of kept) refusals += record.refused.length + record.unfilled.length;
      while (kept.length > 0) kept.pop();
    }
    equity[curve.count] = session.equityUsd;
    barsMs[curve.count] = openTimesMs[t] ?? NaN;
    curve.count++;
  }
  return {
    session,
    ledger: ledger.doubles.subarray(0, ledger.length),
    equity: equity.subarray(0, curve.count),
    barsMs: barsMs.subarray(0, curve.count),
    refusals,
    quietBars,
  };
}
