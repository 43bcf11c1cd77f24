import { z } from 'zod';
import {
  type Arena,
  callFinal,
  crownContestant,
  forgetContestantAnswers,
  haltContestant,
  resetContestantBreakers,
  retire,
} from '../core/arena/arena.js';
import { type Contestant, contestantId } from '../core/arena/contestant.js';
import { describeContestant, findContestant } from '../core/arena/board.js';
import { type RosterEntry, type RosterMarket, parseRoster } from '../core/arena/parse-roster.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { printable } from '../core/domain/printable.js';
import { Problem } from '../core/domain/problem.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { ArenaStore } from '../ports/arena-store.js';
import type { Inbox } from '../ports/inbox.js';
import { pruneNow } from './prune-arena.js';
import { registerNew } from './open-arena-state.js';
import { storedContestant } from './stored-contestants.js';
import { bodyText, messagesIn, readRequest } from './take-requests.js';

const common = {
  id: z.string(),
  who: z.string().max(200),
  whenMs: z.number(),
  /** The first bar at which the request may be applied; at once when absent. */
  dueBarMs: z.number().optional(),
};
const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('add'), file: z.string().max(500), roster: z.unknown() }),
  z.strictObject({
    ...common,
    kind: z.literal('champion'),
    contestant: z.string().max(200),
    generation: z.int().min(1),
    file: z.string().max(500),
    /** Enters it where the arena does not know it. */
    roster: z.unknown(),
  }),
  z.strictObject({ ...common, kind: z.literal('prune') }),
  z.strictObject({ ...common, kind: z.literal('final'), size: z.int().min(2).max(20) }),
  z.strictObject({
    ...common,
    kind: z.literal('retire'),
    contestant: z.string().max(200),
    reason: z.string().max(500),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('halt'),
    contestant: z.string().max(200),
    reason: z.string().max(500),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('reset-breakers'),
    contestant: z.string().max(200),
    reason: z.string().max(500),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('regime-invalidate'),
    contestant: z.string().max(200),
    /** All of the contestant's symbols when absent. */
    symbol: z.string().max(100).optional(),
    reason: z.string().max(500),
  }),
]);
export type ArenaRequestMessage = z.infer<typeof requestSchema>;

export interface HandledRequest {
  readonly id: string;
  readonly accepted: boolean;
  readonly text: string;
}

/**
 * Applies what lies in the inbox before the next round. The outcome is part of that round's commit, so a
 * request is applied once even when the process dies before the file is gone. Returns the journal's events;
 * `removals` are to be removed after the commit.
 */
export function handleRequests(
  arena: Arena,
  store: ArenaStore,
  inbox: Inbox,
  removals: string[],
  kinds: Kinds,
  told: (handled: HandledRequest) => void,
): string[] {
  const nextBarMs = arena.market.openTimesMs[arena.nextIndex] ?? Infinity;
  const events: string[] = [];
  for (const message of messagesIn(inbox, nextBarMs, (text) => {
    told({ id: 'inbox', accepted: false, text });
  })) {
    if (store.hasRequest(message.id)) {
      inbox.remove(message.id);
      told({ id: message.id, accepted: false, text: 'was handled before' });
      continue;
    }
    const read = readRequest(requestSchema, message, nextBarMs, inbox);
    if (read.state === 'later') continue;
    const outcome = read.state === 'due' ? apply(arena, store, read.request, kinds) : refused(read.why);
    events.push(
      ...outcome.events,
      canonicalJson({ event: 'request', id: message.id, accepted: outcome.accepted, text: outcome.text }),
    );
    store.saveRequest({
      id: message.id,
      seq: arena.seq + 1,
      body: bodyText(message, outcome.accepted),
      outcome: canonicalJson({ accepted: outcome.accepted, text: outcome.text }),
    });
    // Its file goes after the commit; until then it is not given again.
    inbox.postpone(message.id, Infinity);
    removals.push(message.id);
    told({ id: message.id, accepted: outcome.accepted, text: printable(outcome.text, 500) });
  }
  return events;
}

interface Outcome {
  readonly events: readonly string[];
  readonly accepted: boolean;
  readonly text: string;
}

function apply(arena: Arena, store: ArenaStore, request: ArenaRequestMessage, kinds: Kinds): Outcome {
  switch (request.kind) {
    case 'add': {
      try {
        const entries = parseRoster(request.roster, request.file, rosterMarket(arena), kinds);
        const events = registerNew(arena, entries, store);
        const known = entries.length - events.length;
        return {
          events,
          accepted: events.length > 0,
          text: `${String(events.length)} joined, ${String(known)} known already${tombstones(arena, entries)}`,
        };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return { events: [], accepted: false, text: error.message };
      }
    }
    case 'champion':
      return applyChampion(arena, store, request, kinds);
    case 'prune': {
      const events = pruneNow(arena, store);
      return { events, accepted: true, text: `${String(events.length)} retired as far below the field` };
    }
    case 'final':
      return applyFinal(arena, request.size);
    case 'retire':
    case 'halt':
    case 'reset-breakers':
    case 'regime-invalidate': {
      const found = findContestant(
        arena.seats.map((seat) => seat.contestant),
        request.contestant,
      );
      const [contestant] = found;
      if (contestant === undefined) return refused(`no contestant "${request.contestant}"`);
      if (found.length > 1)
        return refused(`"${request.contestant}" names ${String(found.length)} contestants`);
      if (request.kind === 'regime-invalidate') return applyInvalidate(arena, contestant, request);
      if (request.kind === 'retire') return applyRetire(arena, store, contestant, request.reason);
      return request.kind === 'halt'
        ? applyHalt(arena, contestant, request.reason)
        : applyReset(arena, contestant, request.reason);
    }
  }
}

/** Who comes back finds its record and its clock: a retired configuration does not enter again. */
function tombstones(arena: Arena, entries: readonly RosterEntry[]): string {
  const retired = new Set(
    arena.seats.filter((seat) => seat.contestant.retired !== undefined).map((seat) => seat.contestant.id),
  );
  const back = entries.filter((entry) => retired.has(contestantId(entry.manifest, arena.hash))).length;
  return back === 0 ? '' : `, ${String(back)} of them retired: a retired configuration does not enter again`;
}

/** Whoever trades the paper account always trades here as well: its own account is what candidates are compared with. */
function applyChampion(
  arena: Arena,
  store: ArenaStore,
  { contestant: id, generation, file, roster }: Extract<ArenaRequestMessage, { kind: 'champion' }>,
  kinds: Kinds,
): Outcome {
  const positionOf = (): number => arena.seats.findIndex((seat) => seat.contestant.id === id);
  if (generation <= arena.reign.generation && arena.reign.champion === positionOf())
    return refused(`it is the champion of generation ${String(arena.reign.generation)} already`);
  const events: string[] = [];
  if (positionOf() === -1)
    try {
      events.push(...registerNew(arena, parseRoster(roster, file, rosterMarket(arena), kinds), store));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return refused(error.message);
    }
  const seat = arena.seats[positionOf()];
  if (seat?.contestant.role !== 'contestant')
    return { events, accepted: false, text: `${file} is not the contestant that it should be` };
  events.push(crownContestant(arena, seat.contestant.position, generation));
  return {
    events,
    accepted: true,
    text: `${describeContestant(seat.contestant)} is champion, generation ${String(generation)}`,
  };
}

function applyFinal(arena: Arena, size: number): Outcome {
  const event = callFinal(arena, size);
  if (event === undefined)
    return refused('a final needs a cohort that was looked at, and two of it that still trade');
  const names = (arena.cohorts.called?.members ?? []).map((c) => arena.seats[c]?.contestant);
  return {
    events: [event],
    accepted: true,
    text: `called to a final: ${names.map((one) => (one === undefined ? '?' : describeContestant(one))).join(', ')}`,
  };
}

function applyRetire(arena: Arena, store: ArenaStore, contestant: Contestant, reason: string): Outcome {
  if (contestant.position === arena.reign.champion)
    return refused(
      `${describeContestant(contestant)} is the champion and stays; npm run kill stops the paper trader's entries`,
    );
  if (!retire(arena, contestant.position, reason))
    return refused(`${describeContestant(contestant)} has retired before`);
  const after = arena.seats[contestant.position]?.contestant ?? contestant;
  store.saveContestant(storedContestant(after));
  return {
    events: [canonicalJson({ event: 'retired', c: contestant.position, ...after.retired })],
    accepted: true,
    text: `${describeContestant(contestant)} retired`,
  };
}

function applyHalt(arena: Arena, contestant: Contestant, reason: string): Outcome {
  if (!haltContestant(arena, contestant.position))
    return refused(
      `${describeContestant(contestant)} has no breakers, so it cannot be halted; retire it instead`,
    );
  return {
    events: [canonicalJson({ event: 'halted', c: contestant.position, reason })],
    accepted: true,
    text: `${describeContestant(contestant)} halted: entries are refused until reset-breakers`,
  };
}

function applyReset(arena: Arena, contestant: Contestant, reason: string): Outcome {
  if (!resetContestantBreakers(arena, contestant.position))
    return refused(`${describeContestant(contestant)} has no breakers to reset`);
  return {
    events: [canonicalJson({ event: 'breakers-reset', c: contestant.position, reason })],
    accepted: true,
    text: `breakers of ${describeContestant(contestant)} reset`,
  };
}

function applyInvalidate(
  arena: Arena,
  contestant: Contestant,
  { symbol, reason }: Extract<ArenaRequestMessage, { kind: 'regime-invalidate' }>,
): Outcome {
  const why = forgetContestantAnswers(arena, contestant.position, symbol);
  if (why !== undefined) return refused(`${describeContestant(contestant)}: ${why}`);
  return {
    events: [canonicalJson({ event: 'regime-invalidated', c: contestant.position, symbol, reason })],
    accepted: true,
    text: `${describeContestant(contestant)} asks its model again${symbol === undefined ? '' : ` about ${symbol}`} at the next bar`,
  };
}

function refused(text: string): Outcome {
  return { events: [], accepted: false, text };
}

export function rosterMarket(arena: Pick<Arena, 'market'>): RosterMarket {
  const { market } = arena;
  return {
    symbols: market.symbols,
    instrument: market.instruments.some((instrument) => instrument.type === 'perpetual')
      ? 'perpetual'
      : 'spot',
    timeframe: market.timeframe,
  };
}
