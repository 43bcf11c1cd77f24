import type { Quote } from '../../ports/venue.js';
import { quoteOfBook, quoteOfTicker, type QuoteAsked } from './parse-quote.js';
import type { VenueParts } from './venue-parts.js';

/** The best prices of a symbol, by whichever request of the venue is the lightest that gives both. */
export async function askQuote(
  { name, profile, link, markets, nowMs }: VenueParts,
  symbol: string,
): Promise<Quote> {
  const ccxtSymbol = await markets.ccxtSymbol(symbol);
  const what = `best prices of ${symbol}`;
  return link.ask(what, async (exchange) => {
    const asked = (): QuoteAsked => ({ what: `${name}: ${what}`, symbol, ccxtSymbol, receivedMs: nowMs() });
    switch (profile.quotesFrom) {
      case 'bids-asks': {
        const all = await exchange.fetchBidsAsks([ccxtSymbol]);
        return quoteOfTicker(asked(), entryOf(all, ccxtSymbol));
      }
      case 'order-book': {
        const book = await exchange.fetchOrderBook(ccxtSymbol);
        return quoteOfBook(asked(), book);
      }
      case 'ticker': {
        const ticker = await exchange.fetchTicker(ccxtSymbol);
        return quoteOfTicker(asked(), ticker);
      }
    }
  });
}

/** ccxt leaves out what is not about the symbols that were asked for. */
function entryOf(all: unknown, ccxtSymbol: string): unknown {
  return typeof all === 'object' && all !== null && ccxtSymbol in all
    ? (all as Record<string, unknown>)[ccxtSymbol]
    : undefined;
}
