import { type LedgerBuffer, createLedgerBuffer } from '../domain/ledger.js';
import { type MarketTable, playedSlots, slotHasBar } from '../domain/market-table.js';
import type { ColumnMemory } from '../indicators/feature-columns.js';
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

/** Rows played at a time: what is read at every bar of them stays in the nearest cache. */
const BLOCK_ROWS = 2048;

/** Room for a run's curve, ledger and columns; thousands of runs in a row may share it, each overwriting the one before. */
export interface RunMemory {
  readonly equity: Float64Array;
  readonly barsMs: Float64Array;
  readonly exposure: Float64Array;
  readonly ledger: LedgerBuffer;
  readonly columns: Float64Array[];
}

/** `length`: bars of the longest run. */
export function runMemory(length: number): RunMemory {
  return {
    equity: new Float64Array(length),
    barsMs: new Float64Array(length),
    exposure: new Float64Array(length),
    ledger: createLedgerBuffer(),
    columns: [],
  };
}

/** Columns of the runs before, handed out again in the same order. */
function columnMemory({ columns }: RunMemory): ColumnMemory {
  let used = 0;
  return (length) => {
    const known = columns[used];
    const column = known?.length === length ? known : new Float64Array(length);
    columns[used++] = column;
    return column;
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
  memory: RunMemory = runMemory(market.length - first),
  everyBar = false,
): SessionRun {
  const views = createMarketViews(market, columnMemory(memory));
  return runOnViews(plan, views, first, memory, everyBar);
}

/** The same with the columns that earlier runs on this market left. */
export function runOnViews(
  plan: SessionPlan,
  views: MarketViews,
  first: number,
  memory: RunMemory,
  everyBar = false,
): SessionRun {
  memory.ledger.length = 0;
  return everyBar || whyGeneral(plan, views.base) !== undefined
    ? runGenerally(plan, views, first, memory)
    : runFast(plan, views, first, memory);
}

function runFast(plan: SessionPlan, views: MarketViews, first: number, memory: RunMemory): SessionRun {
  const { base } = views;
  const { equity, exposure, barsMs, ledger } = memory;
  const field = openField(views, ledger);
  const lane = addLane(field, plan);
  const card = openScorecard(plan.cashUsd);
  const slots = new Int32Array(BLOCK_ROWS);
  let refusals = 0;
  let generalBars = 0;
  let total = 0;
  const keeping = {
    plain: false,
    keep(_row: number, record: DecisionRecord): void {
      refusals += record.refused.length + record.unfilled.length;
    },
  };
  for (let t = first; ;) {
    const count = playedSlots(base, t, base.length, slots);
    if (count === 0) break;
    t = (slots[count - 1] ?? 0) + 1;
    beginBlock(field, slots, count);
    const equityOfBlock = equity.subarray(total, total + count);
    const exposureOfBlock = exposure.subarray(total, total + count);
    generalBars += playLane(field, lane, equityOfBlock, exposureOfBlock, keeping);
    recordStretch(card, equityOfBlock, exposureOfBlock, 0, count, field.rows.sampled);
    barsMs.set(field.rows.openMs.subarray(0, count), total);
    total += count;
  }
  const session = total > 0 ? landLane(field, lane) : openSession(plan, views, ledger);
  session.cards = [card];
  return {
    session,
    ledger: ledger.doubles.subarray(0, ledger.length),
    equity: equity.subarray(0, total),
    barsMs: barsMs.subarray(0, total),
    refusals,
    generalBars,
  };
}

function runGenerally(
  plan: SessionPlan,
  views: MarketViews,
  first: number,
  { equity, barsMs, ledger }: RunMemory,
): SessionRun {
  const { base } = views;
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
