/**
 * What ccxt.pro makes of what goes wrong with streams. An adapter maps this:
 *
 * | at the venue                             | in ccxt.pro                                              |
 * | ---------------------------------------- | -------------------------------------------------------- |
 * | ends the connection                      | NetworkError from every watch; watching again connects   |
 * | refuses it (503)                         | NetworkError                                             |
 * | half-open connection                     | RequestTimeout after `connectionTimeout`                 |
 * | connection that says nothing, no pong    | RequestTimeout after `maxPingPongMisses` of `keepAlive`  |
 * | connection that says nothing, but pongs  | nothing: only an adapter with a clock of its own sees it |
 * | message lost, doubled, out of order      | nothing: numbers of trades show it                       |
 * | message that is minutes late             | nothing: its own time shows it, where it has one         |
 * | message of another symbol                | nothing: it lies in the cache of that symbol             |
 * | half of a message                        | an error of every watch, after a line on the console     |
 */
import ccxt from 'ccxt';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pointAt } from '../../../src/adapters/venues/venue-urls.js';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/domain/time.js';
import { until } from '../until.js';
import { MADE_NOW_MS, openMadeExchange } from './made-exchange.js';
import type { LocalExchange } from './open-local-exchange.js';

type Client = InstanceType<typeof ccxt.pro.binance>;

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function loaded(streaming: object = {}): Promise<{ exchange: LocalExchange; client: Client }> {
  const exchange = await openMadeExchange('binance');
  ending.push(() => exchange.close());
  // Reconnecting waits a second by default.
  const options = { ws: { backoff: { base: 1, max: 1 } } };
  const client = new ccxt.pro.binance({ enableRateLimit: false, streaming, options });
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

/** Numbers of the trades that ccxt has been told while the clock went on minute by minute. */
async function tradesHeard(exchange: LocalExchange, client: Client, minutes: number): Promise<number[]> {
  const watched = client.watchTrades('BTC/USDT');
  await until('trades are watched', () => exchange.subscriptions().includes('btcusdt@trade'));
  for (let n = 0; n < minutes; n++) exchange.clock.advance(MINUTE_MS);
  await watched;
  const last = (): number => Number((client.trades['BTC/USDT'] as { id: string }[]).at(-1)?.id);
  const newest = Math.floor(exchange.clock.now() / MINUTE_MS);
  await until('the last message has come', () => last() >= newest - 1);
  return (client.trades['BTC/USDT'] as { id: string }[]).map(
    ({ id }) => Number(id) - Math.floor(MADE_NOW_MS / MINUTE_MS),
  );
}

describe('a fault of a stream as ccxt.pro.binance tells it', () => {
  it('is NetworkError where the venue ends the connection, and watching again goes on', async () => {
    const { client, exchange } = await loaded();
    await client.watchBidsAsks(['BTC/USDT']);
    const broken = errorOf(client.watchBidsAsks(['BTC/USDT']));
    exchange.closeStreams();
    expect(await broken).toBe('NetworkError');
    exchange.clock.advance(MINUTE_MS);
    expect(Object.keys(await client.watchBidsAsks(['BTC/USDT']))).toEqual(['BTC/USDT']);
  });

  it('is NetworkError in the midst of messages as well', async () => {
    const { client, exchange } = await loaded();
    await client.watchBidsAsks(['BTC/USDT']);
    const broken = errorOf(client.watchBidsAsks(['BTC/USDT']));
    exchange.faults.add({ kind: 'stream-close', code: 1008 }, { times: 1 });
    exchange.clock.advance(MINUTE_MS);
    expect(await broken).toBe('NetworkError');
  });

  it('is NetworkError where the connection is refused', async () => {
    const { client, exchange } = await loaded();
    exchange.faults.add({ kind: 'stream-refused' }, { times: 1 });
    expect(await errorOf(client.watchBidsAsks(['BTC/USDT']))).toBe('NetworkError');
    expect(await errorOf(client.watchBidsAsks(['BTC/USDT']))).toBe('no error');
  });

  it('is RequestTimeout where the connection is half open', async () => {
    const { client, exchange } = await loaded({ connectionTimeout: 200 });
    const half = exchange.faults.add({ kind: 'half-open' });
    expect(await errorOf(client.watchBidsAsks(['BTC/USDT']))).toBe('RequestTimeout');
    expect(half.hits()).toBeGreaterThan(0);
  });

  it('is RequestTimeout where the connection says nothing any more, not even pong', async () => {
    const { client, exchange } = await loaded({ keepAlive: 60 });
    await client.watchBidsAsks(['BTC/USDT']);
    const dead = errorOf(client.watchBidsAsks(['BTC/USDT']));
    exchange.faults.add({ kind: 'stream-dead' }, { times: 1 });
    exchange.clock.advance(HOUR_MS);
    expect(await dead).toBe('RequestTimeout');
  });

  it('is a gap in the numbers of trades where a message is lost', async () => {
    const { client, exchange } = await loaded();
    exchange.faults.add(
      { kind: 'message-drop' },
      { times: 1, only: /@trade/, fromMs: MADE_NOW_MS + 2 * MINUTE_MS },
    );
    expect(await tradesHeard(exchange, client, 4)).toEqual([1, 3, 4]);
  });

  it('is a number twice where a message is doubled', async () => {
    const { client, exchange } = await loaded();
    exchange.faults.add({ kind: 'message-duplicate' }, { times: 1, only: /@trade/ });
    expect(await tradesHeard(exchange, client, 3)).toEqual([1, 1, 2, 3]);
  });

  it('is a wrong order of numbers where messages overtake each other', async () => {
    const { client, exchange } = await loaded();
    exchange.faults.add({ kind: 'message-reorder' }, { times: 1, only: /@trade/ });
    expect(await tradesHeard(exchange, client, 3)).toEqual([2, 1, 3]);
  });

  it('is an old price in the place of a newer one where a message is late', async () => {
    const { client, exchange } = await loaded();
    exchange.faults.add(
      { kind: 'message-late', delayMs: 2 * MINUTE_MS },
      { times: 1, only: /@trade/, fromMs: MADE_NOW_MS + MINUTE_MS },
    );
    expect(await tradesHeard(exchange, client, 5)).toEqual([2, 3, 1, 4, 5]);
  });

  it("lies among another symbol's trades where a message names the wrong one", async () => {
    const { client, exchange } = await loaded();
    const watched = client.watchTrades('BTC/USDT');
    await until('trades are watched', () => exchange.subscriptions().includes('btcusdt@trade'));
    exchange.faults.add({ kind: 'message-wrong-symbol' }, { times: 1 });
    exchange.clock.advance(2 * MINUTE_MS);
    await watched;
    const misnamed = (client.trades['ETH/USDT'] as { price: number }[])[0];
    expect(misnamed?.price, 'a price of BTC').toBeGreaterThan(10_000);
  });

  it('is an error of whoever watches where half of a message comes', async () => {
    const { client, exchange } = await loaded();
    const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    ending.push(async () => {
      said.mockRestore();
      await Promise.resolve();
    });
    await client.watchBidsAsks(['BTC/USDT']);
    exchange.faults.add({ kind: 'message-truncated' }, { times: 1 });
    const broken = errorOf(client.watchBidsAsks(['BTC/USDT']));
    exchange.clock.advance(1);
    expect(await broken).toBe('TypeError');
    expect(said).toHaveBeenCalled();
  });
});

describe('a local exchange that is closed', () => {
  it('leaves no timer and no socket behind, whatever clients were waiting for', async () => {
    const alive = (kind: RegExp): number =>
      process.getActiveResourcesInfo().filter((name) => kind.test(name)).length;
    const timersBefore = alive(/Timeout/);
    const exchange = await openMadeExchange('binance');
    const client = new ccxt.pro.binance({ enableRateLimit: false });
    pointAt(client, exchange.url);
    await client.watchBidsAsks(['BTC/USDT']);
    exchange.clock.run(1000);
    exchange.faults.add({ kind: 'slow-answer', delayMs: 600_000 }, { times: 1 });
    const slow = errorOf(client.fetchTime());
    await until('the request has come', () => exchange.requests().at(-1)?.fault === 'slow-answer');
    const half = exchange.faults.add({ kind: 'half-open' });
    const other = new ccxt.binance({ enableRateLimit: false });
    pointAt(other, exchange.url);
    const silent = errorOf(other.fetchTime());
    await until('the half-open connection is there', () => half.hits() > 0);
    exchange.clock.stop();
    await client.close();
    await exchange.close();
    expect([await slow, await silent]).toEqual(['NetworkError', 'NetworkError']);
    expect(exchange.connections()).toBe(0);
    await until(
      'no socket and no timer is left',
      () => alive(/TCP/) === 0 && alive(/Timeout/) <= timersBefore,
    );
  });
});
