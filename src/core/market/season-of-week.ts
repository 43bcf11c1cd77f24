/**
 * The daily and weekly rhythm of a market that never closes: busiest when Europe and America trade
 * together, quiet in the small hours of Europe and at weekends. Measured on ten large symbols, hourly, 2023-04 to 2025-11.
 */
import { HOUR_MS, type TimeMs, WEEK_MS } from '../domain/time.js';

const HOURS_PER_WEEK = 168;
const HOURS_PER_DAY = 24;
/** Mean |return| of each UTC hour, 1 is the day's mean. */
const MOVE_BY_HOUR = [
  1.13, 1.13, 1.01, 0.87, 0.86, 0.88, 0.88, 0.89, 0.95, 0.88, 0.84, 0.84, 0.98, 1.2, 1.36, 1.28, 1.13, 1.16,
  1.03, 1.02, 0.99, 0.94, 0.95, 0.8,
];
const VOLUME_BY_HOUR = [
  1.04, 1.01, 0.94, 0.85, 0.82, 0.81, 0.88, 0.96, 0.99, 0.95, 0.92, 0.9, 1.1, 1.29, 1.52, 1.46, 1.32, 1.13,
  0.98, 0.91, 0.89, 0.8, 0.78, 0.77,
];
/** From Monday. */
const MOVE_BY_WEEKDAY = [1.16, 1.08, 1.04, 1.04, 1.06, 0.78, 0.84];
const VOLUME_BY_WEEKDAY = [1.16, 1.13, 1.09, 1.07, 1.1, 0.71, 0.74];
/** The epoch was a Thursday; the Monday before it is three days earlier. */
const MONDAY_MS = -3 * HOURS_PER_DAY * HOUR_MS;

/** Both by hour of the week. */
const VARIANCE = weekOf(MOVE_BY_HOUR, MOVE_BY_WEEKDAY, (move) => move * move);
const VOLUME = weekOf(VOLUME_BY_HOUR, VOLUME_BY_WEEKDAY, (volume) => volume);

/** Volatility of a bar as a multiple of the usual; the mean of its square over a week is 1. */
export function seasonalVolatility(openTimeMs: TimeMs, barHours: number): number {
  return Math.sqrt(meanOverBar(VARIANCE, openTimeMs, barHours));
}

/** Volume of a bar as a multiple of the usual; its mean over a week is 1. */
export function seasonalVolume(openTimeMs: TimeMs, barHours: number): number {
  return meanOverBar(VOLUME, openTimeMs, barHours);
}

/** A bar shorter than an hour takes its hour's value. */
function meanOverBar(week: readonly number[], openTimeMs: TimeMs, barHours: number): number {
  const intoWeek = (((openTimeMs - MONDAY_MS) % WEEK_MS) + WEEK_MS) % WEEK_MS;
  const first = Math.floor(intoWeek / HOUR_MS);
  const hours = Math.max(1, Math.round(barHours));
  let sum = 0;
  for (let k = 0; k < hours; k++) sum += week[(first + k) % HOURS_PER_WEEK] ?? 1;
  return sum / hours;
}

function weekOf(byHour: readonly number[], byDay: readonly number[], of: (v: number) => number): number[] {
  const week = Array.from({ length: HOURS_PER_WEEK }, (_, hour) =>
    of((byHour[hour % HOURS_PER_DAY] ?? 1) * (byDay[Math.floor(hour / HOURS_PER_DAY)] ?? 1)),
  );
  const mean = week.reduce((sum, value) => sum + value, 0) / HOURS_PER_WEEK;
  return week.map((value) => value / mean);
}
