/**
 * One contestant over a block of bars. Most bars change nothing but mark and statistics: they pass in one loop with all
 * numbers in locals. A bar in which something happens is played by `actBar`; one that is not plain is taken back and
 * played by the general session, which stays the definition.
 */
import { assertInvariant } from '../domain/problem.js';
import { type DecisionRecord, decideSession } from '../session/decide.js';
import { type Session, advanceSession } from '../session/session.js';
import { actBar } from './act-bar.js';
import type { Ground } from './ground.js';
import { marksAt, readLane, writeLane } from './land-lane.js';
import type { Lane } from './lane.js';
import {
  BEST_PRICE,
  CASH,
  DOUBLES_HEAD,
  DOUBLES_PER_SYMBOL,
  DUE_DECISIONS,
  ENTRY_PRICE,
  INTS_HEAD,
  INTS_PER_SYMBOL,
  MADE_DECISIONS,
  MARGIN,
  OPEN_NAMES,
  ORDER_EXIT,
  ORDER_LONG,
  ORDER_SHIFT,
  ORDER_USD,
  QUANTITY,
  STATE,
  WHY,
  WHY_ACT,
} from './lane-layout.js';
import { CHANGES, loadWork, openWork, settle, storeWork } from './work.js';
import { signalSteps } from '../strategies/signal-kind.js';

/** Hears of decisions: row of the block and record. */
export interface Keeping {
  keep(row: number, record: DecisionRecord): void;
  /** False where only those are wanted that something was refused in. */
  readonly plain: boolean;
  /** What the general session's own decision came to; a bar of the kernel is always due, and decided. */
  played?(row: number, decision: GeneralDecision): void;
}

export interface GeneralDecision {
  readonly due: boolean;
  readonly made: boolean;
  readonly fault: string;
  readonly faultChanged: boolean;
}

/**
 * Plays all rows. The lane's record is its state before the block and, where it then is in the arrays, after it;
 * `sessionOf` makes the general session.
 */
export function playRows(lane: Lane, ground: Ground, sessionOf: () => Session, keeping: Keeping): number {
  const { work, rows, market, ledger, records } = ground;
  const { count } = rows;
  let generalBars = 0;
  // The record is the lane's state before this row; what was played since can be played again.
  let recorded = 0;
  let ledgerThen = ledger.length;
  if (!lane.general) {
    loadWork(work, lane, records);
    openWork(work, lane, market.openTimesMs);
  }
  let b = 0;
  while (b < count) {
    if (!lane.general) {
      b = playPlain(lane, ground, b, count, keeping);
      if (b === count) break;
      ledger.length = ledgerThen;
      takeBack(lane, ground, recorded, b);
    }
    playGenerally(lane, ground, sessionOf(), b, keeping);
    generalBars++;
    b++;
    if (lane.general) continue;
    storeWork(work, lane, records);
    recorded = b;
    ledgerThen = ledger.length;
  }
  if (!lane.general) {
    catchUpWithBest(lane, ground, count);
    storeWork(work, lane, records);
  }
  return generalBars;
}

/** Rows from `from` on; returns the first that is not plain, of which traces are left in the work, or `to`. */
function playPlain(lane: Lane, ground: Ground, from: number, to: number, keeping: Keeping): number {
  const { work, market } = ground;
  const { ints } = work;
  let b = from;
  while (b < to) {
    if (!work.stirred) b = passQuiet(lane, ground, b);
    if (b >= to) break;
    const why = ints[WHY];
    if (!actBar(lane, ground, b)) return b;
    if (keeping.plain && (ints[WHY] === WHY_ACT || ints[WHY] !== why)) keepDecision(lane, ground, b, keeping);
    settle(work, lane, market.openTimesMs);
    b++;
  }
  return b;
}

/**
 * To the state before row `b`, which a bar that was not plain has spoilt: from the record on once more, unheard. No row
 * is played more than twice, because the record is renewed after `b`; a copy before every bar would cost all lanes more.
 */
function takeBack(lane: Lane, ground: Ground, recorded: number, b: number): void {
  const { work, market, records } = ground;
  loadWork(work, lane, records);
  openWork(work, lane, market.openTimesMs);
  work.bestFrom.fill(recorded);
  const reached = playPlain(lane, ground, recorded, b, UNHEARD);
  assertInvariant(
    reached === b,
    () => `row ${String(b)} was reached at ${String(reached)} when played again`,
  );
  catchUpWithBest(lane, ground, b);
}

const UNHEARD: Keeping = { plain: false, keep: () => undefined };

/** From row `from` on; returns the first row that must be looked at, or the number of rows. */
function passQuiet(lane: Lane, ground: Ground, from: number): number {
  const { work, rows } = ground;
  const { ints, nextRow } = work;
  const { count } = rows;
  const symbols = lane.venue.index.length;
  let to = count;
  for (let s = 0; s < symbols; s++) {
    let next = nextRow[s] ?? 0;
    if (next < from) {
      next = findNextRow(lane, ground, s, from);
      nextRow[s] = next;
    }
    if (next < to) to = next;
  }
  if ((ints[OPEN_NAMES] ?? 0) === 0) {
    const { equity, exposure } = ground;
    const cash = work.doubles[CASH] ?? NaN;
    for (let b = from; b < to; b++) {
      equity[b] = cash;
      exposure[b] = 0;
    }
  } else {
    to = Math.min(to, rows.nextFunded[from] ?? count);
    if (work.dueMs < Infinity) to = Math.min(to, firstRowAt(rows, work.dueMs, from, to));
    markRows(lane, ground, from, to);
  }
  ints[DUE_DECISIONS] = (ints[DUE_DECISIONS] ?? 0) + to - from;
  ints[MADE_DECISIONS] = (ints[MADE_DECISIONS] ?? 0) + to - from;
  return to;
}

/** The first row at or after `from` whose code changes the symbol's stance, or whose prices touch what rests. */
function findNextRow(lane: Lane, { work, rows, market }: Ground, s: number, from: number): number {
  const { hears } = lane;
  const { codes } = lane.signal;
  const changes = CHANGES;
  const symbols = lane.venue.index.length;
  const stride = market.symbols.length;
  const at = work.changesAt[s] ?? 0;
  const below = work.below[s] ?? NaN;
  const above = work.above[s] ?? NaN;
  const { low, high } = rows;
  let to = rows.count;
  // Codes come in runs: only one that differs from the row before has to be asked about.
  let calm = -1;
  for (let b = from, c = b * symbols + s; b < to; b++, c += symbols) {
    const code = codes[c] ?? 0;
    if (code === calm) continue;
    if (changes[at + (code & hears)] !== 0) to = b;
    calm = code;
  }
  const k = from * stride + (lane.venue.index[s] ?? 0);
  if (below !== -Infinity) to = firstAtMost(low, below, from, to, k, stride);
  if (above !== Infinity) to = firstAtLeast(high, above, from, to, k, stride);
  return to;
}

/** The first row from `from` on, before `to`, whose price is at most the limit; `to` without one. Row `from` is at `k`. */
function firstAtMost(
  prices: Float64Array,
  limit: number,
  from: number,
  to: number,
  k: number,
  stride: number,
): number {
  for (let b = from; b < to; b++, k += stride) if ((prices[k] ?? NaN) <= limit) return b;
  return to;
}

function firstAtLeast(
  prices: Float64Array,
  limit: number,
  from: number,
  to: number,
  k: number,
  stride: number,
): number {
  for (let b = from; b < to; b++, k += stride) if ((prices[k] ?? NaN) >= limit) return b;
  return to;
}

/** Equity and exposure of rows in which no position changes: symbol by symbol, in the order in which a session adds. */
function markRows(lane: Lane, ground: Ground, from: number, to: number): void {
  const { work, rows, market, equity, exposure } = ground;
  const { doubles, ints } = work;
  const { close } = rows;
  const { index } = lane.venue;
  const stride = market.symbols.length;
  const cash = doubles[CASH] ?? NaN;
  const alone = ints[OPEN_NAMES] === 1;
  let first = true;
  for (let s = 0, d = DOUBLES_HEAD; s < index.length; s++, d += DOUBLES_PER_SYMBOL) {
    const quantity = doubles[d + QUANTITY] ?? 0;
    if (quantity === 0) continue;
    const margin = doubles[d + MARGIN] ?? NaN;
    const entry = doubles[d + ENTRY_PRICE] ?? NaN;
    let k = from * stride + (index[s] ?? 0);
    if (alone) {
      for (let b = from; b < to; b++, k += stride) {
        const mark = close[k] ?? NaN;
        const usd = cash + (margin + quantity * (mark - entry));
        equity[b] = usd;
        exposure[b] = exposureOf(Math.abs(quantity * mark), usd);
      }
      return;
    }
    if (first)
      for (let b = from; b < to; b++, k += stride) {
        const mark = close[k] ?? NaN;
        equity[b] = cash + (margin + quantity * (mark - entry));
        exposure[b] = Math.abs(quantity * mark);
      }
    else
      for (let b = from; b < to; b++, k += stride) {
        const mark = close[k] ?? NaN;
        equity[b] = (equity[b] ?? NaN) + (margin + quantity * (mark - entry));
        exposure[b] = (exposure[b] ?? NaN) + Math.abs(quantity * mark);
      }
    first = false;
  }
  for (let b = from; b < to; b++) exposure[b] = exposureOf(exposure[b] ?? NaN, equity[b] ?? NaN);
}

/** As a session has it after its marks. */
function exposureOf(grossUsd: number, equityUsd: number): number {
  return grossUsd === 0 ? 0 : equityUsd > 0 ? grossUsd / equityUsd : 0;
}

function firstRowAt({ openMs }: Ground['rows'], timeMs: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((openMs[middle] ?? Infinity) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One bar of the general session, from the lane's state and back to it. */
function playGenerally(lane: Lane, ground: Ground, session: Session, b: number, keeping: Keeping): void {
  const { work, rows, market } = ground;
  const symbols = market.symbols.length;
  const t = rows.slots[b] ?? 0;
  if (!lane.general)
    writeLane(work, lane, session, market, marksAt(rows, symbols, b - 1), lastSlotBefore(rows.slots, b, t));
  const kept: DecisionRecord[] = [];
  const { dueDecisions, madeDecisions, fault } = session;
  advanceSession(session, t);
  decideSession(session, t, kept);
  keeping.played?.(b, {
    due: session.dueDecisions > dueDecisions,
    made: session.madeDecisions > madeDecisions,
    fault: session.fault,
    faultChanged: session.fault !== fault,
  });
  for (const record of kept) keeping.keep(b, record);
  ground.equity[b] = session.equityUsd;
  ground.exposure[b] = session.grossExposureFraction;
  lane.general = !readLane(work, lane, session, market, marksAt(rows, symbols, b), t);
  if (lane.general) return;
  openWork(work, lane, market.openTimesMs);
  work.bestFrom.fill(b + 1);
}

function lastSlotBefore(slots: Int32Array, b: number, t: number): number {
  return b > 0 ? (slots[b - 1] ?? 0) : t - 1;
}

/** Best prices know all bars up to row `to`. */
function catchUpWithBest(lane: Lane, { work, rows, market }: Ground, to: number): void {
  const { doubles, bestFrom } = work;
  const { index } = lane.venue;
  const symbols = market.symbols.length;
  for (let s = 0, d = DOUBLES_HEAD; s < index.length; s++, d += DOUBLES_PER_SYMBOL) {
    const quantity = doubles[d + QUANTITY] ?? 0;
    if (quantity === 0) continue;
    let best = doubles[d + BEST_PRICE] ?? NaN;
    const column = quantity > 0 ? rows.high : rows.low;
    for (let b = bestFrom[s] ?? 0, k = b * symbols + (index[s] ?? 0); b < to; b++, k += symbols) {
      const extreme = column[k] ?? NaN;
      if (quantity > 0 ? extreme > best : extreme < best) best = extreme;
    }
    doubles[d + BEST_PRICE] = best;
    bestFrom[s] = to;
  }
}

/** The decision of row `b` as the strategy itself would have told it. */
function keepDecision(lane: Lane, { work, market }: Ground, b: number, keeping: Keeping): void {
  const { ints, doubles } = work;
  const steps: { symbol: string; closes: boolean; side: 0 | 1 | -1 }[] = [];
  lane.venue.index.forEach((s, own) => {
    const order = (ints[INTS_HEAD + own * INTS_PER_SYMBOL + STATE] ?? 0) >> ORDER_SHIFT;
    if (order === 0) return;
    const closes = (order & ORDER_EXIT) !== 0;
    const side = (order & ~ORDER_EXIT) === 0 ? 0 : (order & ORDER_LONG) !== 0 ? 1 : -1;
    steps.push({ symbol: market.symbols[s] ?? '', closes, side });
  });
  const { intents, why } = signalSteps(lane.params, steps, doubles[ORDER_USD] ?? NaN);
  keeping.keep(b, { contestant: lane.plan.position, why, intents, refused: [], unfilled: [] });
}
