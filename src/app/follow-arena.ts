import { z } from 'zod';
import { Problem } from '../core/domain/problem.js';
import type { TimeMs } from '../core/domain/time.js';
import type { ArenaStore } from '../ports/arena-store.js';
import { readContestantRow } from './stored-contestants.js';
import { newestRound, roundAt } from './round-at.js';

/** What another process may know of the arena: how far it is, on what, and what a contestant remembers. */
export interface FollowedArena {
  settings(): string | undefined;
  /** Open time of the newest committed bar; NaN before the first. */
  clock(): TimeMs;
  /** Ids of all who were ever registered. */
  contestants(): readonly string[];
  instrument(): 'spot' | 'perpetual';
  /** Whether a request of this id was handled there. */
  hasHandled(request: string): boolean;
  /** What became of the request that told the arena of a champion. */
  crowning(request: string): Crowning;
}

/** `waiting`: not handled yet. `refused`: it has no account there. */
export type Crowning =
  | { readonly state: 'waiting' | 'refused' }
  /** Champion from the bar `barMs` on, with the memory that it had before. */
  | { readonly state: 'crowned'; readonly barMs: TimeMs; readonly memory: unknown };

const championEvent = z.looseObject({
  event: z.literal('champion'),
  barMs: z.number(),
  memory: z.unknown(),
});

/**
 * Opens the arena's journal for every look and closes it again: nothing of it is held while it runs. `stamp` changes
 * whenever the journal may have; undefined where it cannot tell.
 */
export function followArena(open: () => ArenaStore, stamp?: () => string | undefined): FollowedArena {
  let seen: { readonly stamp: string; readonly clockMs: TimeMs } | undefined;
  const look = <T>(read: (store: ArenaStore) => T, absent: T): T => {
    let store: ArenaStore;
    try {
      store = open();
    } catch (error) {
      // No arena yet, or one that is being made: there is nothing to follow, which is no fault of ours.
      if (error instanceof Problem && error.kind === 'not-running') return absent;
      throw error;
    }
    try {
      return read(store);
    } finally {
      store.close();
    }
  };
  return {
    settings: () => look((store) => store.meta('settings'), undefined),
    clock() {
      const now = stamp?.();
      if (now === undefined || now !== seen?.stamp) {
        const clockMs = look(lastBarMs, NaN);
        seen = now === undefined ? undefined : { stamp: now, clockMs };
        return clockMs;
      }
      return seen.clockMs;
    },
    contestants: () => look((store) => store.contestants().map((row) => row.id), []),
    instrument: () => look(instrumentOf, 'spot'),
    hasHandled: (request) => look((store) => store.hasRequest(request), false),
    crowning: (request) => look((store) => crowningIn(store, request), { state: 'waiting' }),
  };
}

function crowningIn(store: ArenaStore, request: string): Crowning {
  const handled = store.requests().find(({ id }) => id === request);
  if (handled === undefined) return { state: 'waiting' };
  const round = roundAt(store, handled.seq);
  if (round?.seq !== handled.seq) return { state: 'waiting' };
  const events = round.events.map((line) => championEvent.safeParse(JSON.parse(line)).data);
  // Where one bar saw several changes, each request's own event comes before its outcome.
  const at = round.events.findIndex((line) => line.includes(JSON.stringify(request)));
  const event = events.slice(0, at === -1 ? undefined : at).findLast((one) => one !== undefined);
  const accepted = handled.outcome.includes('"accepted":true');
  return event === undefined || !accepted
    ? { state: 'refused' }
    : { state: 'crowned', barMs: event.barMs, memory: event.memory };
}

/** What its contestants trade; they all trade the same. */
function instrumentOf(store: ArenaStore): 'spot' | 'perpetual' {
  const [row] = store.contestants();
  return row === undefined ? 'spot' : readContestantRow(row).manifest.instrument;
}

function lastBarMs(store: ArenaStore): TimeMs {
  return newestRound(store)?.barMs ?? NaN;
}
