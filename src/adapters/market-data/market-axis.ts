/** One time axis for all symbols of a market, and how much of it each of them fills. */
import type { Calendar, Candles } from '../../core/domain/market-table.js';
import { Problem } from '../../core/domain/problem.js';
import { DAY_MS, type Timeframe, formatForPeople, timeframeMs } from '../../core/domain/time.js';
import { columnWithRoom } from './growing-columns.js';
import type { CandleColumns } from './parsed-candles.js';

export interface SymbolSeries {
  readonly symbol: string;
  readonly file: string;
  readonly candles: CandleColumns;
}

/** How complete one symbol is between its first and its last bar. */
export interface Coverage {
  readonly symbol: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly bars: number;
  /** Holes, of any length. */
  readonly gaps: number;
  /** Slots without a bar, in all holes together. */
  readonly missing: number;
  readonly longestGapBars: number;
}

/** 32 years of minutes. A longer axis comes from a wrong time, and would not fit into memory. */
const MAX_SLOTS = 1 << 24;
const SESSIONS_A_WEEK = 5;

/** The slots of a market, oldest first. */
export interface MarketAxis {
  readonly length: number;
  /** Infinity after the last slot. */
  timeAt(slot: number): number;
  /** May lie on the memory of the series' times, which are used up then: when all bars have been placed. */
  toColumn(): Float64Array;
}

/** Daily bars that skip days of every week come from a venue with sessions. */
export function guessCalendar(series: readonly SymbolSeries[], timeframe: Timeframe): Calendar {
  if (timeframe !== '1d') return 'continuous';
  const skipsDays = series.every(({ candles: { openTimesMs } }) => {
    const weekdays = new Set<number>();
    for (const timeMs of openTimesMs) weekdays.add(Math.floor(timeMs / DAY_MS) % 7);
    const days = (lastOf(openTimesMs) - firstOf(openTimesMs)) / DAY_MS + 1;
    return days > 7 && weekdays.size <= SESSIONS_A_WEEK;
  });
  return skipsDays ? 'sessions' : 'continuous';
}

/** Continuous: every slot from the earliest first bar to the latest last one. Sessions: those that any symbol has. */
export function axisOf(
  series: readonly SymbolSeries[],
  timeframe: Timeframe,
  calendar: Calendar,
): MarketAxis {
  checkOverlap(series);
  if (calendar === 'sessions') {
    const times = new Set<number>();
    for (const { candles } of series) for (const timeMs of candles.openTimesMs) times.add(timeMs);
    const column = Float64Array.from(times).sort();
    return {
      length: column.length,
      timeAt: (slot) => column[slot] ?? Infinity,
      toColumn: () => column,
    };
  }
  checkOneGrid(series, timeframe);
  const barMs = timeframeMs(timeframe);
  const earliest = series.reduce((a, b) =>
    firstOf(b.candles.openTimesMs) < firstOf(a.candles.openTimesMs) ? b : a,
  );
  const firstMs = firstOf(earliest.candles.openTimesMs);
  const lastMs = Math.max(...series.map(({ candles }) => lastOf(candles.openTimesMs)));
  const length = Math.round((lastMs - firstMs) / barMs) + 1;
  if (length > MAX_SLOTS)
    throw new Problem(
      'input',
      `${earliest.file}: starts at ${formatForPeople(firstMs)}, ${String(length)} slots of ${timeframe} before the last bar of the market, expected at most ${String(MAX_SLOTS)}`,
      { hint: 'check its first and last time, or cut the files' },
    );
  const timeAt = (slot: number): number => (slot < length ? firstMs + slot * barMs : Infinity);
  return {
    length,
    timeAt,
    toColumn() {
      const column = columnWithRoom(earliest.candles.openTimesMs, length);
      for (let slot = 0; slot < length; slot++) column[slot] = timeAt(slot);
      return column;
    },
  };
}

/** How complete a symbol is on its market's axis. */
export function coverageOf({ candles, symbol }: SymbolSeries, axis: MarketAxis): Coverage {
  const times = candles.openTimesMs;
  const span = { symbol, firstMs: firstOf(times), lastMs: lastOf(times), bars: times.length };
  if (fillsAll(times, axis)) return { ...span, gaps: 0, missing: 0, longestGapBars: 0 };
  let slot = slotOf(axis, firstOf(times));
  let gaps = 0;
  let missing = 0;
  let longestGapBars = 0;
  for (let i = 0; i < times.length; i++) {
    const due = slot;
    while (axis.timeAt(slot) < (times[i] ?? NaN)) slot++;
    if (slot > due) {
      gaps++;
      missing += slot - due;
      longestGapBars = Math.max(longestGapBars, slot - due);
    }
    slot++;
  }
  return { ...span, gaps, missing, longestGapBars };
}

/**
 * Moves a symbol's bars into their slots; every other slot becomes NaN. From the last bar to the first, so
 * that columns with room move within their own memory: the candles given are used up.
 */
export function placeOnAxis(candles: CandleColumns, axis: MarketAxis): Candles {
  const { openTimesMs: times, open, high, low, close, volume } = candles;
  if (fillsAll(times, axis)) return { open, high, low, close, volume };
  const from = [open, high, low, close, volume];
  const to = from.map((column) => columnWithRoom(column, axis.length));
  let endRow = times.length;
  let endSlot = axis.length;
  while (endRow > 0) {
    let row = endRow - 1;
    let slot = endSlot - 1;
    while (slot > 0 && axis.timeAt(slot - 1) >= (times[row] ?? NaN)) slot--;
    const afterSlot = slot + 1;
    while (row > 0 && slot > 0 && times[row - 1] === axis.timeAt(slot - 1)) {
      row--;
      slot--;
    }
    to.forEach((target, k) => {
      target.fill(NaN, afterSlot, endSlot);
      moveRows(from[k] ?? target, row, endRow, target, slot);
    });
    endRow = row;
    endSlot = slot;
  }
  for (const target of to) target.fill(NaN, 0, endSlot);
  const [openTo, highTo, lowTo, closeTo, volumeTo] = to;
  if (!openTo || !highTo || !lowTo || !closeTo || !volumeTo) throw new Error('candles have five columns');
  return { open: openTo, high: highTo, low: lowTo, close: closeTo, volume: volumeTo };
}

/** Rows [from, to) of one column to a place in another, which may lie on the same memory. */
function moveRows(source: Float64Array, from: number, to: number, target: Float64Array, at: number): void {
  if (source.buffer === target.buffer) target.copyWithin(at, from, to);
  else target.set(source.subarray(from, to), at);
}

/** A stretch of time in which no symbol trades between two that do is a wrong file, or a wrong time unit. */
function checkOverlap(series: readonly SymbolSeries[]): void {
  const byStart = [...series].sort((a, b) => firstOf(a.candles.openTimesMs) - firstOf(b.candles.openTimesMs));
  let latest = byStart[0];
  for (const next of byStart.slice(1)) {
    if (latest === undefined) return;
    const endMs = lastOf(latest.candles.openTimesMs);
    const startMs = firstOf(next.candles.openTimesMs);
    if (startMs > endMs)
      throw new Problem(
        'input',
        `${next.file}: has no time in common with ${latest.symbol}: it starts at ${formatForPeople(startMs)}, after ${latest.symbol} has ended at ${formatForPeople(endMs)}, expected symbols that overlap`,
        { hint: 'leave one of them out with --symbols, or check the times of both files' },
      );
    if (lastOf(next.candles.openTimesMs) > endMs) latest = next;
  }
}

function checkOneGrid(series: readonly SymbolSeries[], timeframe: Timeframe): void {
  const [reference] = series;
  if (reference === undefined) return;
  const barMs = timeframeMs(timeframe);
  for (const { file, candles } of series) {
    const offMs = (firstOf(candles.openTimesMs) - firstOf(reference.candles.openTimesMs)) % barMs;
    if (offMs !== 0)
      throw new Problem(
        'input',
        `${file}: its bars open ${String(Math.abs(offMs) / 60_000)} minutes off those of ${reference.symbol}, expected one grid of ${timeframe} for all symbols`,
        { hint: 'load markets with different opening times from different folders' },
      );
  }
}

function slotOf(axis: MarketAxis, timeMs: number): number {
  let low = 0;
  let high = axis.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (axis.timeAt(middle) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Times lie on the axis and rise: as many of them as slots are all slots, and nobody has to look at each. */
function fillsAll(times: Float64Array, axis: MarketAxis): boolean {
  return times.length === axis.length;
}

function firstOf(times: Float64Array): number {
  return times[0] ?? NaN;
}

function lastOf(times: Float64Array): number {
  return times.at(-1) ?? NaN;
}
