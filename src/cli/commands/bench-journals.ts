/** W2 with durable commits, in the kernel alone and in a whole arena: in groups as a replay commits, and one a round as a live arena does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ArenaRun, runW2Arena } from '../../app/bench-arena.js';
import { type DurableRun, runW2Durable } from '../../app/bench-durable.js';
import { W2_STEPS } from '../../app/bench-workloads.js';
import { GENERATED_FROM_MS } from '../../app/choose-market.js';
import type { MarketTable } from '../../core/domain/market-table.js';
import { GENERATED_SYMBOLS, generateMarket } from '../../core/market/generate-market.js';
import type { ArenaStore } from '../../ports/arena-store.js';
import { fixed } from '../../reporting/text-table.js';
import { journalOf, sha256 } from '../wire.js';

export const LIVE_CONTESTANTS = 1000;
export const LIVE_ARENA_SYMBOLS = 10;
export const DURABLE_CONTESTANTS = 100;
const DURABLE_GROUP = 60;
const DURABLE_TURNS = 24;

export interface JournalsBench {
  /** The kernel, 100 contestants in groups, and 1,000 with a commit a round. */
  readonly durable: DurableRun;
  readonly live: DurableRun;
  /** A whole arena the same ways, the second on more symbols. */
  readonly arena: ArenaRun;
  readonly liveArena: ArenaRun;
  /** The C limit for the 100, without commits: the best of as many turns. */
  readonly c100Seconds: number | undefined;
}

/** `cSeconds`: measures the C limit anew at every call. */
export function benchJournals(
  folder: string,
  w2: MarketTable,
  cSeconds: () => number | undefined,
): JournalsBench {
  const ten = manySymbols();
  const durable = (contestants: number, group: number, runs: number): DurableRun =>
    fastest(runs, () => inStore(folder, (store) => runW2Durable(w2, contestants, group, store, sha256, now)));
  const arena = (market: MarketTable, contestants: number, group: number, runs: number): ArenaRun =>
    fastest(runs, () =>
      inStore(folder, (store) => runW2Arena(market, contestants, group, store, sha256, now)),
    );
  // A run is as short as a turn of the scheduler, and both sides' best must come from the same minute.
  const turns = Array.from({ length: DURABLE_TURNS }, () => ({
    run: durable(DURABLE_CONTESTANTS, DURABLE_GROUP, 1),
    c: cSeconds(),
  }));
  return {
    durable: fastestOf(turns.map(({ run }) => run)),
    c100Seconds: turns.some(({ c }) => c === undefined)
      ? undefined
      : Math.min(...turns.map(({ c }) => c ?? NaN)),
    live: durable(LIVE_CONTESTANTS, 1, 3),
    arena: arena(w2, DURABLE_CONTESTANTS, DURABLE_GROUP, 2),
    // Its code is compiled by now.
    liveArena: arena(ten, LIVE_CONTESTANTS, 1, 1),
  };
}

export function journalLines({ durable, live, arena, liveArena, c100Seconds }: JournalsBench): string[] {
  const groups = `${String(DURABLE_CONTESTANTS)} in groups of ${String(DURABLE_GROUP)}`;
  const over = (seconds: number): string =>
    `${fixed(seconds * 1000, 1)} ms for ${String(W2_STEPS)} rounds, ${fixed(overC(seconds, c100Seconds), 1)} x C`;
  const oneARound = `${String(LIVE_CONTESTANTS)}, one commit a round`;
  return [
    `kernel with durable commits: ${groups} ${over(durable.seconds)}; ${oneARound}: ${spread(live)}`,
    `whole arena (gate, board, decisions, chain): ${groups} ${over(arena.seconds)}; ${oneARound}, on ${String(LIVE_ARENA_SYMBOLS)} symbols: ${spread(liveArena)}`,
  ];
}

export function journalsJson({ durable, live, arena, liveArena, c100Seconds }: JournalsBench): object {
  const quantiles = ({ commitMs }: { readonly commitMs: readonly number[] }): object => ({
    p50Ms: percentile(commitMs, 0.5),
    p99Ms: percentile(commitMs, 0.99),
  });
  return {
    durable: { overC: overC(durable.seconds, c100Seconds) ?? null },
    live: quantiles(live),
    arena: { overC: overC(arena.seconds, c100Seconds) ?? null, live: quantiles(liveArena) },
  };
}

function manySymbols(): MarketTable {
  return generateMarket({
    seed: 1,
    symbols: GENERATED_SYMBOLS.slice(0, LIVE_ARENA_SYMBOLS),
    timeframe: '1h',
    startMs: GENERATED_FROM_MS,
    length: 2 * W2_STEPS,
    perpetual: false,
  });
}

/** With a journal of its own, gone afterwards. */
function inStore<T>(folder: string, run: (store: ArenaStore) => T): T {
  const state = mkdtempSync(join(folder, 'state-'));
  const store = journalOf(state);
  try {
    return run(store);
  } finally {
    store.close();
    rmSync(state, { recursive: true, force: true });
  }
}

/** Of several runs: the first one compiles the code. */
function fastest<T extends { readonly seconds: number }>(runs: number, run: () => T): T {
  return fastestOf(Array.from({ length: runs }, run));
}

function fastestOf<T extends { readonly seconds: number }>(runs: readonly T[]): T {
  const [best] = [...runs].sort((a, b) => a.seconds - b.seconds);
  if (best === undefined) throw new Error('no run');
  return best;
}

function spread({ commitMs }: { readonly commitMs: readonly number[] }): string {
  return `p50 ${fixed(percentile(commitMs, 0.5), 2)} ms, p99 ${fixed(percentile(commitMs, 0.99), 2)} ms`;
}

/** Of ascending values. */
export function percentile(values: readonly number[], share: number): number {
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
}

function overC(seconds: number, c100Seconds: number | undefined): number | undefined {
  return c100Seconds === undefined ? undefined : seconds / c100Seconds;
}

function now(): number {
  return performance.now();
}
