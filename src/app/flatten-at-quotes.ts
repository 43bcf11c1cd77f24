/**
 * Somebody who kills and sells everything wants out now, not at the end of the bar: what is held leaves at the next quote. The
 * request itself is taken before the next round like any other; what found no quote is sold then.
 */
import { heldSymbols } from '../core/deployment/carry-over.js';
import type { Paper } from '../core/deployment/paper.js';
import type { QuoteEvent } from '../core/deployment/quote-events.js';
import type { Inbox } from '../ports/inbox.js';
import { type QuoteWorld, fillsAtQuotes, missedBefore } from './fill-at-quotes.js';
import { nextPaperBarMs } from './open-paper.js';
import { takeFromVenue } from './opened-inputs.js';
import { paperRequestSchema } from './paper-request.js';
import { messagesIn, readRequest } from './take-requests.js';

export interface FlattenWorld extends QuoteWorld {
  readonly inbox: Inbox;
}

/** `tried` are the requests that have been acted upon; whoever starts anew tries again what is still held. */
export async function flattenAtQuotes(paper: Paper, world: FlattenWorld, tried: Set<string>): Promise<void> {
  const { quotes, store } = world;
  const { positions } = paper.session.account;
  const held = heldSymbols(paper.session).filter((_, own) => (positions[own]?.quantity ?? 0) !== 0);
  if (quotes === undefined || !fillsAtQuotes(paper) || held.length === 0) return;
  const request = flattenRequest(paper, world, tried);
  if (request === undefined) return;
  world.told(`${request}: selling ${held.join(', ')} at the next quote`);
  const taken = await quotes.takeNow(held);
  const slotMs = nextPaperBarMs(paper);
  const events = taken.flatMap((one): QuoteEvent[] => {
    if ('why' in one) {
      // A stop ends the waiting: the next start tries again.
      if (world.stopRequested()) return [];
      return [{ event: 'flatten-missed', slotMs, request, symbol: one.symbol, why: one.why.slice(0, 200) }];
    }
    const { askedMs, ...quote } = one;
    return [{ event: 'quote-flatten', slotMs, request, ...quote, latencyMs: quote.receivedMs - askedMs }];
  });
  if (events.length === 0) return;
  tried.add(request);
  takeFromVenue(store, paper, [...missedBefore(paper), ...events]);
  for (const event of events)
    if (event.event === 'flatten-missed')
      world.told(
        `${event.symbol}: ${event.why}; it is sold after the present bar, at a quote or at the next bar's open`,
      );
    else if (event.event === 'quote-flatten')
      world.told(
        `${event.symbol}: closed at ${String(event.bid)} / ${String(event.ask)}, ${(event.latencyMs / 1000).toFixed(1)} s after the kill was seen`,
      );
  world.opened?.(paper);
}

/** The id of a kill that sells everything, is due, and has not been acted upon. It stays where it is. */
function flattenRequest(paper: Paper, world: FlattenWorld, tried: ReadonlySet<string>): string | undefined {
  const { inbox, store } = world;
  const barMs = nextPaperBarMs(paper);
  for (const message of messagesIn(inbox, barMs, (text) => {
    world.told(text);
  })) {
    if (tried.has(message.id) || store.hasRequest(message.id)) continue;
    const read = readRequest(paperRequestSchema, message, barMs, inbox);
    if (read.state === 'due' && read.request.kind === 'kill' && read.request.flatten) return message.id;
  }
  return undefined;
}
