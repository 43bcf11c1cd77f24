import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type FolderLock, lockFolder } from '../../src/adapters/storage/folder-lock.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import type { ProcessHealth } from '../../src/reporting/health-text.js';
import { ended, runCli, startCli, temporaryFolder } from '../support/cli.js';
import { openListedExchange } from '../support/listed-exchange.js';
import type { LocalExchange } from '../support/local-exchange/open-local-exchange.js';
import { runCliBeside } from '../support/run-cli-beside.js';
import { until } from '../support/until.js';

const { path: root, remove } = temporaryFolder();
const started: ChildProcess[] = [];
let lock: FolderLock | undefined;
let exchange: LocalExchange | undefined;
afterEach(async () => {
  lock?.release();
  lock = undefined;
  await exchange?.close();
  exchange = undefined;
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  remove();
});

const placeOf = (name: string): string[] => [
  '--state',
  join(root, name, 'arena'),
  '--deployments',
  join(root, name, 'deployments'),
  '--paper',
  join(root, name, 'paper'),
];
const health = (name: string, ...args: string[]): ReturnType<typeof runCli> =>
  runCli(['health', ...placeOf(name), ...args], { env: { REDIS_URL: '' } });
const arenaOf = (text: string): ProcessHealth | undefined =>
  (JSON.parse(text) as { processes: ProcessHealth[] }).processes.find(({ name }) => name === 'arena');

/** Names, sizes and times of everything in a folder. */
function traceOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return `${name} ${String(size)} ${String(mtimeMs)}`;
    });
}

/** An arena as a probe sees it: a held lock and a heartbeat. */
function pretend(name: string, heartbeat: object): void {
  const folder = join(root, name, 'arena');
  mkdirSync(folder, { recursive: true });
  lock = lockFolder(folder);
  const beat = { pid: process.pid, status: 'running', writtenAt: new Date().toISOString(), ...heartbeat };
  writeFileSync(join(folder, '.heartbeat'), JSON.stringify(beat));
}

describe('health', () => {
  it('where nothing has ever run ends with 5 and makes nothing', () => {
    mkdirSync(join(root, 'empty'));
    const result = health('empty');
    expect(result.code).toBe(5);
    expect(result.stdout).toMatch(/^arena +absent +has never run here/);
    expect(readdirSync(join(root, 'empty'))).toEqual([]);
  });

  it('of a running arena is fine, of a killed one 5, and no file is made or touched by asking', async () => {
    const args = ['arena', ...placeOf('run'), '--quiet', '--days', '30', '--speed', '1'];
    const child = startCli(args);
    started.push(child);
    await until('the arena runs', () => / heartbeat \d+ s ago/.test(health('run', '--only', 'arena').stdout));
    const seen = arenaOf(health('run', '--json').stdout);
    expect(seen).toMatchObject({ health: 'fine', pid: child.pid, barAgeSeconds: null });
    expect(health('run').code, 'those who never ran here do not count').toBe(0);
    const over = ended(child);
    child.kill('SIGKILL');
    await over;
    const before = traceOf(join(root, 'run'));
    const after = health('run', '--only', 'arena');
    expect(after.code).toBe(5);
    expect(after.stdout).toMatch(/^arena +not running +heartbeat \d+ s ago/);
    expect(traceOf(join(root, 'run'))).toEqual(before);
  });

  it('of an arena that was stopped in order leaves its closed journal without further files', () => {
    expect(runCli(['arena', ...placeOf('stopped'), '--quiet', '--days', '1']).code).toBe(0);
    const before = traceOf(join(root, 'stopped'));
    expect(before.some((line) => line.includes('-shm'))).toBe(false);
    expect(health('stopped').code).toBe(5);
    expect(traceOf(join(root, 'stopped'))).toEqual(before);
  });

  it('of a damaged journal is 3, whatever else is wrong', () => {
    expect(runCli(['arena', ...placeOf('damaged'), '--quiet', '--days', '1']).code).toBe(0);
    writeFileSync(join(root, 'damaged', 'arena', 'journal.sqlite'), 'torn');
    const result = health('damaged');
    expect(result.code).toBe(3);
    expect(result.stdout).toMatch(/^arena +damaged .*does not begin like a database/);
  });

  it('one that holds its lock and is silent counts as not running', () => {
    pretend('silent', { writtenAt: new Date(Date.now() - 60_000).toISOString() });
    const result = health('silent', '--only', 'arena');
    expect(result.code).toBe(5);
    expect(result.stdout).toContain('holds its lock and gives no sign');
  });

  it('contestants at fault and a wait are degraded', () => {
    pretend('faulty', { faultyContestants: 2, waitingFor: 'waits for Redis' });
    const result = health('faulty', '--only', 'arena');
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('2 contestants at fault, waits for Redis');
  });

  it('on a live market a bar is due at every close; in a replay none is', () => {
    const lastBarClosedAt = new Date(Date.now() - 3.5 * HOUR_MS).toISOString();
    pretend('late', { timeframe: '1h', lastBarClosedAt });
    expect(health('late', '--only', 'arena').code).toBe(0);
    writeFileSync(join(root, 'late', 'arena', 'market.sqlite'), '');
    const result = health('late', '--only', 'arena');
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('newest bar closed 4 h ago, 3 bars behind the market');
  });

  it("goes by the venue's clock where this machine's is off", () => {
    const skewMs = 0.5 * HOUR_MS;
    const venueNow = new Date(Date.now() - skewMs).toISOString();
    // By this machine's clock it closed 85 minutes ago, by the venue's 55.
    const lastBarClosedAt = new Date(Date.now() - skewMs - 55 * 60_000).toISOString();
    pretend('ahead', { timeframe: '1h', lastBarClosedAt, venueNow });
    writeFileSync(join(root, 'ahead', 'arena', 'market.sqlite'), '');
    const result = health('ahead', '--only', 'arena');
    expect(result.stdout).toContain('newest bar closed 55 min ago');
    expect(result.code).toBe(0);
  });

  it('a live arena that keeps up is fine and says how old its newest bar is', async () => {
    exchange = await openListedExchange(24 * 30, 24, Date.now());
    exchange.clock.run(1);
    const child = startCli([
      ...['arena', ...placeOf('live'), '--quiet', '--market', 'live', '--exchange', 'binance'],
      ...['--exchange-url', exchange.url, '--symbols', 'BTC/USDT,ETH/USDT'],
    ]);
    started.push(child);
    let text = '';
    child.stderr?.on('data', (part: Buffer) => (text += part.toString()));
    const ask = (): Promise<{ code: number | null; stdout: string }> =>
      runCliBeside(['health', ...placeOf('live'), '--only', 'arena', '--json'], { REDIS_URL: '' });
    for (let tries = 0; tries < 60 && arenaOf((await ask()).stdout)?.heartbeatAgeSeconds == null; tries++)
      expect(child.exitCode, text).toBeNull();
    const { code, stdout } = await ask();
    expect(arenaOf(stdout)).toMatchObject({ health: 'fine', why: [] });
    expect(code).toBe(0);
    child.kill('SIGKILL');
  });

  it('refuses a name that there is not', () => {
    expect(health('empty', '--only', 'areena').code).toBe(2);
  });
});
