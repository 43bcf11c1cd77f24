import { type LedgerBuffer, createLedgerBuffer } from '../domain/ledger.js';
import { type MarketTable, slotHasBar } from '../domain/market-table.js';
import type { ColumnMemory } from '../indicators/feature-columns.js';
import { type MarketViews, createMarketViews } from '../indicators/market-views.js';
import { type Scorecard, openScorecard, recordStretch } from '../metrics/scorecard.js';
import { type DecisionRecord, decideSession } from '../session/decide.js';
import { type Session, advanceSession, openSession } from '../session/session.js';
import type { SessionPlan } from '../session/session-plan.js';
import { whyGeneral } from './fast-path.js';
import { addLane, enterBlock, landLane, openField, playLane } from './field.js';
import { BLOCK_ROWS, type Stage, openStage, signalsOn, speak } from './stage.js';

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

/**
 * Room for a run's curve, ledger and columns; thousands of runs in a row may share it, each overwriting the one before,
 * and what they all would prepare of the market.
 */
export interface RunMemory {
  readonly equity: Float64Array;
  /** Of one block: nobody wants it afterwards. */
  readonly exposure: Float64Array;
  readonly ledger: LedgerBuffer;
  readonly columns: Float64Array[];
  stage: Stage | undefined;
}

/** `length`: bars of the longest run. */
export function runMemory(length: number): RunMemory {
  return {
    equity: new Float64Array(length),
    exposure: new Float64Array(Math.min(length, BLOCK_ROWS)),
    ledger: createLedgerBuffer(),
    columns: [],
    stage: undefined,
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

export interface RunWishes {
  /** By the general session throughout. */
  readonly everyBar?: boolean;
  /** Without running statistics, for whoever makes their own of the curve: the session then has no card. */
  readonly unscored?: boolean;
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
  wishes: RunWishes = {},
): SessionRun {
  const views = createMarketViews(market, columnMemory(memory));
  return runOnViews(plan, views, first, memory, wishes);
}

/** The same with the columns that earlier runs on this market left. */
export function runOnViews(
  plan: SessionPlan,
  views: MarketViews,
  first: number,
  memory: RunMemory,
  { everyBar = false, unscored = false }: RunWishes = {},
): SessionRun {
  memory.ledger.length = 0;
  const card = unscored ? undefined : openScorecard(plan.cashUsd);
  const run =
    everyBar || whyGeneral(plan, views.base) !== undefined
      ? runGenerally(plan, views, first, memory, card)
      : runFast(plan, views, first, memory, card);
  run.session.cards = card === undefined ? [] : [card];
  return run;
}

function runFast(
  plan: SessionPlan,
  views: MarketViews,
  first: number,
  memory: RunMemory,
  card: Scorecard | undefined,
): SessionRun {
  const { equity, exposure, ledger } = memory;
  const stage = stageOf(memory, views.base, first);
  const field = openField(views, ledger, signalsOn(stage, views));
  const number = addLane(field, plan);
  let refusals = 0;
  let generalBars = 0;
  let total = 0;
  const keeping = {
    plain: false,
    keep(_row: number, record: DecisionRecord): void {
      refusals += record.refused.length + record.unfilled.length;
    },
  };
  stage.blocks.forEach((rows, block) => {
    enterBlock(field, rows);
    for (const { signal } of field.lanes) speak(stage, signal, views, block);
    const equityOfBlock = equity.subarray(total, total + rows.count);
    generalBars += playLane(field, number, equityOfBlock, exposure, keeping);
    if (card !== undefined) recordStretch(card, equityOfBlock, exposure, 0, rows.count, rows.sampled);
    total += rows.count;
  });
  const session = total > 0 ? landLane(field, number) : openSession(plan, views, ledger);
  return {
    session,
    ledger: ledger.doubles.subarray(0, ledger.length),
    equity: equity.subarray(0, total),
    barsMs: stage.barsMs,
    refusals,
    generalBars,
  };
}

function stageOf(memory: RunMemory, base: MarketTable, first: number): Stage {
  const { stage } = memory;
  if (stage?.base === base && stage.first === first) return stage;
  return (memory.stage = openStage(base, first));
}

function runGenerally(
  plan: SessionPlan,
  views: MarketViews,
  first: number,
  { equity, ledger }: RunMemory,
  card: Scorecard | undefined,
): SessionRun {
  const { base } = views;
  const session = openSession(plan, views, ledger);
  session.cards = card === undefined ? [] : [card];
  const kept: DecisionRecord[] = [];
  const barsMs = new Float64Array(base.length - first);
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
