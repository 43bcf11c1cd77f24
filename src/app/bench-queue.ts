/** What a queue costs: the same jobs in this process, in threads and by workers, measured side by side. */
import type { JobRunner } from '../ports/job-runner.js';
import { emptyJobMs, worthwhileMs } from './job-size.js';
import { type QueueRun, simulateQueue } from './simulate-queue.js';
import { CHUNK_MS } from './sweep/run-sweep.js';

/** Work of one job. */
const WORK_MS = [20, 50] as const;
/** Enough that the last ones, of which one worker may have two while the other has none, are a small part. */
const JOBS = 80;
const TURNS = 5;
const EMPTY_JOBS = 400;
const SINGLE_JOBS = 101;
/** Bytes in and out of a job, where their cost is measured. */
const PAYLOAD_BYTES = [100, 100_000, 1_000_000] as const;

export interface QueueBenchWorld {
  readonly here: JobRunner;
  readonly threads: JobRunner;
  readonly workers: JobRunner;
  /** How many there are, of one thread each. */
  readonly workerCount: number;
  readonly nowMs: () => number;
  /** A payload of so many bytes at least, on which `ping` works for so many rounds. */
  readonly payload: (rounds: number, bytes: number) => Uint8Array;
  /** What is measured next, for people who wait. */
  readonly tell: (what: string) => void;
}

export interface QueueBenchRow {
  readonly workMs: number;
  /** Many jobs at once, so that nobody waits: time for one. */
  readonly threadsMsPerJob: number;
  readonly workersMsPerJob: number;
  /** What an empty job costs a worker when many are under way, as a share of the work. */
  readonly overheadShare: number;
  /** Rate of the workers over the rate of as many threads: median over turns. */
  readonly workersOverThreads: number;
}

export interface QueueBench {
  /** Work of a job of the product's own size on this machine. */
  readonly defaultMs: number;
  readonly rows: readonly QueueBenchRow[];
  /** Time of a worker that an empty job takes when many are under way. */
  readonly emptyWorkerMs: number;
  /** An empty job by itself, there and back, by bytes of its payload. */
  readonly empty: readonly { readonly bytes: number; readonly ms: number }[];
  /** Work a job must have for the queue to cost 5 % of it or less, by bytes. */
  readonly worthFromMs: readonly { readonly bytes: number; readonly ms: number }[];
  readonly curve: readonly ({ readonly workers: number } & QueueRun)[];
  readonly same: boolean;
}

/** What the queue costs by empty jobs, and how large the product makes a job because of it: a chunk of a sweep. */
export async function benchEmptyJobs(
  world: Pick<QueueBenchWorld, 'workers' | 'workerCount' | 'nowMs' | 'payload' | 'tell'>,
): Promise<{ readonly emptyWorkerMs: number; readonly defaultMs: number }> {
  const { workers, workerCount, nowMs, payload, tell } = world;
  tell('empty jobs by workers');
  const empties: number[] = [];
  for (let turn = 0; turn < TURNS; turn++)
    empties.push((await timeMany(world, workers, payload(0, 100), `m${String(turn)}`, EMPTY_JOBS)).msPerJob);
  return {
    emptyWorkerMs: median(empties) * workerCount,
    defaultMs: worthwhileMs(await emptyJobMs(workers, nowMs), CHUNK_MS),
  };
}

export async function benchQueue(world: QueueBenchWorld): Promise<QueueBench> {
  const { emptyWorkerMs, defaultMs } = await benchEmptyJobs(world);
  const roundsPerMs = await calibrate(world);
  const empty: { bytes: number; ms: number }[] = [];
  for (const bytes of PAYLOAD_BYTES) {
    const times: number[] = [];
    for (let n = 0; n < SINGLE_JOBS; n++)
      times.push(
        await timeOne(world, world.workers, world.payload(0, bytes), `e${String(bytes)}-${String(n)}`),
      );
    empty.push({ bytes, ms: median(times) });
  }
  let same = true;
  const rows: QueueBenchRow[] = [];
  for (const workMs of [...WORK_MS, defaultMs]) {
    world.tell(`jobs of ${String(Math.round(workMs))} ms by threads and by workers`);
    const payload = world.payload(Math.round(workMs * roundsPerMs), 100);
    const [threads, workers, ratios]: [number[], number[], number[]] = [[], [], []];
    // In turns, and compared within a turn, so that whatever else the machine does hits both.
    for (let turn = 0; turn < TURNS; turn++) {
      const tag = `${String(workMs)}-${String(turn)}`;
      const byThreads = await timeMany(world, world.threads, payload, `t${tag}`);
      const byWorkers = await timeMany(world, world.workers, payload, `w${tag}`);
      threads.push(byThreads.msPerJob);
      workers.push(byWorkers.msPerJob);
      ratios.push(byThreads.msPerJob / byWorkers.msPerJob);
      same &&= byThreads.digest === byWorkers.digest;
    }
    rows.push({
      workMs,
      threadsMsPerJob: median(threads),
      workersMsPerJob: median(workers),
      overheadShare: emptyWorkerMs / workMs,
      workersOverThreads: median(ratios),
    });
  }
  const delayMs = empty[0]?.ms ?? 0;
  return {
    defaultMs,
    rows,
    emptyWorkerMs,
    empty,
    worthFromMs: empty.map(({ bytes, ms }) => ({ bytes, ms: worthwhileMs(ms, 0) })),
    curve: [1, 2, 4, 8].map((workers) => ({ workers, ...simulateQueue(farAway(workers, delayMs)) })),
    same,
  };
}

/** Workers on other machines: a millisecond of network, and one death in a thousand jobs. */
function farAway(workers: number, delayMs: number): Parameters<typeof simulateQueue>[0] {
  return {
    seed: 1,
    workers,
    jobs: 20_000,
    workMs: 20,
    delayMs: delayMs + 1,
    ahead: 1,
    deathFraction: 0.001,
    takeOverMs: 3_500,
    replaceMs: 1_000,
  };
}

async function calibrate({ here, payload, nowMs }: QueueBenchWorld): Promise<number> {
  const rounds = 5_000;
  const times: number[] = [];
  // The first ones compile the code.
  for (let n = 0; n < 41; n++) {
    const beganMs = nowMs();
    await here.run({ id: 'calibrate', task: 'ping', payload: payload(rounds, 100) });
    times.push(nowMs() - beganMs);
  }
  return rounds / median(times.slice(20));
}

async function timeOne(
  { nowMs }: QueueBenchWorld,
  runner: JobRunner,
  payload: Uint8Array,
  id: string,
): Promise<number> {
  const beganMs = nowMs();
  const outcome = await runner.run({ id, task: 'ping', payload });
  if (outcome.kind === 'failed') throw new Error(outcome.why);
  return nowMs() - beganMs;
}

async function timeMany(
  { nowMs }: Pick<QueueBenchWorld, 'nowMs'>,
  runner: JobRunner,
  payload: Uint8Array,
  tag: string,
  jobs = JOBS,
): Promise<{ msPerJob: number; digest: string }> {
  let next = 0;
  let digest = '';
  const beganMs = nowMs();
  await Promise.all(
    Array.from({ length: runner.parallel * 2 }, async () => {
      while (next < jobs) {
        const outcome = await runner.run({ id: `${tag}-${String(next++)}`, task: 'ping', payload });
        if (outcome.kind === 'failed') throw new Error(outcome.why);
        digest = outcome.bytes.join();
      }
    }),
  );
  return { msPerJob: (nowMs() - beganMs) / jobs, digest };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
