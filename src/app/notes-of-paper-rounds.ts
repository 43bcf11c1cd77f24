import { z } from 'zod';
import type { StoredRound } from '../ports/arena-store.js';
import type { Note } from '../ports/notifier.js';

const eventSchema = z.discriminatedUnion('event', [
  z.looseObject({ event: z.literal('killed'), reason: z.string(), flatten: z.boolean() }),
  z.looseObject({ event: z.literal('resumed'), reason: z.string() }),
  z.looseObject({
    event: z.literal('breaker-tripped'),
    breaker: z.string(),
    lossFraction: z.number(),
    limitFraction: z.number(),
  }),
  z.looseObject({
    event: z.literal('hand-over'),
    generation: z.int(),
    name: z.string(),
    source: z.string(),
    equityUsd: z.number(),
    costUsd: z.number(),
    steps: z.array(z.looseObject({ symbol: z.string(), action: z.string(), quantity: z.number() })),
  }),
  z.looseObject({
    event: z.literal('hand-over-refused'),
    generation: z.int(),
    // One of the two: symbols that the market has not, or what it would have cost.
    missing: z.array(z.string()).optional(),
    costUsd: z.number().optional(),
    maxCostUsd: z.number().optional(),
  }),
]);
type PaperEvent = z.infer<typeof eventSchema>;
type Told = Pick<Note, 'event' | 'level' | 'title' | 'text'> & { readonly facts: Note['facts'] };

/** What people should hear of rounds of the paper trader's journal. `market` says on what prices it trades. */
export function notesOfPaperRounds(rounds: readonly StoredRound[], market: string): readonly Note[] {
  return rounds.flatMap((round) =>
    round.events.flatMap((line, i): readonly Note[] => {
      const event = eventSchema.safeParse(JSON.parse(line));
      if (!event.success) return [];
      const told = paperNote(event.data);
      const key = `paper-${String(round.seq)}-${round.hash.slice(0, 8)}-${String(i)}`;
      return [{ ...told, at: round.barMs, facts: { ...told.facts, market }, key }];
    }),
  );
}

function paperNote(event: PaperEvent): Told {
  switch (event.event) {
    case 'killed':
      return {
        event: 'killed',
        level: 'critical',
        title: `the paper trader was killed: ${event.reason}`,
        text: `No more entries until npm run resume${event.flatten ? '; everything that is held is sold, at the latest at the next open' : '; what is held stays under its protection'}.`,
        facts: { flatten: String(event.flatten) },
      };
    case 'resumed':
      return {
        event: 'resumed',
        level: 'warning',
        title: `the paper trader may enter again: ${event.reason}`,
        text: 'Its drawdown counts from the present equity.',
        facts: {},
      };
    case 'breaker-tripped':
      return {
        event: 'breaker',
        level: 'critical',
        title: `the ${event.breaker} breaker of the paper account tripped`,
        text: `It lost ${percent(event.lossFraction)}, the limit is ${percent(event.limitFraction)}: entries are refused, exits go on.`,
        facts: {
          breaker: event.breaker,
          loss: percent(event.lossFraction),
          limit: percent(event.limitFraction),
        },
      };
    case 'hand-over':
      return handOverNote(event);
    case 'hand-over-refused':
      return {
        event: 'refused',
        level: 'warning',
        title: `the hand-over to generation ${String(event.generation)} was refused`,
        text: `${whyRefused(event)} The champion before it goes on.`,
        facts: { generation: event.generation },
      };
  }
}

function whyRefused({
  missing,
  costUsd,
  maxCostUsd,
}: Extract<PaperEvent, { event: 'hand-over-refused' }>): string {
  if (missing !== undefined) return `The paper market has no ${missing.join(', ')}.`;
  if (costUsd === undefined || maxCostUsd === undefined) return 'The journal does not say why.';
  return `It would have cost ${cents(costUsd).toFixed(2)} USD, and at most ${cents(maxCostUsd).toFixed(2)} USD was allowed.`;
}

function handOverNote(event: Extract<PaperEvent, { event: 'hand-over' }>): Told {
  const back = event.source === 'rollback';
  const count = (action: string): number => event.steps.filter((step) => step.action === action).length;
  const actions = [...new Set(event.steps.map((step) => step.action))].sort();
  return {
    event: back ? 'rolled-back' : 'promoted',
    level: back ? 'warning' : 'info',
    title: `${event.name} trades the paper account, generation ${String(event.generation)}${back ? ', after a rollback' : ''}`,
    text:
      event.steps.length === 0
        ? 'Nothing was held, so nothing was handed over.'
        : event.steps
            .map((step) => `${step.action} ${step.symbol} ${String(Number(step.quantity.toPrecision(6)))}`)
            .join('\n'),
    facts: {
      generation: event.generation,
      'equity USD': cents(event.equityUsd),
      'cost USD': cents(event.costUsd),
      ...Object.fromEntries(actions.map((action) => [`positions: ${action}`, count(action)])),
    },
  };
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}

function cents(usd: number): number {
  return Math.round(100 * usd) / 100;
}
