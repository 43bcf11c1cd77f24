import { timeframeMs, type TimeMs, type Timeframe } from '../../core/domain/time.js';
import type { VenueCandle } from '../../ports/venue.js';
import type { CandlePaging } from './venue-profile.js';

export interface CandleRange {
  readonly timeframe: Timeframe;
  readonly fromMs: TimeMs;
  readonly count: number;
  /** The venue's clock: later bars need not be asked for. */
  readonly nowMs: TimeMs;
}

/** Asks page by page; `ask` gives the bars that open at or after `fromMs`, at most `count`, before `untilMs`. */
export async function pageCandles(
  range: CandleRange,
  paging: CandlePaging,
  ask: (fromMs: TimeMs, count: number, untilMs: TimeMs) => Promise<readonly VenueCandle[]>,
): Promise<readonly VenueCandle[]> {
  const barMs = timeframeMs(range.timeframe);
  const candles: VenueCandle[] = [];
  let fromMs = Math.ceil(range.fromMs / barMs) * barMs;
  while (candles.length < range.count && fromMs <= range.nowMs) {
    const missing = range.count - candles.length;
    const asked = Math.min(missing, paging.perPage);
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
  }
  return candles;
}
