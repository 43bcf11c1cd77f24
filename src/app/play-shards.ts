/**
 * Plays blocks with the help of whoever does jobs: the field is split into shards, each is sent with the state of its
 * sessions, and what comes back is what would have been played here, byte for byte. A job that fails in the end costs
 * nobody anything: the arena plays its shard itself.
 */
import type { Arena, Seat } from '../core/arena/arena.js';
import { type Block, livingSeats, playBlock, playSeats } from '../core/arena/play-block.js';
import { isMovable, splitField } from '../core/arena/split-field.js';
import { timeframeMs } from '../core/domain/time.js';
import { unlessAborted } from '../core/domain/unless-aborted.js';
import type { JobOutcome, JobRunner } from '../ports/job-runner.js';
import { jobOf, takeShard, wordsOf } from './shard-jobs.js';

export interface ShardWorld {
  /** How many jobs are worth having under way at once; it changes where workers come and go. */
  readonly parallel: number;
  /** Whoever does the jobs; asked for at the first one. */
  open(): Promise<JobRunner>;
  /** Monotonic milliseconds: they decide what is sent, never what comes out. */
  nowMs(): number;
  /** Into how many shards a block of so much work goes; 0: it is played here. `shardsByWork` when absent. */
  readonly shardsFor?: (workMs: number, parallel: number) => number;
  /** Called for every block, with the shards that it went into; 0: it was played here. */
  readonly played?: (shards: number) => void;
  /** After it nobody waits for a job: what is missing is played here. */
  readonly stopped?: AbortSignal;
  /** A job failed in the end, or its answer was of no use. */
  readonly told: (text: string) => void;
}

/** A job costs 0.1 to 0.3 ms to hand over, and its sessions come and go as bytes: less work than this is not worth it. */
export const LEAST_SHARD_MS = 20;
/** So often two blocks are played here, to know what the work is by now; the first of them compiles the code. */
const MEASURED_EVERY = 64;

/** `workMs` is what one process takes for all; NaN while nobody knows. */
export function shardsByWork(workMs: number, parallel: number, leastMs = LEAST_SHARD_MS): number {
  const shards = Math.min(parallel, Math.floor(workMs / leastMs));
  return shards >= 2 ? shards : 0;
}

export type PlayField = (slots: readonly number[]) => Promise<Block>;

export function shardedField(arena: Arena, world: ShardWorld): PlayField {
  const { shardsFor = shardsByWork } = world;
  let opened: Promise<Elsewhere> | undefined;
  let workMsPerBar = NaN;
  let blocks = 0;

  return async (slots) => {
    const measured = blocks % MEASURED_EVERY >= 2;
    const living = livingSeats(arena);
    const movable = living.filter(isMovable).length;
    const shards = living.some(({ session }) => session.models !== undefined)
      ? 0
      : Math.min(movable, shardsFor(measured ? workMsPerBar * slots.length : NaN, world.parallel));
    blocks++;
    world.played?.(shards);
    if (shards >= 1) {
      opened ??= open(arena, world);
      return playElsewhere(arena, living, slots, shards, await opened, world);
    }
    const began = world.nowMs();
    const block = playBlock(arena, slots);
    workMsPerBar = ((world.nowMs() - began) / slots.length) * (movable / Math.max(1, living.length));
    return block;
  };
}

interface Elsewhere {
  readonly runner: JobRunner;
  /** Fingerprint. */
  readonly market: string;
}

async function open({ market }: Arena, world: ShardWorld): Promise<Elsewhere> {
  const runner = await world.open();
  return { runner, market: await runner.offerMarket(market) };
}

async function playElsewhere(
  arena: Arena,
  living: readonly Seat[],
  slots: readonly number[],
  count: number,
  { runner, market }: Elsewhere,
  world: ShardWorld,
): Promise<Block> {
  const { shards, here } = splitField(living, count, timeframeMs(arena.market.timeframe));
  const sent = shards.map((stretches, i) => {
    const part = `${String(i + 1)}-of-${String(shards.length)}`;
    const { job, states } = jobOf(arena, stretches, slots, market, part);
    return { stretches, states, outcome: unlessAborted(failing(runner.run(job)), world.stopped) };
  });
  const parts = here.map((seats) => playSeats(arena, seats, slots).play);
  for (const { stretches, states, outcome } of sent)
    parts.push(...takeShard(arena, stretches, slots, states, await outcome, world.told));
  parts.sort((a, b) => (a.positions[0] ?? 0) - (b.positions[0] ?? 0));
  return { slots, parts, pending: [] };
}

/** A runner that breaks off is one more way for a job to fail. */
function failing(outcome: Promise<JobOutcome>): Promise<JobOutcome> {
  return outcome.catch((error: unknown) => ({ kind: 'failed', why: wordsOf(error) }));
}
