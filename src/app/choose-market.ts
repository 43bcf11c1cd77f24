/** Decides an arena's market and first bar from what a person asked for; refuses what cannot be meant. */
import { type MarketTable, firstIndexAtOrAfter } from '../core/domain/market-table.js';
import { Problem } from '../core/domain/problem.js';
import { type TimeMs, formatMinuteUtc, timeframeMs } from '../core/domain/time.js';

/** A Monday, so that the first week of a generated market is a whole one. */
export const GENERATED_FROM_MS: TimeMs = Date.UTC(2026, 0, 5);

export interface FirstBar {
  readonly fromMs: TimeMs;
  readonly warmupBars: number;
}

/** First and last bar that all symbols share. Throws when there is none. */
export function overlapOf(table: MarketTable): { first: number; last: number } {
  let first = 0;
  let last = table.length - 1;
  table.candles.forEach((candles) => {
    const has = (t: number): boolean => !Number.isNaN(candles.close[t] ?? NaN);
    let start = 0;
    while (start < table.length && !has(start)) start++;
    let end = table.length - 1;
    while (end >= 0 && !has(end)) end--;
    first = Math.max(first, start);
    last = Math.min(last, end);
  });
  if (first > last)
    throw new Problem('input', 'the symbols have no time in common', {
      hint: 'choose symbols whose candles overlap with --symbols',
    });
  return { first, last };
}

/**
 * Without `from` the first decided bar is the first one that all symbols share, plus the warm-up. With it,
 * the bar at or after it; warm-up reads what lies before.
 */
export function chooseFirstBar(table: MarketTable, fromMs: TimeMs | undefined, warmupBars: number): FirstBar {
  const { first, last } = overlapOf(table);
  const openAt = (t: number): number => table.openTimesMs[t] ?? NaN;
  if (fromMs === undefined) {
    const t = first + Math.min(warmupBars, Math.floor((last - first) / 4));
    return { fromMs: openAt(t), warmupBars: Math.min(warmupBars, t) };
  }
  const t = firstIndexAtOrAfter(table, fromMs);
  if (t >= table.length || fromMs < openAt(0) - timeframeMs(table.timeframe))
    throw new Problem(
      'input',
      `--from ${formatMinuteUtc(fromMs)} lies outside the candles (${formatMinuteUtc(openAt(0))} to ${formatMinuteUtc(openAt(table.length - 1))})`,
      { hint: 'choose a date within them' },
    );
  return { fromMs: openAt(t), warmupBars: Math.min(warmupBars, t) };
}
