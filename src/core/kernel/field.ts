/** Contestants side by side in the fast kernel: their state in two arrays, a block of bars at a time. */
import type { LedgerBuffer } from '../domain/ledger.js';
import type { MarketViews } from '../indicators/market-views.js';
import { type Session, openSession } from '../session/session.js';
import type { SessionPlan } from '../session/session-plan.js';
import type { Ground } from './ground.js';
import { type BlockRows, createBlockRows, fillBlockRows } from './block-rows.js';
import { signalRuleOf, whyGeneral } from './fast-path.js';
import { marksAt, readLane, writeLane } from './land-lane.js';
import { type Lane, type LaneVenue, laneVenue, makeLane } from './lane.js';
import {
  CASH,
  DOUBLES_HEAD,
  DOUBLES_PER_SYMBOL,
  INTS_HEAD,
  INTS_PER_SYMBOL,
  PROTECTED,
  STATE,
  laneBytes,
} from './lane-layout.js';
import { type Keeping, playRows } from './play-lane.js';
import { type SignalRows, fillSignalRows, signalRowOf } from './signal-rows.js';
import { type Work, createWork, loadWork, storeWork } from './work.js';

export interface Field {
  readonly views: MarketViews;
  readonly ledger: LedgerBuffer;
  rows: BlockRows;
  readonly signals: SignalRows;
  readonly lanes: Lane[];
  readonly venues: Map<string, LaneVenue>;
  doubles: Float64Array;
  ints: Int32Array;
  work: Work;
}

/** Fills of all lanes go to `ledger`, those of one lane in their order. */
export function openField(
  views: MarketViews,
  ledger: LedgerBuffer,
  signals: SignalRows = { views, byKey: new Map() },
): Field {
  return {
    views,
    ledger,
    rows: createBlockRows(views.base),
    signals,
    lanes: [],
    venues: new Map(),
    doubles: new Float64Array(0),
    ints: new Int32Array(0),
    work: createWork(0),
  };
}

/**
 * A new contestant with its cash; its number. `whyGeneral` must have let it in. One that has a session already takes its
 * state from there with `takeState`.
 */
export function addLane(field: Field, plan: SessionPlan, session?: Session): number {
  const rule = signalRuleOf(plan.kind);
  const why = whyGeneral(plan, field.views.base);
  if (rule === undefined || why !== undefined) throw new Error(`not for the fast kernel: ${why ?? ''}`);
  const venue = venueOf(field, plan);
  const symbols = venue.index.length;
  const at = { doubles: lengthOf(field, 'doubles'), ints: lengthOf(field, 'ints') };
  const signal = signalRowOf(field.signals, plan, rule, [...venue.index]);
  const lane = makeLane(plan, venue, signal, at);
  field.doubles = roomFor(
    field.doubles,
    at.doubles + DOUBLES_HEAD + symbols * DOUBLES_PER_SYMBOL,
    Float64Array,
  );
  field.ints = roomFor(field.ints, at.ints + INTS_HEAD + symbols * INTS_PER_SYMBOL, Int32Array);
  if (field.work.stop.length < symbols) field.work = createWork(symbols);
  field.doubles[at.doubles + CASH] = plan.cashUsd;
  for (let s = 0; s < symbols; s++) {
    const i = at.ints + INTS_HEAD + s * INTS_PER_SYMBOL;
    field.ints[i + STATE] = 2;
    field.ints[i + PROTECTED] = -1;
  }
  lane.session = session;
  field.lanes.push(lane);
  return field.lanes.length - 1;
}

/** Takes over what the lane's session is at, before the block that was begun. */
export function takeState(field: Field, number: number): void {
  const lane = laneAt(field, number);
  const { views, rows, work } = field;
  const { base } = views;
  const marks = marksAt(rows, base.symbols.length, -1);
  lane.general = !readLane(work, lane, sessionOf(field, lane), base, marks, rows.slotBefore);
  if (!lane.general) storeWork(work, lane, field);
}

/** Points all lanes at the next slots; every lane must then play them. */
export function beginBlock(field: Field, slots: Int32Array, count: number): void {
  fillBlockRows(field.rows, field.views.base, slots, count);
  fillSignalRows(field.signals, slots, count);
}

/** Puts the field on a block that was prepared; the codes of its lanes must be there. */
export function enterBlock(field: Field, rows: BlockRows): void {
  field.rows = rows;
}

/** Plays the block's bars of one lane. Returns how many of them the general session played. */
export function playLane(
  field: Field,
  number: number,
  equity: Float64Array,
  exposure: Float64Array,
  keeping: Keeping = NOBODY_READS,
): number {
  const lane = laneAt(field, number);
  const { views, rows, ledger, work } = field;
  const ground: Ground = { market: views.base, rows, ledger, work, records: field, equity, exposure };
  return playRows(lane, ground, () => sessionOf(field, lane), keeping);
}

const NOBODY_READS: Keeping = { plain: false, keep: () => undefined };

/** The general session with the lane's state after the block that was played last. */
export function landLane(field: Field, number: number): Session {
  const lane = laneAt(field, number);
  const session = sessionOf(field, lane);
  if (lane.general) return session;
  const { views, rows, work } = field;
  const { base } = views;
  loadWork(work, lane, field);
  const last = rows.count - 1;
  writeLane(work, lane, session, base, marksAt(rows, base.symbols.length, last), rows.slots[last] ?? -1);
  return session;
}

function sessionOf(field: Field, lane: Lane): Session {
  lane.session ??= openSession(lane.plan, field.views, field.ledger);
  return lane.session;
}

function laneAt(field: Field, number: number): Lane {
  const lane = field.lanes[number];
  if (lane === undefined) throw new Error(`no lane ${String(number)}`);
  return lane;
}

/** Where the next lane's record begins. */
function lengthOf({ lanes }: Field, what: 'doubles' | 'ints'): number {
  const last = lanes.at(-1);
  if (last === undefined) return 0;
  const symbols = last.venue.index.length;
  return what === 'doubles'
    ? last.doublesAt + DOUBLES_HEAD + symbols * DOUBLES_PER_SYMBOL
    : last.intsAt + INTS_HEAD + symbols * INTS_PER_SYMBOL;
}

function venueOf(field: Field, plan: SessionPlan): LaneVenue {
  const key = JSON.stringify([plan.symbols, plan.costs, plan.limits]);
  let venue = field.venues.get(key);
  if (venue === undefined) {
    venue = laneVenue(plan, field.views.base);
    field.venues.set(key, venue);
  }
  return venue;
}

function roomFor<A extends Float64Array | Int32Array>(
  array: A,
  length: number,
  kind: new (length: number) => A,
): A {
  if (array.length >= length) return array;
  const larger = new kind(Math.max(length, 2 * array.length));
  larger.set(array);
  return larger;
}

/** Bytes that a field keeps for its contestants, without their curves and statistics. */
export function fieldBytes({ lanes }: Pick<Field, 'lanes'>): number {
  return lanes.reduce((sum, { venue }) => sum + laneBytes(venue.index.length), 0);
}
