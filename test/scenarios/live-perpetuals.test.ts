import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openMarketLog } from '../../src/adapters/storage/sqlite-market-log.js';
import { defaultMargin } from '../../src/core/domain/default-margin.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { type CliResult, ended, startCli, temporaryFolder } from '../support/cli.js';
import type { LocalExchange } from '../support/local-exchange/open-local-exchange.js';
import { runCliBeside } from '../support/run-cli-beside.js';
import { CLOCK_FACTOR, runningExchange } from '../support/running-exchange.js';
import { until } from '../support/until.js';

const fillSchema = z.object({
  fill: z.object({
    timeMs: z.number(),
    effect: z.string(),
    reason: z.string(),
    quantity: z.number(),
    quantityAfter: z.number(),
    price: z.number(),
    amountUsd: z.number(),
    symbol: z.number(),
  }),
});
type Fill = z.infer<typeof fillSchema>['fill'];

/** Far in the red within one bar for whoever holds fifteen times his equity, and no jump that is not believed at once. */
const SWING = 0.08;

/** The program with a real ccxt beside exchanges on loopback whose hours last a second. */
describe('an arena on live perpetuals', () => {
  const folder = temporaryFolder();
  const config = join(folder.path, 'arena.config.json');
  const contestants = join(folder.path, 'contestants');
  const exchanges: LocalExchange[] = [];
  beforeAll(() => {
    mkdirSync(contestants);
    writeFileSync(
      config,
      JSON.stringify({
        live: { clockFactor: CLOCK_FACTOR },
        risk: { maxSymbolExposureFraction: 20, maxGrossExposureFraction: 20, maxOrderValueUsd: 1e6 },
      }),
    );
    const rule = (fast: number, exposure: number): unknown => ({
      kind: 'sma-cross',
      params: { fast, slow: fast + 2, side: 'both', exposure },
    });
    writeFileSync(
      join(contestants, 'both-sides.json'),
      JSON.stringify({ contestants: [rule(2, 1), rule(3, 1), rule(4, 1), rule(5, 15), rule(6, 15)] }),
    );
  });
  afterAll(async () => {
    for (const exchange of exchanges) {
      await exchange.close();
      exchange.clock.stop();
    }
    folder.remove();
  });

  const open = async (venue: 'binanceusdm' | 'hyperliquid', quote: string): Promise<LocalExchange> => {
    const exchange = await runningExchange([`BTC/${quote}`, `ETH/${quote}`], 5, venue);
    exchanges.push(exchange);
    return exchange;
  };
  const arena = (url: string, state: string, ...args: readonly string[]): Promise<CliResult> =>
    runCliBeside(
      [
        'arena',
        ...args,
        '--state',
        join(folder.path, state),
        '--contestants',
        contestants,
        '--config',
        config,
      ],
      { ARENA_EXCHANGE_URL: url },
    );
  const fillsOf = async (url: string, state: string): Promise<Fill[]> => {
    const { stdout } = await runCliBeside(['arena', 'journal', 'dump', '--state', join(folder.path, state)], {
      ARENA_EXCHANGE_URL: url,
    });
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('{"fill"'))
      .map((line) => fillSchema.parse(JSON.parse(line)).fill);
  };
  const PERPETUALS = ['--market', 'live', '--instrument', 'perpetual', '--timeframe', '1h', '--quiet'];

  it('pays funding, sells short, is liquidated, survives kill -9, and verifies', async () => {
    const exchange = await open('binanceusdm', 'USDT');
    const state = join(folder.path, 'binance');
    const first = await arena(
      exchange.url,
      'binance',
      ...PERPETUALS,
      ...['--symbols', 'BTC/USDT:USDT,ETH/USDT', '--days', '0.5'],
    );
    expect(first.stderr).toBe('');
    expect(first.stdout).toContain('starting on live prices of binance perpetuals: 2 symbols');
    expect(first.stdout.match(/tells its margin tiers only with a key/g)).toHaveLength(1);
    expect(first.code).toBe(0);
    const log = openMarketLog(state, { readOnly: true });
    const head = log.head();
    const last = log.settled().at(-1)?.openMs ?? NaN;
    log.close();
    expect(head?.instruments).toMatchObject([
      { symbol: 'BTC/USDT', type: 'perpetual', lotSize: 0.001, minNotionalUsd: 5, ...defaultMargin() },
      { symbol: 'ETH/USDT' },
    ]);
    // Down and up again within a bar that comes after the restart.
    for (let hours = 6; hours <= 9; hours++) {
      const openMs = last + hours * HOUR_MS;
      for (const symbol of ['BTC/USDT:USDT', 'ETH/USDT:USDT']) swing(exchange, symbol, openMs);
    }
    const child = startCli(['arena', '--state', state, '--config', config, '--quiet'], {
      ARENA_EXCHANGE_URL: exchange.url,
    });
    let said = '';
    child.stdout?.on('data', (part: Buffer) => (said += part.toString()));
    await until('a round was played', () => /round \d+: .*settled/.test(said));
    child.kill('SIGKILL');
    await ended(child);
    const after = await arena(exchange.url, 'binance', '--days', '0.6', '--quiet');
    expect(after.code).toBe(0);

    const fills = await fillsOf(exchange.url, 'binance');
    const funding = fills.filter(({ effect }) => effect === 'funding');
    expect(funding.length).toBeGreaterThan(4);
    const known = openMarketLog(state, { readOnly: true });
    const { table } = known.load();
    expect(known.missed()).toEqual([]);
    known.close();
    for (const { timeMs, symbol, price, amountUsd, quantityAfter } of funding) {
      expect(timeMs % (8 * HOUR_MS), 'at the times of the venue').toBe(0);
      const series = table.funding[symbol];
      const rate = series?.rates[series.timesMs.indexOf(timeMs)] ?? NaN;
      expect(amountUsd).toBeCloseTo(-quantityAfter * price * rate, 9);
    }
    expect(fills.some(({ quantityAfter }) => quantityAfter < 0)).toBe(true);
    expect(fills.some(({ reason }) => reason === 'liquidation')).toBe(true);
    const verified = await arena(exchange.url, 'binance', 'verify', '--replay', '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true });
    expect(readFileSync(join(state, 'leaderboard.txt'), 'utf8')).toContain(
      'live prices of binance perpetuals',
    );
  });

  it('takes fees, tiers and leverage of a venue that tells them, and its usual symbols when none are named', async () => {
    const exchange = await runningExchange(['BTC/USDC', 'ETH/USDC', 'SOL/USDC'], 5, 'hyperliquid');
    exchanges.push(exchange);
    const played = await arena(
      exchange.url,
      'hyperliquid',
      ...PERPETUALS,
      ...['--exchange', 'hyperliquid', '--days', '0.4'],
    );
    expect(played.stderr).toBe('');
    expect(played.stdout).toContain('fees of hyperliquid: 4.5 bps of every trade');
    expect(played.code).toBe(0);
    const log = openMarketLog(join(folder.path, 'hyperliquid'), { readOnly: true });
    expect(log.head()?.symbols).toEqual(['BTC/USDC', 'ETH/USDC', 'SOL/USDC']);
    // Half of the margin at the largest leverage.
    expect(log.head()?.instruments[0]).toMatchObject({
      maxLeverage: 125,
      marginTiers: [{ maintenanceFraction: 0.004 }],
    });
    log.close();
    const fills = await fillsOf(exchange.url, 'hyperliquid');
    expect(fills.some(({ effect }) => effect === 'funding')).toBe(true);
    const verified = await arena(exchange.url, 'hyperliquid', 'verify', '--replay', '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true });
  });

  it('names what to type where another instrument is meant', async () => {
    const exchange = exchanges[0]?.url ?? '';
    const spot = await arena(exchange, 'other', '--market', 'live', '--symbols', 'BTC/USDT:USDT');
    expect(spot.code).toBe(2);
    expect(spot.stderr).toContain('--instrument perpetual --symbols BTC/USDT');
    const name = await arena(exchange, 'other', '--market', 'live', '--exchange', 'binanceusdm');
    expect(name.code).toBe(2);
    expect(name.stderr).toContain('--exchange binance --instrument perpetual');
  });
});

/** Both ways from the bar's own open, so that a close stays where it was. */
function swing(exchange: LocalExchange, symbol: string, openMs: number): void {
  const bar = exchange.bar(symbol, openMs);
  if (bar === undefined) throw new Error(`no bar of ${symbol}`);
  exchange.revise(symbol, openMs, { low: bar.open * (1 - SWING), high: bar.open * (1 + SWING) });
}
