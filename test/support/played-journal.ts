import { openMemoryArenaStore } from '../../src/adapters/storage/memory-arena-store.js';
import { joinedEvent } from '../../src/app/open-arena-state.js';
import { storedContestant } from '../../src/app/stored-contestants.js';
import { type Arena, openArena, register } from '../../src/core/arena/arena.js';
import { parseRoster } from '../../src/core/arena/parse-roster.js';
import { playRound } from '../../src/core/arena/play-round.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import type { Answers } from '../../src/core/session/model-decision.js';
import { createKinds, erase } from '../../src/core/strategies/catalog.js';
import type { ArenaStore } from '../../src/ports/arena-store.js';
import { asking } from './asking-kind.js';
import { RULES, rosterMarketOf, sha256 } from './made-arena.js';

/** An arena with asking contestants, played to the end of its market and committed. */
export function playedJournal(
  market: MarketTable,
  roster: unknown,
  answers: Answers,
): { readonly arena: Arena; readonly store: ArenaStore } {
  const arena = openArena(market, 0, RULES, sha256);
  const store = openMemoryArenaStore();
  const joined = register(
    arena,
    parseRoster(roster, 'test', rosterMarketOf(market), createKinds([erase(asking)])),
  );
  for (const contestant of joined) store.saveContestant(storedContestant(contestant));
  while (arena.nextIndex < market.length) {
    const round = playRound(arena, arena.seq === 0 ? joined.map(joinedEvent) : [], answers);
    if (round !== undefined) store.appendRound(round);
  }
  store.commit(arena.seq, arena.lastHash, new Uint8Array());
  return { arena, store };
}
