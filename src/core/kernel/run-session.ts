import { createLedgerBuffer } from '../domain/ledger.js';
import { type MarketTable, slotHasBar } from '../domain/market-table.js';
import { type MarketViews, createMarketViews } from '../indicators/market-views.js';
import { openScorecard, recordStretch } from '../metrics/scorecard.js';
import { type DecisionRecord, decideSession } from '../session/decide.js';
import { type Session, advanceSession, openSession } from '../session/session.js';
import type { SessionPlan } from '../session/session-plan.js';
import { whyGeneral } from './fast-path.js';
import { addLane, beginBlock, landLane, openField, playLane } from './field.js';

/** What one session did, alone on a market. */
export interface SessionRun {
  readonly session: Session;
  /** All ledger records, in order. */
  readonly ledger: Float64Array;
  /** Equity at the close of every observed bar, and when that was. */
  readonly equity: Float64Array;
  readonly barsMs: Float64Array;
  readonly refusals: number;
  /** Bars that the general session played; all of them where the fast kernel cannot. */
  readonly generalBars: number;
}

/** A run of thousands of fills should not copy its ledger again and again. */
const RUN_RECORDS = 2048;

/** Where the curve is written; thousands of runs in a row may share one set. */
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
 * Runs one strategy alone from axis index `first` to the end. The fast kernel plays what it can unless `everyBar` asks
 * for the general session throughout; the bytes are the same.
 */
export function runSession(
  plan: SessionPlan,
  market: MarketTable,
  first: number,
  buffers: CurveBuffers = curveBuffers(market.length - first),
  everyBar = false,
): SessionRun {
  const views = createMarketViews(market);
  return everyBar || whyGeneral(plan, market) !== undefined
    ? runGenerally(plan, views, first, buffers)
    : runFast(plan, views, first, buffers);
}

function runFast(plan: SessionPlan, views: MarketViews, first: number, buffers: CurveBuffers): SessionRun {
  const { base } = views;
  const ledger = createLedgerBuffer(RUN_RECORDS);
  const field = openField(views, ledger);
  const lane = addLane(field, plan);
  const slots = new Int32Array(Math.max(0, base.length - first));
  let count = 0;
  for (let t = first; t < base.length; t++) if (slotHasBar(base, t)) slots[count++] = t;
  let refusals = 0;
  let generalBars = 0;
  if (count > 0) {
    beginBlock(field, slots, count);
    generalBars = playLane(field, lane, buffers.equity, buffers.exposure, {
      plain: false,
      keep(_row, record) {
        refusals += record.refused.length + record.unfilled.length;
      },
    });
    buffers.barsMs.set(field.rows.openMs.subarray(0, count));
  }
  const session = count > 0 ? landLane(field, lane) : openSession(plan, views, ledger);
  const card = openScorecard(plan.cashUsd);
  recordStretch(card, buffers.equity, buffers.exposure, 0, count, field.rows.sampled);
  session.cards = [card];
  return {
    session,
    ledger: ledger.doubles.subarray(0, ledger.length),
    equity: buffers.equity.subarray(0, count),
    barsMs: buffers.barsMs.subarray(0, count),
    refusals,
    generalBars,
  };
}

function runGenerally(
  plan: SessionPlan,
  views: MarketViews,
  first: number,
  { equity, barsMs }: CurveBuffers,
): SessionRun {
  const { base } = views;
  const ledger = createLedgerBuffer(RUN_RECORDS);
  const session = openSession(plan, views, ledger);
  session.cards = [openScorecard(plan.cashUsd)];
  const kept: DecisionRecord[] = [];
  let refusals = 0;
  let count = 0;
  for (let t = first; t < base.length; t++) {
    if (!slotHasBar(base, t)) continue;
    advanceSession(session, t);
    decideSession(session, t, kept);
    for (const record of kept) refusals += record.refused.length + record.unfilled.length;
    kept.length = 0;
    equity[count] = session.equityUsd;
    barsMs[count] = base.openTimesMs[t] ?? NaN;
    count++;
  }
  return {
    session,
    ledger: ledger.doubles.subarray(0, ledger.length),
    equity: equity.subarray(0, count),
    barsMs: barsMs.subarray(0, count),
    refusals,
    generalBars: count,
  };
}
