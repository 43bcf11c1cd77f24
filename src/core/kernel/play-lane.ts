/**
 * One contestant over a block of bars. Most bars change nothing but mark and statistics: they pass in one loop with all
 * numbers in locals. A bar in which something happens is played by `actBar`; one that is not plain is taken back and
 * played by the general session, which stays the definition.
 */
import { type DecisionRecord, decideSession } from '../session/decide.js';
import { type Session, advanceSession } from '../session/session.js';
import { type Ground, actBar } from './act-bar.js';
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
import { CHANGES, settle } from './work.js';
import { signalSteps } from '../strategies/signal-kind.js';

/** Hears of decisions: row of the block and record. */
export interface Keeping {
  keep(row: number, record: DecisionRecord): void;
  /** False where only those are wanted that something was refused in. */
  readonly plain: boolean;
}

/** Plays all rows. The work holds the lane's state before and after; `sessionOf` makes the general session. */
export function playRows(lane: Lane, ground: Ground, sessionOf: () => Session, keeping: Keeping): number {
  const { work, rows, market, ledger } = ground;
  const { doubles, ints, doublesBefore, intsBefore } = work;
  const { count } = rows;
  let generalBars = 0;
  work.bestFrom.fill(0);
  if (!lane.general) settle(work, lane, market.openTimesMs);
  let b = 0;
  while (b < count) {
    if (!lane.general) {
      if (!work.stirred) b = passQuiet(lane, ground, b);
      if (b >= count) break;
      doublesBefore.set(doubles);
      intsBefore.set(ints);
      const records = ledger.length;
      const why = ints[WHY];
      if (actBar(lane, ground, b)) {
        if (keeping.plain && (ints[WHY] === WHY_ACT || ints[WHY] !== why))
          keepDecision(lane, ground, b, keeping);
        settle(work, lane, market.openTimesMs);
        b++;
        continue;
      }
      doubles.set(doublesBefore);
      ints.set(intsBefore);
      ledger.length = records;
      catchUpWithBest(lane, ground, b);
    }
    playGenerally(lane, ground, sessionOf(), b, keeping);
    work.bestFrom.fill(b + 1);
    generalBars++;
    b++;
  }
  if (!lane.general) catchUpWithBest(lane, ground, count);
  return generalBars;
}

/** From row `from` on; returns the first row that must be looked at, or the number of rows. */
function passQuiet(
  lane: Lane,
  { work, rows, market, equity: equities, exposure }: Ground,
  from: number,
): number {
  const { doubles, ints, below, above, changesAt, dueMs } = work;
  const { low, high, close, openMs, count, funded } = rows;
  const { hears } = lane;
  const { codes } = lane.signal;
  const { index } = lane.venue;
  const symbols = index.length;
  const stride = market.symbols.length;
  const cash = doubles[CASH] ?? NaN;
  const names = ints[OPEN_NAMES] ?? 0;
  let b = from;
  if (names === 0)
    rows: for (; b < count; b++) {
      for (let s = 0, c = b * symbols; s < symbols; s++, c++)
        if (CHANGES[(changesAt[s] ?? 0) + ((codes[c] ?? 0) & hears)] !== 0) break rows;
      equities[b] = cash;
      exposure[b] = 0;
    }
  else
    rows: for (; b < count; b++) {
      if ((openMs[b] ?? NaN) >= dueMs || funded[b] === 1) break;
      let equity = cash;
      let gross = 0;
      const row = b * stride;
      for (let s = 0, c = b * symbols, d = DOUBLES_HEAD; s < symbols; s++, c++, d += DOUBLES_PER_SYMBOL) {
        if (CHANGES[(changesAt[s] ?? 0) + ((codes[c] ?? 0) & hears)] !== 0) break rows;
        const quantity = doubles[d + QUANTITY] ?? 0;
        if (quantity === 0) continue;
        const k = row + (index[s] ?? 0);
        if ((low[k] ?? NaN) <= (below[s] ?? NaN) || (high[k] ?? NaN) >= (above[s] ?? NaN)) break rows;
        const mark = close[k] ?? NaN;
        equity += (doubles[d + MARGIN] ?? NaN) + quantity * (mark - (doubles[d + ENTRY_PRICE] ?? NaN));
        gross += Math.abs(quantity * mark);
      }
      equities[b] = equity;
      exposure[b] = gross === 0 ? 0 : equity > 0 ? gross / equity : 0;
    }
  ints[DUE_DECISIONS] = (ints[DUE_DECISIONS] ?? 0) + b - from;
  ints[MADE_DECISIONS] = (ints[MADE_DECISIONS] ?? 0) + b - from;
  return b;
}

/** One bar of the general session, from the lane's state and back to it. */
function playGenerally(lane: Lane, ground: Ground, session: Session, b: number, keeping: Keeping): void {
  const { work, rows, market } = ground;
  const symbols = market.symbols.length;
  const t = rows.slots[b] ?? 0;
  if (!lane.general)
    writeLane(work, lane, session, market, marksAt(rows, symbols, b - 1), lastSlotBefore(rows.slots, b, t));
  const kept: DecisionRecord[] = [];
  advanceSession(session, t);
  decideSession(session, t, kept);
  for (const record of kept) keeping.keep(b, record);
  ground.equity[b] = session.equityUsd;
  ground.exposure[b] = session.grossExposureFraction;
  lane.general = !readLane(work, lane, session, market, marksAt(rows, symbols, b), t);
  if (!lane.general) settle(work, lane, market.openTimesMs);
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
