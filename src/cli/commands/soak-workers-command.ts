/** `soak workers`: rounds of jobs while workers are killed and Redis is paused, restarted and flushed, all at random. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inProcessJobs } from '../../app/in-process-jobs.js';
import { assertInvariant } from '../../core/domain/problem.js';
import { uniformAt } from '../../core/domain/rng.js';
import { generateMarket } from '../../core/market/generate-market.js';
import type { Job, JobOutcome, JobRunner } from '../../ports/job-runner.js';
import { fixed, grouped } from '../../reporting/text-table.js';
import { EXIT } from '../exit-codes.js';
import { openJobRunner } from '../open-job-runner.js';
import { createOutput } from '../output.js';
import { wholeBetween } from '../parse-number.js';
import { type PrivateRedis, startRedis } from '../private-redis.js';
import { startCount } from '../progress.js';
import { type SoakJob, soakJobs } from '../soak-jobs.js';
import { TASKS, pingPayload } from '../tasks.js';
import { sha256 } from '../wire.js';
import { type WorkerCrew, startCrew } from '../worker-crew.js';

interface SoakWorkersFlags {
  readonly seconds: string;
  readonly workers: string;
  readonly seed: string;
  readonly json?: boolean;
}

const MOST_SECONDS = 86_400;
const MOST_WORKERS = 32;
const MOST_SEED = 1_000_000;
/** Different jobs; their right results are worked out once, in this process. */
const KINDS_OF_JOBS = 32;
const JOBS_A_ROUND = 24;
const WORK_MS = 20;
/** Longer than any wait that was caused: what has not come then is lost. */
const LAST_ROUND_LIMIT_MS = 60_000;
/** Between two disturbances. */
const CALM_MS = [200, 1_200] as const;
/** Some pauses are longer than locks live, so that jobs are done twice. */
const PAUSE_MS = [100, 4_000] as const;

const ZERO = { rounds: 0, jobs: 0, lost: 0, doubled: 0, different: 0, failed: 0 };
const CALM = { kills: 0, pauses: 0, restarts: 0, flushes: 0 };

export async function soakWorkersCommand(flags: SoakWorkersFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const seconds = wholeBetween(flags.seconds, '--seconds', 1, MOST_SECONDS);
  const count = wholeBetween(flags.workers, '--workers', 1, MOST_WORKERS);
  const seed = wholeBetween(flags.seed, '--seed', 0, MOST_SEED);
  const redis = await startRedis();
  const crew = startCrew(redis.url, count);
  const over = new AbortController();
  const disturbed = { ...CALM };
  const progress = startCount(seconds, output.json, 'seconds');
  let counts = { ...ZERO };
  let waits = 0;
  try {
    const runner = await openJobRunner({ workers: 'bullmq' }, { REDIS_URL: redis.url }, TASKS, () => waits++);
    const chaos = disturb(redis, crew, disturbed, seed, over.signal);
    counts = await playRounds(runner, seed, seconds * 1000, (ms) => {
      progress.update(Math.min(seconds, Math.floor(ms / 1000)));
    });
    over.abort();
    await chaos;
    await runner.close();
  } finally {
    over.abort();
    progress.stop();
    await crew.end();
    redis.thaw();
    await redis.kill();
  }
  output.say(
    `${String(seconds)} s, seed ${String(seed)}, ${String(count)} workers: ${grouped(counts.jobs)} jobs in ${grouped(counts.rounds)} rounds, ${fixed(counts.jobs / seconds, 1)} a second`,
  );
  output.say(
    `disturbed: ${String(disturbed.kills)} workers killed, Redis ${String(disturbed.pauses)} times paused, ${String(disturbed.restarts)} times restarted empty, ${String(disturbed.flushes)} times flushed`,
  );
  output.say(
    `lost ${String(counts.lost)}, doubled ${String(counts.doubled)}, different ${String(counts.different)}, failed ${String(counts.failed)}`,
  );
  output.answer({ seconds, seed, workers: count, ...counts, ...disturbed, statesTold: waits });
  const bad = counts.lost + counts.doubled + counts.different + counts.failed;
  return bad === 0 && counts.jobs > 0 ? EXIT.fine : EXIT.degraded;
}

/** Rounds one after the other until the time is over; a round ends when all its results are there. */
async function playRounds(
  runner: JobRunner,
  seed: number,
  lengthMs: number,
  told: (ms: number) => void,
): Promise<typeof ZERO> {
  const { work, right, table } = await prepare(seed);
  const counts = { ...ZERO };
  const startMs = performance.now();
  while (performance.now() - startMs < lengthMs) {
    // Every round: it costs nothing while it is known, and a new one must reach the workers, too.
    const market = await runner.offerMarket(table);
    const seen = new Map<string, number>();
    const round = Array.from({ length: JOBS_A_ROUND }, (_, k) => {
      const which = Math.floor(uniformAt(seed, counts.rounds * 60_000, k) * KINDS_OF_JOBS);
      const id = `${String(counts.rounds)}-${String(k)}`;
      return { which, job: jobFor(work(which), id, market) };
    });
    await Promise.race([
      sleep(lengthMs + LAST_ROUND_LIMIT_MS, undefined, { ref: false }),
      Promise.all(
        round.map(async ({ which, job }) => {
          const outcome = await runner.run(job);
          seen.set(job.id, (seen.get(job.id) ?? 0) + 1);
          if (outcome.kind === 'failed') counts.failed++;
          else if (!sameBytes(outcome, right[which])) counts.different++;
          told(performance.now() - startMs);
        }),
      ),
    ]);
    counts.rounds++;
    counts.jobs += round.length;
    counts.lost += round.filter(({ job }) => !seen.has(job.id)).length;
    counts.doubled += [...seen.values()].filter((times) => times > 1).length;
    if (counts.lost > 0) break;
  }
  return counts;
}

function sameBytes(a: JobOutcome, b: JobOutcome | undefined): boolean {
  return a.kind === 'done' && b?.kind === 'done' && Buffer.compare(a.bytes, b.bytes) === 0;
}

function jobFor({ task, payload, needsMarket }: SoakJob, id: string, market: string): Job {
  return { id, task, payload, ...(needsMarket ? { market } : {}) };
}

/** The jobs, what each must come to, and the market that every other one needs. */
async function prepare(seed: number): Promise<{
  work: (which: number) => SoakJob;
  right: readonly JobOutcome[];
  table: ReturnType<typeof generateMarket>;
}> {
  const table = generateMarket({
    seed,
    symbols: ['BTC-USDT', 'ETH-USDT', 'SOL-USDT'],
    timeframe: '1h',
    startMs: Date.UTC(2024, 0, 1),
    length: 10_000,
    perpetual: false,
  });
  const here = inProcessJobs(TASKS, sha256);
  const market = await here.offerMarket(table);
  const probe = { id: 'probe', task: 'ping', payload: pingPayload(5_000, new Uint8Array(8)) };
  await here.run(probe);
  const beganMs = performance.now();
  await here.run(probe);
  const rounds = Math.max(1, Math.round((5_000 * WORK_MS) / (performance.now() - beganMs)));
  const work = soakJobs(table, rounds);
  const right: JobOutcome[] = [];
  for (let which = 0; which < KINDS_OF_JOBS; which++) {
    const outcome = await here.run(jobFor(work(which), 'x', market));
    assertInvariant(outcome.kind === 'done', () => `job ${String(which)} cannot be done at all`);
    right.push(outcome);
  }
  return { work, right, table };
}

async function disturb(
  redis: PrivateRedis,
  crew: WorkerCrew,
  counts: typeof CALM,
  seed: number,
  over: AbortSignal,
): Promise<void> {
  const between = ([least, most]: readonly [number, number], draw: number): number =>
    least + (most - least) * draw;
  const rest = (ms: number): Promise<void> => sleep(ms, undefined, { signal: over }).catch(() => undefined);
  for (let n = 1; !over.aborted; n++) {
    const draw = (k: number): number => uniformAt(seed, n * 60_000, k);
    await rest(between(CALM_MS, draw(0)));
    if (over.aborted) return;
    const what = draw(1);
    if (what < 0.55) {
      crew.kill(draw(2));
      counts.kills++;
    } else if (what < 0.75) {
      redis.freeze();
      counts.pauses++;
      await rest(between(PAUSE_MS, draw(2)));
      redis.thaw();
    } else if (what < 0.88) {
      await redis.kill();
      counts.restarts++;
      await rest(between([0, 1_000], draw(2)));
      await redis.start();
    } else {
      await redis.command('FLUSHALL');
      counts.flushes++;
    }
  }
}
