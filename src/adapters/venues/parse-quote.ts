import { z } from 'zod';
import type { TimeMs } from '../../core/domain/time.js';
import { VenueFault, type Quote } from '../../ports/venue.js';

const time = z.int().positive().nullish().catch(undefined);
const tickerSchema = z.object({
  symbol: z.string(),
  bid: z.number().positive(),
  ask: z.number().positive(),
  timestamp: time,
});
const level = z.tuple([z.number().positive()]).rest(z.unknown());
const bookSchema = z.object({
  symbol: z.string().nullish(),
  bids: z.array(z.unknown()),
  asks: z.array(z.unknown()),
  timestamp: time,
});

/** Whose price it is and when it came. */
export interface QuoteAsked {
  readonly what: string;
  readonly symbol: string;
  readonly ccxtSymbol: string;
  readonly receivedMs: TimeMs;
}

/** Best prices out of a ticker of ccxt. */
export function quoteOfTicker(asked: QuoteAsked, reply: unknown): Quote {
  const parsed = tickerSchema.safeParse(reply);
  if (!parsed.success) throw bad(asked, 'no best prices');
  return checked(asked, parsed.data);
}

/** Best prices out of an order book of ccxt. */
export function quoteOfBook(asked: QuoteAsked, reply: unknown): Quote {
  const book = bookSchema.safeParse(reply);
  const bid = level.safeParse(book.data?.bids[0]);
  const ask = level.safeParse(book.data?.asks[0]);
  if (!book.success || !bid.success || !ask.success) throw bad(asked, 'no best prices');
  return checked(asked, {
    symbol: book.data.symbol ?? asked.ccxtSymbol,
    bid: bid.data[0],
    ask: ask.data[0],
    timestamp: book.data.timestamp,
  });
}

function checked(
  asked: QuoteAsked,
  said: { symbol: string; bid: number; ask: number; timestamp?: number | null | undefined },
): Quote {
  if (said.symbol !== asked.ccxtSymbol)
    throw bad(asked, `the answer is about ${JSON.stringify(said.symbol.slice(0, 40))}`);
  if (said.ask < said.bid)
    throw bad(asked, `the best ask ${String(said.ask)} is below the best bid ${String(said.bid)}`);
  return {
    symbol: asked.symbol,
    bid: said.bid,
    ask: said.ask,
    timeMs: said.timestamp ?? asked.receivedMs,
    ...(typeof said.timestamp === 'number' ? {} : { isUntimed: true }),
    receivedMs: asked.receivedMs,
  };
}

function bad(asked: QuoteAsked, words: string): VenueFault {
  return new VenueFault('bad-reply', `${asked.what}: ${words}`);
}
