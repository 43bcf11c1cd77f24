/** The jobs of `soak workers`: parts of a sweep, shards of an arena's field, and plain work. */
import { planSweep } from '../app/sweep/plan-sweep.js';
import { SWEEP_CHUNK, sweepChunk } from '../app/sweep/sweep-chunk-task.js';
import { jobOf } from '../app/shard-jobs.js';
import { openArena, register } from '../core/arena/arena.js';
import { livingSeats } from '../core/arena/play-block.js';
import { parseRoster } from '../core/arena/parse-roster.js';
import { DEFAULT_COSTS } from '../core/domain/costs.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { countRuns } from '../core/sweep/sweep-settings.js';
import { DEFAULT_LIMITS } from '../core/risk/limits.js';
import { createKinds } from '../core/strategies/catalog.js';
import type { Job } from '../ports/job-runner.js';
import { pingPayload } from './tasks.js';
import { sha256 } from './wire.js';

export type SoakJob = Omit<Job, 'id' | 'market'> & { readonly needsMarket: boolean };

const FIRST = 500;
const RUNS_A_CHUNK = 12;
const ROUNDS_A_SHARD = 150;

/** The job of a number; the same number is always the same work. */
export function soakJobs(table: MarketTable, pingRounds: number): (which: number) => SoakJob {
  const chunk = sweepChunks(table);
  const shard = shards(table);
  return (which) => {
    if (which % 4 === 0) return { task: SWEEP_CHUNK, payload: chunk(which), needsMarket: true };
    if (which % 4 === 2) return { ...shard(which), needsMarket: true };
    const content = new Uint8Array(which % 3 === 0 ? 10_000 : 16).fill(which);
    return { task: 'ping', payload: pingPayload(pingRounds, content), needsMarket: false };
  };
}

function sweepChunks(table: MarketTable): (which: number) => Uint8Array {
  const { settings } = planSweep(
    {
      kind: 'sma-cross',
      sets: {
        form: 'grid',
        fixed: { stop: 0.05 },
        axes: [
          { name: 'fast', values: [3, 5, 8, 13, 21] },
          { name: 'slow', values: [34, 55, 89, 144, 233] },
        ],
      },
      eachSymbol: true,
      cashUsd: 10_000,
      costs: DEFAULT_COSTS,
      limits: DEFAULT_LIMITS,
      holdoutFraction: 0,
      folds: 2,
      purgeBars: undefined,
      embargoBars: 0,
    },
    table,
    FIRST,
    createKinds(),
    sha256,
  );
  const last = countRuns(settings) - RUNS_A_CHUNK;
  return (which) => {
    const from = (which * 5) % last;
    return sweepChunk(settings, from, from + RUNS_A_CHUNK);
  };
}

function shards(table: MarketTable): (which: number) => Pick<Job, 'task' | 'payload'> {
  const arena = openArena(
    table,
    FIRST,
    {
      cashUsd: 10_000,
      costs: DEFAULT_COSTS,
      limits: DEFAULT_LIMITS,
      minimumHours: 168,
      cohort: { opensOn: 'day', looks: 'year', alpha: 0.05 },
    },
    sha256,
  );
  const content = [
    { kind: 'sma-cross', grid: { fast: [5, 10, 20], slow: [40, 80, 160] } },
    { kind: 'rsi-bands', symbols: 'each', params: { stop: 0.04 } },
    { kind: 'ema-cross', breakers: { drawdownFraction: 0.05 } },
  ];
  const market = { symbols: table.symbols, instrument: 'spot', timeframe: table.timeframe } as const;
  register(arena, parseRoster(content, 'soak', market, createKinds()));
  const seats = livingSeats(arena);
  return (which) => {
    const from = FIRST + which * ROUNDS_A_SHARD;
    const slots = Array.from({ length: ROUNDS_A_SHARD }, (_, i) => from + i);
    const { task, payload } = jobOf(arena, [seats], slots, '', 'soak').job;
    return { task, payload };
  };
}
