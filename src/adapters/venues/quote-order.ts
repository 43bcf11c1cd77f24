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
  const laterMs = laterByMs(heard.quote, before.quote);
  if (laterMs < 0) return false;
  if (heard.sequence !== undefined && before.sequence !== undefined) return heard.sequence > before.sequence;
  const { bid, ask, timeMs } = before.quote;
  // Without a time an unchanged price may be one that was told long ago.
  const hasTimes = timeMs !== undefined && heard.quote.timeMs !== undefined;
  return (hasTimes && laterMs > 0) || heard.quote.bid !== bid || heard.quote.ask !== ask;
}

/** By the venue's clock where it told both times, else by when they came. */
function laterByMs(a: Quote, b: Quote): number {
  return a.timeMs === undefined || b.timeMs === undefined ? a.receivedMs - b.receivedMs : a.timeMs - b.timeMs;
}
