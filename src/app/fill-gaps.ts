/** Asks once more for bars that an exchange did not have: what it was late with, or has put right since, is put at its place. */
import { type Timeframe, timeframeMs } from '../core/domain/time.js';
import type { ArchivedGap, ArchivedSeries } from '../ports/market-archive.js';
import type { Venue } from '../ports/venue.js';

/** Bars that one question may be about; gaps that are nearer to each other share it. */
const PAGE_BARS = 1_000;

/** Returns how many bars have come. */
export async function fillGaps(
  venue: Venue,
  { symbol, series }: { readonly symbol: string; readonly series: ArchivedSeries },
  gaps: readonly ArchivedGap[],
  { timeframe, stopRequested }: { readonly timeframe: Timeframe; readonly stopRequested: () => boolean },
): Promise<number> {
  const barMs = timeframeMs(timeframe);
  const found: (readonly number[])[] = [];
  for (const { fromMs, toMs } of questionsFor(gaps, PAGE_BARS * barMs)) {
    if (stopRequested()) break;
    const page = await venue.candles(symbol, timeframe, fromMs, Math.round((toMs - fromMs) / barMs));
    const asked = gaps.filter((gap) => gap.fromMs < toMs && gap.toMs > fromMs);
    for (const { openMs, open, high, low, close, volume } of page)
      if (asked.some((gap) => openMs >= gap.fromMs && openMs < gap.toMs))
        found.push([openMs, open, high, low, close, volume]);
  }
  series.insert(found);
  return found.length;
}

/** Stretches of at most `mostMs` in which all the gaps lie. */
function questionsFor(gaps: readonly ArchivedGap[], mostMs: number): ArchivedGap[] {
  const questions: ArchivedGap[] = [];
  for (const gap of gaps)
    for (let fromMs = gap.fromMs; fromMs < gap.toMs; fromMs += mostMs) {
      const toMs = Math.min(fromMs + mostMs, gap.toMs);
      const last = questions.at(-1);
      if (last !== undefined && toMs - last.fromMs <= mostMs)
        questions[questions.length - 1] = { fromMs: last.fromMs, toMs };
      else questions.push({ fromMs, toMs });
    }
  return questions;
}
