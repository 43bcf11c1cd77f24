import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalOf } from '../../src/cli/wire.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { openMarketLog } from '../../src/adapters/storage/sqlite-market-log.js';
import { type CliResult, ended, startCli, temporaryFolder } from '../support/cli.js';
import type { LocalExchange } from '../support/local-exchange/open-local-exchange.js';
import { runCliBeside } from '../support/run-cli-beside.js';
import { CLOCK_FACTOR, runningExchange } from '../support/running-exchange.js';
import { until } from '../support/until.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'];

/** The program with a real ccxt beside an exchange on loopback whose hours last a second. */
describe('an arena on a live market', () => {
  const folder = temporaryFolder();
  const state = join(folder.path, 'state');
  const config = join(folder.path, 'arena.config.json');
  let exchange: LocalExchange;
  beforeAll(async () => {
    exchange = await runningExchange(SYMBOLS);
    writeFileSync(config, JSON.stringify({ live: { clockFactor: CLOCK_FACTOR } }));
  });
  afterAll(async () => {
    await exchange.close();
    exchange.clock.stop();
    folder.remove();
  });

  const arena = (...args: readonly string[]): Promise<CliResult> =>
    runCliBeside(['arena', ...args, '--state', state], { ARENA_EXCHANGE_URL: exchange.url });
  const follow = (...args: readonly string[]): Promise<CliResult> =>
    arena('--market', 'live', '--timeframe', '1h', '--config', config, '--quiet', ...args);

  it('refuses what a live market cannot do, and names what was meant', async () => {
    const threads = await follow('--threads', '2');
    expect(threads.code).toBe(2);
    expect(threads.stderr).toContain('--threads is for replays');
    const unknown = await follow('--symbols', 'BTC/USDT,ETC/USDTT');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/ETC\/USDTT.*the nearest is/s);
    const venue = await follow('--exchange', 'binanec');
    expect(venue.code).toBe(2);
    expect(venue.stderr).toContain('binance');
    const elsewhere = await runCliBeside(
      ['arena', '--market', 'live', '--state', state, '--exchange-url', 'http://192.0.2.1:80'],
      {},
    );
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.stderr).toContain('on this machine');
  });

  it('ends in order when it is stopped before its first round', async () => {
    exchange.clock.stop();
    const child = startCli(
      ['arena', '--market', 'live', '--timeframe', '1h', '--quiet', '--state', join(folder.path, 'early')],
      { ARENA_EXCHANGE_URL: exchange.url },
    );
    let said = '';
    child.stdout?.on('data', (part: Buffer) => {
      said += part.toString();
      if (said.includes('the first bar closes')) child.kill('SIGINT');
    });
    child.stderr?.on('data', (part: Buffer) => (said += part.toString()));
    const { code } = await ended(child);
    exchange.clock.run(CLOCK_FACTOR);
    expect(said).not.toContain('bug');
    expect(said).toContain('ended before the first round; the same command goes on from here');
    expect(code).toBe(0);
  });

  it('plays bar by bar, survives kill -9, and verifies', async () => {
    const first = await follow('--days', '0.25');
    expect(first.stderr + first.stdout).toContain('live prices of binance');
    expect(first.code).toBe(0);
    const child = startCli(['arena', '--state', state, '--config', config, '--quiet'], {
      ARENA_EXCHANGE_URL: exchange.url,
    });
    let said = '';
    child.stdout?.on('data', (part: Buffer) => (said += part.toString()));
    await until('a round was played', () => /round \d+: .*settled/.test(said));
    child.kill('SIGKILL');
    await ended(child);
    const after = await follow('--days', '0.25');
    expect(after.code).toBe(0);
    const verified = await arena('verify', '--replay', '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true });
    const log = openMarketLog(state, { readOnly: true });
    expect(log.missed()).toEqual([]);
    expect(log.settled().length).toBeGreaterThan(500 + 12);
    log.close();
    expect(readFileSync(join(state, 'leaderboard.txt'), 'utf8')).toContain('live prices of binance');
  });

  it('says what a revised bar would have changed, and leaves the journal as it was played', async () => {
    const log = openMarketLog(state, { readOnly: true });
    const { openMs } = log.settled().at(-1) ?? { openMs: NaN };
    const { candles, length } = log.load().table;
    const close = candles[0]?.close[length - 1] ?? NaN;
    log.close();
    expect(openMs % HOUR_MS).toBe(0);
    exchange.revise('BTC/USDT', openMs, { close: close * 0.97, low: close * 0.96 });
    const played = await follow('--days', '0.2');
    expect(played.code).toBe(0);
    expect(played.stdout).toContain('was revised: BTC/USDT');
    const { stdout, code } = await arena('diff', '--json');
    expect(code).toBe(0);
    const diff = JSON.parse(stdout) as { corrections: unknown[]; changed: unknown[] };
    expect(diff.corrections).toMatchObject([{ symbol: 'BTC/USDT', kind: 'revised' }]);
    expect(diff.changed.length).toBeGreaterThan(0);
    const verified = await arena('verify', '--replay', '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true });
  });

  it("waits until the exchange's clock is known: this machine's is months ahead", async () => {
    const unknown = exchange.faults.add({ kind: 'server-error' }, { only: /time$/ });
    const goesOn = follow('--days', '0.1');
    await until('its clock was asked for several times', () => unknown.hits() > 8);
    unknown.remove();
    const { code, stdout } = await goesOn;
    expect(code).toBe(0);
    expect(stdout).toContain('rounds wait until it is known');
    const log = openMarketLog(state, { readOnly: true });
    expect(log.missed()).toEqual([]);
    log.close();
  });

  it('goes on with its own exchange and no other', async () => {
    const other = await arena('--exchange', 'kraken', '--config', config);
    expect(other.code).toBe(3);
    expect(other.stderr).toContain('--exchange binance, not kraken');
    const second = await arena('--second-exchange', 'hyperliquid', '--config', config);
    expect(second.code).toBe(3);
    expect(second.stderr).toContain('--second-exchange none, not hyperliquid');
    const market = await arena('--market', 'generated', '--config', config);
    expect(market.code).toBe(3);
  });

  it('is read from where it lies, also where an earlier version wrote down where it lay', async () => {
    const fresh = await follow('--fresh', '--days', '0.1');
    expect(fresh.code, fresh.stderr).toBe(0);
    const aside = join(state, readdirSync(state).find((name) => name.startsWith('aside-')) ?? '');
    const verify = ['arena', 'verify', '--replay', '--json', '--state', aside];
    expect(JSON.parse((await runCliBeside(verify, {})).stdout)).toMatchObject({ ok: true });
    const store = journalOf(aside);
    const saved = JSON.parse(store.meta('settings') ?? '') as { market: object };
    expect(saved.market).not.toHaveProperty('folder');
    store.setMeta('settings', JSON.stringify({ ...saved, market: { ...saved.market, folder: state } }));
    store.close();
    expect(JSON.parse((await runCliBeside(verify, {})).stdout)).toMatchObject({ ok: true });
  });

  it('says that its log is gone or destroyed, makes no new one, and so does the doctor', async () => {
    const log = join(state, 'market.sqlite');
    const kept = join(folder.path, 'kept.sqlite');
    const isIll = async (words: string): Promise<void> => {
      for (const command of [
        ['arena', '--config', config],
        ['arena', 'verify'],
        ['arena', 'diff'],
      ]) {
        const { code, stderr } = await runCliBeside([...command, '--state', state], {
          ARENA_EXCHANGE_URL: exchange.url,
        });
        expect(code, stderr).toBe(3);
        expect(stderr).toContain(words);
      }
      const places = ['--deployments', join(folder.path, 'd'), '--paper', join(folder.path, 'p')];
      const ask = ['doctor', '--json', '--state', state, '--exchange-url', exchange.url, ...places];
      const { findings } = JSON.parse((await runCliBeside(ask, {})).stdout) as {
        findings: { check: string; verdict: string; text: string }[];
      };
      const finding = findings.find(({ check }) => check === 'state: arena');
      expect(finding?.verdict).toBe('fail');
      expect(finding?.text).toContain(words);
    };
    renameSync(log, kept);
    await isIll('the log of the live market is gone');
    expect(existsSync(log)).toBe(false);
    writeFileSync(log, Buffer.alloc(8192, 7));
    await isIll('the log of the live market is damaged');
    renameSync(kept, log);
    expect((await arena('verify', '--replay')).code).toBe(0);
  });

  it('refuses a paper account of another arena in words', async () => {
    const paper = (place: string): Promise<CliResult> =>
      runCliBeside(['paper', '--once', '--paper', join(folder.path, 'paper'), '--state', place], {});
    expect((await paper(state)).code).toBe(0);
    const other = join(folder.path, 'other');
    const played = await runCliBeside(
      ['arena', '--market', 'live', '--timeframe', '1h', '--config', config, '--quiet'].concat([
        '--state',
        other,
        '--symbols',
        'ETH/USDT,SOL/USDT',
        '--days',
        '0.05',
      ]),
      { ARENA_EXCHANGE_URL: exchange.url },
    );
    expect(played.code, played.stderr).toBe(0);
    const refused = await paper(other);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('are not the ones the paper account was made with');
    const nowhere = await paper(join(folder.path, 'nowhere'));
    expect(nowhere.code).toBe(5);
    expect(nowhere.stderr).toContain('the arena has not begun');
  });
});
