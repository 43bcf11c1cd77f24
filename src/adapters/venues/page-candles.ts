import { timeframeMs, type TimeMs, type Timeframe } from '../../core/domain/time.js';
import type { VenueCandle } from '../../ports/venue.js';
import type { CandlePaging } from './venue-profile.js';

export interface CandleRange {
  readonly timeframe: Timeframe;
  readonly fromMs: TimeMs;
  readonly count: number;
  /** As far as this machine knows: where its clock is right no later bar exists. */
  readonly nowMs: TimeMs;
}

/**
 * Asks page by page; `ask` gives the bars that open at or after `fromMs`, at most `count`, before `untilMs`. What was never asked for
 * cannot be called missing, so the first page is asked for whatever the clock says, and a bar after `nowMs` proves the clock wrong.
 */
export async function pageCandles(
  range: CandleRange,
  paging: CandlePaging,
  ask: (fromMs: TimeMs, count: number, untilMs: TimeMs) => Promise<readonly VenueCandle[]>,
): Promise<readonly VenueCandle[]> {
  const barMs = timeframeMs(range.timeframe);
  const candles: VenueCandle[] = [];
  let fromMs = Math.ceil(range.fromMs / barMs) * barMs;
  let pages = 0;
  let mayBeMore = true;
  while (candles.length < range.count && mayBeMore) {
    const missing = range.count - candles.length;
    // A window without the bars that are missing is followed by the widest: a long gap is not crossed in small steps.
    const isFurther = paging.way === 'window' && pages++ > 0;
    const asked = isFurther ? paging.perPage : Math.min(missing, paging.perPage);
    const untilMs = fromMs + asked * barMs;
    const page = await ask(fromMs, asked, untilMs);
    candles.push(...page.slice(0, missing));
    const last = page.at(-1);
    switch (paging.way) {
      case 'newest-only':
        return candles;
      case 'from-start':
        // Fewer than asked for: there are no more.
        if (last === undefined || page.length < asked) return candles;
        fromMs = last.openMs + barMs;
        break;
      case 'window':
        fromMs = Math.max(untilMs, last === undefined ? 0 : last.openMs + barMs);
    }
    mayBeMore = fromMs <= range.nowMs || (last?.openMs ?? -Infinity) > range.nowMs;
  }
  return candles;
}
