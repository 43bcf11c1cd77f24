import { z } from 'zod';
import { REVIEW_AT } from '../core/arena/champion-watch.js';
import { formatForPeople } from '../core/domain/time.js';
import type { StoredRound } from '../ports/arena-store.js';
import type { Note } from '../ports/notifier.js';
import { HOW_TO_GO_BACK, evidenceOdds } from '../reporting/review-words.js';

/** Only what a note needs: the events have more, and may get more. */
const candidateSchema = z.looseObject({
  event: z.literal('candidate-frozen'),
  name: z.string(),
  hash: z.string(),
  evidence: z.looseObject({
    contestant: z.string(),
    verdict: z.string(),
    generation: z.int(),
    ageHours: z.number(),
    returnPct: z.number(),
    leadPoints: z.number(),
    sharpe: z.number(),
  }),
});
const staleSchema = z.looseObject({
  event: z.literal('data-stale'),
  symbol: z.string().optional(),
  lastBarMs: z.number().optional(),
});
const reviewSchema = z.looseObject({
  event: z.literal('champion-review'),
  name: z.string(),
  generation: z.int(),
  shadowName: z.string(),
  e: z.number(),
});
const eventSchema = z.discriminatedUnion('event', [candidateSchema, staleSchema, reviewSchema]);

/**
 * What people should hear of rounds of the arena: candidates, a champion under review, and data that stopped. Breakers of contestants are
 * many and change nothing outside, so they are left to the journal.
 */
export function notesOfArenaRounds(rounds: readonly StoredRound[], market: string): readonly Note[] {
  return rounds.flatMap((round) =>
    round.events.flatMap((line): readonly Note[] => {
      const event = eventSchema.safeParse(JSON.parse(line));
      if (!event.success) return [];
      switch (event.data.event) {
        case 'candidate-frozen':
          return [ready(event.data, round, market)];
        case 'champion-review':
          return [review(event.data, round, market)];
        case 'data-stale':
          return [stale(event.data, round, market)];
      }
    }),
  );
}

/** Contestant, champion and verdict are the key: what is frozen anew every day is told once in a while, not every time. */
function ready(event: z.infer<typeof candidateSchema>, round: StoredRound, market: string): Note {
  const { contestant, verdict, generation, ageHours, returnPct, leadPoints, sharpe } = event.evidence;
  return {
    event: 'candidate-ready',
    level: 'info',
    title: `${event.name} stands at the gate: ${verdict.replaceAll('_', ' ')}`,
    text: `npm run approve -- ${event.hash.slice(0, 16)} shows the evidence and the hand-over plan, and asks.`,
    at: round.barMs,
    facts: { verdict, hours: ageHours, returnPct, leadPoints, sharpe, market },
    key: `candidate-${contestant}-${String(generation)}-${verdict}`,
  };
}

/** Evidence that may be looked at every hour reaches 20 to 1 for an equal champion once in 20 at most (Ville 1939). */
function review(event: z.infer<typeof reviewSchema>, round: StoredRound, market: string): Note {
  const { name, generation, shadowName, e } = event;
  return {
    event: 'review',
    level: 'warning',
    title: `the champion ${name} should be looked at: ${shadowName}, which it displaced, does better`,
    text:
      `The evidence is ${evidenceOdds(e)}; an equal champion comes to ${String(REVIEW_AT)} to 1 at most once in ${String(REVIEW_AT)} in its whole life. ` +
      `Nothing was switched: ${HOW_TO_GO_BACK}.`,
    at: round.barMs,
    facts: { generation, shadow: shadowName, evidence: evidenceOdds(e), market },
    key: `champion-review-${String(generation)}-${name}`,
  };
}

function stale(event: z.infer<typeof staleSchema>, round: StoredRound, market: string): Note {
  const since =
    event.lastBarMs === undefined ? '' : `; the newest bar is of ${formatForPeople(event.lastBarMs)}`;
  return {
    event: 'data-stale',
    level: 'warning',
    title: `no new data${event.symbol === undefined ? '' : ` of ${event.symbol}`}`,
    text: `Nothing is decided on it until bars come again${since}.`,
    at: round.barMs,
    facts: { ...(event.symbol === undefined ? {} : { symbol: event.symbol }), market },
    key: `stale-${event.symbol ?? 'market'}-${String(event.lastBarMs ?? round.barMs)}`,
  };
}
