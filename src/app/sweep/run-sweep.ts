/**
 * Plays all runs of a sweep as jobs and takes their rows in order. Chunks are as large as 75 ms of work, or 20 times an
 * empty job's way where that is more, by the rate at which runs come back: how the runs are cut into chunks, who plays
 * them and how often the sweep was stopped change no byte.
 */
import { z } from 'zod';
import { canonicalJson } from '../../core/domain/canonical-json.js';
import { Problem } from '../../core/domain/problem.js';
import { unlessAborted } from '../../core/domain/unless-aborted.js';
import {
  type SweepTally,
  addRun,
  openTally,
  restoreTally,
  saveTally,
  savedTallySchema,
} from '../../core/sweep/sweep-tally.js';
import { type SweepSettings, countRuns, sweepSettingsSchema } from '../../core/sweep/sweep-settings.js';
import type { JobOutcome, JobRunner } from '../../ports/job-runner.js';
import type { SweepStore } from '../../ports/sweep-store.js';
import { emptyJobMs, worthwhileMs } from '../job-size.js';
import { SWEEP_CHUNK, rowsOfChunk, sweepChunk } from './sweep-chunk-task.js';

export interface SweepWorld {
  readonly runner: JobRunner;
  /** Lets the runner have the market up to the holdout; its fingerprint. */
  offer(): Promise<string>;
  readonly store: SweepStore;
  /** Short, of the settings: jobs of two sweeps must not have one id. */
  readonly id: string;
  readonly header: string;
  line(run: number, row: Float64Array): string;
  nowMs(): number;
  progress(done: number): void;
  /** Nobody waits for runs that are under way then: they are played again by whoever goes on. */
  readonly stop: AbortSignal;
  /** Instead of measuring: for tests that want certain chunks. */
  readonly runsPerChunk?: number;
}

/** What a job should take at least: short enough to stop and to go on within a second. */
export const CHUNK_MS = 75;
const MOST_RUNS_PER_CHUNK = 20_000;
/** A commit costs a millisecond or two: at most this much is played again after a crash. */
const COMMIT_MS = 500;

const checkpointSchema = z.strictObject({
  settings: sweepSettingsSchema,
  next: z.int().min(0),
  tally: savedTallySchema,
});

/** The tally of all runs; of those so far where it was stopped. */
export async function runSweep(
  settings: SweepSettings,
  world: SweepWorld,
): Promise<{ readonly tally: SweepTally; readonly done: number }> {
  const { store } = world;
  const total = countRuns(settings);
  const folds = settings.windows.folds.length;
  const before = resumable(store.found, settings);
  const tally = before === undefined ? openTally(folds) : restoreTally(before.tally);
  let done = before?.next ?? 0;
  if (before === undefined) store.append(world.header);
  const commit = (): void => {
    store.commit({ settings, next: done, tally: saveTally(tally) });
  };
  commit();
  world.progress(done);

  if (done === total) return { tally, done };
  const market = await unlessAborted(world.offer(), world.stop);
  if (market === undefined) return { tally, done };
  const emptyMs =
    world.runsPerChunk === undefined
      ? await unlessAborted(
          emptyJobMs(world.runner, () => world.nowMs()),
          world.stop,
        )
      : undefined;
  const sizes = chunkSizes(world, worthwhileMs(emptyMs, CHUNK_MS));
  const waiting: Chunk[] = [];
  let planned = done;
  let committedMs = world.nowMs();
  for (;;) {
    while (waiting.length < sizes.room() && planned < total && !world.stop.aborted) {
      const to = Math.min(planned + sizes.runs(), total);
      waiting.push(begin(settings, world, market, planned, to));
      planned = to;
    }
    const chunk = waiting.shift();
    if (chunk === undefined) break;
    const outcome = await unlessAborted(chunk.outcome, world.stop);
    if (outcome === undefined) break;
    if (outcome.kind === 'failed') {
      commit();
      throw new Problem(
        'degraded',
        `runs ${String(chunk.from)} to ${String(chunk.to - 1)} could not be played: ${outcome.why}`,
        { hint: 'the same command goes on from here' },
      );
    }
    sizes.learn(chunk.to - chunk.from);
    rowsOfChunk(outcome.bytes, chunk.to - chunk.from, folds).forEach((row, i) => {
      addRun(tally, chunk.from + i, row);
      store.append(world.line(chunk.from + i, row));
    });
    done = chunk.to;
    if (world.nowMs() - committedMs >= COMMIT_MS) {
      commit();
      committedMs = world.nowMs();
    }
    world.progress(done);
  }
  commit();
  return { tally, done };
}

interface Chunk {
  readonly from: number;
  readonly to: number;
  readonly outcome: Promise<JobOutcome>;
}

function begin(
  settings: SweepSettings,
  { id, runner }: SweepWorld,
  market: string,
  from: number,
  to: number,
): Chunk {
  const outcome = runner.run({
    id: `sweep-${id}-${String(from)}-${String(to)}`,
    task: SWEEP_CHUNK,
    payload: sweepChunk(settings, from, to),
    market,
  });
  // It is awaited in its turn; should one before it fail, nobody does.
  outcome.catch(() => undefined);
  return { from, to, outcome };
}

interface ChunkSizes {
  /** How many chunks may be under way. */
  room(): number;
  runs(): number;
  /** So many runs came back. */
  learn(runs: number): void;
}

/** Looked at again after so many times what may be under way: what was begun with another size is a part of it. */
const LOOK_AFTER = 2;
/** Wrong for one look, as with cold code, with a market on its way or with Redis gone, it is right a few looks later. */
const GROWS = 4;
const SHRINKS = 2;

/** From one run on, as large as the rate at which runs come back says, for as long as there are runs. */
function chunkSizes(world: SweepWorld, chunkMs: number): ChunkSizes {
  const { runner, runsPerChunk } = world;
  const room = (): number => 2 * runner.parallel;
  let runs = runsPerChunk ?? 1;
  let seen = { chunks: 0, runs: 0, fromMs: world.nowMs() };
  return {
    room,
    runs: () => runs,
    learn(played) {
      seen.chunks++;
      seen.runs += played;
      if (runsPerChunk !== undefined || seen.chunks < LOOK_AFTER * room()) return;
      const now = world.nowMs();
      const wanted = (chunkMs * seen.runs) / ((now - seen.fromMs) * runner.threads);
      const next = Math.round(Math.max(runs / SHRINKS, Math.min(wanted, runs * GROWS)));
      runs = Math.max(1, Math.min(next, MOST_RUNS_PER_CHUNK));
      seen = { chunks: 0, runs: 0, fromMs: now };
    },
  };
}

/** Where an earlier start of the same sweep was; a Problem where the folder holds another one. */
function resumable(found: unknown, settings: SweepSettings): z.infer<typeof checkpointSchema> | undefined {
  if (found === undefined) return undefined;
  const parsed = checkpointSchema.safeParse(found);
  if (!parsed.success)
    throw new Problem('damaged', 'the progress of the sweep in this folder cannot be read', {
      hint: 'another version of the program may have written it: move the folder away, or give --out another one',
      cause: parsed.error,
    });
  const differing = Object.keys(settings).filter((key) => {
    const [old, now] = [parsed.data.settings, settings].map((one) => one[key as keyof SweepSettings]);
    return canonicalJson(old) !== canonicalJson(now);
  });
  if (differing.length === 0) return parsed.data;
  throw new Problem('foreign', `this folder holds a sweep with other settings: ${differing.join(', ')}`, {
    hint: 'give --out another folder, or repeat the command that began it',
  });
}
