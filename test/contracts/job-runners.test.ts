/** The same jobs give the same bytes in this process, in threads and by workers, whatever happens to workers and Redis. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type BullmqJobs, openBullmqJobs } from '../../src/adapters/jobs/bullmq-jobs.js';
import type { QueueState } from '../../src/adapters/jobs/queue-state.js';
import { redisAddress } from '../../src/adapters/jobs/redis-address.js';
import { inProcessJobs } from '../../src/app/in-process-jobs.js';
import { openJobRunner } from '../../src/cli/open-job-runner.js';
import { programVersion } from '../../src/cli/program-version.js';
import { TASKS, pingPayload } from '../../src/cli/tasks.js';
import { sha256 } from '../../src/cli/wire.js';
import type { Job, JobOutcome, JobRunner } from '../../src/ports/job-runner.js';
import { temporaryFolder } from '../support/cli.js';
import { bar, marketOf } from '../support/made-market.js';
import { poisonWorker } from '../support/poison-tasks.js';
import { type PrivateRedis, startRedis } from '../../src/cli/private-redis.js';
import { whyNoRedis } from '../support/redis-server.js';
import { until } from '../support/until.js';
import { killWorkers, startWorker, startWorkerProgram } from '../support/worker-processes.js';

const folder = temporaryFolder();
const servers: PrivateRedis[] = [];
const runs: BullmqJobs[] = [];

afterEach(async () => {
  for (const server of servers) server.thaw();
  await Promise.all(runs.splice(0).map((run) => run.close()));
  await killWorkers();
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});
afterAll(() => {
  folder.remove();
});

async function redis(): Promise<PrivateRedis> {
  const server = await startRedis();
  servers.push(server);
  return server;
}

async function queueRun(server: PrivateRedis, told?: (state: QueueState) => void): Promise<BullmqJobs> {
  const run = await openBullmqJobs({
    address: redisAddress({ REDIS_URL: server.url }),
    version: programVersion(),
    ...(told === undefined ? {} : { told }),
  });
  runs.push(run);
  return run;
}

/** A market of more than one chunk. */
const MARKET = marketOf(
  ['A', 'B'].map((_, s) =>
    Array.from({ length: 16_000 }, (_, i) => (i % 97 === 3 ? undefined : bar(1 + s + (i % 13), 2 + (i % 7)))),
  ),
);

/** Jobs of a few milliseconds: small and large payloads, with and without the market. */
function jobs(count: number, market: string | undefined, rounds = 3_000): Job[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `job-${String(i)}`,
    task: 'ping',
    payload: pingPayload(rounds, new Uint8Array(i % 5 === 4 ? 20_000 : 3).fill(i)),
    ...(market !== undefined && i % 3 === 0 ? { market } : {}),
  }));
}

/** What must come out, by this process alone. */
async function expected(these: readonly Job[]): Promise<JobOutcome[]> {
  const here = inProcessJobs(TASKS, sha256);
  await here.offerMarket(MARKET);
  return Promise.all(these.map((job) => here.run(job)));
}

function runAll(runner: JobRunner, these: readonly Job[]): Promise<JobOutcome[]> {
  return Promise.all(these.map((job) => runner.run(job)));
}

describe.skipIf(whyNoRedis() !== undefined)('jobs by workers', () => {
  it('give the bytes that threads and this process give', async () => {
    const server = await redis();
    startWorker(server.url);
    startWorker(server.url);
    const queue = await queueRun(server);
    const threads = await openJobRunner({ threads: '2' }, {}, TASKS, () => undefined);
    const market = await queue.offerMarket(MARKET);
    expect(await threads.offerMarket(MARKET)).toBe(market);
    const these = jobs(60, market);
    const right = await expected(these);
    expect(right.every(({ kind }) => kind === 'done')).toBe(true);
    expect(await runAll(queue, these)).toEqual(right);
    expect(await runAll(threads, these)).toEqual(right);
    await threads.close();
  });

  it('go on when a worker is killed in the middle of them', async () => {
    const server = await redis();
    const first = startWorker(server.url);
    const queue = await queueRun(server);
    const these = jobs(40, await queue.offerMarket(MARKET), 20_000);
    let done = 0;
    const outcomes = runAll(
      {
        ...queue,
        run: (job) =>
          queue.run(job).then((one) => {
            done++;
            return one;
          }),
      },
      these,
    );
    await until('some are done', () => done >= 5);
    first.child.kill('SIGKILL');
    await first.end;
    expect(done).toBeLessThan(these.length);
    startWorker(server.url);
    expect(await outcomes).toEqual(await expected(these));
  });

  it('wait while Redis stands still, and say so', async () => {
    const server = await redis();
    startWorker(server.url);
    const states: QueueState[] = [];
    const queue = await queueRun(server, (state) => states.push(state));
    const these = jobs(120, await queue.offerMarket(MARKET), 8_000);
    const outcomes = runAll(queue, these);
    await until('a worker is there', () => states.at(-1)?.kind === 'working');
    server.freeze();
    await until('the silence is told', () => states.at(-1)?.kind === 'no-redis');
    server.thaw();
    expect(await outcomes).toEqual(await expected(these));
    await until('all is well again', () => states.at(-1)?.kind === 'working');
  });

  it('are added again, with their market, when Redis comes back empty or is flushed', async () => {
    const server = await redis();
    const worker = startWorker(server.url);
    const queue = await queueRun(server);
    const these = jobs(120, await queue.offerMarket(MARKET), 8_000);
    const outcomes = runAll(queue, these);
    await until('it is served', () => worker.said().includes('serving'));
    await server.command('FLUSHALL');
    await until('they are added again', () => queue.addedAgain > 0);
    const before = queue.addedAgain;
    await server.kill();
    await sleep(500);
    await server.start();
    await until('they are added again once more', () => queue.addedAgain > before);
    expect(await outcomes).toEqual(await expected(these));
  });

  it('are a problem with words where Redis has no room for their market', async () => {
    const server = await redis();
    const queue = await queueRun(server);
    await server.command('CONFIG', 'SET', 'maxmemory', '1500kb');
    await expect(queue.offerMarket(MARKET)).rejects.toMatchObject({
      kind: 'degraded',
      message: expect.stringMatching(/does not take the market of \d+\.\d MB: OOM/) as unknown,
      hint: expect.stringContaining('raise its maxmemory') as unknown,
    });
  });

  it('of two runs do not meet, and a run that ends leaves nothing behind', async () => {
    const server = await redis();
    const worker = startWorker(server.url);
    const [one, two] = [await queueRun(server), await queueRun(server)];
    // The same ids, other work.
    const these = jobs(20, await one.offerMarket(MARKET));
    const those = jobs(20, undefined, 100);
    const [ones, twos] = await Promise.all([runAll(one, these), runAll(two, those)]);
    expect(ones).toEqual(await expected(these));
    expect(twos).toEqual(await expected(those));
    await one.close();
    await until('the worker sees the end', () => worker.said().includes(`${one.prefix} has ended`));
    expect(await server.command('KEYS', `*${one.prefix}*`)).toBe('*0\r\n');
    expect(await runAll(two, jobs(25, undefined, 50).slice(20))).toHaveLength(5);
    await two.close();
    await until('nothing is left but the worker', async () => {
      return (
        (await server.command('KEYS', '*')).split('\r\n').filter((line) => /arena-[0-9a-f]/.test(line))
          .length === 0
      );
    });
  });

  it('that fail five times come back with the reason: one that throws, one that ends the thread, one that kills its worker', async () => {
    const server = await redis();
    const program = poisonWorker(folder.path);
    let workers = 0;
    // As a supervisor would: a worker that dies is started again.
    let over = false;
    const keepOne = async (): Promise<void> => {
      while (!over) {
        workers++;
        await startWorkerProgram(program, server.url).end;
      }
    };
    const kept = keepOne();
    const queue = await queueRun(server);
    const files = ['throw', 'exit-thread', 'kill-process'].map((task) => join(folder.path, `tried-${task}`));
    // Beside the poison, not after it.
    const these = jobs(10, undefined);
    const others = runAll(queue, these);
    const poison = await Promise.all([
      queue.run({ id: 'throws', task: 'throw', payload: new TextEncoder().encode(files[0]) }),
      queue.run({ id: 'exits', task: 'exit-thread', payload: new TextEncoder().encode(files[1]) }),
      queue.run({ id: 'kills', task: 'kill-process', payload: new TextEncoder().encode(files[2]) }),
    ]);
    expect(poison.slice(0, 2)).toEqual([
      { kind: 'failed', why: 'thrown on purpose' },
      { kind: 'failed', why: 'worker exited with code: 7' },
    ]);
    expect(poison[2]).toEqual({
      kind: 'failed',
      why: 'its worker died each of the 5 times that it was begun',
    });
    expect(readFileSync(files[2] ?? '', 'utf8')).toBe('xxxxx');
    expect(await others).toEqual(await expected(these));
    over = true;
    await killWorkers();
    await kept;
    expect(workers).toBeGreaterThanOrEqual(6);
  });

  it('fail at once, with words, where the worker does not know the task or runs another version', async () => {
    const server = await redis();
    startWorker(server.url);
    const queue = await queueRun(server);
    expect(await queue.run({ id: 'a', task: 'nothing', payload: new Uint8Array(1) })).toEqual({
      kind: 'failed',
      why: `there is no task "nothing"; there are ${Object.keys(TASKS).join(', ')}`,
    });
    // As if the run had gone on with another version behind the worker's back.
    const connection = new Redis(server.url, { protocol: 2, maxRetriesPerRequest: null });
    const other = new Queue('jobs', { connection, prefix: queue.prefix });
    const outcome = queue.run({ id: 'b', task: 'ping', payload: pingPayload(2_000_000, new Uint8Array(1)) });
    await other.add('ping', { version: 'other', task: 'ping', payload: '' }, { jobId: 'j-c' });
    await until('it is refused', async () => (await connection.exists(`${queue.prefix}:result:c`)) === 1);
    expect((await connection.get(`${queue.prefix}:result:c`)) ?? '').toContain('the job is of other');
    expect((await outcome).kind).toBe('done');
    await other.close();
    connection.disconnect();
  });

  it('are left alone by workers of another version, which is said', async () => {
    const server = await redis();
    const states: QueueState[] = [];
    startWorkerProgram(poisonWorker(folder.path), server.url, { WORKER_VERSION: '0.0.1+other' });
    const queue = await queueRun(server, (state) => states.push(state));
    const outcome = queue.run({ id: 'a', task: 'ping', payload: pingPayload(1, new Uint8Array(1)) });
    await until('it is told', () => {
      const state = states.at(-1);
      return state?.kind === 'no-workers' && state.otherVersions.includes('0.0.1+other');
    });
    startWorker(server.url);
    expect((await outcome).kind).toBe('done');
  });

  it('are finished by a worker that is asked to stop, or given back when they take too long', async () => {
    const server = await redis();
    const program = poisonWorker(folder.path);
    const queue = await queueRun(server);
    const stopped = startWorkerProgram(program, server.url);
    const active = async (id: string): Promise<boolean> =>
      (await server.command('HGET', `${queue.prefix}:jobs:j-${id}`, 'processedOn')).startsWith('$1');
    const short = queue.run({ id: 'short', task: 'sleep', payload: Uint8Array.of(10) });
    await until('it is under way', () => active('short'));
    stopped.child.kill('SIGTERM');
    expect(await short).toEqual({ kind: 'done', bytes: Uint8Array.of(10) });
    expect(await stopped.end).toEqual({ code: 0, signal: null });

    const impatient = startWorkerProgram(program, server.url);
    const long = queue.run({ id: 'long', task: 'sleep', payload: Uint8Array.of(60) });
    await until('it is under way', () => active('long'));
    impatient.child.kill('SIGTERM');
    expect(await impatient.end).toEqual({ code: 0, signal: null });
    // Given back, not lost: it stalled nowhere.
    expect(await server.command('HGET', `${queue.prefix}:jobs:j-long`, 'stc')).toBe('$-1\r\n');
    startWorkerProgram(program, server.url);
    expect(await long).toEqual({ kind: 'done', bytes: Uint8Array.of(60) });
  });
});
