/** The field of W2 in the fast kernel: a block of bars fills, marks, decides, and ranks all after every bar. */
import { type LedgerBuffer, createLedgerBuffer } from '../core/domain/ledger.js';
import { type MarketTable, playedSlots } from '../core/domain/market-table.js';
import { createMarketViews } from '../core/indicators/market-views.js';
import { type SharpeKeys, openCards, stepCard } from '../core/kernel/cards.js';
import {
  type Field,
  addLane,
  beginBlock,
  fieldBytes,
  landLane,
  openField,
  playLane,
} from '../core/kernel/field.js';
import { type Ranks, openRanks, rankDescending } from '../core/kernel/rank.js';
import { W2_CASH_USD, W2_STEPS, w2Plan } from './bench-workloads.js';

export interface W2Result {
  readonly orderHash: number;
  readonly sumEquity: number;
  readonly fills: number;
  readonly seconds: number;
  /** Time of the last steps (601 to 720) over that of steps 121 to 240. */
  readonly stepLateOverEarly: number;
  /** Bytes that a contestant's account and statistics take. */
  readonly stateBytes: number;
}

export interface W2Kernel {
  readonly market: MarketTable;
  readonly contestants: number;
  readonly field: Field;
  /** Fills of the block that was played last. */
  readonly ledger: LedgerBuffer;
  readonly cards: Float64Array;
  readonly ranks: Ranks;
  /** Equity of the block that was played last, `[contestant * rows + row]`; without room where nobody keeps it. */
  readonly marks: Float64Array;
  readonly sharpes: SharpeKeys;
  readonly equity: Float64Array;
  readonly exposure: Float64Array;
  readonly slots: Int32Array;
}

/** `rows`: bars of the longest block. */
export function openW2Kernel(
  market: MarketTable,
  contestants: number,
  rows: number,
  keepsMarks: boolean,
): W2Kernel {
  const views = createMarketViews(market);
  const ledger = createLedgerBuffer();
  const field = openField(views, ledger);
  for (let k = 0; k < contestants; k++) addLane(field, w2Plan(k, views));
  return {
    market,
    contestants,
    field,
    ledger,
    cards: openCards(contestants, W2_CASH_USD),
    ranks: openRanks(contestants),
    marks: new Float64Array(keepsMarks ? contestants * rows : 0),
    sharpes: { keys: new Float32Array(contestants * rows), contestants, samplesPerYear: 8760 },
    equity: new Float64Array(rows),
    exposure: new Float64Array(rows),
    slots: new Int32Array(rows),
  };
}

/** Plays the next block from slot `first` on; how many bars it had. */
export function playW2Block(kernel: W2Kernel, first: number): number {
  const { market, contestants, field, ledger, cards, ranks, marks, sharpes, equity, exposure, slots } =
    kernel;
  const count = playedSlots(market, first, market.length, slots);
  ledger.length = 0;
  beginBlock(field, slots, count);
  for (let k = 0, at = 0; k < contestants; k++) {
    playLane(field, k, equity, exposure);
    stepCard(cards, k, equity, exposure, count, field.rows.sampled, sharpes);
    if (marks.length > 0) for (let b = 0; b < count; b++) marks[at++] = equity[b] ?? NaN;
  }
  for (let step = 0; step < count; step++) rankDescending(ranks, sharpes.keys, step * contestants);
  return count;
}

/** Steps that are played at a time: every contestant goes through so many bars before the next one does. */
const W2_BLOCK = 120;

/** W2: M contestants on six symbols for 720 hours. */
export function runW2(market: MarketTable, contestants: number, now: () => number): W2Result {
  const kernel = openW2Kernel(market, contestants, W2_BLOCK, false);
  const { field, cards, ranks } = kernel;
  const blockMs: number[] = [];
  const start = now();
  for (let first = market.length - W2_STEPS; first < market.length; first += W2_BLOCK) {
    const before = now();
    playW2Block(kernel, first);
    blockMs.push(now() - before);
  }
  const seconds = (now() - start) / 1000;
  const sessions = field.lanes.map((_, k) => landLane(field, k));
  return {
    orderHash: orderHashOf(ranks),
    sumEquity: sessions.reduce((sum, session) => sum + session.equityUsd, 0),
    fills: sessions.reduce((sum, session) => sum + session.account.fills, 0),
    seconds,
    stepLateOverEarly: (blockMs.at(-1) ?? NaN) / (blockMs[1] ?? NaN),
    stateBytes: (fieldBytes(field) + cards.byteLength) / contestants,
  };
}

/** The limit's hash of the order after the last bar. */
export function orderHashOf({ order }: Ranks): number {
  let hash = 0;
  for (const k of order) hash = (Math.imul(hash, 31) + k) >>> 0;
  return hash;
}
