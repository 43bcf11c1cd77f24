import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MARKET_LOG_FILE } from '../../src/adapters/storage/market-log-file.js';
import { openMarketLog } from '../../src/adapters/storage/sqlite-market-log.js';
import { DAY_MS, MINUTE_MS } from '../../src/core/domain/time.js';
import { generateMarket } from '../../src/core/market/generate-market.js';
import { type CliResult, ended, startCli, temporaryFolder } from '../support/cli.js';
import { createExchangeClock } from '../support/local-exchange/exchange-clock.js';
import { type LocalExchange, openLocalExchange } from '../support/local-exchange/open-local-exchange.js';
import { dataOfMarket } from '../support/local-exchange/venue-data.js';
import { listed } from '../support/local-exchange/venue-market.js';
import { runCliBeside } from '../support/run-cli-beside.js';
import { until } from '../support/until.js';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const START_MS = Date.UTC(2026, 0, 5);
const BARS = 2000;
const FIRST = 700;
/** A minute in two seconds: readings, pongs and bars all have their time. */
const CLOCK_FACTOR = 30;

/** Buys what was sold by force, and leaves at the next bar in which nobody was; in words what it could not see. */
const FORCED_FLOW = `
export default {
  manifest: { kind: 'forced-flow', version: 1, summary: 'buys after forced selling' },
  parameters: { leastUsd: 1 },
  decide({ params, symbols, market, portfolio }) {
    const intents = [];
    let seen = 'nothing';
    symbols.forEach((symbol, i) => {
      const openInterest = market.reading(i, 'openInterestUsd');
      const sold = market.reading(i, 'longLiquidationsUsd');
      if (openInterest > 0 && market.readingAgeMs(i, 'openInterestUsd') < 60_000) seen = 'figures';
      const holds = portfolio.quantity(i) !== 0;
      if (!holds && sold > params.leastUsd)
        intents.push({ kind: 'open', symbol, side: 'long', size: { weight: 0.2 }, reason: 'forced' });
      if (holds && sold === 0) intents.push({ kind: 'close', symbol, reason: 'calm' });
    });
    return { intents, why: { code: intents.length > 0 ? 'act' : seen } };
  },
};
`;

/** The program with a real ccxt on perpetuals of an exchange on loopback that closes positions by force. */
describe('a strategy on a live market', () => {
  const folder = temporaryFolder();
  const state = join(folder.path, 'state');
  const contestants = join(folder.path, 'contestants');
  const config = join(folder.path, 'arena.config.json');
  let exchange: LocalExchange;

  beforeAll(async () => {
    mkdirSync(join(contestants, 'kinds'), { recursive: true });
    writeFileSync(join(contestants, 'kinds', 'forced-flow.mjs'), FORCED_FLOW);
    writeFileSync(
      join(contestants, 'mine.json'),
      JSON.stringify([{ kind: 'forced-flow' }, { kind: 'flat' }]),
    );
    writeFileSync(config, JSON.stringify({ live: { clockFactor: CLOCK_FACTOR } }));
    const market = generateMarket({
      seed: 5,
      symbols: SYMBOLS,
      timeframe: '1m',
      startMs: START_MS,
      length: BARS,
      perpetual: true,
    });
    const clock = createExchangeClock(START_MS + FIRST * MINUTE_MS + 10_000);
    exchange = await openLocalExchange({
      venue: 'binanceusdm',
      markets: SYMBOLS.map((symbol) => listed(`${symbol}:USDT`)),
      data: dataOfMarket(market, (symbol) => symbol.split(':')[0] ?? symbol),
      clock,
    });
    // Every third minute the price of the first goes far down and comes back.
    const opens = market.candles[0]?.open;
    for (let t = FIRST; t < BARS; t += 3)
      exchange.revise('BTC/USDT:USDT', START_MS + t * MINUTE_MS, { low: (opens?.[t] ?? NaN) * 0.97 });
    clock.run(CLOCK_FACTOR);
  });
  afterAll(async () => {
    await exchange.close();
    exchange.clock.stop();
    folder.remove();
  });

  const arena = (...args: readonly string[]): Promise<CliResult> =>
    runCliBeside(['arena', ...args, '--state', state, '--contestants', contestants], {
      ARENA_EXCHANGE_URL: exchange.url,
    });
  const follow = (minutes: number): Promise<CliResult> =>
    arena(
      ...['--market', 'live', '--exchange', 'binance', '--instrument', 'perpetual', '--timeframe', '1m'],
      ...['--symbols', SYMBOLS.join(), '--config', config, '--quiet', '--days'],
      String((minutes * MINUTE_MS) / DAY_MS),
    );
  const verify = async (): Promise<unknown> =>
    JSON.parse((await arena('verify', '--replay', '--json')).stdout) as unknown;

  it('trades on open interest and forced closes, is killed, goes on, and is replayed to the same hashes', async () => {
    const first = await follow(8);
    expect(first.stdout + first.stderr).not.toContain('fault');
    expect(first.code).toBe(0);
    const child = startCli(
      ['arena', '--state', state, '--contestants', contestants, '--config', config, '--quiet'],
      { ARENA_EXCHANGE_URL: exchange.url },
    );
    let said = '';
    child.stdout?.on('data', (part: Buffer) => (said += part.toString()));
    await until('two rounds were played', () => (said.match(/round \d+: .*settled/g) ?? []).length >= 2);
    child.kill('SIGKILL');
    await ended(child);
    const after = await follow(4);
    expect(after.code).toBe(0);
    const explained = await arena('explain', 'forced-flow');
    expect(explained.stdout).toContain('the journal says the same');
    expect(explained.stdout).toMatch(/beside ETH\/USDT: openInterestUsd [\d,.]+ \(\d+ s old\), bid/);
    const dump = await arena('journal', 'dump');
    const decisions = dump.stdout.split('\n').filter((line) => line.includes('"act"'));
    expect(decisions.length).toBeGreaterThan(1);
    expect(dump.stdout).toContain('"figures"');
    expect(await verify()).toMatchObject({ ok: true });
  });

  it('ends in order while its stream is open', async () => {
    const child = startCli(
      ['arena', '--state', state, '--contestants', contestants, '--config', config, '--quiet'],
      { ARENA_EXCHANGE_URL: exchange.url },
    );
    let said = '';
    child.stdout?.on('data', (part: Buffer) => (said += part.toString()));
    child.stderr?.on('data', (part: Buffer) => (said += part.toString()));
    await until('its stream is open', () => exchange.subscriptions().includes('btcusdt@forceOrder'));
    await until('a round was played', () => /round \d+: .*settled/.test(said));
    child.kill('SIGINT');
    const { code } = await ended(child);
    expect(said).not.toContain('bug');
    expect(code).toBe(0);
    await until('no connection is left', () => exchange.subscriptions().length === 0);
  });

  it('saw what had arrived in time, and no sum of a bar in which the stream was not there', () => {
    const log = openMarketLog(state, { readOnly: true });
    const { readings, openTimesMs, length } = log.load().table;
    log.close();
    const own = readings?.bySymbol[0];
    const { arrivedMs, length: told = 0 } = own?.openInterestUsd ?? {};
    expect(told).toBeGreaterThan(2);
    const sums = own?.longLiquidationsUsd;
    const closes = new Set([...(sums?.timesMs.subarray(0, sums.length) ?? [])]);
    const liveSlots = Array.from({ length }, (_, t) => (openTimesMs[t] ?? NaN) + MINUTE_MS).filter(
      (closeMs) => closeMs >= (arrivedMs?.[0] ?? Infinity),
    );
    // The first bar of each life began before its stream, and what is caught up later had none.
    expect(closes.size).toBeGreaterThan(1);
    expect(closes.size).toBeLessThan(liveSlots.length);
    for (let i = 0; i < (sums?.length ?? 0); i++) {
      const t = Math.round(((sums?.timesMs[i] ?? NaN) - START_MS) / MINUTE_MS) - 1;
      const isForced = (t - FIRST) % 3 === 0;
      // The low is visited in the middle of its minute, long before the close.
      expect((sums?.values[i] ?? 0) > 0, `minute ${String(t)}`).toBe(isForced);
    }
  });

  it('is replayed without the raw rows, and not from a log in which a figure was changed', async () => {
    const db = new Database(join(state, MARKET_LOG_FILE));
    expect(db.prepare('DELETE FROM readings').run().changes).toBeGreaterThan(0);
    db.close();
    expect(await verify()).toMatchObject({ ok: true });
    const other = new Database(join(state, MARKET_LOG_FILE));
    other
      .prepare(
        `UPDATE slot_readings SET value = value * 1.0001 WHERE series = 'openInterestUsd' AND symbol = 1 AND open_ms =
         (SELECT max(open_ms) FROM slot_readings WHERE series = 'openInterestUsd' AND symbol = 1)`,
      )
      .run();
    other.close();
    expect(await verify()).toMatchObject({ ok: false });
  });
});
