import { emptyJobMs, worthwhileMs } from '../app/job-size.js';
import { LEAST_SHARD_MS, type PlayField, shardedField, shardsByWork } from '../app/play-shards.js';
import type { Arena } from '../core/arena/arena.js';
import type { ArenaFlags } from './arena-config.js';

/** Whoever helps the arena to play its blocks. */
export interface ArenaJobs {
  readonly play: PlayField;
  /** What blocks wait for, for people; undefined while they are played. */
  waitingFor(): string | undefined;
  /** How much help it was. */
  summary(): string;
  close(): Promise<void>;
}

/**
 * Undefined where the arena plays alone: without `--threads` and `--workers`. Most of a round is its closing, which only the
 * arena can do, and sessions come and go as bytes: for the kinds of the product one thread is as fast.
 */
export async function openArenaJobs(
  arena: Arena,
  { threads, workers }: Pick<ArenaFlags, 'threads' | 'workers'>,
  leastShardMs: number | undefined,
  told: (text: string) => void,
  stopped: AbortSignal,
): Promise<ArenaJobs | undefined> {
  if (threads === undefined && workers === undefined) return undefined;
  // Loaded here: most runs play alone, and the libraries of threads and queues take their time.
  const [{ openJobRunner }, { TASKS }] = await Promise.all([
    import('./open-job-runner.js'),
    import('./tasks.js'),
  ]);
  const flags = {
    ...(threads === undefined ? {} : { threads }),
    ...(workers === undefined ? {} : { workers }),
  };
  const runner = await openJobRunner(flags, process.env, TASKS, told);
  let leastMs = leastShardMs ?? LEAST_SHARD_MS;
  // Nobody waits for it: it decides what is handed over, never what comes out, and workers may come later.
  if (leastShardMs === undefined)
    emptyJobMs(runner, () => performance.now())
      .then((emptyMs) => {
        leastMs = worthwhileMs(emptyMs, LEAST_SHARD_MS);
      })
      .catch(() => undefined);
  let helped = 0;
  let blocks = 0;
  const play = shardedField(arena, {
    get parallel() {
      return runner.parallel;
    },
    open: () => Promise.resolve(runner),
    nowMs: () => performance.now(),
    shardsFor: (workMs, parallel) => shardsByWork(workMs, parallel, leastMs),
    played(shards) {
      blocks++;
      if (shards > 0) helped++;
    },
    stopped,
    told,
  });
  return {
    play,
    waitingFor: () => runner.waitingFor(),
    summary: () =>
      `${String(helped)} of ${String(blocks)} blocks were played by ${workers === undefined ? 'threads' : 'workers'}; ` +
      'the others had too little work to hand over',
    close: () => runner.close(),
  };
}
