import { setTimeout as sleep } from 'node:timers/promises';
import { type QueueBench, type QueueBenchWorld, benchEmptyJobs, benchQueue } from '../../app/bench-queue.js';
import { inProcessJobs } from '../../app/in-process-jobs.js';
import { type Column, fixed, grouped, textTable } from '../../reporting/text-table.js';
import { EXIT } from '../exit-codes.js';
import { openJobRunner } from '../open-job-runner.js';
import { createOutput } from '../output.js';
import { hasRedis, startRedis } from '../private-redis.js';
import { TASKS, pingPayload } from '../tasks.js';
import { sha256 } from '../wire.js';
import { startCrew } from '../worker-crew.js';

const WORKERS = 2;
const READY_LIMIT_MS = 20_000;

/** `bench queue`: two workers beside two threads, on a Redis of its own. */
export async function benchQueueCommand(flags: { readonly json?: boolean }): Promise<number> {
  const output = createOutput(flags.json === true);
  const result = await withWorkers(benchQueue, (what) => {
    output.note(`measuring ${what} ...`);
  });
  output.say(queueBenchText(result));
  output.answer(result);
  return result.same ? EXIT.fine : EXIT.degraded;
}

/** What the queue takes of a job of the product's own size, in percent; undefined without a redis-server. */
export async function queueOverhead(
  tell: QueueBenchWorld['tell'],
): Promise<{ readonly defaultMs: number; readonly overheadPct: number } | undefined> {
  if (!hasRedis()) return undefined;
  const { emptyWorkerMs, defaultMs } = await withWorkers(benchEmptyJobs, tell);
  return { defaultMs, overheadPct: (100 * emptyWorkerMs) / defaultMs };
}

async function withWorkers<T>(
  bench: (world: QueueBenchWorld) => Promise<T>,
  tell: QueueBenchWorld['tell'],
): Promise<T> {
  tell('jobs of two workers, once they are there');
  const redis = await startRedis();
  const crew = startCrew(redis.url, WORKERS);
  const silent = (): void => undefined;
  const threads = await openJobRunner({ threads: String(WORKERS) }, {}, TASKS, silent);
  const workers = await openJobRunner({ workers: 'bullmq' }, { REDIS_URL: redis.url }, TASKS, silent);
  try {
    const warm = pingPayload(20_000, new Uint8Array(1));
    const limit = performance.now() + READY_LIMIT_MS;
    // All of them, and with their code compiled.
    while (workers.parallel < 3 * WORKERS && performance.now() < limit) await sleep(100);
    for (const [name, runner] of Object.entries({ threads, workers }))
      await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          runner.run({ id: `warm-${name}-${String(n)}`, task: 'ping', payload: warm }),
        ),
      );
    return await bench({
      here: inProcessJobs(TASKS, sha256),
      threads,
      workers,
      workerCount: WORKERS,
      nowMs: () => performance.now(),
      payload: (rounds, bytes) => pingPayload(rounds, new Uint8Array(bytes)),
      tell,
    });
  } finally {
    await workers.close();
    await threads.close();
    await crew.end();
    await redis.kill();
  }
}

const percent = (share: number): string => `${fixed(100 * share, 1)} %`;

const ROWS: readonly Column<QueueBench['rows'][number]>[] = [
  { title: 'work ms', align: 'right', cell: (row) => fixed(row.workMs, 0) },
  { title: 'overhead', align: 'right', cell: (row) => percent(row.overheadShare) },
  { title: '2 threads ms/job', align: 'right', cell: (row) => fixed(row.threadsMsPerJob, 2) },
  { title: '2 workers ms/job', align: 'right', cell: (row) => fixed(row.workersMsPerJob, 2) },
  { title: 'workers/threads', align: 'right', cell: (row) => percent(row.workersOverThreads) },
  { title: 'overhead <= 5 %', align: 'left', cell: (row) => (row.overheadShare <= 0.05 ? 'pass' : 'FAIL') },
  {
    title: 'workers >= 80 %',
    align: 'left',
    cell: (row) => (row.workersOverThreads >= 0.8 ? 'pass' : 'FAIL'),
  },
];

const BYTES: readonly Column<{ bytes: number; ms: number; worthMs: number }>[] = [
  { title: 'payload bytes', align: 'right', cell: (row) => grouped(row.bytes) },
  { title: 'empty job, there and back ms', align: 'right', cell: (row) => fixed(row.ms, 2) },
  { title: '5 % of a job of ms', align: 'right', cell: (row) => fixed(row.worthMs, 0) },
];

const CURVE: readonly Column<QueueBench['curve'][number]>[] = [
  { title: 'workers', align: 'right', cell: (row) => String(row.workers) },
  { title: 'jobs a second', align: 'right', cell: (row) => fixed(row.jobsPerSecond, 1) },
  { title: 'of ideal', align: 'right', cell: (row) => percent(row.shareOfIdeal) },
  { title: '', align: 'left', cell: (row) => '█'.repeat(Math.round(row.jobsPerSecond / 10)) },
];

function queueBenchText({
  defaultMs,
  rows,
  emptyWorkerMs,
  empty,
  worthFromMs,
  curve,
  same,
}: QueueBench): string {
  const bytes = empty.map(({ bytes, ms }, i) => ({ bytes, ms, worthMs: worthFromMs[i]?.ms ?? NaN }));
  return [
    ...textTable(ROWS, rows),
    same ? 'threads and workers gave the same bytes' : 'threads and workers gave DIFFERENT bytes',
    `an empty job takes ${fixed(emptyWorkerMs, 2)} ms of a worker when many are under way; chunks of a sweep are ${fixed(defaultMs, 0)} ms of work`,
    '',
    ...textTable(BYTES, bytes),
    '',
    'simulated: jobs of 20 ms, workers a millisecond further away, one death in a thousand jobs',
    ...textTable(CURVE, curve),
  ].join('\n');
}
