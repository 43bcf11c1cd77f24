import { createHash } from 'node:crypto';
import { type SweepPlan, type SweepWish, planSweep } from '../../src/app/sweep/plan-sweep.js';
import { type SweepEnd, finishSweep } from '../../src/app/sweep/finish-sweep.js';
import { type SweepWorld, runSweep } from '../../src/app/sweep/run-sweep.js';
import { SWEEP_CHUNK, sweepChunkTask } from '../../src/app/sweep/sweep-chunk-task.js';
import { jobsHere } from './jobs-here.js';
import { DEFAULT_COSTS } from '../../src/core/domain/costs.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { DEFAULT_LIMITS } from '../../src/core/risk/limits.js';
import { createKinds } from '../../src/core/strategies/catalog.js';
import { readGrid } from '../../src/core/sweep/read-sets.js';
import type { SweepTally } from '../../src/core/sweep/sweep-tally.js';
import type { JobRunner } from '../../src/ports/job-runner.js';
import type { SweepStore } from '../../src/ports/sweep-store.js';
import { sweepLines } from '../../src/reporting/sweep/sweep-csv.js';

const kinds = createKinds();

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A sweep of crossings over a market, as the command would plan it. */
export function planOf(market: MarketTable, wish: Partial<SweepWish> = {}): SweepPlan {
  return planSweep(
    {
      kind: 'sma-cross',
      sets: readGrid({ fast: [3, 6, 12], slow: [10, 20, 40] }, {}),
      eachSymbol: false,
      cashUsd: 10_000,
      costs: DEFAULT_COSTS,
      limits: DEFAULT_LIMITS,
      holdoutFraction: 0.25,
      folds: 2,
      purgeBars: undefined,
      embargoBars: 0,
      ...wish,
    },
    market,
    0,
    kinds,
    sha256,
  );
}

/** A store in memory that keeps what a folder would: rows count with the commit that follows them. */
export interface MemorySweep extends SweepStore {
  readonly rows: () => string;
  readonly checkpoint: () => unknown;
  readonly commits: () => number;
}

export function memorySweep(found?: unknown, rowsSoFar = ''): MemorySweep {
  let [rows, waiting, checkpoint, commits] = [rowsSoFar, '', found, 0];
  return {
    found: found === undefined ? undefined : (JSON.parse(JSON.stringify(found)) as unknown),
    append(text) {
      waiting += text;
    },
    commit(next) {
      rows += waiting;
      waiting = '';
      checkpoint = JSON.parse(JSON.stringify(next));
      commits++;
    },
    close: () => undefined,
    rows: () => rows,
    checkpoint: () => checkpoint,
    commits: () => commits,
  };
}

export function sweepRunner(): JobRunner {
  return jobsHere({ [SWEEP_CHUNK]: sweepChunkTask(() => Promise.resolve(kinds)) });
}

export async function playSweep(
  { settings, ranked }: SweepPlan,
  world: Partial<SweepWorld> & { readonly store: SweepStore },
): Promise<{ tally: SweepTally; done: number }> {
  const runner = world.runner ?? sweepRunner();
  const lines = sweepLines(settings);
  return await runSweep(settings, {
    offer: () => runner.offerMarket(ranked),
    id: 'test',
    header: lines.header,
    line: lines.line,
    nowMs: () => performance.now(),
    progress: () => undefined,
    stop: new AbortController().signal,
    ...world,
    runner,
  });
}

export async function endSweep(
  plan: SweepPlan,
  whole: MarketTable,
  tally: SweepTally,
  top = 5,
): Promise<SweepEnd> {
  const end = await finishSweep(plan.settings, tally, {
    kinds,
    ranked: plan.ranked,
    whole,
    top,
    breathe: () => Promise.resolve(true),
  });
  if (end === undefined) throw new Error('nobody stopped it');
  return end;
}
