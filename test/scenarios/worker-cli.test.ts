/** `worker` as people meet it: with a Redis that works, and with all that do not. */
import { afterEach, describe, expect, it } from 'vitest';
import { openJobRunner } from '../../src/cli/open-job-runner.js';
import { TASKS, pingPayload } from '../../src/cli/tasks.js';
import { runCli } from '../support/cli.js';
import { type PrivateRedis, freePort, startRedis } from '../../src/cli/private-redis.js';
import { whyNoRedis } from '../support/redis-server.js';
import { runCliBeside } from '../support/run-cli-beside.js';
import { until } from '../support/until.js';
import { killWorkers, startWorker } from '../support/worker-processes.js';

let server: PrivateRedis | undefined;
afterEach(async () => {
  await killWorkers();
  await server?.kill();
  server = undefined;
});

const at = (url: string): { env: Record<string, string> } => ({ env: { REDIS_URL: url } });

describe('worker without a Redis', () => {
  it('says what it needs', () => {
    expect(runCli(['worker', '--help']).stdout).toContain('A worker needs REDIS_URL and nothing else');
    const none = runCli(['worker'], at(''));
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('REDIS_URL is not set');
    const wrong = runCli(['worker', '--concurrency', '0'], at('redis://127.0.0.1:1'));
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--concurrency "0" is not a whole number');
  });

  it('ends with words where nobody listens, without the password', async () => {
    const port = String(await freePort());
    const dead = runCli(['worker'], at(`redis://:hunter2@127.0.0.1:${port}`));
    expect(dead.code).toBe(1);
    expect(dead.stderr).toContain(`Redis at redis://127.0.0.1:${port} cannot be used`);
    expect(dead.stderr + dead.stdout).not.toContain('hunter2');
  });

  it('is refused beside threads, and under another name, where jobs are opened', async () => {
    const open = (flags: { threads?: string; workers?: string }): Promise<unknown> =>
      openJobRunner(flags, {}, TASKS, () => undefined);
    await expect(open({ threads: '2', workers: 'bullmq' })).rejects.toThrow('two ways to do the same work');
    await expect(open({ workers: 'celery' })).rejects.toThrow('there are only workers on BullMQ');
    await expect(open({ workers: 'bullmq' })).rejects.toThrow('REDIS_URL is not set');
    await expect(open({ threads: 'many' })).rejects.toThrow('--threads "many"');
  });
});

describe.skipIf(whyNoRedis() !== undefined)('worker with a Redis', () => {
  it('refuses one that may throw jobs away', async () => {
    server = await startRedis('--maxmemory-policy', 'allkeys-lru');
    const refused = runCli(['worker'], at(server.url));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('CONFIG SET maxmemory-policy noeviction');
  });

  it('says with --check whether anybody works there', async () => {
    server = await startRedis();
    const nobody = await runCliBeside(['worker', '--check'], { REDIS_URL: server.url });
    expect(nobody.code).toBe(1);
    expect(nobody.stderr).toContain('no worker took a job within 10 seconds (waiting for a worker since');
    startWorker(server.url);
    const somebody = await runCliBeside(['worker', '--check'], { REDIS_URL: server.url });
    expect(somebody.stdout).toContain('a job came back after');
    expect(somebody.code).toBe(0);
  });

  it('tells what it does line by line, for people and as JSON, and ends with its run under --once', async () => {
    server = await startRedis();
    const machine = startWorker(server.url, {}, '--json', '--once');
    const said: string[] = [];
    const jobs = await openJobRunner({ workers: 'bullmq' }, { REDIS_URL: server.url }, TASKS, (text) =>
      said.push(text),
    );
    const payload = pingPayload(10, Uint8Array.of(1));
    expect((await jobs.run({ id: 'a', task: 'ping', payload })).kind).toBe('done');
    await until('it is seen', () => jobs.waitingFor() === undefined);
    expect(said.at(-1)).toMatch(/^1 worker \(1 threads\) on redis:\/\/127\.0\.0\.1:\d+$/);
    expect(jobs.parallel).toBeGreaterThanOrEqual(3);
    await jobs.close();
    expect(await jobs.run({ id: 'b', task: 'ping', payload })).toEqual({
      kind: 'failed',
      why: 'the run is over',
    });
    expect(await machine.end).toEqual({ code: 0, signal: null });
    const events = machine
      .said()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; done?: number });
    expect(events.map(({ event }) => event).filter((event) => event !== 'status')).toEqual([
      'ready',
      'run-found',
      'run-ended',
      'stopped',
    ]);
    expect(events.at(-1)?.done).toBe(1);
    expect(await server.command('KEYS', '*')).not.toContain('arena-');
  });
});
