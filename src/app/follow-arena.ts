import type { Hash } from '../core/arena/contestant.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { Problem } from '../core/domain/problem.js';
import type { TimeMs } from '../core/domain/time.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { ArenaStore } from '../ports/arena-store.js';
import { parseSettings } from './arena-settings.js';
import { resumeArena } from './open-arena-state.js';
import { readContestantRow } from './stored-contestants.js';

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
  memoryOf(id: string, load: (untilMs: TimeMs) => MarketTable, kinds: Kinds, hash: Hash): unknown;
}

/** Opens the arena's journal for every look and closes it again: nothing of it is held while it runs. */
export function followArena(open: () => ArenaStore): FollowedArena {
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
    clock: () => look(lastBarMs, NaN),
    contestants: () => look((store) => store.contestants().map((row) => row.id), []),
    instrument: () => look(instrumentOf, 'spot'),
    hasHandled: (request) => look((store) => store.hasRequest(request), false),
    memoryOf: (id, load, kinds, hash) =>
      look((store) => {
        const text = store.meta('settings');
        const clockMs = lastBarMs(store);
        if (text === undefined || Number.isNaN(clockMs)) return undefined;
        if (!store.contestants().some((row) => row.id === id)) return undefined;
        const arena = resumeArena(store, load(clockMs), parseSettings(text, 'the arena'), kinds, hash);
        return arena.seats.find((seat) => seat.contestant.id === id)?.session.memory;
      }, undefined),
  };
}

/** What its contestants trade; they all trade the same. */
function instrumentOf(store: ArenaStore): 'spot' | 'perpetual' {
  const [row] = store.contestants();
  return row === undefined ? 'spot' : readContestantRow(row).manifest.instrument;
}

function lastBarMs(store: ArenaStore): TimeMs {
  const commit = store.lastCommit();
  if (commit === undefined) return NaN;
  const rounds = store.rounds(commit.seq);
  const last = rounds.next();
  rounds.return?.();
  return last.done === true ? NaN : last.value.barMs;
}
