import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/domain/time.js';
import { grouped } from '../text-table.js';

/** From values to pixels, with the places where an axis has its ticks. */
export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  readonly low: number;
  readonly high: number;
}

export interface Extent {
  readonly low: number;
  readonly high: number;
}

/** Of finite values; undefined where there is none. */
export function extentOf(...columns: readonly ArrayLike<number>[]): Extent | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const column of columns)
    for (let i = 0; i < column.length; i++) {
      const value = column[i] ?? NaN;
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low > high ? undefined : { low, high };
}

/** The smallest 1, 2, 2.5 or 5 times a power of ten that is at least `rough` (Heckbert 1990, "Nice numbers for graph labels"). */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  for (const step of [1, 2, 2.5, 5]) if (step * power >= rough * (1 - 1e-9)) return step * power;
  return 10 * power;
}

/** Values of one size get room around them, so that a flat line is in the middle. */
function opened({ low, high }: Extent): Extent {
  if (high - low > Math.max(1e-15, 1e-9 * Math.max(Math.abs(low), Math.abs(high)))) return { low, high };
  const room = Math.max(Math.abs(low) * 0.01, 1e-9, low === 0 ? 1 : 0);
  return { low: low - room, high: high + room };
}

/** A linear axis whose ends are ticks. `label` writes a tick with so many decimals. */
export function linearScale(
  extent: Extent,
  from: number,
  to: number,
  label: (value: number, decimals: number) => string = grouped,
  count = 6,
): Scale {
  const { low, high } = opened(extent);
  const step = niceStep((high - low) / Math.max(1, count));
  const first = Math.floor(low / step + 1e-9) * step;
  const last = Math.ceil(high / step - 1e-9) * step;
  const decimals = Math.max(
    0,
    Math.min(16, -Math.floor(Math.log10(step) + 1e-9) + (isQuarter(step) ? 1 : 0)),
  );
  const steps = Math.round((last - first) / step);
  const ticks = Array.from({ length: steps + 1 }, (_, k) => {
    const value = first + k * step;
    return { value, label: label(Math.abs(value) < step * 1e-6 ? 0 : value, decimals) };
  });
  return {
    at: (value) => from + ((value - first) / (last - first)) * (to - from),
    ticks,
    low: first,
    high: last,
  };
}

function isQuarter(step: number): boolean {
  const lead = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
  return Math.abs(lead - 2.5) < 1e-6;
}

/** Powers of ten; values must be positive. */
export function logScale(extent: Extent, from: number, to: number): Scale {
  const low = Math.floor(Math.log10(extent.low) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(extent.high) - 1e-9));
  const every = Math.ceil((high - low) / 8);
  const ticks = Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, k) => {
    const power = low + k * every;
    return {
      value: 10 ** power,
      label: power < -3 || power > 5 ? `1e${String(power)}` : String(10 ** power),
    };
  });
  return {
    at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
    ticks,
    low: 10 ** low,
    high: 10 ** high,
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const STEPS_MS = [5, 15, 30, 60, 180, 360, 720].map((minutes) => minutes * MINUTE_MS);
const STEPS_DAYS = [1, 2, 7, 14];
const STEPS_MONTHS = [1, 2, 3, 6, 12, 24, 60, 120];

/** A time axis in UTC: ends are the data's own, ticks are round hours, days or months. */
export function timeScale({ low, high }: Extent, from: number, to: number, count = 8): Scale {
  const end = high > low ? high : low + HOUR_MS;
  return {
    at: (value) => from + ((value - low) / (end - low)) * (to - from),
    ticks: timeTicks(low, end, count),
    low,
    high: end,
  };
}

function timeTicks(low: number, high: number, count: number): Scale['ticks'] {
  const rough = (high - low) / count;
  const short = STEPS_MS.find((step) => step >= rough);
  if (short !== undefined) return everyMs(low, high, short, clock);
  const days = STEPS_DAYS.find((step) => step * DAY_MS >= rough);
  if (days !== undefined) return everyMs(low, high, days * DAY_MS, dayOfMonth);
  const months = STEPS_MONTHS.find((step) => step * 30.4 * DAY_MS >= rough) ?? 240;
  const ticks = [];
  const first = new Date(low);
  for (let month = 0; ; month++) {
    const value = Date.UTC(first.getUTCFullYear(), month, 1);
    if (value > high) return ticks;
    const { year, index } = monthOf(value);
    if (value >= low && (year * 12 + index) % months === 0)
      ticks.push({ value, label: months >= 12 ? String(year) : `${MONTHS[index] ?? ''} ${String(year)}` });
  }
}

function everyMs(low: number, high: number, step: number, label: (ms: number) => string): Scale['ticks'] {
  const ticks = [];
  // Weeks begin on Monday; the epoch was a Thursday.
  const offset = step % (7 * DAY_MS) === 0 ? 4 * DAY_MS : 0;
  for (let value = Math.ceil((low - offset) / step) * step + offset; value <= high; value += step)
    ticks.push({ value, label: label(value) });
  return ticks;
}

function monthOf(ms: number): { year: number; index: number } {
  const date = new Date(ms);
  return { year: date.getUTCFullYear(), index: date.getUTCMonth() };
}

function dayOfMonth(ms: number): string {
  const { index } = monthOf(ms);
  return `${String(new Date(ms).getUTCDate())} ${MONTHS[index] ?? ''}`;
}

function clock(ms: number): string {
  return ms % DAY_MS === 0 ? dayOfMonth(ms) : new Date(ms).toISOString().slice(11, 16);
}
