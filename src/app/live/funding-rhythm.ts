/** When rates of a perpetual are due. Venues say it nowhere that all of them have; it follows from the rates that were told. */
import { HOUR_MS, MINUTE_MS, type TimeMs } from '../../core/domain/time.js';
import type { FeedMemory } from './feed-memory.js';

/** What most venues do, until two rates are known. */
const USUAL_MS = 8 * HOUR_MS;
/** Intervals looked at: one rate that never came must not make the next ones look rarer than they are. */
const INTERVALS = 2;

/**
 * The first time in [fromMs, toMs) at which a rate is due after those at `timesMs` (ascending); undefined where none is. Undefined
 * times: nothing is known yet. Rates are stamped some milliseconds after their time, and settled at whole hours.
 */
export function fundingDueIn(timesMs: readonly TimeMs[], fromMs: TimeMs, toMs: TimeMs): TimeMs | undefined {
  const last = timesMs.at(-1);
  if (last === undefined) return undefined;
  const newest = timesMs.slice(-1 - INTERVALS);
  const intervals = newest.slice(1).map((timeMs, k) => timeMs - (newest[k] ?? NaN));
  const interval = Math.max(HOUR_MS, roundTo(HOUR_MS, Math.min(...intervals, ...noneYet(intervals))));
  const lastDue = roundTo(MINUTE_MS, last);
  const steps = Math.max(1, Math.ceil((fromMs - lastDue) / interval));
  const due = lastDue + steps * interval;
  return due < toMs ? due : undefined;
}

/** The newest known times of a symbol's rates, those that came too late to be charged included. */
export function knownFundingTimes({ market, lateFunding }: FeedMemory, symbol: number): readonly TimeMs[] {
  const charged = market.table.funding[symbol]?.timesMs.slice(-1 - INTERVALS) ?? [];
  const late = lateFunding.filter((one) => one.symbol === symbol).map(({ timeMs }) => timeMs);
  return [...charged, ...late].sort((a, b) => a - b).slice(-1 - INTERVALS);
}

/** Whether a rate in [fromMs, toMs) is known, charged or not. */
export function isRateKnown(
  { market, lateFunding }: FeedMemory,
  symbol: number,
  fromMs: TimeMs,
  toMs: TimeMs,
): boolean {
  const isIn = (timeMs: TimeMs): boolean => timeMs >= fromMs && timeMs < toMs;
  return (
    (market.table.funding[symbol]?.timesMs.some(isIn) ?? false) ||
    lateFunding.some((one) => one.symbol === symbol && isIn(one.timeMs))
  );
}

function noneYet(intervals: readonly number[]): readonly number[] {
  return intervals.length === 0 ? [USUAL_MS] : [];
}

function roundTo(step: number, ms: number): number {
  return Math.round(ms / step) * step;
}
