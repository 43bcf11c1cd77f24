/** An arena that threads or workers help to play: the same journal, whoever helps and whoever dies. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateRedis, freePort, startRedis } from '../../src/cli/private-redis.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { ended, runCli, startCli, temporaryFolder } from '../support/cli.js';
import { whyNoRedis } from '../support/redis-server.js';
import { runCliBeside } from '../support/run-cli-beside.js';
import { until } from '../support/until.js';
import { killWorkers, startWorker } from '../support/worker-processes.js';

const ROSTER = [
  { kind: 'buy-and-hold' },
  { kind: 'sma-cross', grid: { fast: [3, 5, 8], slow: [20, 40, 60] }, params: { stop: 0.05 } },
  {
    kind: 'formula',
    timeframe: '4h',
    params: { name: 'mine', entry: 'rsi(7) < 40', exit: 'rsi(7) > 60 or pnl > 0.05', stop: '0.05' },
  },
  {
    kind: 'ema-cross',
    title: 'guarded',
    breakers: { dayLossFraction: 0.01, drawdownFraction: 0.02, lossStreakSizing: true },
  },
  { kind: 'placebo', seeds: [1, 2] },
];
const DAYS = '20';

const { path: root, remove } = temporaryFolder();
afterAll(remove);
const contestants = join(root, 'contestants');
const config = join(root, 'arena.config.json');
mkdirSync(contestants);
writeFileSync(join(contestants, 'a.json'), JSON.stringify(ROSTER));
// However little work a block is, it is handed over.
writeFileSync(config, JSON.stringify({ replay: { groupRounds: 40, leastShardMs: 0.000_001 } }));

const folder = (name: string): string => join(root, name);
const flags = (name: string, ...more: string[]): string[] => [
  ...['arena', '--state', folder(name), '--contestants', contestants, '--config', config, '--days', DAYS],
  ...more,
];
const dump = (name: string): string => {
  const result = runCli(['arena', 'journal', 'dump', '--state', folder(name)]);
  expect(result.code).toBe(0);
  return result.stdout;
};
const helped = (words: string): number =>
  Number(/(\d+) of \d+ blocks were played by (threads|workers)/.exec(words)?.[1] ?? NaN);

let alone = '';
beforeAll(() => {
  expect(runCli(flags('alone', '--quiet')).code).toBe(0);
  alone = dump('alone');
});

describe('an arena with threads', () => {
  it('leaves the journal that one thread leaves', () => {
    const result = runCli(flags('threads', '--threads', '2'));
    expect(result.code).toBe(0);
    expect(helped(result.stdout + result.stderr)).toBeGreaterThan(5);
    expect(dump('threads')).toBe(alone);
  });

  it('goes on after kill -9 from its last commit, and leaves the same', async () => {
    const child = startCli(flags('killed', '--threads', '2', '--speed', '60'));
    const end = ended(child);
    await until('ten rounds', () =>
      /"rounds": [1-9][0-9]/.test(runCli(['arena', 'status', '--state', folder('killed'), '--json']).stdout),
    );
    child.kill('SIGKILL');
    await end;
    // --days counts from where it stands; --to names the last bar by its open.
    const to = JSON.parse(runCli(['arena', 'status', '--state', folder('alone'), '--json']).stdout) as {
      lastBarClosedAt: string;
    };
    const rest = runCli([
      ...flags('killed', '--threads', '2', '--quiet').filter((flag) => flag !== '--days' && flag !== DAYS),
      ...['--to', new Date(Date.parse(to.lastBarClosedAt) - HOUR_MS).toISOString()],
    ]);
    expect(rest.stderr).not.toContain('error');
    expect(rest.code).toBe(0);
    expect(dump('killed')).toBe(alone);
  });
});

describe('an arena with workers', () => {
  it('says within seconds that nobody is there, and plays nothing', async () => {
    const REDIS_URL = `redis://127.0.0.1:${String(await freePort())}`;
    const result = runCli(flags('nobody', '--workers', 'bullmq'), { env: { REDIS_URL } });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('cannot be used');
  });

  describe.skipIf(whyNoRedis() !== undefined)('on a real Redis', () => {
    let server: PrivateRedis | undefined;
    afterEach(async () => {
      await killWorkers();
      await server?.kill();
      server = undefined;
    });

    it('leaves the journal that one thread leaves, also when a worker is killed', async () => {
      server = await startRedis();
      const first = startWorker(server.url);
      startWorker(server.url);
      await until('a worker that is up', () => first.said().length > 0);
      const running = runCliBeside(flags('workers', '--workers', 'bullmq'), { REDIS_URL: server.url });
      setTimeout(() => first.child.kill('SIGKILL'), 3000);
      const result = await running;
      expect(result.code).toBe(0);
      expect(helped(result.stdout + result.stderr)).toBeGreaterThan(5);
      expect(dump('workers')).toBe(alone);
    });

    it('waits while Redis is gone, says so in status, and goes on to the same journal', async () => {
      server = await startRedis();
      const worker = startWorker(server.url);
      await until('a worker that is up', () => worker.said().length > 0);
      const status = (...more: string[]): string =>
        runCli(['arena', 'status', '--state', folder('gone'), ...more]).stdout;
      const running = runCliBeside(flags('gone', '--workers', 'bullmq', '--speed', '60'), {
        REDIS_URL: server.url,
      });
      await until('a hundred rounds', () => /"rounds": [1-9][0-9]{2}/.test(status('--json')));
      await server.kill();
      await until('words about Redis', () => status().includes('waiting for Redis at redis://127.0.0.1'));
      await server.start();
      const result = await running;
      expect(result.code).toBe(0);
      expect(result.stdout + result.stderr).toContain('waiting for Redis');
      expect(status()).not.toContain('waiting for Redis');
      expect(dump('gone')).toBe(alone);
    });
  });
});
