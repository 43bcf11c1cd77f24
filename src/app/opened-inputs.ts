/** What a venue told since the last round is durable before it is acted upon: whoever is killed in between does it once. */
import { z } from 'zod';
import type { Paper } from '../core/deployment/paper.js';
import { takeQuoteEvents } from '../core/deployment/open-at-quotes.js';
import { type QuoteEvent, quoteEventSchema, quoteEventsOf } from '../core/deployment/quote-events.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { Problem } from '../core/domain/problem.js';
import type { ArenaStore } from '../ports/arena-store.js';

const KEY = 'opened-bar';
const savedSchema = z.strictObject({ seq: z.int(), events: z.array(quoteEventSchema) });

/** Takes what the venue told into the account, once it is in the journal. All rounds before must be committed. */
export function takeFromVenue(store: ArenaStore, paper: Paper, events: readonly QuoteEvent[]): void {
  const before = quoteEventsOf(paper.opened?.lines ?? []);
  store.setMeta(KEY, canonicalJson({ seq: paper.seq + 1, events: [...before, ...events] }));
  store.commit(paper.seq, paper.lastHash);
  takeQuoteEvents(paper, events);
}

/** Takes again what the venue had told of the bar that is open, when the account comes from its last commit. */
export function retakeFromVenue(store: ArenaStore, paper: Paper): void {
  const saved = store.meta(KEY);
  if (saved === undefined) return;
  let content: unknown;
  try {
    content = JSON.parse(saved);
  } catch {
    content = undefined;
  }
  const parsed = savedSchema.safeParse(content);
  if (!parsed.success)
    throw new Problem(
      'damaged',
      'the quotes of the open bar in the journal of the paper account are unreadable',
      {
        hint: 'restore the folder from a backup, or move the account aside with npm run paper -- reset',
      },
    );
  // Those of a bar that is over are events of its round.
  if (parsed.data.seq === paper.seq + 1) takeQuoteEvents(paper, parsed.data.events);
}
