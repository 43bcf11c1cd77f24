/** Returns by calendar: from a series of equity at the close of samples, UTC. */
import { DAY_MS } from '../domain/time.js';
import { measured } from './measurable.js';
import { simpleReturn } from './returns.js';

export interface EquitySeries {
  /** When each value held: the close of its sample. */
  readonly timesMs: Float64Array;
  readonly equityUsd: Float64Array;
  /** Before the first sample. */
  readonly startUsd: number;
}

export interface PeriodReturn {
  /** 00:00 UTC of the period's first day. */
  readonly startMs: number;
  readonly fraction: number;
}

/** One return for each UTC day that has a sample; a day without one has none. */
export function dailyReturns(series: EquitySeries): PeriodReturn[] {
  return periodReturns(series, (dayMs) => dayMs);
}

/** One return for each month that has a sample; the first and the last may be parts of a month. */
export function monthlyReturns(series: EquitySeries): PeriodReturn[] {
  return periodReturns(series, (dayMs) => {
    const date = new Date(dayMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  });
}

function periodReturns(
  { timesMs, equityUsd, startUsd }: EquitySeries,
  startOf: (dayMs: number) => number,
): PeriodReturn[] {
  const returns: PeriodReturn[] = [];
  let before = startUsd;
  let last = startUsd;
  let periodMs = NaN;
  const end = (): void => {
    const fraction = measured(simpleReturn(before, last));
    if (!Number.isNaN(periodMs) && fraction !== undefined) returns.push({ startMs: periodMs, fraction });
  };
  for (let i = 0; i < timesMs.length; i++) {
    const value = equityUsd[i] ?? NaN;
    if (Number.isNaN(value)) continue;
    // A close at 00:00 belongs to the day that it ends.
    const at = startOf(Math.floor(((timesMs[i] ?? NaN) - 1) / DAY_MS) * DAY_MS);
    if (at !== periodMs) {
      end();
      before = last;
      periodMs = at;
    }
    last = value;
  }
  end();
  return returns;
}

export interface WeekdayReturn {
  /** 0 Monday to 6 Sunday. */
  readonly weekday: number;
  readonly days: number;
  readonly won: number;
  /** Undefined where there was no such day. */
  readonly meanFraction: number | undefined;
  readonly bestFraction: number | undefined;
  readonly worstFraction: number | undefined;
}

export function weekdayReturns(daily: readonly PeriodReturn[]): WeekdayReturn[] {
  return Array.from({ length: 7 }, (_, weekday) => {
    const own = daily.filter(({ startMs }) => (new Date(startMs).getUTCDay() + 6) % 7 === weekday);
    const values = own.map(({ fraction }) => fraction);
    return {
      weekday,
      days: values.length,
      won: values.filter((value) => value > 0).length,
      meanFraction: measured(values.reduce((sum, value) => sum + value, 0) / values.length),
      bestFraction: measured(Math.max(...values)),
      worstFraction: measured(Math.min(...values)),
    };
  });
}
