import type { Quote } from '../../ports/venue.js';

/** A quote as it was heard; `sequence` is the venue's own number of it. */
export interface HeardQuote {
  readonly quote: Quote;
  readonly sequence: number | undefined;
}

/** Lets through what is newer than what went before, symbol by symbol: streams repeat messages and mix up their order. */
export interface QuoteOrder {
  isNews(heard: HeardQuote): boolean;
  /** A new connection: numbers may begin anew, times do not. */
  reconnected(): void;
}

export function createQuoteOrder(): QuoteOrder {
  const last = new Map<string, HeardQuote>();

  return {
    isNews(heard) {
      const before = last.get(heard.quote.symbol);
      if (before !== undefined && !isNewer(heard, before)) return false;
      last.set(heard.quote.symbol, { ...heard, sequence: heard.sequence ?? before?.sequence });
      return true;
    },
    reconnected() {
      for (const [symbol, { quote }] of last) last.set(symbol, { quote, sequence: undefined });
    },
  };
}

function isNewer(heard: HeardQuote, before: HeardQuote): boolean {
  const aheadMs = aheadOf(heard.quote, before.quote);
  if (aheadMs < 0) return false;
  if (heard.sequence !== undefined && before.sequence !== undefined) return heard.sequence > before.sequence;
  const { bid, ask } = before.quote;
  return aheadMs > 0 || heard.quote.bid !== bid || heard.quote.ask !== ask;
}

/** By the venue's clock where it told both times, else by ours: between the two lies what ours is off. */
function aheadOf(quote: Quote, before: Quote): number {
  return quote.isUntimed === before.isUntimed
    ? quote.timeMs - before.timeMs
    : quote.receivedMs - before.receivedMs;
}
