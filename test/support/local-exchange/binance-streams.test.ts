import ccxt from 'ccxt';
import { afterEach, describe, expect, it } from 'vitest';
import { pointAt } from '../../../src/adapters/venues/venue-urls.js';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/domain/time.js';
import { generateMarket } from '../../../src/core/market/generate-market.js';
import { until } from '../until.js';
import { createExchangeClock } from './exchange-clock.js';
import { type LocalExchange, openLocalExchange } from './open-local-exchange.js';
import { dataOfMarket } from './venue-data.js';
import { listed } from './venue-market.js';

type Client = InstanceType<typeof ccxt.pro.binance>;

const START_MS = Date.UTC(2025, 0, 6);
const NOW_MS = START_MS + 100 * HOUR_MS + 20 * MINUTE_MS;
const TABLE = generateMarket({
  seed: 5,
  symbols: ['BTC', 'ETH'],
  timeframe: '1h',
  startMs: START_MS,
  length: 24 * 30,
});

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function streaming(settings: object = {}): Promise<{ exchange: LocalExchange; client: Client }> {
  const exchange = await openLocalExchange({
    venue: 'binance',
    markets: [listed('BTC/USDT'), listed('ETH/USDT'), listed('BTC/USDT:USDT')],
    data: dataOfMarket(TABLE, (symbol) => symbol.split('/')[0] ?? symbol),
    clock: createExchangeClock(NOW_MS),
  });
  ending.push(() => exchange.close());
  const client = new ccxt.pro.binance({ enableRateLimit: false, ...settings });
  pointAt(client, exchange.url);
  ending.push(() => client.close());
  return { exchange, client };
}

describe('ccxt.pro.binance against the local exchange', () => {
  it('watches candles: the forming one at once, the closed one and its successor when the hour is over', async () => {
    const { client, exchange } = await streaming();
    const first = await client.watchOHLCV('BTC/USDT', '1h');
    expect(first.map(([openMs]) => openMs)).toEqual([START_MS + 100 * HOUR_MS]);
    const next = client.watchOHLCV('BTC/USDT', '1h');
    exchange.clock.advance(HOUR_MS);
    await next;
    const bars = client.ohlcvs['BTC/USDT']?.['1h'] as number[][];
    await until('both bars are there', () => bars.length === 2);
    const candles = TABLE.candles[0];
    expect(bars[0]).toEqual([
      START_MS + 100 * HOUR_MS,
      candles?.open[100],
      candles?.high[100],
      candles?.low[100],
      candles?.close[100],
      candles?.volume[100],
    ]);
    expect(bars[1]?.[0]).toBe(START_MS + 101 * HOUR_MS);
  });

  it('watches spot and perpetual under one id apart', async () => {
    const { client, exchange } = await streaming();
    const spot = await client.watchBidsAsks(['BTC/USDT']);
    const perpetual = await client.watchBidsAsks(['BTC/USDT:USDT']);
    expect(Object.keys(spot)).toEqual(['BTC/USDT']);
    expect(Object.keys(perpetual)).toEqual(['BTC/USDT:USDT']);
    expect(perpetual['BTC/USDT:USDT']?.timestamp).toBe(exchange.clock.now());
  });

  it('watches tickers, mark prices and trades', async () => {
    const { client, exchange } = await streaming();
    const ticker = await client.watchTicker('ETH/USDT');
    const mark = await client.watchMarkPrice('BTC/USDT:USDT');
    expect(ticker.last).toBe((await client.fetchTicker('ETH/USDT')).last);
    expect(mark.markPrice).toBeGreaterThan(0);
    const trades = client.watchTrades('BTC/USDT');
    await until('trades are watched', () => exchange.subscriptions().includes('btcusdt@trade'));
    exchange.clock.advance(3 * MINUTE_MS);
    const ids = (await trades).map(({ id }) => Number(id));
    expect(ids[0]).toBe(Math.floor(NOW_MS / MINUTE_MS) + 1);
    exchange.clock.advance(12 * HOUR_MS);
    const heard = (): number[] => (client.trades['BTC/USDT'] as { id: string }[]).map(({ id }) => Number(id));
    await until('twelve hours were heard', () => heard().length === 3 + 12 * 60);
    expect(heard(), 'without a gap').toEqual(heard().map((_, i) => (ids[0] ?? NaN) + i));
  });

  it('watches liquidations where the price goes far within a bar', async () => {
    const { client, exchange } = await streaming();
    const liquidations = client.watchLiquidations('BTC/USDT:USDT');
    await until('liquidations are watched', () => exchange.subscriptions().includes('btcusdt@forceOrder'));
    exchange.clock.advance(20 * 24 * HOUR_MS);
    const [liquidation] = await liquidations;
    expect(liquidation?.price).toBeGreaterThan(0);
    expect(liquidation?.timestamp).toBeGreaterThan(NOW_MS);
  });
});
