/**
 * What a round is, byte for byte. The hash covers the bar, the digest of all bars so far, every event,
 * decision and fill, every mark and the previous hash; it covers no wall time, so that two runs agree.
 */
import { canonicalJson } from '../domain/canonical-json.js';
import { READING_KINDS, columnsOfSeries, listSeries, newestArrived } from '../domain/market-readings.js';
import type { MarketTable } from '../domain/market-table.js';
import { type TimeMs, timeframeMs } from '../domain/time.js';
import type { Hash } from './contestant.js';

export interface RoundContent {
  readonly seq: number;
  readonly barMs: TimeMs;
  readonly marketDigest: string;
  readonly events: readonly string[];
  readonly decisions: readonly string[];
  readonly fills: Float64Array;
  readonly marks: Float64Array;
  readonly previousHash: string;
}

const encoder = new TextEncoder();

export function roundHash(round: RoundContent, hash: Hash): string {
  const head = canonicalJson({
    seq: round.seq,
    bar: round.barMs,
    market: round.marketDigest,
    previous: round.previousHash,
    events: round.events.length,
    decisions: round.decisions.length,
    fills: round.fills.length,
    marks: round.marks.length,
  });
  const text = encoder.encode(`${[head, ...round.events, ...round.decisions].join('\n')}\n`);
  const bytes = new Uint8Array(text.length + round.fills.byteLength + round.marks.byteLength);
  bytes.set(text);
  bytes.set(bytesOf(round.fills), text.length);
  bytes.set(bytesOf(round.marks), text.length + round.fills.byteLength);
  return hash(bytes);
}

/** Digest of what a market is, and of all bars before the first decided one (the warm-up). */
export function startDigest(market: MarketTable, firstIndex: number, hash: Hash): string {
  const head = canonicalJson({
    timeframe: market.timeframe,
    calendar: market.calendar,
    symbols: market.symbols,
    instruments: market.instruments,
  });
  const parts = [encoder.encode(head), bytesOf(market.openTimesMs.subarray(0, firstIndex))];
  for (const candles of market.candles)
    for (const column of [candles.open, candles.high, candles.low, candles.close, candles.volume])
      parts.push(bytesOf(canonicalNaN(column.slice(0, firstIndex))));
  return hash(concat(parts));
}

/** Digest of everything up to bar `t`, from the digest up to the bar before: bars, and readings that arrived during them. */
export function barDigest(previous: string, market: MarketTable, t: number, hash: Hash): string {
  const row = new Float64Array(1 + market.candles.length * 5);
  row[0] = market.openTimesMs[t] ?? NaN;
  market.candles.forEach((candles, s) => {
    const at = 1 + s * 5;
    row[at] = candles.open[t] ?? NaN;
    row[at + 1] = candles.high[t] ?? NaN;
    row[at + 2] = candles.low[t] ?? NaN;
    row[at + 3] = candles.close[t] ?? NaN;
    row[at + 4] = candles.volume[t] ?? NaN;
  });
  return hash(
    concat([encoder.encode(previous), bytesOf(canonicalNaN(row)), bytesOf(arrivedDuring(market, t))]),
  );
}

/** Symbol, kind, time, arrival and value of every reading that arrived after the open of bar `t` and by its close. */
function arrivedDuring({ readings, openTimesMs, timeframe }: MarketTable, t: number): Float64Array {
  const doubles: number[] = [];
  const openMs = openTimesMs[t] ?? NaN;
  for (const { symbol, kind, series } of listSeries(readings)) {
    const last = newestArrived(series, openMs + timeframeMs(timeframe));
    for (let i = newestArrived(series, openMs) + 1; i <= last; i++)
      doubles.push(
        symbol,
        READING_KINDS.indexOf(kind),
        ...columnsOfSeries(series).map((column) => column[i] ?? NaN),
      );
  }
  return Float64Array.from(doubles);
}

/** All NaNs get one bit pattern: their payload differs between machines and means nothing. */
function canonicalNaN(doubles: Float64Array): Float64Array {
  for (let i = 0; i < doubles.length; i++) if (Number.isNaN(doubles[i] ?? NaN)) doubles[i] = NaN;
  return doubles;
}

function bytesOf(doubles: Float64Array): Uint8Array {
  return new Uint8Array(doubles.buffer, doubles.byteOffset, doubles.byteLength);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
