/**
 * A whole market as one run of bytes: sent once, kept under its hash, and read in place by as many threads as like.
 * Columns lie as doubles of this machine; the other byte order has another magic, and is refused.
 */
import { z } from 'zod';
import {
  type MarketReadings,
  READING_KINDS,
  type ReadingKind,
  type ReadingSeries,
  columnsOfSeries,
  listSeries,
} from './market-readings.js';
import type { Candles, FundingSeries, MarketTable } from './market-table.js';
import { Problem } from './problem.js';
import { TIMEFRAMES } from './time.js';

const PREFIX_BYTES = 16;
const DOUBLE_BYTES = 8;
const COLUMNS_OF_A_SYMBOL = 5;
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
/** The last digit is the format. */
const MAGIC = new TextEncoder().encode(LITTLE_ENDIAN ? 'marketL1' : 'marketB1');

const headerSchema = z.strictObject({
  timeframe: z.enum(TIMEFRAMES),
  calendar: z.enum(['continuous', 'sessions']),
  length: z.number().int().min(0),
  instruments: z.array(
    z.strictObject({
      symbol: z.string(),
      type: z.enum(['spot', 'perpetual']),
      lotSize: z.number(),
      minNotionalUsd: z.number(),
      tickSize: z.number().gt(0).optional(),
      maxLeverage: z.number(),
      marginTiers: z.array(
        z.strictObject({ upToNotionalUsd: z.number().nullable(), maintenanceFraction: z.number() }),
      ),
    }),
  ),
  symbols: z.array(z.string()),
  /** Rates of each symbol's funding; null where it has none. */
  fundingLengths: z.array(z.number().int().min(0).nullable()),
  /** Of each series of readings that is there; the market without any has the bytes that it always had. */
  readings: z
    .strictObject({
      barMs: z.number().gt(0),
      series: z.array(
        z.strictObject({ symbol: z.int().min(0), kind: z.enum(READING_KINDS), length: z.int().min(1) }),
      ),
    })
    .optional(),
});
type Header = z.infer<typeof headerSchema>;

/** `allocate` decides where the bytes lie, e.g. in shared memory; it is given their number. */
export function encodeMarket(
  table: MarketTable,
  allocate: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes),
): Uint8Array {
  const header = new TextEncoder().encode(JSON.stringify(headerOf(table)));
  const start = columnsStart(header.length);
  const columns = columnsOf(table);
  const rows = columns.reduce((sum, column) => sum + column.length, 0);
  const bytes = allocate(start + rows * DOUBLE_BYTES);
  bytes.set(MAGIC);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(MAGIC.length, header.length, true);
  bytes.set(header, PREFIX_BYTES);
  let at = bytes.byteOffset + start;
  for (const column of columns) {
    const copy = new Float64Array(bytes.buffer, at, column.length);
    // Not `set`: a gap has one spelling, or the same market would have several fingerprints.
    for (let i = 0; i < column.length; i++) copy[i] = column[i] ?? NaN;
    for (let i = 0; i < column.length; i++) if (copy[i] !== copy[i]) copy[i] = NaN;
    at += column.length * DOUBLE_BYTES;
  }
  return bytes;
}

/** The market whose columns are these very bytes. Throws a Problem for anything that is no market. */
export function decodeMarket(bytes: Uint8Array): MarketTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < PREFIX_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte))
    throw damaged('has another format');
  const headerLength = view.getUint32(MAGIC.length, true);
  const start = columnsStart(headerLength);
  if (start > bytes.length) throw damaged('ends in its header');
  const header = readHeader(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + headerLength));
  const { length, symbols, fundingLengths } = header;
  if (symbols.length !== header.instruments.length || symbols.length !== fundingLengths.length)
    throw damaged('names other symbols than it has');
  const rows =
    length * (1 + symbols.length * COLUMNS_OF_A_SYMBOL) +
    fundingLengths.reduce<number>((sum, count) => sum + 2 * (count ?? 0), 0) +
    (header.readings?.series ?? []).reduce((sum, one) => sum + 3 * one.length, 0);
  if (bytes.length !== start + rows * DOUBLE_BYTES) throw damaged('has another length than it says');
  let at = bytes.byteOffset + start;
  const take = (count: number): Float64Array => {
    const column = new Float64Array(bytes.buffer, at, count);
    at += count * DOUBLE_BYTES;
    return column;
  };
  const openTimesMs = take(length);
  const candles: Candles[] = symbols.map(() => ({
    open: take(length),
    high: take(length),
    low: take(length),
    close: take(length),
    volume: take(length),
  }));
  const funding: (FundingSeries | undefined)[] = fundingLengths.map((count) =>
    count === null ? undefined : { timesMs: take(count), rates: take(count) },
  );
  const readings = readingsOf(header, take);
  return {
    timeframe: header.timeframe,
    calendar: header.calendar,
    symbols,
    instruments: header.instruments.map((instrument) => ({
      ...instrument,
      marginTiers: instrument.marginTiers.map((tier) => ({
        ...tier,
        upToNotionalUsd: tier.upToNotionalUsd ?? Infinity,
      })),
    })),
    openTimesMs,
    length,
    candles,
    funding,
    ...(readings === undefined ? {} : { readings }),
  };
}

function readingsOf(
  { readings, symbols }: Header,
  take: (count: number) => Float64Array,
): MarketReadings | undefined {
  if (readings === undefined) return undefined;
  const bySymbol = symbols.map((): Partial<Record<ReadingKind, ReadingSeries>> => ({}));
  for (const { symbol, kind, length } of readings.series) {
    const own = bySymbol[symbol];
    if (own === undefined) throw damaged('has readings of a symbol that it has not');
    own[kind] = { length, timesMs: take(length), arrivedMs: take(length), values: take(length) };
  }
  return { barMs: readings.barMs, bySymbol };
}

/** Spelled out, so that the same market gives the same bytes whoever made its objects. */
function headerOf(table: MarketTable): Header {
  const readings = listSeries(table.readings);
  return {
    timeframe: table.timeframe,
    calendar: table.calendar,
    length: table.length,
    instruments: table.instruments.map((one) => ({
      symbol: one.symbol,
      type: one.type,
      lotSize: one.lotSize,
      minNotionalUsd: one.minNotionalUsd,
      ...(one.tickSize === undefined ? {} : { tickSize: one.tickSize }),
      maxLeverage: one.maxLeverage,
      // JSON has no infinity, and the last tier often ends there.
      marginTiers: one.marginTiers.map(({ upToNotionalUsd, maintenanceFraction }) => ({
        upToNotionalUsd: upToNotionalUsd === Infinity ? null : upToNotionalUsd,
        maintenanceFraction,
      })),
    })),
    symbols: [...table.symbols],
    fundingLengths: table.funding.map((series) => series?.timesMs.length ?? null),
    ...(table.readings === undefined || readings.length === 0
      ? {}
      : {
          readings: {
            barMs: table.readings.barMs,
            series: readings.map(({ symbol, kind, series }) => ({ symbol, kind, length: series.length })),
          },
        }),
  };
}

function columnsOf(table: MarketTable): Float64Array[] {
  const { openTimesMs, candles, funding, length } = table;
  return [
    openTimesMs.subarray(0, length),
    ...candles.flatMap(({ open, high, low, close, volume }) =>
      [open, high, low, close, volume].map((column) => column.subarray(0, length)),
    ),
    ...funding.flatMap((series) =>
      series === undefined ? [] : [series.timesMs, series.rates.subarray(0, series.timesMs.length)],
    ),
    ...listSeries(table.readings).flatMap(({ series }) => columnsOfSeries(series)),
  ];
}

/** Doubles are read in place, so they begin at a multiple of eight. */
function columnsStart(headerLength: number): number {
  return Math.ceil((PREFIX_BYTES + headerLength) / DOUBLE_BYTES) * DOUBLE_BYTES;
}

function readHeader(bytes: Uint8Array): Header {
  try {
    // A decoder takes no shared memory.
    return headerSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice())));
  } catch (error) {
    throw damaged('has no readable header', error);
  }
}

function damaged(how: string, cause?: unknown): Problem {
  return new Problem('damaged', `the bytes of a market: it ${how}`, {
    hint: 'it was made by another version of the program, or damaged on its way',
    ...(cause === undefined ? {} : { cause }),
  });
}
