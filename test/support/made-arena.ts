import { createKinds } from '../../src/core/strategies/catalog.js';
import { createHash } from 'node:crypto';
import { type Arena, type ArenaRules, openArena, register } from '../../src/core/arena/arena.js';
import { playRound } from '../../src/core/arena/play-round.js';
import { DEFAULT_COHORT_RULES } from '../../src/core/arena/cohorts.js';
import { type RosterEntry, type RosterMarket, parseRoster } from '../../src/core/arena/parse-roster.js';
import { DEFAULT_COSTS } from '../../src/core/domain/costs.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { DEFAULT_LIMITS } from '../../src/core/risk/limits.js';

export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

export const RULES: ArenaRules = {
  cashUsd: 10_000,
  costs: DEFAULT_COSTS,
  limits: DEFAULT_LIMITS,
  minimumHours: 168,
  cohort: DEFAULT_COHORT_RULES,
};

/** What a made market offers to a roster. */
export function rosterMarketOf(market: MarketTable): RosterMarket {
  return {
    symbols: market.symbols,
    instrument: market.instruments[0]?.type ?? 'spot',
    timeframe: market.timeframe,
  };
}

export function rosterOn(market: MarketTable, roster: unknown): RosterEntry[] {
  return parseRoster(roster, 'test', rosterMarketOf(market), createKinds());
}

/** An arena at the first slot of a market, with contestants as a contestant file names them. */
export function arenaOn(market: MarketTable, roster: unknown, rules: Partial<ArenaRules> = {}): Arena {
  const arena = openArena(market, 0, { ...RULES, ...rules }, sha256);
  register(arena, rosterOn(market, roster));
  return arena;
}

export function playTo(arena: Arena, index: number): void {
  while (arena.nextIndex < index) playRound(arena, []);
}
