import ccxt from 'ccxt';
import { afterEach, describe, expect, it } from 'vitest';
import { pointAt } from '../../../src/adapters/venues/venue-urls.js';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/domain/time.js';
import { until } from '../until.js';
import { MADE_NOW_MS, MADE_START_MS, MADE_TABLE, madeBar, openMadeExchange } from './made-exchange.js';
import type { AnswerFault } from './faults.js';
import type { LocalExchange } from './open-local-exchange.js';

type Client = InstanceType<typeof ccxt.pro.hyperliquid>;

const BAR_99_MS = MADE_START_MS + 99 * HOUR_MS;

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function hyperliquid(streaming: object = {}): Promise<{ exchange: LocalExchange; client: Client }> {
  const exchange = await openMadeExchange('hyperliquid');
  ending.push(() => exchange.close());
  const client = new ccxt.pro.hyperliquid({ enableRateLimit: false, streaming });
  pointAt(client, exchange.url);
  ending.push(() => client.close());
  await client.loadMarkets();
  return { exchange, client };
}

async function errorOf(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.constructor.name : 'something else'),
  );
}

describe('ccxt.hyperliquid against the local exchange', () => {
  it('loads perpetuals and spot pairs with their steps', async () => {
    const { client, exchange } = await hyperliquid();
    const markets = await client.loadMarkets();
    expect(Object.keys(markets).sort()).toEqual(['BTC/USDC', 'BTC/USDC:USDC', 'ETH/USDC', 'ETH/USDC:USDC']);
    expect(markets['BTC/USDC:USDC']).toMatchObject({
      swap: true,
      active: true,
      precision: { amount: 0.001 },
      info: { maxLeverage: 125 },
    });
    exchange.setStatus('ETH/USDC:USDC', 'delisted');
    expect((await client.loadMarkets(true))['ETH/USDC:USDC']?.active).toBe(false);
  });

  it("tells the venue's time and the candles of the data, the newest one unfinished", async () => {
    const { client } = await hyperliquid();
    expect(await client.fetchTime()).toBe(MADE_NOW_MS);
    const bars = await client.fetchOHLCV('BTC/USDC:USDC', '1h', BAR_99_MS, 10);
    expect(bars[0]).toEqual(madeBar(0, 99));
    expect(bars[1]?.[0]).toBe(BAR_99_MS + HOUR_MS);
    expect(bars).toHaveLength(2);
    expect((await client.fetchOHLCV('ETH/USDC', '1h', BAR_99_MS, 1))[0]).toEqual(madeBar(1, 99));
  });

  it('tells funding, open interest, tickers and the book top', async () => {
    const { client } = await hyperliquid();
    const funding = await client.fetchFundingRateHistory('BTC/USDC:USDC', MADE_START_MS, 100);
    const atEight = funding.find(({ timestamp }) => timestamp === MADE_START_MS + 8 * HOUR_MS);
    const series = MADE_TABLE.funding[0];
    const i = Array.from(series?.timesMs ?? []).indexOf(MADE_START_MS + 8 * HOUR_MS);
    expect(atEight?.fundingRate).toBeCloseTo(series?.rates[i] ?? NaN, 12);
    expect((await client.fetchOpenInterest('BTC/USDC:USDC')).openInterestAmount).toBeGreaterThan(0);
    const ticker = (await client.fetchTickers(['BTC/USDC:USDC']))['BTC/USDC:USDC'];
    const book = await client.fetchOrderBook('BTC/USDC:USDC');
    expect(book.bids[0]?.[0]).toBeLessThan(ticker?.last ?? NaN);
    expect(book.asks[0]?.[0]).toBeGreaterThan(ticker?.last ?? NaN);
  });

  it('watches candles over the end of an hour', async () => {
    const { client, exchange } = await hyperliquid();
    await client.watchOHLCV('BTC/USDC:USDC', '1h');
    exchange.clock.advance(HOUR_MS);
    const bars = client.ohlcvs['BTC/USDC:USDC']?.['1h'] as number[][];
    await until('both bars are there', () => bars.length === 2);
    expect(bars[0]).toEqual(madeBar(0, 100));
  });

  it('watches tickers, books and trades', async () => {
    const { client, exchange } = await hyperliquid();
    const ticker = await client.watchTicker('BTC/USDC:USDC');
    expect(ticker.markPrice ?? ticker.last).toBeGreaterThan(0);
    const book = await client.watchOrderBook('ETH/USDC:USDC');
    expect(book.timestamp).toBe(MADE_NOW_MS);
    const trades = client.watchTrades('BTC/USDC:USDC');
    await until('trades are watched', () => exchange.subscriptions().includes('trades BTC'));
    exchange.clock.advance(MINUTE_MS);
    expect((await trades)[0]?.timestamp).toBe(MADE_NOW_MS + MINUTE_MS);
  });

  it('is RequestTimeout for a stream that says nothing any more', async () => {
    const { client, exchange } = await hyperliquid({ keepAlive: 60 });
    await client.watchTicker('BTC/USDC:USDC');
    const dead = errorOf(client.watchTicker('BTC/USDC:USDC'));
    exchange.faults.add({ kind: 'stream-dead' }, { times: 1 });
    exchange.clock.advance(MINUTE_MS);
    expect(await dead).toBe('RequestTimeout');
  });

  it('refuses above 1,200 a minute and does not say for how long', async () => {
    const { client, exchange } = await hyperliquid();
    const used = exchange.totals().weight;
    for (let weight = used; weight + 2 <= 1200; weight += 2) await client.fetchTime();
    expect(await errorOf(client.fetchTime())).toBe('RateLimitExceeded');
    expect(client.last_response_headers).not.toHaveProperty('Retry-After');
    exchange.clock.advance(MINUTE_MS);
    expect(await errorOf(client.fetchTime())).toBe('no error');
  });

  const CLASSES: readonly (readonly [string, AnswerFault])[] = [
    ['RateLimitExceeded', { kind: 'rate-limited' }],
    ['DDoSProtection', { kind: 'banned' }],
    ['ExchangeNotAvailable', { kind: 'server-error', status: 500 }],
    ['RequestTimeout', { kind: 'server-error', status: 504 }],
    ['RequestTimeout', { kind: 'no-answer' }],
    ['NetworkError', { kind: 'connection-reset' }],
    ['ExchangeNotAvailable', { kind: 'html-answer', status: 502 }],
    ['no error', { kind: 'html-answer' }],
    ['no error', { kind: 'truncated-json' }],
  ];
  it.each(CLASSES)('is %s for %j when candles are asked for', async (name, fault) => {
    const { client, exchange } = await hyperliquid();
    client.timeout = 300;
    exchange.faults.add(fault, { times: 1 });
    const asked = client.fetchOHLCV('BTC/USDC:USDC', '1h', BAR_99_MS, 1);
    expect(await errorOf(asked)).toBe(name);
    if (name === 'no error') expect(await asked, 'but no candles').toEqual([]);
  });

  it("gives another coin's candles where told to, and ccxt does not look at their name", async () => {
    const { client, exchange } = await hyperliquid();
    exchange.faults.add({ kind: 'wrong-symbol' }, { times: 1 });
    expect(await client.fetchOHLCV('BTC/USDC:USDC', '1h', BAR_99_MS, 1)).toEqual([madeBar(1, 99)]);
  });
});
