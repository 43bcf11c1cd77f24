import { Problem } from '../core/domain/problem.js';
import { type Timeframe, type TimeMs, formatForPeople } from '../core/domain/time.js';
import type { Venue, VenueCandle } from '../ports/venue.js';

/** As between two answers of a live market: a bar is revised by less. */
const OTHER_SYMBOL_FRACTION = 0.1;
const TRIES = 3;

/**
 * The next bars, asked for from the newest known one on, `[openMs, open, high, low, close, volume]`: candles of most exchanges name no symbol, and
 * an answer for another one shows there alone.
 *
 * @throws degraded: what comes again and again does not go on from what is known
 */
export async function pageAfter(
  venue: Venue,
  symbol: string,
  timeframe: Timeframe,
  fromMs: TimeMs,
  count: number,
  known: readonly number[] | undefined,
): Promise<readonly VenueCandle[]> {
  const [knownMs, , , , close] = known ?? [];
  if (knownMs === undefined || close === undefined) return venue.candles(symbol, timeframe, fromMs, count);
  let told = NaN;
  for (let tried = 0; tried < TRIES; tried++) {
    const page = await venue.candles(symbol, timeframe, knownMs, count + 1);
    const again = page.find(({ openMs }) => openMs === knownMs)?.close ?? close;
    if (Math.abs(again / close - 1) <= OTHER_SYMBOL_FRACTION) return page;
    told = again;
  }
  throw new Problem(
    'degraded',
    `${venue.name}: the bar of ${symbol} at ${formatForPeople(knownMs)} closes at ${String(told)}, and at ${String(close)} in the folder: an answer for another symbol, or another history`,
    {
      hint: 'nothing of it was written; run the same command again, and where that stays, name another folder with --out',
    },
  );
}
