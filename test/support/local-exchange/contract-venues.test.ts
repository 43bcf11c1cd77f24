import ccxt from 'ccxt';
import { afterEach, describe, expect, it } from 'vitest';
import { pointAt } from '../../../src/adapters/venues/venue-urls.js';
import { COINBASE_CONTRACT } from './coinbase-contract.js';
import { KRAKEN_CONTRACT } from './kraken-contract.js';
import { openMadeExchange } from './made-exchange.js';
import type { LocalExchange } from './open-local-exchange.js';

const TABLES = [
  ['kraken', KRAKEN_CONTRACT],
  ['coinbase', COINBASE_CONTRACT],
] as const;

let open: LocalExchange | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

describe.each(TABLES)('ccxt.%s against its table of requests and answers', (venue, table) => {
  it.each(table.calls)(
    '$method sends what the table has and makes of the answer what it says',
    async (call) => {
      open = await openMadeExchange(venue);
      const client = new ccxt[venue]({ enableRateLimit: false });
      pointAt(client, open.url);
      const methods: Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>> = {
        fetchTime: () => client.fetchTime(),
        fetchMarkets: () => client.fetchMarkets(),
        fetchOHLCV: (symbol, timeframe, since, limit) =>
          client.fetchOHLCV(String(symbol), String(timeframe), Number(since), Number(limit)),
        fetchTicker: (symbol) => client.fetchTicker(String(symbol)),
      };
      const given = await methods[call.method]?.(...call.args);
      if (typeof call.gives === 'object') expect(given).toMatchObject(call.gives as object);
      else expect(given).toBe(call.gives);
      if (Array.isArray(call.gives)) expect(given).toHaveLength(call.gives.length);
      const sent = open.requests().filter(({ path }) => path === call.sends.path);
      expect(
        sent.some(({ query }) => includes(query, call.sends.query)),
        JSON.stringify(sent),
      ).toBe(true);
    },
  );

  it('asks for nothing that the table does not have', async () => {
    open = await openMadeExchange(venue);
    const client = new ccxt[venue]({ enableRateLimit: false });
    pointAt(client, open.url);
    await client.loadMarkets();
    await client.fetchTicker('BTC/USD');
    expect(open.requests().filter(({ status }) => status !== 200)).toEqual([]);
  });
});

function includes(
  query: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([name, value]) => query[name] === value);
}
