/** The prices of a block of slots, one row per slot: what a lane reads at every bar lies side by side. */
import { type FundingSeries, type MarketTable, slotHasBar } from '../domain/market-table.js';
import { HOUR_MS, timeframeMs } from '../domain/time.js';
import { isSampleBar } from '../session/session.js';
import { firstAtOrAfter } from '../simulation/book-funding.js';

export interface BlockRows {
  /** Slots of the axis that are played, ascending; the first `count` are meant. */
  slots: Int32Array;
  count: number;
  /** `[row * symbols + symbol]`. NaN where the symbol has no bar. */
  low: Float64Array;
  high: Float64Array;
  /** The newest close at or before the slot: what positions are marked with. */
  close: Float64Array;
  /** Marks since that close, where a gap lies in the block or before it. */
  stale: Int32Array | undefined;
  openMs: Float64Array;
  /** The first row at or after this one with a funding time inside its bar; `count` where none follows. */
  nextFunded: Int32Array;
  /** 1 where the equity is a sample. */
  sampled: Uint8Array;
  /** The mark and its age before the first row, by symbol. */
  closeBefore: Float64Array;
  staleBefore: Int32Array;
  /** The last slot with a bar before the first row; -1 where there is none. */
  slotBefore: number;
}

export function createBlockRows(market: MarketTable): BlockRows {
  const symbols = market.symbols.length;
  const empty = new Float64Array(0);
  return {
    slots: new Int32Array(0),
    count: 0,
    low: empty,
    high: empty,
    close: empty,
    stale: undefined,
    openMs: empty,
    nextFunded: new Int32Array(0),
    sampled: new Uint8Array(0),
    closeBefore: new Float64Array(symbols).fill(NaN),
    staleBefore: new Int32Array(symbols),
    slotBefore: -1,
  };
}

/** Points the rows at the next slots; of `slots` the rows keep a copy. */
export function fillBlockRows(rows: BlockRows, market: MarketTable, slots: Int32Array, count: number): void {
  const first = slots[0] ?? 0;
  const lastSlot = rows.slots[rows.count - 1] ?? -1;
  const slotBefore = slotWithBarBefore(market, first);
  if (rows.count > 0 && slotBefore === lastSlot)
    for (let s = 0; s < market.symbols.length; s++) carryOver(rows, s, market.symbols.length);
  else for (let s = 0; s < market.symbols.length; s++) lookBack(rows, market, s, first);
  rows.slotBefore = slotBefore;
  if (rows.slots.length < count) rows.slots = new Int32Array(count);
  rows.slots.set(slots.subarray(0, count));
  rows.count = count;
  const last = (slots[count - 1] ?? -1) + 1;
  const contiguous = last - first === count;
  rows.openMs = rowsOf(market.openTimesMs, rows.slots, count);
  fillFlags(rows, market);
  const [only] = market.candles;
  // One symbol without gaps: its columns are the rows.
  if (market.symbols.length === 1 && only !== undefined && contiguous && !hasGap(only.close, first, last)) {
    rows.low = only.low.subarray(first, last);
    rows.high = only.high.subarray(first, last);
    rows.close = only.close.subarray(first, last);
    rows.stale = undefined;
  } else copyRows(rows, market);
}

function copyRows(rows: BlockRows, market: MarketTable): void {
  const { slots, count, closeBefore, staleBefore } = rows;
  const symbols = market.symbols.length;
  const size = count * symbols;
  const low = owned(rows.low, size);
  const high = owned(rows.high, size);
  const close = owned(rows.close, size);
  let stale: Int32Array | undefined;
  for (let s = 0; s < symbols; s++) {
    const candles = market.candles[s];
    if (candles === undefined) continue;
    let mark = closeBefore[s] ?? NaN;
    let age = staleBefore[s] ?? 0;
    for (let b = 0, k = s; b < count; b++, k += symbols) {
      const t = slots[b] ?? 0;
      low[k] = candles.low[t] ?? NaN;
      high[k] = candles.high[t] ?? NaN;
      const own = candles.close[t] ?? NaN;
      if (own === own) {
        mark = own;
        age = 0;
      } else {
        age++;
        stale ??= new Int32Array(size);
        stale[k] = age;
      }
      close[k] = mark;
    }
  }
  rows.low = low;
  rows.high = high;
  rows.close = close;
  rows.stale = stale;
}

function fillFlags(rows: BlockRows, market: MarketTable): void {
  const { count, openMs } = rows;
  const barMs = timeframeMs(market.timeframe);
  if (rows.sampled.length < count) {
    rows.sampled = new Uint8Array(count);
    rows.nextFunded = new Int32Array(count);
  }
  const { sampled, nextFunded } = rows;
  if (barMs >= HOUR_MS) sampled.fill(1, 0, count);
  else for (let b = 0; b < count; b++) sampled[b] = isSampleBar(barMs, openMs[b] ?? NaN) ? 1 : 0;
  nextFunded.fill(count, 0, count);
  for (const series of market.funding)
    if (series !== undefined) markFunded(nextFunded, series, openMs, count, barMs);
}

function markFunded(
  nextFunded: Int32Array,
  { timesMs }: FundingSeries,
  openMs: Float64Array,
  count: number,
  barMs: number,
): void {
  let k = firstAtOrAfter(timesMs, (openMs[count - 1] ?? NaN) + barMs) - 1;
  let next = count;
  for (let b = count - 1; b >= 0; b--) {
    const from = openMs[b] ?? NaN;
    while (k >= 0 && (timesMs[k] ?? NaN) >= from + barMs) k--;
    if (k >= 0 && (timesMs[k] ?? NaN) >= from) next = b;
    if (next < (nextFunded[b] ?? 0)) nextFunded[b] = next;
  }
}

/** The newest mark before slot `first`, and how many marks ago it was fresh. */
function lookBack(rows: BlockRows, market: MarketTable, s: number, first: number): void {
  const close = market.candles[s]?.close;
  let age = 0;
  let mark = NaN;
  for (let t = first - 1; t >= 0; t--) {
    const own = close?.[t] ?? NaN;
    if (own === own) {
      mark = own;
      break;
    }
    if (slotHasBar(market, t)) age++;
  }
  rows.closeBefore[s] = mark;
  rows.staleBefore[s] = age;
}

function carryOver(rows: BlockRows, s: number, symbols: number): void {
  const k = (rows.count - 1) * symbols + s;
  rows.closeBefore[s] = rows.close[k] ?? NaN;
  rows.staleBefore[s] = rows.stale?.[k] ?? 0;
}

function slotWithBarBefore(market: MarketTable, first: number): number {
  let t = first - 1;
  while (t >= 0 && !slotHasBar(market, t)) t--;
  return t;
}

function hasGap(column: Float64Array, from: number, to: number): boolean {
  for (let t = from; t < to; t++) {
    const value = column[t] ?? NaN;
    if (value !== value) return true;
  }
  return false;
}

/** A buffer of one's own: a view of a market's column is never written to. */
function owned(buffer: Float64Array, size: number): Float64Array {
  const whole = buffer.byteOffset === 0 && buffer.byteLength === buffer.buffer.byteLength;
  return whole && buffer.length >= size ? buffer : new Float64Array(size);
}

/** The values of these slots, row by row; a view where the slots follow each other. */
export function rowsOf(column: Float64Array, slots: Int32Array, count: number): Float64Array {
  const first = slots[0] ?? 0;
  const end = (slots[count - 1] ?? -1) + 1;
  if (end - first === count) return column.subarray(first, end);
  const out = new Float64Array(count);
  for (let b = 0; b < count; b++) out[b] = column[slots[b] ?? 0] ?? NaN;
  return out;
}
