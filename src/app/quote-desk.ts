/** Live quotes of a paper account: taken after a decision for its orders, and watched between bars for its stops. */
import type { QuoteEvent } from '../core/deployment/quote-events.js';
import type { TimeMs } from '../core/domain/time.js';
import { type Quote, type Venue, VenueFault } from '../ports/venue.js';

export interface QuoteDeskSetup {
  readonly venue: Venue;
  readonly symbols: readonly string[];
  /** How long after the decision a quote may come, and how old it may be. */
  readonly quoteMs: number;
  /** This machine's clock, or one that runs faster. */
  nowMs(): TimeMs;
  /** Waits by that clock; ends early when the signal is given. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  told(text: string): void;
}

export interface QuoteDesk {
  /** The venue's clock. */
  nowMs(): TimeMs;
  /**
   * The account has just decided: quotes from now on count. `settledMs` is when the bar was settled, where that is known;
   * `thinkMs` how long language models were waited for, where some were asked.
   */
  decided(settledMs: TimeMs | undefined, thinkMs?: number): void;
  /** A quote for each symbol, or why there is none, for orders in the slot from `slotMs` to `endMs`. */
  take(symbols: readonly string[], slotMs: TimeMs, endMs: TimeMs): Promise<readonly QuoteEvent[]>;
  /** The same at once, for somebody who wants out in the middle of a bar. */
  takeNow(symbols: readonly string[]): Promise<readonly TakenNow[]>;
  /** Gives every fresh quote of the stream to `look`, with the venue's clock, until it is called without one. */
  attend(look: ((quote: WatchedQuote) => void) | undefined): void;
  /** Why quotes were lost since this was asked last; undefined when none were. */
  loss(): string | undefined;
  close(): Promise<void>;
}

/** A quote whose times are both the venue's. */
export interface WatchedQuote {
  readonly symbol: string;
  readonly bid: number;
  readonly ask: number;
  readonly venueMs: TimeMs;
  readonly receivedMs: TimeMs;
}

/** Or why there is none; `askedMs` is when somebody began to want it, by the venue's clock. */
export type TakenNow =
  (WatchedQuote & { readonly askedMs: TimeMs }) | { readonly symbol: string; readonly why: string };

/** A stream that comes and goes is said once in so long. */
const SAME_LOSS_MS = 600_000;
/** A venue's clock drifts slowly. */
const SKEW_MS = 600_000;

export async function openQuoteDesk(setup: QuoteDeskSetup): Promise<QuoteDesk> {
  const { venue, quoteMs } = setup;
  const newest = new Map<string, Quote>();
  const waiting = new Map<string, Set<(quote: Quote) => void>>();
  /** Venue times that were traded at: nothing older is a price any more. */
  const usedMs = new Map<string, TimeMs>();
  let skewMs: number | undefined;
  let skewAtMs = -Infinity;
  let decidedMs: TimeMs | undefined;
  let settledMs: TimeMs | undefined;
  let thinkMs: number | undefined;
  let look: ((quote: WatchedQuote) => void) | undefined;
  let lost: string | undefined = 'the paper trader began within the bar';
  let isLost = false;
  let whyLost = '';
  /** Since a loss was said. */
  let losses = 0;
  let saidLossMs = -Infinity;
  let isLossSaid = false;

  const nowMs = (): TimeMs => setup.nowMs() + (skewMs ?? 0);
  /** Undefined while nobody knows the venue's clock. */
  const watched = (quote: Quote): WatchedQuote | undefined => {
    if (skewMs === undefined) return undefined;
    const { symbol, bid, ask, timeMs } = quote;
    const receivedMs = Math.round(quote.receivedMs + skewMs);
    return { symbol, bid, ask, venueMs: timeMs ?? receivedMs, receivedMs };
  };
  /** Whether a message of the stream is a price of `sinceMs` or later: one that was under way for long is not. */
  const isSince = (quote: Quote, sinceMs: TimeMs): boolean => {
    const by = watched(quote);
    return by !== undefined && by.receivedMs >= sinceMs && by.venueMs >= sinceMs;
  };
  const measure = async (): Promise<void> => {
    if (setup.nowMs() - skewAtMs < SKEW_MS) return;
    try {
      const { venueMs, sentMs, receivedMs } = await venue.time();
      skewMs = venueMs - (sentMs + receivedMs) / 2;
      skewAtMs = setup.nowMs();
    } catch (error) {
      if (!(error instanceof VenueFault)) throw error;
      setup.told(`the clock of ${venue.name} is not known: ${error.message}`);
    }
  };
  const sayLoss = (): void => {
    const often = losses > 1 ? `, ${String(losses)} times since this was said last` : '';
    setup.told(
      `stream of ${venue.name} lost (${whyLost}${often}): until it is back, stops are looked at when a bar closes`,
    );
    [losses, saidLossMs, isLossSaid] = [0, nowMs(), true];
  };
  const askFor = async (symbol: string): Promise<Quote | string> => {
    try {
      const quote = await venue.quote(symbol);
      const known = newest.get(symbol)?.timeMs ?? -Infinity;
      if ((quote.timeMs ?? Infinity) >= known) return quote;
      return `the quote was ${seconds(known - (quote.timeMs ?? NaN))} older than the one before`;
    } catch (error) {
      if (error instanceof VenueFault) return error.message;
      throw error;
    }
  };
  /** The next of the stream that is from `sinceMs` on; waits for ever without one. */
  const nextOf = (symbol: string, sinceMs: TimeMs): { quote: Promise<Quote>; end: () => void } => {
    const all = waiting.get(symbol) ?? new Set();
    waiting.set(symbol, all);
    let look: (quote: Quote) => void = () => undefined;
    const quote = new Promise<Quote>((take) => {
      look = (one) => {
        if (isSince(one, sinceMs)) take(one);
      };
      all.add(look);
    });
    return { quote, end: () => all.delete(look) };
  };
  /**
   * The newest of the stream if that is from `sinceMs` on, else what the venue answers, else the next of the stream. Or why the
   * venue has no answer; undefined when time is up.
   */
  const quoteSince = async (
    symbol: string,
    sinceMs: TimeMs,
    late: Promise<undefined>,
  ): Promise<Quote | string | undefined> => {
    const seen = newest.get(symbol);
    if (seen !== undefined && isSince(seen, sinceMs)) return seen;
    const next = nextOf(symbol, sinceMs);
    try {
      const asked = await Promise.race([next.quote, askFor(symbol), late]);
      if (typeof asked === 'object') return asked;
      const later = asked === undefined ? undefined : await Promise.race([next.quote, late]);
      return later ?? asked;
    } finally {
      next.end();
    }
  };
  const takeOne = async (
    symbol: string,
    sinceMs: TimeMs,
    endMs: TimeMs,
    late: Promise<undefined>,
  ): Promise<WatchedQuote | { readonly symbol: string; readonly why: string }> => {
    const quote = await quoteSince(symbol, sinceMs, late);
    const over = 'the bar was over before a quote came';
    if (quote === undefined)
      return {
        symbol,
        why: sinceMs + quoteMs < endMs ? `no quote within ${String(quoteMs / 1000)} s` : over,
      };
    if (typeof quote === 'string') return { symbol, why: quote };
    const by = watched(quote);
    if (by === undefined)
      return { symbol, why: 'nobody knows how old a quote is: the clock of the venue is not known' };
    const { venueMs, receivedMs } = by;
    if (receivedMs - sinceMs > quoteMs)
      return { symbol, why: `the quote came after ${seconds(receivedMs - sinceMs)}` };
    if (receivedMs - venueMs > quoteMs)
      return { symbol, why: `the quote was ${seconds(receivedMs - venueMs)} old` };
    // It would be a price of the next bar, and the high and low of this one are not about it.
    if (receivedMs >= endMs) return { symbol, why: over };
    usedMs.set(symbol, venueMs);
    return by;
  };
  const takeAll = async (
    symbols: readonly string[],
    sinceMs: TimeMs,
    endMs: TimeMs,
  ): Promise<Awaited<ReturnType<typeof takeOne>>[]> => {
    const over = new AbortController();
    const late = setup
      .wait(Math.max(0, Math.min(sinceMs + quoteMs, endMs) - nowMs()), over.signal)
      .then(() => undefined);
    try {
      await Promise.race([measure(), late]);
      return await Promise.all(symbols.map((symbol) => takeOne(symbol, sinceMs, endMs, late)));
    } finally {
      over.abort();
    }
  };

  await measure();
  const openedMs = nowMs();
  const watch = venue.watchQuotes(
    setup.symbols,
    (quote) => {
      const { symbol } = quote;
      newest.set(symbol, quote);
      for (const take of waiting.get(symbol) ?? []) take(quote);
      const by = watched(quote);
      if (by === undefined || nowMs() - by.venueMs > quoteMs) return;
      // A price from before the decision, or from before the last fill, was late: nobody could have had it since.
      if (by.venueMs >= Math.max(decidedMs ?? openedMs, usedMs.get(symbol) ?? -Infinity)) look?.(by);
    },
    (event) => {
      const isBad = event.event === 'lost' || event.event === 'silent' || event.event === 'gap';
      if (isBad) lost ??= event.why;
      const isNowLost = event.event === 'lost' || event.event === 'silent';
      if (isNowLost === isLost || event.event === 'gap') return;
      isLost = isNowLost;
      if (isLost) {
        losses++;
        whyLost = event.why;
        if (nowMs() - saidLossMs >= SAME_LOSS_MS) sayLoss();
      } else if (isLossSaid) {
        isLossSaid = false;
        setup.told(`stream of ${venue.name} is back: stops are watched between bars`);
      }
    },
  );
  return {
    nowMs,
    decided(settled, think) {
      decidedMs = nowMs();
      // One that was too soon after another to be said, and has lasted.
      if (isLost && !isLossSaid) sayLoss();
      settledMs = settled;
      thinkMs = think;
    },
    async take(symbols, slotMs, endMs) {
      const sinceMs = decidedMs;
      const missed = (symbol: string, why: string): QuoteEvent => ({
        event: 'quote-missed',
        slotMs,
        symbol,
        why,
      });
      if (sinceMs === undefined)
        return symbols.map((symbol) =>
          missed(symbol, 'the paper trader ended between the decision and its quote'),
        );
      const latency = {
        ...(settledMs === undefined ? {} : { settledMs: Math.round(settledMs - slotMs) }),
        ...(thinkMs === undefined ? {} : { thinkMs: Math.round(thinkMs) }),
        decidedMs: Math.round(sinceMs - slotMs),
      };
      const taken = await takeAll(symbols, sinceMs, endMs);
      return taken.map((one) =>
        'why' in one
          ? missed(one.symbol, one.why)
          : {
              event: 'quote-fill',
              slotMs,
              ...one,
              latencyMs: { ...latency, quoteMs: Math.round(one.receivedMs - slotMs) },
            },
      );
    },
    async takeNow(symbols) {
      const askedMs = Math.round(nowMs());
      const taken = await takeAll(symbols, askedMs, Infinity);
      return taken.map((one) => ('why' in one ? one : { ...one, askedMs }));
    },
    attend(next) {
      look = next;
    },
    loss() {
      const why = lost;
      // While it is gone every bar has a loss.
      if (!isLost) lost = undefined;
      return why;
    },
    close: () => watch.close(),
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
