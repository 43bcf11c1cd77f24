import { firstIndexAtOrAfter } from '../../core/domain/market-table.js';
import type { VenueCandle } from '../../ports/venue.js';
import type { FeedMemory } from './feed-memory.js';
import { correctionKey } from './find-corrections.js';

/**
 * Why bars are not those of a symbol, in words: an answer repeats bars that were played, and where every one of them has another
 * price it is the answer to another question. No venue's candles name their symbol, and nothing else would tell: all of them would be
 * noted as revised. A venue that has really changed them all is believed again once answers no longer reach back to played bars.
 */
export function otherPrices(
  { market, known, setup }: FeedMemory,
  symbol: number,
  bars: readonly VenueCandle[],
): string | undefined {
  const { table } = market;
  const closes = table.candles[symbol]?.close;
  const repeated = bars.flatMap(({ openMs, close }) => {
    const t = firstIndexAtOrAfter(table, openMs);
    const isPlayed = t < table.length && table.openTimesMs[t] === openMs;
    const before =
      known.get(correctionKey(openMs, symbol))?.close ?? (isPlayed ? closes?.[t] : undefined) ?? NaN;
    return Number.isNaN(before) ? [] : [{ close, before }];
  });
  const { leastJumpFraction } = setup.doubt;
  const first = repeated[0];
  const areOthers = repeated.every(({ close, before }) => Math.abs(close / before - 1) > leastJumpFraction);
  if (first === undefined || !areOthers) return undefined;
  return `bars that were played at ${String(first.before)} are at ${String(first.close)}: the answer for another symbol`;
}
