import { z } from 'zod';
import { timeframeMs, type TimeMs, type Timeframe } from '../../core/domain/time.js';
import { VenueFault, type VenueCandle } from '../../ports/venue.js';

const rowSchema = z.tuple([
  z.int().nonnegative(),
  z.number().positive(),
  z.number().positive(),
  z.number().positive(),
  z.number().positive(),
  z.number().nonnegative(),
]);

/** Rows of ccxt (time, open, high, low, close, volume) as candles; whatever cannot be one is a bad reply. */
export function parseCandles(
  what: string,
  reply: unknown,
  timeframe: Timeframe,
  fromMs: TimeMs,
  baseUnitsOfVolume: number,
): readonly VenueCandle[] {
  const bad = (words: string): VenueFault => new VenueFault('bad-reply', `${what}: ${words}`);
  if (!Array.isArray(reply)) throw bad('no list of candles');
  const candles: VenueCandle[] = [];
  for (const raw of reply as unknown[]) {
    const row = rowSchema.safeParse(raw);
    if (!row.success) throw bad(`a candle that is none (${row.error.issues[0]?.message ?? 'wrong shape'})`);
    const [openMs, open, high, low, close, volume] = row.data;
    const at = new Date(openMs).toISOString();
    if (high < Math.max(open, close) || low > Math.min(open, close))
      throw bad(`the candle of ${at} has open or close outside low to high`);
    if (openMs % timeframeMs(timeframe) !== 0)
      throw bad(`${at} is no time at which a ${timeframe} bar opens`);
    const before = candles.at(-1);
    if (before !== undefined && openMs <= before.openMs)
      throw bad(`the candle of ${at} came twice or out of order`);
    if (openMs >= fromMs)
      candles.push({ openMs, open, high, low, close, volume: volume * baseUnitsOfVolume });
  }
  return candles;
}
