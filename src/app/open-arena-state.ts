import { type Arena, type ArenaRules, openArena, register, seatFor } from '../core/arena/arena.js';
import { readArenaBody, readArenaHead } from '../core/arena/arena-codec.js';
import type { Contestant, Hash } from '../core/arena/contestant.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { RosterEntry } from '../core/arena/parse-roster.js';
import { barDigest, startDigest } from '../core/arena/round-content.js';
import { createByteReader } from '../core/domain/byte-reader.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { type MarketTable, firstIndexAtOrAfter, slotHasBar } from '../core/domain/market-table.js';
import { Problem } from '../core/domain/problem.js';
import { formatMinuteUtc } from '../core/domain/time.js';
import type { ArenaStore } from '../ports/arena-store.js';
import type { ArenaSettings } from './arena-settings.js';
import { playTail } from './play-tail.js';
import { readStoredContestant, storedContestant } from './stored-contestants.js';

export function rulesOf(settings: ArenaSettings): ArenaRules {
  return {
    cashUsd: settings.cashUsd,
    costs: settings.costs,
    limits: settings.limits,
    minimumHours: settings.minimumHours,
    cohort: settings.cohort,
  };
}

/** A new arena before its first round. */
export function beginArena(market: MarketTable, settings: ArenaSettings, hash: Hash): Arena {
  const first = firstIndexAtOrAfter(market, settings.market.fromMs);
  return openArena(market, first, rulesOf(settings), hash);
}

/**
 * The arena as the last commit left it, on a market that has grown or stayed the same: the saved state, and the rounds since
 * then played again.
 */
export function resumeArena(
  store: ArenaStore,
  market: MarketTable,
  settings: ArenaSettings,
  kinds: Kinds,
  hash: Hash,
): Arena {
  const commit = store.lastCommit();
  if (commit === undefined) return beginArena(market, settings, hash);
  const saved = store.savedState();
  if (saved === undefined) throw new Problem('damaged', 'the journal has rounds and no state');
  const input = createByteReader(saved.body, 'the arena state in the journal');
  const head = readArenaHead(input);
  if (head.seq !== saved.seq || head.lastHash !== saved.hash)
    throw new Problem('damaged', `the state in the journal is not that of round ${String(saved.seq)}`);
  const arena = beginArena(market, settings, hash);
  const next = firstIndexAtOrAfter(market, head.nextBarMs);
  const first = arena.nextIndex;
  arena.nextIndex = next;
  for (const row of store.contestants()) {
    const { contestant, entry } = readStoredContestant(row, kinds);
    arena.seats.push(seatFor(arena, contestant, entry));
  }
  if (arena.seats.length !== head.seats)
    throw new Problem(
      'damaged',
      `the journal names ${String(arena.seats.length)} contestants, its state holds ${String(head.seats)}`,
    );
  readArenaBody(arena, head, input);
  checkMarket(arena, market, first, next, hash);
  playTail(arena, store, commit.seq);
  return arena;
}

/** The candles that were used must still be the same ones, bit for bit. */
function checkMarket(arena: Arena, market: MarketTable, first: number, next: number, hash: Hash): void {
  let digest = startDigest(market, first, hash);
  for (let t = first; t < next; t++) if (slotHasBar(market, t)) digest = barDigest(digest, market, t, hash);
  if (digest !== arena.marketDigest)
    throw new Problem(
      'foreign',
      `the candles up to ${formatMinuteUtc(arena.lastBarMs)} are not the ones this state was made with`,
      { hint: 'give back the old candles, or start over with --fresh (the old state is moved aside)' },
    );
}

/** Registers what the contestant files name and the arena does not know; returns the journal's events. */
export function registerNew(arena: Arena, entries: readonly RosterEntry[], store: ArenaStore): string[] {
  const joined = register(arena, entries);
  for (const contestant of joined) store.saveContestant(storedContestant(contestant));
  return joined.map(joinedEvent);
}

export function joinedEvent(contestant: Contestant): string {
  return canonicalJson({
    event: 'joined',
    c: contestant.position,
    id: contestant.id,
    name: contestant.name,
    role: contestant.role,
    manifest: contestant.manifest,
    joinedBarMs: contestant.joinedBarMs,
    training: contestant.training,
  });
}
