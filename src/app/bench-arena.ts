/** The field of W2 in a whole arena with its journal: every round ranked, hashed and durable, as `npm run arena` does it. */
import { type Arena, openArena, register } from '../core/arena/arena.js';
import type { Hash } from '../core/arena/contestant.js';
import type { RosterEntry } from '../core/arena/parse-roster.js';
import { encodeArena } from '../core/arena/arena-codec.js';
import { playBlock } from '../core/arena/play-block.js';
import { closeRound } from '../core/arena/play-round.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { NOBODY_ANSWERS } from '../core/session/model-decision.js';
import type { ArenaStore } from '../ports/arena-store.js';
import { NO_LIMITS, W2_CASH_USD, W2_COSTS, W2_STEPS, w2Plan } from './bench-workloads.js';
import { nextBarMs } from './run-arena.js';
import { stateSaving } from './state-saving.js';
import { storedContestant } from './stored-contestants.js';

export interface ArenaRun {
  readonly seconds: number;
  /** By commit, ascending. */
  readonly commitMs: readonly number[];
  readonly fills: number;
}

/** Plays W2's steps in groups of so many rounds, one durable commit each; a group of 1 is what a live arena does. */
export function runW2Arena(
  market: MarketTable,
  contestants: number,
  groupRounds: number,
  store: ArenaStore,
  hash: Hash,
  now: () => number,
): ArenaRun {
  const arena = w2Arena(market, contestants, store, hash);
  const commitMs: number[] = [];
  const saving = stateSaving();
  const start = now();
  while (arena.nextIndex < market.length) {
    const before = now();
    const last = Math.min(market.length, arena.nextIndex + groupRounds);
    const slots = Array.from({ length: last - arena.nextIndex }, (_, i) => arena.nextIndex + i);
    const block = playBlock(arena, slots);
    for (let s = 0; s < slots.length; s++) store.appendRound(closeRound(arena, block, s, [], NOBODY_ANSWERS));
    saving.played(slots.length, now() - before, false);
    store.commit(arena.seq, arena.lastHash, saving.due() ? encodeArena(arena, nextBarMs(arena)) : undefined);
    if (saving.due()) saving.saved();
    commitMs.push(now() - before);
  }
  return {
    seconds: (now() - start) / 1000,
    commitMs: commitMs.sort((a, b) => a - b),
    fills: arena.seats.reduce((sum, { session }) => sum + session.account.fills, 0),
  };
}

function w2Arena(market: MarketTable, contestants: number, store: ArenaStore, hash: Hash): Arena {
  const arena = openArena(
    market,
    market.length - W2_STEPS,
    {
      cashUsd: W2_CASH_USD,
      costs: W2_COSTS,
      limits: NO_LIMITS,
      minimumHours: 168,
      cohort: { opensOn: 'day', looks: 'year', alpha: 0.05 },
    },
    hash,
  );
  const entries = Array.from({ length: contestants }, (_, k): RosterEntry => {
    const { kind, params, symbols, timeframe, seed } = w2Plan(k, { base: market });
    const { manifest } = kind;
    return {
      name: `w2 ${String(k)}`,
      role: 'contestant',
      kind,
      params,
      manifest: {
        kind: manifest.kind,
        version: manifest.version,
        params,
        symbols,
        timeframe,
        instrument: 'spot',
        seed,
      },
    };
  });
  for (const contestant of register(arena, entries)) store.saveContestant(storedContestant(contestant));
  return arena;
}
