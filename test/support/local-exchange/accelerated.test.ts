import ccxt from 'ccxt';
import { describe, expect, it } from 'vitest';
import { pointAt } from '../../../src/adapters/venues/venue-urls.js';
import { DAY_MS, HOUR_MS } from '../../../src/core/domain/time.js';
import { until } from '../until.js';
import { MADE_NOW_MS, MADE_START_MS, madeBar, openMadeExchange } from './made-exchange.js';

describe('a day of the local exchange in little more than a second', () => {
  it('comes over the stream bar by bar as the data has it, two symbols at once', async () => {
    const exchange = await openMadeExchange('binance');
    const client = new ccxt.pro.binance({ enableRateLimit: false });
    pointAt(client, exchange.url);
    const wanted = [
      ['BTC/USDT', '1h'],
      ['ETH/USDT', '1h'],
    ];
    await client.watchOHLCVForSymbols(wanted);
    exchange.clock.run(72_000);
    await until('a day has passed', () => exchange.clock.now() > MADE_NOW_MS + DAY_MS + 2 * HOUR_MS);
    exchange.clock.stop();
    const heard = (symbol: string): number[][] => client.ohlcvs[symbol]?.['1h'] as number[][];
    const newestMs = Math.floor(exchange.clock.now() / HOUR_MS) * HOUR_MS;
    for (const [i, symbol] of ['BTC/USDT', 'ETH/USDT'].entries()) {
      await until('the newest bar has come', () => heard(symbol).at(-1)?.[0] === newestMs);
      const closed = [...heard(symbol)].slice(0, -1);
      expect(closed.length).toBeGreaterThanOrEqual(25);
      expect(closed).toEqual(closed.map((bar) => madeBar(i, ((bar[0] ?? NaN) - MADE_START_MS) / HOUR_MS)));
    }
    expect(exchange.totals().requests, 'only the markets were asked for').toBe(3);
    await client.close();
    await exchange.close();
  });
});
