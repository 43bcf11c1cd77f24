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
  /** The account has just decided: quotes from now on count. `settledMs` is when the bar was settled, where that is known. */
  decided(settledMs: TimeMs | undefined): void;
  /** A quote for each symbol, or why there is none, for orders in the slot that opens at `slotMs`. */
  take(symbols: readonly string[], slotMs: TimeMs): Promise<readonly QuoteEvent[]>;
  /** Gives every fresh quote of the stream to `look`, with the venue's clock, until it is called without one. */
  attend(look: ((quote: Quote) => void) | undefined): void;
  /** Why quotes were lost since this was asked last; undefined when none were. */
  loss(): string | undefined;
  close(): Promise<void>;
}

/** A venue's clock drifts slowly. */
/** A stream that comes and goes is said once in so long. */
const SAME_LOSS_MS = 600_000;
const SKEW_MS = 600_000;

export async function openQuoteDesk(setup: QuoteDeskSetup): Promise<QuoteDesk> {
  const { venue, quoteMs } = setup;
  const newest = new Map<string, Quote>();
  let skewMs: number | undefined;
  let skewAtMs = -Infinity;
  let decidedMs: TimeMs | undefined;
  let settledMs: TimeMs | undefined;
  let look: ((quote: Quote) => void) | undefined;
  let lost: string | undefined;
  let isLost = false;
  let whyLost = '';
  /** Since a loss was said. */
  let losses = 0;
  let saidLossMs = -Infinity;
  let isLossSaid = false;

  const nowMs = (): TimeMs => setup.nowMs() + (skewMs ?? 0);
  const venueTime = ({ timeMs, isUntimed }: Quote): TimeMs =>
    isUntimed === true ? Math.round(timeMs + (skewMs ?? 0)) : timeMs;
  const isFresh = (quote: Quote): boolean => nowMs() - venueTime(quote) <= quoteMs;
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
      return await venue.quote(symbol);
    } catch (error) {
      if (error instanceof VenueFault) return error.message;
      throw error;
    }
  };
  const takeOne = async (
    symbol: string,
    slotMs: TimeMs,
    late: Promise<undefined>,
    sinceMs: TimeMs,
  ): Promise<QuoteEvent> => {
    const missed = (why: string): QuoteEvent => ({ event: 'quote-missed', slotMs, symbol, why });
    const seen = newest.get(symbol);
    const after = seen !== undefined && seen.receivedMs + (skewMs ?? 0) >= sinceMs ? seen : undefined;
    const quote = after ?? (await Promise.race([askFor(symbol), late]));
    if (quote === undefined) return missed(`no quote within ${String(quoteMs / 1000)} s of the decision`);
    if (typeof quote === 'string') return missed(quote);
    if (skewMs === undefined)
      return missed('nobody knows how old a quote is: the clock of the venue is not known');
    const { bid, ask } = quote;
    const timeMs = venueTime(quote);
    const receivedMs = Math.round(quote.receivedMs + skewMs);
    if (receivedMs - sinceMs > quoteMs)
      return missed(`the quote came ${seconds(receivedMs - sinceMs)} after the decision`);
    if (receivedMs - timeMs > quoteMs) return missed(`the quote was ${seconds(receivedMs - timeMs)} old`);
    const latencyMs = {
      ...(settledMs === undefined ? {} : { settledMs: Math.round(settledMs - slotMs) }),
      decidedMs: Math.round(sinceMs - slotMs),
      quoteMs: Math.round(receivedMs - slotMs),
    };
    return { event: 'quote-fill', slotMs, symbol, bid, ask, venueMs: timeMs, receivedMs, latencyMs };
  };

  await measure();
  const watch = venue.watchQuotes(
    setup.symbols,
    (quote) => {
      newest.set(quote.symbol, quote);
      if (skewMs !== undefined && isFresh(quote))
        look?.({ ...quote, timeMs: venueTime(quote), receivedMs: Math.round(quote.receivedMs + skewMs) });
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
    decided(settled) {
      decidedMs = nowMs();
      // One that was too soon after another to be said, and has lasted.
      if (isLost && !isLossSaid) sayLoss();
      settledMs = settled;
    },
    async take(symbols, slotMs) {
      const sinceMs = decidedMs;
      if (sinceMs === undefined)
        return symbols.map((symbol) => ({
          event: 'quote-missed',
          slotMs,
          symbol,
          why: 'the paper trader ended between the decision and its quote',
        }));
      const waiting = new AbortController();
      const late = setup.wait(Math.max(0, sinceMs + quoteMs - nowMs()), waiting.signal).then(() => undefined);
      try {
        await Promise.race([measure(), late]);
        return await Promise.all(symbols.map((symbol) => takeOne(symbol, slotMs, late, sinceMs)));
      } finally {
        waiting.abort();
      }
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
