/**
 * What ccxt makes of what goes wrong, seen with its real classes. An adapter maps this:
 *
 * | at the venue                        | in ccxt (binance)                                   |
 * | ----------------------------------- | --------------------------------------------------- |
 * | 429                                 | DDoSProtection (hyperliquid: RateLimitExceeded)     |
 * | 418                                 | DDoSProtection                                      |
 * | 5xx with Binance's code -1001       | OperationFailed, which is no NetworkError           |
 * | 504 with Binance's code -1007       | RequestTimeout                                      |
 * | 403, 502 with a web page            | ExchangeNotAvailable                                |
 * | no answer, half-open connection     | RequestTimeout                                      |
 * | connection reset                    | NetworkError                                        |
 * | 200 with a web page, truncated JSON | no error: no candles, no markets, no time;          |
 * |                                     | of a ticker a TypeError                             |
 * | another symbol's candles            | no error: candles name no symbol                    |
 * | headers, then half of the body      | waits on: `timeout` ends with the headers           |
 * | any failure of the first            | the same error from every later call, until         |
 * | `loadMarkets`                       | `loadMarkets(true)`                                 |
 */
import ccxt from 'ccxt';
import { afterEach, describe, expect, it } from 'vitest';
import { pointAt } from '../../../src/adapters/venues/venue-urls.js';
import { HOUR_MS } from '../../../src/core/domain/time.js';
import type { AnswerFault } from './faults.js';
import { MADE_START_MS, madeBar, openMadeExchange } from './made-exchange.js';
import type { LocalExchange } from './open-local-exchange.js';

type Client = InstanceType<typeof ccxt.binance>;

const BAR_99_MS = MADE_START_MS + 99 * HOUR_MS;
/** Real time after which ccxt gives up, short because tests wait for it. */
const TIMEOUT_MS = 300;

let open: LocalExchange | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function loaded(): Promise<{ exchange: LocalExchange; client: Client }> {
  open = await openMadeExchange('binance');
  const client = new ccxt.binance({ enableRateLimit: false });
  pointAt(client, open.url);
  await client.loadMarkets();
  client.timeout = TIMEOUT_MS;
  return { exchange: open, client };
}

async function errorOf(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => 'no error',
    (error: unknown) => (error instanceof Error ? error.constructor.name : 'something else'),
  );
}

const candles = (client: Client): Promise<unknown[]> => client.fetchOHLCV('BTC/USDT', '1h', BAR_99_MS, 1);

const CLASSES: readonly (readonly [string, AnswerFault])[] = [
  ['DDoSProtection', { kind: 'rate-limited' }],
  ['DDoSProtection', { kind: 'banned' }],
  ['OperationFailed', { kind: 'server-error', status: 500 }],
  ['OperationFailed', { kind: 'server-error', status: 503 }],
  ['RequestTimeout', { kind: 'server-error', status: 504 }],
  ['RequestTimeout', { kind: 'no-answer' }],
  ['RequestTimeout', { kind: 'slow-answer', delayMs: 60_000 }],
  ['NetworkError', { kind: 'connection-reset' }],
  ['ExchangeNotAvailable', { kind: 'html-answer', status: 403 }],
  ['ExchangeNotAvailable', { kind: 'html-answer', status: 502 }],
];

describe('a fault over HTTP as ccxt.binance tells it', () => {
  it.each(CLASSES)('is %s for %j, and the next request is answered', async (name, fault) => {
    const { client, exchange } = await loaded();
    const placed = exchange.faults.add(fault, { times: 1 });
    expect(await errorOf(candles(client))).toBe(name);
    expect(placed.hits()).toBe(1);
    expect(exchange.requests().at(-1)?.fault).toBe(fault.kind);
    expect(await candles(client)).toEqual([madeBar(0, 99)]);
  });

  it('says in a header after how many seconds to come again', async () => {
    const { client, exchange } = await loaded();
    exchange.faults.add({ kind: 'rate-limited', retryAfterS: 7 }, { times: 1 });
    await errorOf(candles(client));
    expect(client.last_response_headers).toMatchObject({ 'Retry-After': '7' });
  });

  it('is RequestTimeout where a new connection is accepted and then silent', async () => {
    open = await openMadeExchange('binance');
    const half = open.faults.add({ kind: 'half-open' }, { times: 1 });
    const client = new ccxt.binance({ enableRateLimit: false, timeout: TIMEOUT_MS });
    pointAt(client, open.url);
    expect(await errorOf(client.fetchTime())).toBe('RequestTimeout');
    expect(half.hits()).toBe(1);
    expect(open.requests()).toEqual([]);
    expect(await client.fetchTime()).toBe(open.clock.now());
  });

  it.each(['html-answer', 'truncated-json'] as const)(
    'is no error at all for %s with status 200: candles, time and markets are just empty',
    async (kind) => {
      const { client, exchange } = await loaded();
      exchange.faults.add({ kind });
      expect(await candles(client)).toEqual([]);
      expect(await client.fetchTime()).toBeUndefined();
      expect(await client.loadMarkets(true)).toEqual({});
    },
  );

  it.each(['html-answer', 'truncated-json'] as const)('is a TypeError for a ticker of %s', async (kind) => {
    const { client, exchange } = await loaded();
    exchange.faults.add({ kind }, { times: 1 });
    expect(await errorOf(client.fetchTicker('BTC/USDT'))).toBe('TypeError');
  });

  it("is no error for another symbol's candles; a ticker names the wrong one", async () => {
    const { client, exchange } = await loaded();
    exchange.faults.add({ kind: 'wrong-symbol' }, { times: 2 });
    expect(await candles(client)).toEqual([madeBar(1, 99)]);
    expect((await client.fetchTicker('BTC/USDT')).symbol).toBe('ETH/USDT');
  });

  it('outlives the time-out of ccxt where half of the body came', async () => {
    const { client, exchange } = await loaded();
    let settled = false;
    exchange.faults.add({ kind: 'stalled-body' }, { times: 1 });
    const stalled = errorOf(candles(client)).then((name) => {
      settled = true;
      return name;
    });
    exchange.faults.add({ kind: 'no-answer' });
    // Asked later with the same time-out, given up earlier.
    expect(await errorOf(client.fetchTime())).toBe('RequestTimeout');
    expect(settled).toBe(false);
    await exchange.close();
    expect(await stalled).not.toBe('no error');
  });

  it('of the first loadMarkets stays until markets are asked for anew', async () => {
    open = await openMadeExchange('binance');
    const client = new ccxt.binance({ enableRateLimit: false });
    pointAt(client, open.url);
    open.faults.add({ kind: 'connection-reset' }, { times: 1 });
    expect(await errorOf(candles(client))).toBe('NetworkError');
    const asked = open.totals().requests;
    expect(await errorOf(candles(client))).toBe('NetworkError');
    expect(open.totals().requests, 'without asking again').toBe(asked);
    await client.loadMarkets(true);
    expect(await candles(client)).toEqual([madeBar(0, 99)]);
  });

  it('strikes by path, by time and by chance, the same for the same seed', async () => {
    const { client, exchange } = await loaded();
    exchange.faults.add({ kind: 'rate-limited' }, { only: /klines/, untilMs: exchange.clock.now() + 1 });
    expect(await errorOf(client.fetchTime())).toBe('no error');
    expect(await errorOf(candles(client))).toBe('DDoSProtection');
    exchange.clock.advance(1);
    expect(await errorOf(candles(client))).toBe('no error');
    const struck = async (): Promise<boolean[]> => {
      const made = await openMadeExchange('binance', { seed: 9 });
      const other = new ccxt.binance({ enableRateLimit: false });
      pointAt(other, made.url);
      made.faults.add({ kind: 'server-error' }, { probability: 0.5 });
      for (let n = 0; n < 30; n++) await errorOf(other.fetchTime());
      await made.close();
      return made.requests().map(({ fault }) => fault !== undefined);
    };
    const first = await struck();
    expect(new Set(first).size).toBe(2);
    expect(await struck()).toEqual(first);
  });
});
