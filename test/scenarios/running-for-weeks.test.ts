import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../src/core/domain/time.js';
import { generateMarket } from '../../src/core/market/generate-market.js';
import { ended, startCli, temporaryFolder } from '../support/cli.js';
import { freePort } from '../../src/cli/private-redis.js';
import { createExchangeClock } from '../support/local-exchange/exchange-clock.js';
import { type LocalExchange, openLocalExchange } from '../support/local-exchange/open-local-exchange.js';
import { dataOfMarket } from '../support/local-exchange/venue-data.js';
import { listed } from '../support/local-exchange/venue-market.js';
import { runCliBeside } from '../support/run-cli-beside.js';
import { type ExposedFamily, parseExposition } from '../support/parse-exposition.js';
import { until as untilWithin } from '../support/until.js';

const START_MS = Date.UTC(2026, 0, 5);
/** An hour in a second. */
const FACTOR = 3600;
const KEY = ['sk', 'secret-of-this-test-0123456789'].join('-');
const { path: root, remove } = temporaryFolder();
const logs = join(root, 'logs');
let exchange: LocalExchange;
let port = 0;
let running: ChildProcess | undefined;

beforeAll(async () => {
  const market = generateMarket({
    seed: 5,
    symbols: ['BTC/USDT', 'ETH/USDT'],
    timeframe: '1h',
    startMs: START_MS,
    length: 24 * 60,
  });
  const clock = createExchangeClock(START_MS + 20 * DAY_MS + 5 * MINUTE_MS);
  exchange = await openLocalExchange({
    venue: 'binance',
    markets: market.symbols.map((symbol) => listed(symbol)),
    data: dataOfMarket(market),
    clock,
  });
  clock.run(FACTOR);
  port = await freePort();
  mkdirSync(join(root, 'contestants'));
  writeFileSync(
    join(root, 'contestants', 'a.json'),
    JSON.stringify([{ kind: 'sma-cross' }, { kind: 'sma-cross', params: { fast: 5, slow: 20 } }]),
  );
  writeFileSync(
    join(root, 'settings.json'),
    JSON.stringify({
      market: {
        source: 'live',
        symbols: ['BTC/USDT', 'ETH/USDT'],
        exchangeUrl: exchange.url,
        warmupBars: 60,
      },
      live: { clockFactor: FACTOR },
    }),
  );
});

afterEach(async () => {
  if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
  running.kill('SIGKILL');
  await ended(running);
});

afterAll(async () => {
  await exchange.close();
  remove();
});

const PLACE = [
  ...['--config', join(root, 'settings.json')],
  ...['--state', join(root, 'arena'), '--contestants', join(root, 'contestants')],
  ...['--deployments', join(root, 'deployments'), '--paper', join(root, 'paper')],
];

function start(...args: string[]): { child: ChildProcess; said: () => string } {
  const child = startCli(['arena', ...PLACE, ...args], {
    OPENAI_API_KEY: KEY,
    REDIS_URL: 'redis://u:hidden99@h',
  });
  running = child;
  let text = '';
  const take = (part: Buffer): void => {
    text += part.toString();
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  return { child, said: () => text };
}

/** A busy machine takes its time to load an exchange's library. */
const until = (what: string, holds: () => boolean | Promise<boolean>): Promise<void> =>
  untilWithin(what, holds, 90_000);

const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${String(port)}${path}`);
const metrics = async (): Promise<ReadonlyMap<string, ExposedFamily>> =>
  parseExposition(await (await get('/metrics')).text());
const valueOf = (families: ReadonlyMap<string, ExposedFamily>, name: string): number =>
  families.get(name)?.samples[0]?.value ?? NaN;

const logFiles = (): string[] =>
  readdirSync(logs)
    .filter((name) => /^arena-.*\.log$/.test(name))
    .sort();
const linesOf = (file: string): Record<string, unknown>[] =>
  readFileSync(join(logs, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('an arena that runs for weeks', { timeout: 300_000 }, () => {
  it('answers probes while it plays, and what it said is on disk after kill -9', async () => {
    const { child, said } = start('--metrics-port', String(port));
    await until('it answers', async () => (await get('/ready')).status === 200);
    await until('three rounds', async () => valueOf(await metrics(), 'arena_rounds_total') >= 3);

    const health = await get('/health');
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({
      process: 'arena',
      healthy: true,
      heartbeat: { pid: child.pid },
    });
    const families = await metrics();
    for (const name of [
      'arena_round_lag_seconds',
      'arena_corrections_total',
      'arena_decision_coverage_ratio',
      'model_spend_usd_total',
      'venue_requests_total',
      'venue_request_weight_total',
      'venue_circuit_open',
      'venue_clock_skew_seconds',
      'process_resident_memory_bytes',
      'heartbeat_age_seconds',
    ])
      expect(families.get(name)?.samples[0]?.value, name).toEqual(expect.any(Number));
    expect(families.get('venue_requests_total')?.samples[0]?.labels).toEqual({ venue: 'binance' });
    const rounds = families.get('arena_round_seconds')?.samples;
    expect(rounds?.find(({ name }) => name === 'arena_round_seconds_count')?.value).toBeGreaterThanOrEqual(1);

    await until('five rounds are said', () => /^round 5:/m.test(said()));
    child.kill('SIGKILL');
    await ended(child);
    const lines = linesOf(logFiles().at(-1) ?? '');
    expect(lines[0]).toMatchObject({ level: 'info', process: 'arena', msg: 'arena starts' });
    expect(lines.find(({ round }) => round === 5)?.['msg']).toMatch(/^round 5: bar to /);
    expect(said(), 'the words on the terminal are as ever').not.toContain('{"level"');
  });

  it('writes JSON lines on the terminal when asked, and stops in order', async () => {
    const { child, said } = start('--json-logs', '--quiet');
    await until('a round', () => said().includes('"round":'));
    child.kill('SIGTERM');
    expect((await ended(child)).code).toBe(0);
    const lines = said().trimEnd().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '') as object;
    expect(last).toMatchObject({ msg: 'arena ends', exitCode: 0 });
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('level');
    expect(logFiles(), 'a log for each start').toHaveLength(2);
  });

  it('has no key in any log, also when an error holds one', async () => {
    const { child, said } = start('--state', join(root, 'other'), '--symbols', `BTC/USDT,${KEY}`);
    expect((await ended(child)).code).not.toBe(0);
    expect(said()).toContain('(key)');
    const last = linesOf(logFiles().at(-1) ?? '').at(-1);
    expect(last).toHaveProperty('level', 'error');
    expect(last?.['fault'], 'the stack').toContain('(key)');
    for (const text of [said(), ...logFiles().map((file) => readFileSync(join(logs, file), 'utf8'))]) {
      expect(text).not.toContain(KEY);
      expect(text).not.toContain('hidden99');
    }
  });

  it('a folder for logs that cannot be written keeps nobody from trading', async () => {
    writeFileSync(join(root, 'no-folder'), '');
    const child = startCli(['arena', ...PLACE, '--once', '--quiet'], { ARENA_LOGS: join(root, 'no-folder') });
    let said = '';
    child.stderr?.on('data', (part: Buffer) => (said += part.toString()));
    expect((await ended(child)).code).toBe(0);
    expect(said).toContain('no log is kept in');
  });

  it('runs in the background, and stops when asked', async () => {
    const detached = startCli(['arena', ...PLACE, '--detach', '--json', '--metrics-port', String(port)]);
    let out = '';
    detached.stdout?.on('data', (part: Buffer) => (out += part.toString()));
    expect((await ended(detached)).code).toBe(0);
    const { pid, log } = JSON.parse(out) as { pid: number; log: string };
    await until('it is ready', async () => (await get('/ready')).status === 200);
    expect(readFileSync(log, 'utf8')).toContain(`"pid":${String(pid)}`);
    // Beside this process: the exchange that the arena asks lives in it.
    const stopped = await runCliBeside(['arena', 'stop', '--state', join(root, 'arena'), '--json'], {});
    expect(stopped.code, stopped.stderr).toBe(0);
    expect(JSON.parse(stopped.stdout)).toEqual({ pid, stopped: true });
    await until('its last words are there', () => readFileSync(log, 'utf8').includes('arena ends'));
  });
});
