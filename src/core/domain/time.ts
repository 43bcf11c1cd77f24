/** Epoch milliseconds in UTC. A bar is named by the time at which it opens. */
export type TimeMs = number;

/** The bar lengths that the product knows, shortest first. */
export const TIMEFRAMES = ['1m', '3m', '5m', '15m', '30m', '1h', '4h', '1d'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const WEEK_MS = 604_800_000;

const DURATIONS_MS: Readonly<Record<Timeframe, number>> = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '4h': 4 * HOUR_MS,
  '1d': DAY_MS,
};

export function timeframeMs(timeframe: Timeframe): number {
  return DURATIONS_MS[timeframe];
}

export function isTimeframe(text: string): text is Timeframe {
  return (TIMEFRAMES as readonly string[]).includes(text);
}

/** `2025-09-01T00:00Z`: minutes are enough for every timeframe. */
export function formatMinuteUtc(timeMs: TimeMs): string {
  return `${new Date(timeMs).toISOString().slice(0, 16)}Z`;
}

/** `2025-09-01 00:00 UTC`, for people. */
export function formatForPeople(timeMs: TimeMs): string {
  return `${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The first Monday 00:00 UTC at or after `timeMs`. The epoch itself was a Thursday. */
export function mondayAtOrAfter(timeMs: TimeMs): TimeMs {
  const mondayOffsetMs = 4 * DAY_MS;
  return Math.ceil((timeMs - mondayOffsetMs) / WEEK_MS) * WEEK_MS + mondayOffsetMs;
}
