/** How a file writes its times. One file keeps to one of them: a change in the middle is a mix-up. */
export type TimeFormat =
  'epoch seconds' | 'epoch milliseconds' | 'epoch microseconds' | 'epoch nanoseconds' | 'dates';

export interface ParsedTime {
  readonly timeMs: number;
  readonly format: TimeFormat;
}

/** Smaller numbers are no epoch time: a row number, a year, or seconds before March 1973. */
const SMALLEST_EPOCH = 1e8;

/** By size: seconds until the year 5138, then milliseconds, microseconds and nanoseconds, each from 1973. */
export function epochFormat(value: number): TimeFormat | undefined {
  if (!(value >= SMALLEST_EPOCH)) return undefined;
  if (value < 1e11) return 'epoch seconds';
  if (value < 1e14) return 'epoch milliseconds';
  return value < 1e17 ? 'epoch microseconds' : 'epoch nanoseconds';
}

/** Whole milliseconds stay whole in every unit. */
export function epochToMs(value: number, format: TimeFormat): number {
  if (format === 'epoch seconds') return value * 1000;
  if (format === 'epoch microseconds') return value / 1000;
  // Nanoseconds of today need more digits than a double has; the loss is far below a millisecond.
  if (format === 'epoch nanoseconds') return Math.round(value / 1e6);
  return value;
}

const LATEST_MS = Date.UTC(2100, 0, 1);

export function isMarketTime(timeMs: number): boolean {
  return timeMs >= 0 && timeMs < LATEST_MS;
}

/** Why a time is refused: not known, not in the file's format, or in no century of markets. */
export function timeFault(
  timeMs: number,
  found: TimeFormat | undefined,
  format: TimeFormat | undefined,
): { what: string; hint: string } {
  if (found === undefined)
    return {
      what: 'expected epoch seconds, milliseconds or microseconds, or an ISO date',
      hint: 'write times like 1704067200, 1704067200000, 2024-01-01 or 2024-01-01T00:00:00Z',
    };
  if (found !== format)
    return {
      what: `which reads as ${found}, expected ${format ?? 'one format'} as in the lines before`,
      hint: 'one file holds times of one format: convert these lines',
    };
  const year = new Date(timeMs).getUTCFullYear();
  return {
    what: `which as ${found} is in the year ${Number.isNaN(year) ? 'of no calendar' : String(year)}, expected 1970 to 2099`,
    hint: 'check the unit: epoch seconds have 10 digits today, milliseconds 13, microseconds 16',
  };
}

const DECIMAL_EPOCH = /^\d+(\.\d+)?(e\+?\d+)?$/i;

/** A time in its rarer forms: a decimal epoch number, a compact date, a date with a zone. Undefined: none of them. */
export function parseTimeText(text: string): ParsedTime | undefined {
  const dateMs = parseDateText(text);
  if (dateMs !== undefined) return { timeMs: dateMs, format: 'dates' };
  if (!DECIMAL_EPOCH.test(text)) return undefined;
  const value = Number(text);
  const format = epochFormat(value);
  return format === undefined ? undefined : { timeMs: epochToMs(value, format), format };
}

const DATE =
  /^(\d{4})(-?)(\d{2})\2(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/** An ISO date or time in epoch ms; without a zone it is UTC. Undefined for anything else, and for 30 February. */
function parseDateText(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [, year, , month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = match;
  const localMs = utcMs(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  if (Number.isNaN(localMs)) return undefined;
  return localMs + Number(`0.${fraction}`) * 1000 - zoneOffsetMs(zone);
}

function zoneOffsetMs(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** NaN where the calendar or the clock has no such moment; Date.UTC alone would roll 30 February over. */
function utcMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return NaN;
  if (day > 28 && day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return NaN;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const DASH = 45;
const COLON = 58;
const SPACE = 32;
const LETTER_T = 84;
const LETTER_Z = 90;

/**
 * `2024-01-31`, `2024-01-31T05:00`, `2024-01-31 05:00:00Z`: the plain forms, read from the bytes without
 * making a string. NaN for every other form, which `parseTimeText` may still know.
 */
export function plainDateMs(bytes: Uint8Array, start: number, stop: number): number {
  const last = bytes[stop - 1] === LETTER_Z ? stop - 1 : stop;
  const length = last - start;
  if (length !== 10 && length !== 16 && length !== 19) return NaN;
  if (bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return NaN;
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  let hour = 0;
  let minute = 0;
  let second = 0;
  if (length > 10) {
    const between = bytes[start + 10];
    if ((between !== LETTER_T && between !== SPACE) || bytes[start + 13] !== COLON) return NaN;
    hour = twoDigits(bytes, start + 11);
    minute = twoDigits(bytes, start + 14);
    if (length === 19) {
      if (bytes[start + 16] !== COLON) return NaN;
      second = twoDigits(bytes, start + 17);
    }
  }
  return Number.isNaN(year + month + day + hour + minute + second)
    ? NaN
    : utcMs(year, month, day, hour, minute, second);
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - 48;
  const ones = (bytes[at + 1] ?? 0) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}
