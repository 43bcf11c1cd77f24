/** Candles from CSV: the parser of `csv-parser.ts` for the six columns of a candle, and what makes one sound. */
import { checkCandles } from './check-candles.js';
import { checkTimeOrder } from './check-time-order.js';
import { CANDLE_COLUMNS } from './csv-header.js';
import { type CsvParser, createCsvParser } from './csv-parser.js';
import type { ParsedCandles } from './parsed-candles.js';

/** All of a file at once. `file` is its name in messages. */
export function parseCandleCsv(bytes: Uint8Array, file: string): ParsedCandles {
  const parser = createCandleCsvParser(file);
  parser.expectBytes(bytes.length);
  parser.push(bytes);
  return parser.finish();
}

/** A file in chunks of any size. */
export function createCandleCsvParser(file: string): CsvParser<ParsedCandles> {
  const parser = createCsvParser(file, CANDLE_COLUMNS);
  return {
    ...parser,
    finish() {
      const csv = parser.finish();
      const [openTimesMs, open, high, low, close, volume] = csv.columns;
      if (!openTimesMs || !open || !high || !low || !close || !volume)
        throw new Error('a candle parser has six columns');
      checkTimeOrder(csv, file);
      const candles = {
        openTimesMs,
        open,
        high,
        low,
        close,
        volume,
        lineOf: (bar: number) => csv.lineOf(bar),
      };
      checkCandles(candles, csv.names, file);
      return candles;
    },
  };
}
