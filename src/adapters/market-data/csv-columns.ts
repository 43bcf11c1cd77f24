/**
 * Numbers from CSV bytes straight into columns. A push parser: chunks in, columns out, so that a file of any
 * size needs no more memory than its numbers. Every complaint names file, line, column, what stands there and
 * what was expected.
 */
import { Problem } from '../../core/domain/problem.js';
import { type CsvHeader, readHeader } from './csv-header.js';
import { parseTimeText, timeUnitOf, UNIT_TO_MS, type TimeUnit } from './csv-time.js';

export interface CsvColumns {
  /** In the order of the wanted columns; the first is time in epoch ms. */
  readonly columns: readonly Float64Array[];
  readonly length: number;
  /** 1-based line of row i in the file, for messages. */
  lineOf(row: number): number;
}

export interface CsvParser {
  push(chunk: Uint8Array): void;
  finish(): CsvColumns;
}

const NEWLINE = 10;
const RETURN = 13;
const DOT = 46;
const MINUS = 45;
const QUOTE = 34;
const ZERO = 48;
/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, k) => 10 ** k);
/** A line longer than this is no candle. */
const MAX_LINE_BYTES = 65_536;
const decoder = new TextDecoder('utf-8');

/** `wanted[0]` is the time column; every other one must hold finite numbers. */
export function createCsvParser(file: string, wanted: readonly string[]): CsvParser {
  let header: CsvHeader | undefined;
  let carried = new Uint8Array(0);
  let capacity = 1024;
  let columns = wanted.map(() => new Float64Array(capacity));
  let lines = new Uint32Array(capacity);
  let length = 0;
  let line = 0;
  let unit: TimeUnit | undefined;

  return {
    push(chunk) {
      const bytes = carried.length === 0 ? chunk : joined(carried, chunk);
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      parseLines(bytes, end);
      carried = bytes.slice(end);
      if (carried.length > MAX_LINE_BYTES) throw binary();
    },
    finish() {
      if (carried.length > 0) parseLines(joined(carried, new Uint8Array([NEWLINE])), carried.length + 1);
      if (header === undefined)
        throw new Problem('input', `${file}: is empty, expected a header and candles`, {
          hint: 'delete the file or fill it: timestamp,open,high,low,close,volume',
        });
      if (length === 0)
        throw new Problem('input', `${file}: has a header but no rows`, {
          hint: 'delete the file or fill it',
        });
      const lineNumbers = lines;
      return {
        columns: columns.map((column) => column.slice(0, length)),
        length,
        lineOf: (row) => lineNumbers[row] ?? 0,
      };
    },
  };

  function parseLines(bytes: Uint8Array, end: number): void {
    let at = 0;
    while (at < end) {
      const stop = bytes.indexOf(NEWLINE, at);
      const last = stop > at && bytes[stop - 1] === RETURN ? stop - 1 : stop;
      line++;
      if (header === undefined) {
        const text = decoder.decode(bytes.subarray(at, last));
        if (text.startsWith('PAR1'))
          throw new Problem('input', `${file}: is a Parquet file, which is not read yet`, {
            hint: 'convert it to CSV (timestamp,open,high,low,close,volume)',
          });
        if (/[\u0000-\u0008\uFFFD]/.test(text)) throw binary();
        if (text.trim() !== '') header = readHeader(text, wanted, file);
      } else if (!isBlank(bytes, at, last)) parseRow(header, bytes, at, last);
      at = stop + 1;
    }
  }

  function parseRow(head: CsvHeader, bytes: Uint8Array, start: number, end: number): void {
    if (length === capacity) grow();
    lines[length] = line;
    const { fields, separator } = head;
    let at = start;
    for (let field = 0; field < fields.length; field++) {
      if (at > end) throw complaint(`has ${String(field)} fields, the header has ${String(fields.length)}`);
      let stop = at;
      while (stop < end && bytes[stop] !== separator) stop++;
      const column = fields[field] ?? -1;
      if (column >= 0) {
        const target = columns[column];
        const quoted = bytes[at] === QUOTE && stop - at > 1 && bytes[stop - 1] === QUOTE;
        const from = quoted ? at + 1 : at;
        const to = quoted ? stop - 1 : stop;
        if (target !== undefined)
          target[length] =
            column === 0 ? readTime(bytes, from, to, head, field) : readNumber(bytes, from, to, head, field);
      }
      at = stop + 1;
    }
    if (at <= end) throw complaint(`has more fields than the header (${String(fields.length)})`);
    length++;
  }

  /** Decimals of at most 15 digits are exact as an integer over a power of ten; the rest goes through Number. */
  function readNumber(
    bytes: Uint8Array,
    start: number,
    stop: number,
    head: CsvHeader,
    field: number,
  ): number {
    let at = start;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    let value = 0;
    let digits = 0;
    let decimals = -1;
    for (; at < stop; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === DOT && decimals < 0) decimals = 0;
      else if (byte >= ZERO && byte <= ZERO + 9) {
        value = value * 10 + (byte - ZERO);
        digits++;
        if (decimals >= 0) decimals++;
      } else break;
    }
    if (at === stop && digits > 0 && digits <= 15) {
      const number = decimals > 0 ? value / (POWERS[decimals] ?? NaN) : value;
      return negative ? -number : number;
    }
    return readNumberText(decoder.decode(bytes.subarray(start, stop)).trim(), head, field);
  }

  function readNumberText(text: string, head: CsvHeader, field: number): number {
    const number = text === '' ? NaN : Number(text);
    if (Number.isFinite(number) && !/^0[xob]/i.test(text)) return number;
    throw complaint(
      `column "${head.names[field] ?? ''}" holds ${text === '' ? 'nothing' : `"${text.slice(0, 40)}"`}, expected a number`,
    );
  }

  function readTime(bytes: Uint8Array, start: number, stop: number, head: CsvHeader, field: number): number {
    let value = 0;
    let at = start;
    while (at < stop) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at++;
    }
    const name = head.names[field] ?? '';
    if (at === stop && at > start && stop - start !== 8 && stop - start !== 4) {
      const found = timeUnitOf(value);
      unit ??= found;
      if (found !== unit)
        throw complaint(
          `column "${name}" holds ${String(value)}, which is not in ${unit} like the lines before`,
        );
      return value * UNIT_TO_MS[unit];
    }
    const text = decoder.decode(bytes.subarray(start, stop)).trim();
    const timeMs = parseTimeText(text);
    if (timeMs === undefined)
      throw complaint(
        `column "${name}" holds ${text === '' ? 'nothing' : `"${text.slice(0, 40)}"`}, expected epoch seconds, milliseconds, microseconds or an ISO date`,
      );
    return timeMs;
  }

  function grow(): void {
    capacity *= 2;
    columns = columns.map((column) => {
      const larger = new Float64Array(capacity);
      larger.set(column);
      return larger;
    });
    const moreLines = new Uint32Array(capacity);
    moreLines.set(lines);
    lines = moreLines;
  }

  function complaint(what: string): Problem {
    return new Problem('input', `${file}: line ${String(line)}: ${what}`, {
      hint: 'correct or delete the line',
    });
  }

  function binary(): Problem {
    return new Problem('input', `${file}: line ${String(line)}: is not text, expected CSV`, {
      hint: 'candles are read from .csv or .csv.gz',
    });
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) > 32) return false;
  return true;
}
