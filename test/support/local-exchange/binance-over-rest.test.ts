import ccxt from 'ccxt';
import { afterEach, describe, expect, it } from 'vitest';
import { pointAt } from '../../../src/adapters/venues/venue-urls.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/domain/time.js';
import { MADE_NOW_MS, MADE_START_MS, MADE_TABLE, madeBar, openMadeExchange } from './made-exchange.js';
import type { LocalExchange } from './open-local-exchange.js';

let open: LocalExchange | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

type Options = Parameters<typeof openMadeExchange>[1];

async function binance(
  options: Options = {},
): Promise<{ exchange: LocalExchange; client: InstanceType<typeof ccxt.binance> }> {
  open = await openMadeExchange('binance', options);
  const client = new ccxt.binance({ enableRateLimit: false });
  pointAt(client, open.url);
  return { exchange: open, client };
}

async function usdm(): Promise<{
  exchange: LocalExchange;
  client: InstanceType<typeof ccxt.binanceusdm>;
}> {
  open = await openMadeExchange('binanceusdm');
  const client = new ccxt.binanceusdm({ enableRateLimit: false });
  pointAt(client, open.url);
  return { exchange: open, client };
}

const BAR_99_MS = MADE_START_MS + 99 * HOUR_MS;
const BAR_100_MS = MADE_START_MS + 100 * HOUR_MS;

describe('ccxt.binance against the local exchange', () => {
  it('loads spot markets and perpetuals with their steps', async () => {
    const { client } = await binance();
    const markets = await client.loadMarkets();
    expect(Object.keys(markets).sort()).toEqual(['BTC/USDT', 'BTC/USDT:USDT', 'ETH/USDT', 'ETH/USDT:USDT']);
    expect(markets['BTC/USDT']).toMatchObject({
      spot: true,
      active: true,
      precision: { price: 0.01, amount: 0.00001 },
      limits: { cost: { min: 5 } },
    });
    expect(markets['BTC/USDT:USDT']).toMatchObject({ swap: true, linear: true, contractSize: 1 });
  });

  it('says that a halted or delisted symbol is not active', async () => {
    const { client, exchange } = await binance();
    exchange.setStatus('ETH/USDT', 'halted');
    exchange.setStatus('BTC/USDT:USDT', 'delisted');
    const markets = await client.loadMarkets();
    expect(markets['ETH/USDT']).toMatchObject({ active: false, info: { status: 'HALT' } });
    expect(markets['BTC/USDT:USDT']).toMatchObject({ active: false, info: { status: 'SETTLING' } });
    expect(markets['BTC/USDT']?.active).toBe(true);
  });

  it("tells the venue's time, with a skew where one is set", async () => {
    const { client, exchange } = await binance();
    expect(await client.fetchTime()).toBe(MADE_NOW_MS);
    exchange.faults.add({ kind: 'clock-skew', skewMs: 3 * MINUTE_MS });
    expect(await client.fetchTime()).toBe(MADE_NOW_MS + 3 * MINUTE_MS);
    exchange.faults.add({ kind: 'clock-skew', skewMs: HOUR_MS });
    const [ended] = await client.fetchOHLCV('BTC/USDT', '1h', BAR_100_MS, 1);
    expect(ended, 'over for the venue, going on for everybody else').toEqual(madeBar(0, 100));
  });

  it('gives closed bars as the data has them and the newest one unfinished', async () => {
    const { client } = await binance();
    const bars = await client.fetchOHLCV('BTC/USDT', '1h', BAR_99_MS, 10);
    expect(bars).toHaveLength(2);
    expect(bars[0]).toEqual(madeBar(0, 99));
    expect(bars[1]?.slice(0, 2)).toEqual(madeBar(0, 100).slice(0, 2));
    expect(bars[1]?.[5]).toBeCloseTo((madeBar(0, 100)[5] ?? NaN) / 3, 6);
  });

  it('gives the newest bars where no start is asked for, and whole days of hours', async () => {
    const { client } = await binance();
    const newest = await client.fetchOHLCV('BTC/USDT', '1h', undefined, 3);
    expect(newest.map(([openMs]) => openMs)).toEqual([98, 99, 100].map((n) => MADE_START_MS + n * HOUR_MS));
    const [day] = await client.fetchOHLCV('BTC/USDT', '1d', MADE_START_MS + DAY_MS, 1);
    const hours = Array.from({ length: 24 }, (_, i) => madeBar(0, 24 + i));
    expect(day?.slice(0, 5)).toEqual([
      MADE_START_MS + DAY_MS,
      hours[0]?.[1],
      Math.max(...hours.map((bar) => bar[2] ?? NaN)),
      Math.min(...hours.map((bar) => bar[3] ?? NaN)),
      hours[23]?.[4],
    ]);
  });

  it('splits a bar into minutes that make it up again', async () => {
    const { client } = await binance();
    const minutes = await client.fetchOHLCV('BTC/USDT', '1m', BAR_99_MS, 60);
    const [, o, h, l, c, v] = madeBar(0, 99);
    expect(minutes).toHaveLength(60);
    expect(minutes[0]?.[1]).toBe(o);
    expect(minutes[59]?.[4]).toBe(c);
    expect(Math.max(...minutes.map((bar) => Number(bar[2])))).toBe(h);
    expect(Math.min(...minutes.map((bar) => Number(bar[3])))).toBe(l);
    expect(minutes.reduce((sum, bar) => sum + Number(bar[5]), 0)).toBeCloseTo(v ?? NaN, 4);
  });

  it('has a ticker and a book top around the last price', async () => {
    const { client } = await binance();
    const ticker = await client.fetchTicker('BTC/USDT');
    const top = (await client.fetchBidsAsks(['BTC/USDT']))['BTC/USDT'];
    expect(ticker.timestamp).toBe(MADE_NOW_MS);
    expect(top?.bid).toBeLessThan(ticker.last ?? NaN);
    expect(top?.ask).toBeGreaterThan(ticker.last ?? NaN);
  });

  it('counts weight as Binance does and says so in its headers', async () => {
    const { client, exchange } = await binance();
    await client.fetchTime();
    await client.fetchOHLCV('BTC/USDT', '1h', BAR_99_MS, 2);
    // time 1, exchange information 20 (and one each of futures and coin contracts), candles 2.
    expect(exchange.totals()).toMatchObject({ requests: 5, weight: 1 + 20 + 1 + 1 + 2 });
    expect(client.last_response_headers).toMatchObject({ 'X-Mbx-Used-Weight-1m': '23' });
    expect(exchange.requests().at(-1)).toMatchObject({
      path: '/api/v3/klines',
      query: { symbol: 'BTCUSDT', interval: '1h' },
      status: 200,
    });
  });

  it('refuses above the limit of the minute, then bans, then forgives', async () => {
    const { client, exchange } = await binance({ weightPerMinute: 3 });
    const statuses = async (count: number): Promise<(number | undefined)[]> => {
      for (let n = 0; n < count; n++) await client.fetchTime().catch(() => undefined);
      return exchange
        .requests()
        .slice(-count)
        .map(({ status }) => status);
    };
    expect(await statuses(9)).toEqual([200, 200, 200, 429, 429, 429, 429, 429, 418]);
    expect(client.last_response_headers).toMatchObject({ 'Retry-After': '120' });
    exchange.clock.advance(MINUTE_MS);
    expect(await statuses(1)).toEqual([418]);
    exchange.clock.advance(2 * MINUTE_MS);
    expect(await statuses(1)).toEqual([200]);
  });

  it('gives a bar late, revised or never, as told', async () => {
    const { client, exchange } = await binance();
    const at = async (openMs: number): Promise<unknown> =>
      (await client.fetchOHLCV('BTC/USDT', '1h', openMs, 1))[0];
    exchange.clock.set(BAR_100_MS + HOUR_MS + 1000);
    const late = exchange.faults.add({ kind: 'late-candles', delayMs: 10_000 });
    expect(await at(BAR_100_MS)).not.toEqual(madeBar(0, 100));
    expect(await at(BAR_100_MS + HOUR_MS), 'its successor is not there either').toBeUndefined();
    exchange.clock.advance(10_000);
    expect(await at(BAR_100_MS)).toEqual(madeBar(0, 100));
    late.remove();
    const [, open99 = NaN] = madeBar(0, 99);
    exchange.revise('BTC/USDT', BAR_99_MS, { close: open99 }, exchange.clock.now() + 1);
    expect(await at(BAR_99_MS)).toEqual(madeBar(0, 99));
    exchange.clock.advance(1);
    expect(await at(BAR_99_MS)).toEqual([...madeBar(0, 99).slice(0, 4), open99, madeBar(0, 99)[5]]);
    exchange.hide('BTC/USDT', BAR_100_MS, BAR_100_MS + HOUR_MS, exchange.clock.now() + HOUR_MS);
    expect(await at(BAR_100_MS), 'the next bar there is').toEqual(await at(BAR_100_MS + HOUR_MS));
    exchange.clock.advance(HOUR_MS);
    expect(await at(BAR_100_MS)).toEqual(madeBar(0, 100));
  });
});

describe('ccxt.binanceusdm against the local exchange', () => {
  it('gives candles of the perpetual, its mark and its open interest', async () => {
    const { client } = await usdm();
    expect((await client.fetchOHLCV('BTC/USDT:USDT', '1h', BAR_99_MS, 1))[0]).toEqual(madeBar(0, 99));
    const rate = await client.fetchFundingRate('BTC/USDT:USDT');
    expect(rate).toMatchObject({ timestamp: MADE_NOW_MS, fundingTimestamp: MADE_START_MS + 104 * HOUR_MS });
    expect(rate.markPrice).toBe((await client.fetchTicker('BTC/USDT:USDT')).last);
    const interest = await client.fetchOpenInterest('BTC/USDT:USDT');
    expect(interest.openInterestAmount).toBeGreaterThan(0);
    const history = await client.fetchOpenInterestHistory('BTC/USDT:USDT', '1h', BAR_99_MS, 2);
    expect(history.map(({ timestamp }) => timestamp)).toEqual([BAR_99_MS, BAR_100_MS]);
  });

  it('gives the funding rates of the data at their times', async () => {
    const { client } = await usdm();
    const history = await client.fetchFundingRateHistory('BTC/USDT:USDT', MADE_START_MS, 1000);
    const series = MADE_TABLE.funding[0];
    const due = Array.from(series?.timesMs ?? []).filter((timeMs) => timeMs <= MADE_NOW_MS);
    expect(due.length).toBeGreaterThan(5);
    expect(history.map(({ timestamp }) => timestamp)).toEqual(due);
    expect(history[3]?.fundingRate).toBeCloseTo(series?.rates[3] ?? NaN, 8);
  });

  it('tells margin tiers and fees to whoever has a key and a clock that agrees', async () => {
    const { client, exchange } = await usdm();
    await client.loadMarkets();
    Object.assign(client, { apiKey: 'any', secret: 'any' });
    await expect(client.fetchLeverageTiers(), 'the clock of this machine').rejects.toBeInstanceOf(
      ccxt.InvalidNonce,
    );
    client.milliseconds = () => exchange.clock.now();
    const tiers = (await client.fetchLeverageTiers())['BTC/USDT:USDT'];
    expect(tiers).toMatchObject([
      { minNotional: 0, maxNotional: 50_000, maintenanceMarginRate: 0.004, maxLeverage: 125 },
      { minNotional: 50_000, maxNotional: 600_000, maintenanceMarginRate: 0.005, maxLeverage: 100 },
      { minNotional: 600_000, maxNotional: 3_000_000, maintenanceMarginRate: 0.01, maxLeverage: 50 },
    ]);
    expect(await client.fetchTradingFee('BTC/USDT:USDT')).toMatchObject({ maker: 0.0002, taker: 0.0005 });
  });

  it('says how often each perpetual pays funding', async () => {
    const { client } = await usdm();
    const intervals = await client.fetchFundingIntervals();
    expect(intervals['ETH/USDT:USDT']?.interval).toBe('8h');
  });
});
