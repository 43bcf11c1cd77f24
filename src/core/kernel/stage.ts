/**
 * What runs on one market from one slot on have in common: thousands in a row, as in a sweep, prepare it once. The codes
 * of the rule that ran last are kept as well, because neighbours in a grid often differ in their sizing alone.
 */
import { type MarketTable, playedSlots } from '../domain/market-table.js';
import type { MarketViews } from '../indicators/market-views.js';
import { type BlockRows, createBlockRows, fillBlockRows } from './block-rows.js';
import { type SignalRow, type SignalRows, fillSignalRow } from './signal-rows.js';

/** Rows played at a time: what is read at every bar of them stays in the nearest cache. */
export const BLOCK_ROWS = 2048;

/** Signals that are remembered; their codes are not. */
const MOST_SIGNALS = 1000;

export interface Stage {
  readonly base: MarketTable;
  readonly first: number;
  /** When the bars that are played open. */
  readonly barsMs: Float64Array;
  readonly blocks: readonly BlockRows[];
  signals: SignalRows | undefined;
  /** Whose codes are known, and of how many blocks. */
  spoken: SignalRow | undefined;
  known: number;
  /** By block. */
  readonly codes: Uint8Array[];
}

export function openStage(base: MarketTable, first: number): Stage {
  const room = new Int32Array(base.length - first);
  const slots = room.subarray(0, playedSlots(base, first, base.length, room));
  const blocks: BlockRows[] = [];
  for (let from = 0; from < slots.length; from += BLOCK_ROWS) {
    const own = slots.subarray(from, from + BLOCK_ROWS);
    const rows = createBlockRows(base);
    fillBlockRows(rows, base, own, own.length);
    blocks.push(rows);
  }
  const barsMs = new Float64Array(slots.length);
  for (let b = 0; b < slots.length; b++) barsMs[b] = base.openTimesMs[slots[b] ?? 0] ?? NaN;
  return { base, first, barsMs, blocks, signals: undefined, spoken: undefined, known: 0, codes: [] };
}

/** The signals over these columns: the one that spoke last, where they are still the same. */
export function signalsOn(stage: Stage, views: MarketViews): SignalRows {
  if (stage.signals?.views !== views || stage.signals.byKey.size >= MOST_SIGNALS) {
    stage.signals = { views, byKey: new Map() };
    stage.spoken = undefined;
  }
  return stage.signals;
}

/** Points the signal at its codes of a block; blocks come in their order. */
export function speak(stage: Stage, signal: SignalRow, views: MarketViews, block: number): void {
  if (stage.spoken !== signal) {
    stage.spoken = signal;
    stage.known = 0;
  }
  const rows = stage.blocks[block];
  signal.codes = stage.codes[block] ?? NONE;
  if (rows === undefined || block < stage.known) return;
  fillSignalRow(signal, views, rows.slots, rows.count);
  stage.codes[block] = signal.codes;
  stage.known = block + 1;
}

const NONE = new Uint8Array(0);
