import { HOUR_MS, type TimeMs, type Timeframe } from '../../core/domain/time.js';
import { VenueFault, type VenueCandle } from '../../ports/venue.js';
import { pageCandles } from './page-candles.js';
import { parseCandles } from './parse-candles.js';
import { refuseForeignRows } from './refuse-foreign-rows.js';
import type { VenueParts } from './venue-parts.js';

/** This machine's clock may be behind the venue's: so much later a bar may still exist. Asking for one too many costs little. */
const CLOCK_MARGIN_MS = HOUR_MS;

export async function askCandles(
  { name, profile, link, markets, nowMs }: VenueParts,
  symbol: string,
  timeframe: Timeframe,
  fromMs: TimeMs,
  count: number,
): Promise<readonly VenueCandle[]> {
  const ccxtSymbol = await markets.ccxtSymbol(symbol);
  const { timeframes } = link.exchange;
  if (!(timeframe in timeframes))
    throw new VenueFault(
      'refused',
      `${name}: has no ${timeframe} candles, only ${Object.keys(timeframes).join(' ')}`,
    );
  const baseUnits = profile.volumeIn === 'contracts' ? markets.contractSize(symbol) : 1;
  const what = `${timeframe} candles of ${symbol}`;
  const range = { timeframe, fromMs, count, nowMs: nowMs() + CLOCK_MARGIN_MS };
  return pageCandles(range, profile.paging, (sinceMs, limit, untilMs) =>
    link.ask(what, async (exchange, heard) => {
      const params = profile.paging.way === 'window' ? { until: untilMs - 1 } : {};
      const rows = await exchange.fetchOHLCV(ccxtSymbol, timeframe, sinceMs, limit, params);
      refuseForeignRows(`${name}: ${what}`, heard.json, markets.idsOf(symbol));
      return parseCandles(`${name}: ${what}`, rows, timeframe, sinceMs, baseUnits);
    }),
  );
}
