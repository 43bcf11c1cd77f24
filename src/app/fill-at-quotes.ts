/** The paper trader between two bars, where it fills at live quotes: orders, stops, and what is left for the bar itself. */
import type { DeploymentState } from '../core/deployment/champion.js';
import { heldSymbols } from '../core/deployment/carry-over.js';
import { finishOpened, symbolsToQuote, takeQuoteEvents } from '../core/deployment/open-at-quotes.js';
import type { Paper } from '../core/deployment/paper.js';
import type { QuoteEvent } from '../core/deployment/quote-events.js';
import { timeframeMs } from '../core/domain/time.js';
import { quoteReaches } from '../core/session/quote-exits.js';
import type { ArenaStore } from '../ports/arena-store.js';
import { nextPaperBarMs } from './open-paper.js';
import { takeFromVenue } from './opened-inputs.js';
import type { QuoteDesk, WatchedQuote } from './quote-desk.js';

export interface QuoteWorld {
  readonly store: ArenaStore;
  /** Absent where the account fills at opens. */
  readonly quotes?: QuoteDesk | undefined;
  desired(): DeploymentState | undefined;
  /** After a fill between two bars. */
  opened?(paper: Paper): void;
  told(text: string): void;
  stopRequested(): boolean;
}

/** After a decision: fills its orders at quotes of now, when its next bar has begun and is not over. */
export async function openAtLiveQuotes(paper: Paper, world: QuoteWorld): Promise<void> {
  const { quotes, store } = world;
  const symbols = symbolsToQuote(paper);
  if (quotes === undefined || !fillsAtQuotes(paper) || paper.opened !== undefined || symbols.length === 0)
    return;
  const slotMs = nextPaperBarMs(paper);
  const endMs = slotMs + timeframeMs(paper.market.timeframe);
  if (quotes.nowMs() >= endMs) return;
  const leaving = isLeaving(paper, world.desired());
  const wanted = symbols.filter((symbol) => !leaving || hasExit(paper, symbol));
  const taken = await quotes.take(wanted, slotMs, endMs);
  // A stop ends the waiting: what nobody waited for was not missed, and the next start says what became of it.
  if (world.stopRequested() && taken.some(({ event }) => event === 'quote-missed')) return;
  const events = [
    ...taken,
    ...missedEvents(
      slotMs,
      symbols.filter((symbol) => !wanted.includes(symbol)),
      'another champion is about to take over',
    ),
  ];
  takeFromVenue(store, paper, events);
  for (const event of events) if (event.event === 'quote-missed') world.told(missedText(event));
  world.opened?.(paper);
}

/** A quote of the stream: closes the position at once when it has reached a stop or target. */
export function watchQuote(paper: Paper, world: QuoteWorld, quote: WatchedQuote): void {
  const { session } = paper;
  const { symbol, bid, ask, venueMs, receivedMs } = quote;
  if (!fillsAtQuotes(paper) || !quoteReaches(session, heldSymbols(session).indexOf(symbol), quote)) return;
  const slotMs = nextPaperBarMs(paper);
  const exit: QuoteEvent = { event: 'quote-exit', slotMs, symbol, bid, ask, venueMs, receivedMs };
  takeFromVenue(world.store, paper, [...missedBefore(paper), exit]);
  world.told(`${symbol}: a stop or target was reached at ${String(bid)} / ${String(ask)}; closed at once`);
  world.opened?.(paper);
}

/** A bar that nothing has opened yet opens without the orders that wait. */
export function missedBefore(paper: Paper): QuoteEvent[] {
  return paper.opened === undefined
    ? missedEvents(nextPaperBarMs(paper), symbolsToQuote(paper), 'no quote was taken before the bar was over')
    : [];
}

/** When the next bar is known, before its round: whatever found no quote until now. */
export function finishAtBar(paper: Paper, world: QuoteWorld): void {
  if (!fillsAtQuotes(paper)) return;
  const slotMs = nextPaperBarMs(paper);
  const why = world.quotes?.loss();
  const events: QuoteEvent[] = [
    ...missedBefore(paper),
    ...(why === undefined || paper.session.account.openNames === 0
      ? []
      : [{ event: 'stream-lost' as const, slotMs, why: why.slice(0, MOST_WORDS) }]),
  ];
  if (events.length > 0) takeQuoteEvents(paper, events);
  for (const event of events) if (event.event === 'quote-missed') world.told(missedText(event));
  finishOpened(paper);
}

const MOST_WORDS = 200;

export function fillsAtQuotes({ rules }: Paper): boolean {
  return rules.fills === 'quote';
}

function missedEvents(slotMs: number, symbols: readonly string[], why: string): QuoteEvent[] {
  return symbols.map((symbol) => ({ event: 'quote-missed', slotMs, symbol, why: why.slice(0, MOST_WORDS) }));
}

function missedText({ symbol, why }: Extract<QuoteEvent, { event: 'quote-missed' }>): string {
  return `${symbol}: ${why}; an entry lapses, an exit waits for the bar's open`;
}

/** An entry is the opinion of whoever goes: it lapses, as it does where bars fill. */
function isLeaving(paper: Paper, desired: DeploymentState | undefined): boolean {
  return (
    desired !== undefined &&
    desired.champion !== null &&
    desired.generation > paper.generation &&
    desired.generation !== paper.refusedGeneration &&
    (desired.fromBarMs ?? -Infinity) <= nextPaperBarMs(paper)
  );
}

function hasExit({ session }: Paper, symbol: string): boolean {
  const own = heldSymbols(session).indexOf(symbol);
  return (session.account.positions[own]?.quantity ?? 0) !== 0;
}
