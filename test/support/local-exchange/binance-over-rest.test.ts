import ccxt from 'ccxt';
import { afterEach, describe, expect, it } from 'vitest';
import { pointAt } from '../../../src/adapters/venues/venue-urls.js';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/domain/time.js';
import { generateMarket } from '../../../src/core/market/generate-market.js';
import { createExchangeClock } from './exchange-clock.js';
import { type LocalExchange, openLocalExchange } from './open-local-exchange.js';
import { dataOfMarket } from './venue-data.js';
import { listed } from './venue-market.js';

const START_MS = Date.UTC(2025, 0, 6);
const TABLE = generateMarket({
  seed: 5,
  symbols: ['BTC', 'ETH'],
  timeframe: '1h',
  startMs: START_MS,
  length: 24 * 30,
});

let open: LocalExchange | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function binance(): Promise<{ exchange: LocalExchange; client: InstanceType<typeof ccxt.binance> }> {
  const clock = createExchangeClock(START_MS + 100 * HOUR_MS + 20 * MINUTE_MS);
  const markets = [listed('BTC/USDT'), listed('ETH/USDT'), listed('BTC/USDT:USDT')];
  const data = dataOfMarket(TABLE, (symbol) => symbol.split('/')[0] ?? symbol);
  open = await openLocalExchange({ venue: 'binance', markets, data, clock });
  const client = new ccxt.binance({ enableRateLimit: false });
  pointAt(client, open.url);
  return { exchange: open, client };
}

describe('ccxt.binance against the local exchange', () => {
  it('loads spot markets and perpetuals with their steps', async () => {
    const { client } = await binance();
    const markets = await client.loadMarkets();
    expect(Object.keys(markets).sort()).toEqual(['BTC/USDT', 'BTC/USDT:USDT', 'ETH/USDT']);
    expect(markets['BTC/USDT']).toMatchObject({
      spot: true,
      active: true,
      precision: { price: 0.01, amount: 0.00001 },
      limits: { cost: { min: 5 } },
    });
    expect(markets['BTC/USDT:USDT']).toMatchObject({ swap: true, linear: true, contractSize: 1 });
  });

  it("tells the venue's time", async () => {
    const { client, exchange } = await binance();
    expect(await client.fetchTime()).toBe(exchange.clock.now());
  });

  it('gives closed bars as the data has them and the newest one unfinished', async () => {
    const { client } = await binance();
    const bars = await client.fetchOHLCV('BTC/USDT', '1h', START_MS + 98 * HOUR_MS, 10);
    expect(bars.map(([openMs]) => openMs)).toEqual([98, 99, 100].map((hour) => START_MS + hour * HOUR_MS));
    const candles = TABLE.candles[0];
    expect(bars[1]).toEqual([
      START_MS + 99 * HOUR_MS,
      candles?.open[99],
      candles?.high[99],
      candles?.low[99],
      candles?.close[99],
      candles?.volume[99],
    ]);
    expect(bars[2]?.[1]).toBe(candles?.open[100]);
    expect(bars[2]?.[5]).toBeCloseTo((candles?.volume[100] ?? NaN) / 3, 6);
  });
});
