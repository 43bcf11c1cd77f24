/**
 * Numbers from CSV bytes straight into columns. A push parser: chunks in, columns out, so that a file of any
 * size needs no more memory than its numbers. Every complaint names file, line, column, what stands there and
 * what was expected.
 */
import { Problem } from '../../core/domain/problem.js';
import { fieldEnd, fieldText, isBlank, shownText } from './csv-bytes.js';
import { type CsvColumnName, type CsvHeader, readHeader } from './csv-header.js';
import {
  type TimeFormat,
  epochFormat,
  epochToMs,
  isMarketTime,
  parseTimeText,
  plainDateMs,
  timeFault,
} from './csv-time.js';
import { grownColumn, nextCapacity, trimmedColumn } from './growing-columns.js';
import { createLineNumbers } from './line-numbers.js';
import { createWholeLines } from './whole-lines.js';

export interface CsvColumns {
  /** In the order of the wanted columns; the first is time in epoch ms. */
  readonly columns: readonly Float64Array[];
  /** The header's own word for each column. */
  readonly names: readonly string[];
  readonly length: number;
  /** 1-based line of row i in the file, for messages. */
  lineOf(row: number): number;
}

export interface CsvParser<Parsed = CsvColumns> {
  /** How many bytes will come, as far as anyone knows: a better estimate needs less memory. */
  expectBytes(count: number): void;
  /** The chunk may be reused by the caller afterwards. */
  push(chunk: Uint8Array): void;
  finish(): Parsed;
}

const NEWLINE = 10;
const RETURN = 13;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${String(k)}`));

/** `wanted[0]` is the time column; every other one must hold finite numbers. */
export function createCsvParser(file: string, wanted: readonly CsvColumnName[]): CsvParser {
  let header: CsvHeader | undefined;
  let expectedBytes = 0;
  /** Bytes of all lines before those in hand. */
  let seenBytes = 0;
  let capacity = 0;
  let columns: readonly Float64Array[] = wanted.map(() => new Float64Array(0));
  const lines = createLineNumbers();
  let length = 0;
  let line = 0;
  let timeFormat: TimeFormat | undefined;
  /** Where the next field of the current line starts; one past the line's end when there is none. */
  let cursor = 0;
  const wholeLines = createWholeLines(file, parseLines);

  return {
    expectBytes(count) {
      expectedBytes = count;
    },
    push(chunk) {
      wholeLines.push(chunk);
    },
    finish() {
      wholeLines.finish();
      if (header === undefined)
        throw new Problem('input', `${file}: the file is empty, expected a header and rows`, {
          hint: 'delete the file or fill it: a header line, then one line for each bar',
        });
      if (length === 0)
        throw complaint(
          'has a header but no rows, expected one line for each bar',
          'delete the file or fill it',
        );
      return {
        columns: columns.map((column) => trimmedColumn(column, length)),
        names: header.names,
        length,
        lineOf: (row) => lines.lineOf(row),
      };
    },
  };

  function parseLines(bytes: Uint8Array): number {
    const end = bytes.length;
    let at = 0;
    while (at < end) {
      const stop = bytes.indexOf(NEWLINE, at);
      const last = stop > at && bytes[stop - 1] === RETURN ? stop - 1 : stop;
      line++;
      if (!isBlank(bytes, at, last)) {
        if (header === undefined) header = parseHeader(bytes, at, last);
        else parseRow(header, bytes, at, last);
      }
      at = stop + 1;
    }
    seenBytes += end;
    return line;
  }

  function parseHeader(bytes: Uint8Array, start: number, end: number): CsvHeader {
    const text = new TextDecoder('utf-8').decode(bytes.subarray(start, end));
    if (/[\u0000-\u0008\uFFFD]/.test(text))
      throw complaint('is not text, expected a CSV header in UTF-8', 'candles are read from .csv or .csv.gz');
    return readHeader(text, wanted, file, line);
  }

  function parseRow(head: CsvHeader, bytes: Uint8Array, start: number, end: number): void {
    if (length === capacity) grow(seenBytes + start);
    const { fields } = head;
    cursor = start;
    for (let field = 0; field < fields.length; field++) {
      if (cursor > end) throw wrongFieldCount(head, bytes, start, end);
      const column = fields[field] ?? -1;
      const target = columns[column];
      if (target === undefined) skipField(head, bytes, end);
      else if (column === 0) target[length] = readTime(head, bytes, end);
      else target[length] = readNumber(head, column, bytes, end);
    }
    if (cursor <= end) throw wrongFieldCount(head, bytes, start, end);
    lines.add(length, line);
    length++;
  }

  /**
   * A decimal whose digits make an integer below 2^53 and that has at most 22 decimals is that integer over a
   * power of ten: both are exact doubles, so the one rounding of the division gives the nearest double
   * (Clinger 1990). Everything else goes through Number.
   */
  function readNumber(head: CsvHeader, column: number, bytes: Uint8Array, end: number): number {
    const start = cursor;
    let at = start;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    const first = at;
    let point = -1;
    let integer = 0;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0;
      const digit = byte - ZERO;
      if (digit >= 0 && digit <= 9) integer = integer * 10 + digit;
      else if (byte === DOT && point < 0) point = at;
      else break;
    }
    const decimals = point < 0 ? 0 : at - 1 - point;
    const digits = at - first - (point < 0 ? 0 : 1);
    const isWhole = at === end || bytes[at] === head.separator;
    if (isWhole && digits > 0 && decimals < POWERS.length && integer <= Number.MAX_SAFE_INTEGER) {
      cursor = at + 1;
      const number = integer / (POWERS[decimals] ?? NaN);
      return isNegative ? -number : number;
    }
    const text = fieldText(bytes, start, skipField(head, bytes, end));
    const number = DECIMAL.test(text) ? Number(text) : NaN;
    if (Number.isFinite(number)) return number;
    throw complaint(
      `column "${head.names[column] ?? ''}" holds ${shownText(text)}, expected a number such as 1234.5 or 1.2345e3`,
      'correct the number (decimal point, no thousands separators) or delete the line: a gap is better than a wrong price',
    );
  }

  function readTime(head: CsvHeader, bytes: Uint8Array, end: number): number {
    const start = cursor;
    let value = 0;
    let at = start;
    for (; at < end; at++) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const stop = skipField(head, bytes, end);
    let timeMs: number;
    let found: TimeFormat | undefined;
    // Eight digits are a compact date, 20240131, and left to the rarer forms.
    if (at === stop && stop - start !== 8) {
      found = epochFormat(value);
      timeMs = found === undefined ? NaN : epochToMs(value, found);
    } else {
      timeMs = plainDateMs(bytes, start, stop);
      if (!Number.isNaN(timeMs)) found = 'dates';
      else {
        const parsed = parseTimeText(fieldText(bytes, start, stop));
        timeMs = parsed?.timeMs ?? NaN;
        found = parsed?.format;
      }
    }
    // The first time of a file decides its format.
    timeFormat ??= found;
    if (found !== undefined && found === timeFormat && isMarketTime(timeMs)) return timeMs;
    const fault = timeFault(timeMs, found, timeFormat);
    throw complaint(
      `column "${head.names[0] ?? ''}" holds ${shownText(fieldText(bytes, start, stop))}, ${fault.what}`,
      fault.hint,
    );
  }

  /** Moves the cursor behind the field at it, and returns where that field ends. */
  function skipField(head: CsvHeader, bytes: Uint8Array, end: number): number {
    const stop = fieldEnd(bytes, cursor, end, head.separator);
    if (stop < 0)
      throw complaint(
        `opens a quote that does not close: ${shownText(fieldText(bytes, cursor, end))}, expected it to close on the line`,
        'close the quote or delete the line',
      );
    cursor = stop + 1;
    return stop;
  }

  function wrongFieldCount(head: CsvHeader, bytes: Uint8Array, start: number, end: number): Problem {
    let count = 0;
    for (cursor = start; cursor <= end; count++) skipField(head, bytes, end);
    return complaint(
      `has ${count > head.fields.length ? 'more' : 'fewer'} fields than the header: ${String(count)}, expected ${String(head.fields.length)}`,
      'correct or delete the line; numbers have no thousands separators',
    );
  }

  function grow(bytesSoFar: number): void {
    capacity = nextCapacity(length, bytesSoFar, expectedBytes);
    columns = columns.map((column) => grownColumn(column, capacity));
  }

  function complaint(what: string, hint: string): Problem {
    return new Problem('input', `${file}: line ${String(line)}: ${what}`, { hint });
  }
}

/** What Number accepts and a price can be: no hexadecimal, no empty text. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
