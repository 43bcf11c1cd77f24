import { type Arena, retire } from '../core/arena/arena.js';
import { type PruningRules, chooseForRetirement, pruningIsDue } from '../core/arena/pruning.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import type { ArenaStore } from '../ports/arena-store.js';
import { boardOfArena } from './board-of-arena.js';
import { storedContestant } from './stored-contestants.js';

/** Retires who is due before the next round; returns the journal's events. */
export function pruneWhenDue(arena: Arena, store: ArenaStore, rules: PruningRules): string[] {
  const nextBarMs = arena.market.openTimesMs[arena.nextIndex] ?? NaN;
  return arena.seq > 0 && pruningIsDue(rules, arena.lastBarMs, nextBarMs) ? pruneNow(arena, store) : [];
}

/** Retires whoever is far below the field; returns the journal's events. */
export function pruneNow(arena: Arena, store: ArenaStore): string[] {
  return chooseForRetirement(boardOfArena(arena)).flatMap(({ id, reason }) => {
    const position = arena.seats.find((seat) => seat.contestant.id === id)?.contestant.position ?? -1;
    if (!retire(arena, position, reason)) return [];
    const after = arena.seats[position]?.contestant;
    if (after === undefined) return [];
    store.saveContestant(storedContestant(after));
    return [canonicalJson({ event: 'retired', c: position, ...after.retired })];
  });
}
