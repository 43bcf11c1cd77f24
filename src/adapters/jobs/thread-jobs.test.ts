import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/cli.js';
import { bar, marketOf } from '../../../test/support/made-market.js';
import { poisonThread } from '../../../test/support/poison-tasks.js';
import { inProcessJobs } from '../../app/in-process-jobs.js';
import { TASKS, pingPayload } from '../../cli/tasks.js';
import { openThreadJobs } from './thread-jobs.js';

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const file = poisonThread(folder.path);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const MARKET = marketOf([
  [bar(1, 2), undefined, bar(3)],
  [bar(5), bar(6), bar(7)],
]);

describe('jobs in threads', () => {
  it('give the bytes that this process gives, with and without a market', async () => {
    const threads = await openThreadJobs({ threads: 2, file });
    const here = inProcessJobs(TASKS, sha256);
    const [market, again] = [await threads.offerMarket(MARKET), await here.offerMarket(MARKET)];
    expect(market).toBe(again);
    const jobs = Array.from({ length: 20 }, (_, i) => ({
      id: `job-${String(i)}`,
      task: 'ping',
      payload: pingPayload(i, Uint8Array.of(i)),
      ...(i % 2 === 0 ? { market } : {}),
    }));
    const outcomes = await Promise.all(jobs.map((job) => threads.run(job)));
    expect(outcomes).toEqual(await Promise.all(jobs.map((job) => here.run(job))));
    expect(outcomes.every(({ kind }) => kind === 'done')).toBe(true);
    expect(new Set(outcomes.map((one) => (one.kind === 'done' ? sha256(one.bytes) : ''))).size).toBe(20);
    await threads.close();
  });

  it('fail after five attempts, and leave the others alone: a task that throws, one that ends its thread, one that nobody knows', async () => {
    const threads = await openThreadJobs({ threads: 2, file });
    const payload = pingPayload(1000, Uint8Array.of(1));
    const [throws, exits] = [join(folder.path, 'throws'), join(folder.path, 'exits')];
    const [thrown, dead, unknown, ...fine] = await Promise.all([
      threads.run({ id: 'a', task: 'throw', payload: new TextEncoder().encode(throws) }),
      threads.run({ id: 'b', task: 'exit-thread', payload: new TextEncoder().encode(exits) }),
      threads.run({ id: 'c', task: 'nothing', payload }),
      ...Array.from({ length: 10 }, (_, i) => threads.run({ id: `d${String(i)}`, task: 'ping', payload })),
    ]);
    expect(thrown).toEqual({ kind: 'failed', why: 'thrown on purpose' });
    expect(dead).toEqual({ kind: 'failed', why: 'worker exited with code: 7' });
    expect([throws, exits].map((path) => readFileSync(path, 'utf8'))).toEqual(['xxxxx', 'xxxxx']);
    expect(unknown.kind === 'failed' ? unknown.why : '').toContain('there is no task "nothing"');
    expect(fine.every((one) => one.kind === 'done')).toBe(true);
    await threads.close();
  });

  it('ask for a market that was offered', async () => {
    const threads = await openThreadJobs({ threads: 1, file });
    const payload = pingPayload(0, Uint8Array.of(1));
    const outcome = await threads.run({ id: 'a', task: 'ping', payload, market: 'none' });
    expect(outcome).toEqual({ kind: 'failed', why: 'the market none was not offered' });
    await threads.close();
  });
});
