import { afterEach, describe, expect, it } from 'vitest';
import { openCcxtVenue } from '../../src/adapters/venues/open-ccxt-venue.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import type { Venue } from '../../src/ports/venue.js';
import { createExchangeClock } from '../support/local-exchange/exchange-clock.js';
import { openMadeExchange } from '../support/local-exchange/made-exchange.js';
import type { LocalExchange } from '../support/local-exchange/open-local-exchange.js';

/** The time of the tables of made answers. */
const TABLE_MS = 1_736_481_600_000;

let exchange: LocalExchange | undefined;
let venue: Venue | undefined;
afterEach(async () => {
  await venue?.close();
  await exchange?.close();
  exchange = venue = undefined;
});

async function open(name: 'kraken' | 'coinbase'): Promise<Venue> {
  const clock = createExchangeClock(TABLE_MS);
  exchange = await openMadeExchange(name);
  venue = await openCcxtVenue({
    exchange: name,
    instrument: 'spot',
    baseUrl: exchange.url,
    nowMs: () => clock.now(),
    sleep: (ms) => {
      clock.advance(Math.ceil(ms));
      return Promise.resolve();
    },
    random: () => 0,
  });
  return venue;
}

describe.each([
  { name: 'kraken', tickSize: 0.1, minNotionalUsd: 0.5, takerFeeBps: 40, makerFeeBps: 25, ask: 94_150.1 },
  { name: 'coinbase', tickSize: 0.01, minNotionalUsd: 1, takerFeeBps: 120, makerFeeBps: 60, ask: 94_150.02 },
] as const)('$name by its table of requests and answers', ({ name, ask, minNotionalUsd, ...said }) => {
  it('tells its time', async () => {
    expect((await (await open(name)).time()).venueMs).toBe(TABLE_MS);
  });

  it('tells steps, least order and fees', async () => {
    expect(await (await open(name)).instruments(['BTC/USD'])).toEqual([
      {
        ...said,
        contractSize: 1,
        status: 'trading',
        instrument: {
          symbol: 'BTC/USD',
          type: 'spot',
          lotSize: 1e-8,
          minNotionalUsd,
          maxLeverage: 1,
          marginTiers: [],
        },
      },
    ]);
  });

  it('gives candles from a time on, and the best prices', async () => {
    const opened = await open(name);
    expect(await opened.candles('BTC/USD', '1h', TABLE_MS - 2 * HOUR_MS, 2)).toEqual([
      {
        openMs: TABLE_MS - 2 * HOUR_MS,
        open: 94_100,
        high: 94_300,
        low: 94_000,
        close: 94_200.5,
        volume: 8.25,
      },
      { openMs: TABLE_MS - HOUR_MS, open: 94_200.5, high: 94_210, low: 94_100, close: 94_150, volume: 1 },
    ]);
    expect(await opened.quote('BTC/USD')).toMatchObject({ symbol: 'BTC/USD', bid: 94_150, ask });
    expect(opened.usage().faults).toEqual({});
  });

  it('has no 3m candles and no funding for spot', async () => {
    const opened = await open(name);
    await expect(opened.candles('BTC/USD', '3m', TABLE_MS - HOUR_MS, 2)).rejects.toMatchObject({
      kind: 'refused',
    });
    expect(await opened.funding('BTC/USD', 0)).toEqual([]);
  });
});
