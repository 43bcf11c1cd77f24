import type { Instrument } from './instrument.js';
import type { MarketReadings } from './market-readings.js';
import type { Timeframe, TimeMs } from './time.js';

/** One symbol's bars as columns on the table's time axis. NaN in all columns where the symbol has no bar. */
export interface Candles {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Base units. */
  readonly volume: Float64Array;
}

/** Funding rates of a perpetual: a fraction of notional, paid by longs when positive, at its time. */
export interface FundingSeries {
  readonly timesMs: Float64Array;
  readonly rates: Float64Array;
}

/** `continuous`: a bar is due in every slot of the axis. `sessions`: only where the calendar has one. */
export type Calendar = 'continuous' | 'sessions';

/**
 * All symbols' bars on one time axis, oldest first. The axis of a continuous market is a full grid, so
 * a gap in data stays a visible gap. Columns may be longer than `length`; only [0, length) are closed bars.
 */
export interface MarketTable {
  readonly timeframe: Timeframe;
  readonly calendar: Calendar;
  readonly symbols: readonly string[];
  readonly instruments: readonly Instrument[];
  readonly openTimesMs: Float64Array;
  readonly length: number;
  readonly candles: readonly Candles[];
  /** Parallel to `symbols`; undefined where the symbol has no funding series. */
  readonly funding: readonly (FundingSeries | undefined)[];
  /** What the venue told beside the bars. Absent: nobody asked. */
  readonly readings?: MarketReadings;
  /** Open time of the slot from which on a symbol trades no more, NaN while it does. Absent: nobody knows of any. */
  readonly endsMs?: Float64Array;
}

/** The bar with which a symbol's columns are written and indicators are fed. */
export interface Bar {
  openTimeMs: TimeMs;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

export function emptyCandles(length: number): Candles {
  const column = (): Float64Array => new Float64Array(length).fill(NaN);
  return { open: column(), high: column(), low: column(), close: column(), volume: column() };
}

/** Index of the first bar that opens at or after `timeMs`; `table.length` when there is none. */
export function firstIndexAtOrAfter(table: MarketTable, timeMs: TimeMs): number {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((table.openTimesMs[middle] ?? Infinity) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** True when at least one symbol has a bar in this slot. */
export function slotHasBar(table: MarketTable, index: number): boolean {
  const { candles } = table;
  for (let s = 0; s < candles.length; s++) {
    const close = candles[s]?.close[index] ?? NaN;
    if (close === close) return true;
  }
  return false;
}

/**
 * The slots from `from` on in which some symbol has a bar, ascending, until `slots` is full or `end` is reached.
 * Returns how many were written; the next search begins after the last of them.
 */
export function playedSlots(table: MarketTable, from: number, end: number, slots: Int32Array): number {
  const first = table.candles[0]?.close;
  const room = slots.length;
  let count = 0;
  if (first === undefined) return 0;
  for (let t = from; t < end && count < room; t++) {
    const close = first[t] ?? NaN;
    if (close === close || slotHasBar(table, t)) slots[count++] = t;
  }
  return count;
}

/** Slots with a bar that open at or after `fromMs` and before `toMs`. */
export function slotsBetween(table: MarketTable, fromMs: TimeMs, toMs: TimeMs): number[] {
  const slots: number[] = [];
  const end = firstIndexAtOrAfter(table, toMs);
  for (let t = firstIndexAtOrAfter(table, fromMs); t < end; t++) if (slotHasBar(table, t)) slots.push(t);
  return slots;
}
