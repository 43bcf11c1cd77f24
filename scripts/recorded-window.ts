/** Reads `<folder>/<SYMBOL>/<timeframe>.csv.gz` of all symbols in a folder for measuring: timestamps they share, no checks. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { spotInstrument } from '../src/core/domain/instrument.js';
import { type MarketTable, emptyCandles } from '../src/core/domain/market-table.js';
import type { Timeframe, TimeMs } from '../src/core/domain/time.js';

/** [time, open, high, low, close, volume] */
type Row = readonly number[];

/** The bars of [fromMs, toMs) that every symbol has. */
export function readRecordedWindow(
  folder: string,
  timeframe: Timeframe,
  fromMs: TimeMs,
  toMs: TimeMs,
): MarketTable {
  const symbols = readdirSync(folder)
    .filter((symbol) => existsSync(join(folder, symbol, `${timeframe}.csv.gz`)))
    .sort();
  const bySymbol = symbols.map((symbol) => {
    const text = gunzipSync(readFileSync(join(folder, symbol, `${timeframe}.csv.gz`))).toString('utf8');
    const rows: Row[] = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number));
    return new Map(rows.map((row) => [row[0] ?? NaN, row]));
  });
  const times = [...(bySymbol[0]?.keys() ?? [])].filter(
    (time) => time >= fromMs && time < toMs && bySymbol.every((rows) => rows.has(time)),
  );
  return {
    timeframe,
    calendar: 'continuous',
    symbols,
    instruments: symbols.map((symbol) => spotInstrument(symbol)),
    openTimesMs: Float64Array.from(times),
    length: times.length,
    candles: bySymbol.map((rows) => {
      const candles = emptyCandles(times.length);
      const columns = [candles.open, candles.high, candles.low, candles.close, candles.volume];
      times.forEach((time, t) => {
        columns.forEach((column, k) => (column[t] = rows.get(time)?.[k + 1] ?? NaN));
      });
      return candles;
    }),
    funding: symbols.map(() => undefined),
  };
}
