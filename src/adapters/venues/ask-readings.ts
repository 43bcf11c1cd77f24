import type { VenueReading } from '../../ports/venue.js';
import { askQuote } from './ask-quote.js';
import { parseOpenInterest } from './parse-figures.js';
import type { VenueParts } from './venue-parts.js';

/**
 * The newest of each series. Liquidations are on streams only at every venue that is known here, so they are not among
 * them.
 */
export async function askReadings(parts: VenueParts, symbol: string): Promise<readonly VenueReading[]> {
  const { name, type, link, markets, nowMs } = parts;
  const quote = await askQuote(parts, symbol);
  const quotedMs = quote.timeMs ?? quote.receivedMs;
  const best: readonly VenueReading[] = [
    { series: 'bid', timeMs: quotedMs, value: quote.bid },
    { series: 'ask', timeMs: quotedMs, value: quote.ask },
  ];
  if (type === 'spot' || link.exchange.has['fetchOpenInterest'] !== true) return best;
  const ccxtSymbol = await markets.ccxtSymbol(symbol);
  const what = `open interest of ${symbol}`;
  const usdPerContract = ((quote.bid + quote.ask) / 2) * markets.contractSize(symbol);
  const { usd, timeMs } = await link.ask(what, async (exchange) =>
    parseOpenInterest(
      `${name}: ${what}`,
      ccxtSymbol,
      await exchange.fetchOpenInterest(ccxtSymbol),
      usdPerContract,
    ),
  );
  return [...best, { series: 'openInterestUsd', timeMs: timeMs ?? nowMs(), value: usd }];
}
