/**
 * The state of the lane that is played, and what follows from it. One object for all lanes: its arrays are as long as
 * the largest lane needs, and everything in it is overwritten when the next lane begins.
 */
import { liquidationPriceOf } from '../simulation/margin.js';
import { priceOnTick } from '../domain/price-on-tick.js';
import { NO_BAR } from '../strategies/signal-codes.js';
import { type Signal, nextStance } from '../strategies/signal-kind.js';
import type { Lane } from './lane.js';
import {
  DOUBLES_HEAD,
  DOUBLES_PER_SYMBOL,
  ENTRY_PRICE,
  INTS_HEAD,
  INTS_PER_SYMBOL,
  MARGIN,
  OPENED,
  ORDER_SHIFT,
  QUANTITY,
  STANCE_MASK,
  STATE,
  WHY,
  WHY_HOLD,
  type LaneRecords,
} from './lane-layout.js';

export interface Work {
  readonly doubles: Float64Array;
  readonly ints: Int32Array;
  /** By symbol: prices that something rests at; NaN where nothing does. */
  readonly stop: Float64Array;
  readonly target: Float64Array;
  readonly liquidation: Float64Array;
  /** By symbol: a low or a high that reaches these must be looked at. */
  readonly below: Float64Array;
  readonly above: Float64Array;
  /** By symbol: where its stance stands in CHANGES. */
  readonly changesAt: Int32Array;
  /** By symbol: the next row that it has to be looked at in, as its state is now; one that has passed is found anew. */
  readonly nextRow: Int32Array;
  /** By symbol: first row whose extremes its best price does not know yet. */
  readonly bestFrom: Int32Array;
  /** By symbol: notional at the close, while orders are reviewed. */
  readonly symbolUsd: Float64Array;
  /** When the first position has to leave; Infinity where none has to. */
  dueMs: number;
  /** The next bar has to be looked at in any case: orders wait, or its reason changes. */
  stirred: boolean;
}

export function createWork(symbols: number): Work {
  const doubles = DOUBLES_HEAD + symbols * DOUBLES_PER_SYMBOL;
  const ints = INTS_HEAD + symbols * INTS_PER_SYMBOL;
  const perSymbol = (): Float64Array => new Float64Array(symbols);
  return {
    doubles: new Float64Array(doubles),
    ints: new Int32Array(ints),
    stop: perSymbol(),
    target: perSymbol(),
    liquidation: perSymbol(),
    below: perSymbol(),
    above: perSymbol(),
    changesAt: new Int32Array(symbols),
    nextRow: new Int32Array(symbols),
    bestFrom: new Int32Array(symbols),
    symbolUsd: perSymbol(),
    dueMs: Infinity,
    stirred: true,
  };
}

const CODES = 32;

const signalOf = (code: number, enters: number, leaves: number): Signal =>
  (code & enters) !== 0 ? 'enter' : (code & leaves) !== 0 ? 'leave' : 'stay';

/** Stance after a code, for `(stance + 2) * 32 + code`: `nextStance` as a table. */
export const NEXT_STANCE = Int8Array.from({ length: 5 * CODES }, (_, i) => {
  const stance = Math.floor(i / CODES) - 2;
  const code = i % CODES;
  return (code & NO_BAR) !== 0 ? stance : nextStance(stance, signalOf(code, 1, 2), signalOf(code, 4, 8));
});

/** 1 where the code changes the stance. */
export const CHANGES = Uint8Array.from(NEXT_STANCE, (after, i) =>
  after === Math.floor(i / CODES) - 2 ? 0 : 1,
);

/** For a few numbers a loop is faster than `set`. */
export function loadWork(work: Work, lane: Lane, records: LaneRecords): void {
  const { doublesAt, intsAt, venue } = lane;
  const symbols = venue.index.length;
  const d = DOUBLES_HEAD + symbols * DOUBLES_PER_SYMBOL;
  const i = INTS_HEAD + symbols * INTS_PER_SYMBOL;
  for (let k = 0; k < d; k++) work.doubles[k] = records.doubles[doublesAt + k] ?? NaN;
  for (let k = 0; k < i; k++) work.ints[k] = records.ints[intsAt + k] ?? 0;
}

export function storeWork(work: Work, lane: Lane, records: LaneRecords): void {
  const { doublesAt, intsAt, venue } = lane;
  const symbols = venue.index.length;
  const d = DOUBLES_HEAD + symbols * DOUBLES_PER_SYMBOL;
  const i = INTS_HEAD + symbols * INTS_PER_SYMBOL;
  for (let k = 0; k < d; k++) records.doubles[doublesAt + k] = work.doubles[k] ?? NaN;
  for (let k = 0; k < i; k++) records.ints[intsAt + k] = work.ints[k] ?? 0;
}

/** Works out, after the state was loaded or a bar acted, what the next bars are compared with. */
export function settle(work: Work, lane: Lane, openTimesMs: Float64Array): void {
  const { doubles, ints, changesAt, nextRow } = work;
  const symbols = lane.venue.index.length;
  let stirred = ints[WHY] !== WHY_HOLD;
  let dueMs = Infinity;
  for (
    let s = 0, d = DOUBLES_HEAD, i = INTS_HEAD;
    s < symbols;
    s++, d += DOUBLES_PER_SYMBOL, i += INTS_PER_SYMBOL
  ) {
    const state = ints[i + STATE] ?? 0;
    const stance = state & STANCE_MASK;
    if (changesAt[s] !== stance * CODES) {
      changesAt[s] = stance * CODES;
      nextRow[s] = UNKNOWN_ROW;
    }
    const quantity = doubles[d + QUANTITY] ?? 0;
    // Orders wait, or a stance has no position of its side.
    if (
      state >> ORDER_SHIFT !== 0 ||
      (quantity === 0 ? stance === 1 || stance === 3 : quantity > 0 ? stance !== 3 : stance !== 1)
    )
      stirred = true;
    if (quantity === 0) continue;
    const leavesMs = (openTimesMs[ints[i + OPENED] ?? 0] ?? NaN) + lane.maxHoldMs;
    if (leavesMs < dueMs) dueMs = leavesMs;
  }
  work.dueMs = dueMs;
  work.stirred = stirred;
}

/** Not found yet. */
const UNKNOWN_ROW = -1;

/** Forgets what was known of a block: its rows, and the prices that positions rest at. */
export function openWork(work: Work, lane: Lane, openTimesMs: Float64Array): void {
  work.nextRow.fill(UNKNOWN_ROW);
  work.bestFrom.fill(0);
  for (let s = 0; s < lane.venue.index.length; s++)
    if (work.doubles[DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL + QUANTITY] === 0) unguard(work, s);
    else guardPosition(work, lane, s);
  settle(work, lane, openTimesMs);
}

/** A symbol without a position: no price moves it. */
export function unguard(work: Work, s: number): void {
  work.below[s] = -Infinity;
  work.above[s] = Infinity;
  work.nextRow[s] = UNKNOWN_ROW;
}

/** The prices at which a position rests its stop, its target and its liquidation. */
export function guardPosition(work: Work, lane: Lane, s: number): void {
  const d = DOUBLES_HEAD + s * DOUBLES_PER_SYMBOL;
  const quantity = work.doubles[d + QUANTITY] ?? 0;
  const entry = work.doubles[d + ENTRY_PRICE] ?? NaN;
  const sign = quantity > 0 ? 1 : -1;
  const instrument = lane.venue.instruments[s];
  const stop = priceOnTick(entry * (1 - sign * lane.stop), -sign, instrument?.tickSize);
  const target = priceOnTick(entry * (1 + sign * lane.target), -sign, instrument?.tickSize);
  const liquidation =
    instrument === undefined || instrument.type === 'spot'
      ? NaN
      : liquidationPriceOf(quantity, entry, work.doubles[d + MARGIN] ?? NaN, instrument);
  work.nextRow[s] = UNKNOWN_ROW;
  work.stop[s] = stop;
  work.target[s] = target;
  work.liquidation[s] = liquidation;
  const worse = firstReached(stop, liquidation, sign);
  const better = Number.isNaN(target) ? sign * Infinity : target;
  work.below[s] = quantity > 0 ? worse : better;
  work.above[s] = quantity > 0 ? better : worse;
}

/** Of stop and liquidation the one that a falling long (sign 1) or a rising short meets first; out of reach without both. */
function firstReached(stop: number, liquidation: number, sign: number): number {
  if (Number.isNaN(stop)) return Number.isNaN(liquidation) ? -sign * Infinity : liquidation;
  return sign * (liquidation - stop) > 0 ? liquidation : stop;
}
