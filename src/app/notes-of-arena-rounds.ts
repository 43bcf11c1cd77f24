import { z } from 'zod';
import { formatForPeople } from '../core/domain/time.js';
import type { StoredRound } from '../ports/arena-store.js';
import type { Note } from '../ports/notifier.js';

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
const eventSchema = z.discriminatedUnion('event', [candidateSchema, staleSchema]);

/**
 * What people should hear of rounds of the arena: candidates, and data that stopped. Breakers of contestants are
 * many and change nothing outside, so they are left to the journal.
 */
export function notesOfArenaRounds(rounds: readonly StoredRound[], market: string): readonly Note[] {
  return rounds.flatMap((round) =>
    round.events.flatMap((line): readonly Note[] => {
      const event = eventSchema.safeParse(JSON.parse(line));
      if (!event.success) return [];
      return [
        event.data.event === 'candidate-frozen'
          ? ready(event.data, round, market)
          : stale(event.data, round, market),
      ];
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
