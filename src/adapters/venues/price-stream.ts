import { z } from 'zod';
import type { TimeMs } from '../../core/domain/time.js';
import { VenueFault } from '../../ports/venue.js';
import type { CcxtExchange } from './ccxt-exchange.js';
import { hangUp } from './hang-up.js';
import { quoteOfBook, quoteOfTicker } from './parse-quote.js';
import type { HeardQuote } from './quote-order.js';
import type { VenueProfile } from './venue-profile.js';

/** One connection that tells prices. */
export interface PriceStream {
  /** Waits for a message; then the newest of every symbol, also what was heard before. Rejects when the connection is over. */
  next(): Promise<readonly HeardQuote[]>;
  /** Leaves no socket behind. */
  end(): Promise<void>;
}

/** What a venue's stream cannot do, its requests have to. */
export function hasPriceStream({ has }: CcxtExchange, { watchBy }: VenueProfile): boolean {
  const ways = {
    'bids-asks': ['watchBidsAsks'],
    'order-book': ['watchOrderBook'],
    ticker: ['watchTickers', 'watchTicker'],
  };
  return ways[watchBy].some((way) => has[way] === true);
}

/** `symbols` are the product's by ccxt's. The exchange object is this stream's own. */
export function openPriceStream(
  exchange: CcxtExchange,
  profile: VenueProfile,
  symbols: ReadonlyMap<string, string>,
  nowMs: () => TimeMs,
  sayOnce: (fault: VenueFault) => void,
): PriceStream {
  const names = [...symbols.keys()];
  const { watches, kept, quoteOf } = waysOf(exchange, profile, names);
  /** A watch that has not ended yet is waited for again, not repeated. */
  const pending = new Map<number, Promise<number>>();

  return {
    async next() {
      for (const [i, watch] of watches.entries())
        if (!pending.has(i))
          pending.set(
            i,
            watch().then(() => i),
          );
      // The others may fail when nobody waits for them any more.
      for (const one of pending.values()) one.catch(() => undefined);
      pending.delete(await Promise.race(pending.values()));
      const receivedMs = nowMs();
      return names.flatMap((ccxtSymbol) => {
        const said = kept()[ccxtSymbol];
        if (said === undefined) return [];
        const symbol = symbols.get(ccxtSymbol) ?? ccxtSymbol;
        try {
          const what = `${profile.name}: stream of ${symbol}`;
          return [
            { quote: quoteOf({ what, symbol, ccxtSymbol, receivedMs }, said), sequence: sequenceOf(said) },
          ];
        } catch (error) {
          if (!(error instanceof VenueFault)) throw error;
          sayOnce(error);
          return [];
        }
      });
    },
    end: () => hangUp(exchange),
  };
}

interface Ways {
  readonly watches: readonly (() => Promise<unknown>)[];
  readonly kept: () => Readonly<Record<string, unknown>>;
  readonly quoteOf: typeof quoteOfTicker;
}

function waysOf(exchange: CcxtExchange, { watchBy }: VenueProfile, names: readonly string[]): Ways {
  switch (watchBy) {
    case 'bids-asks':
      return {
        watches: [() => exchange.watchBidsAsks(names)],
        kept: () => exchange.bidsasks,
        quoteOf: quoteOfTicker,
      };
    case 'order-book':
      return {
        watches: names.map((name) => () => exchange.watchOrderBook(name)),
        kept: () => exchange.orderbooks,
        quoteOf: quoteOfBook,
      };
    case 'ticker':
      return {
        watches:
          exchange.has['watchTickers'] === true
            ? [() => exchange.watchTickers(names)]
            : names.map((name) => () => exchange.watchTicker(name)),
        kept: () => exchange.tickers,
        quoteOf: quoteOfTicker,
      };
  }
}

const numberedSchema = z.object({
  nonce: z.int().nullish().catch(undefined),
  info: z
    .object({ u: z.int().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/** Binance numbers the states of a book `u`, order books of ccxt have a nonce. */
function sequenceOf(said: unknown): number | undefined {
  const { data } = numberedSchema.safeParse(said);
  return data?.nonce ?? data?.info?.u;
}
