import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCcxtLink } from '../../src/adapters/venues/ccxt-link.js';
import { loadCcxtClass } from '../../src/adapters/venues/load-ccxt-class.js';
import { openCcxtVenue } from '../../src/adapters/venues/open-ccxt-venue.js';
import { profileOf } from '../../src/adapters/venues/venue-profile.js';
import type { Venue } from '../../src/ports/venue.js';
import { until } from '../support/until.js';

/** A server that knows nothing and counts who asks. */
let server: Server;
let baseUrl: string;
let asked: number;
let upgrades: number;
/** Where any socket of this process wanted to go. */
let wished: string[];

function see(message: unknown): void {
  const { socket } = message as { socket: Socket };
  socket.once('lookup', (_error, _address, _family, host: string) => wished.push(host));
  socket.once('connect', () => wished.push(socket.remoteAddress ?? ''));
}

beforeEach(async () => {
  asked = upgrades = 0;
  wished = [];
  server = createServer((_request, response) => {
    asked++;
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  });
  server.on('upgrade', (_request, socket) => {
    upgrades++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  subscribe('net.client.socket', see);
});
afterEach(async () => {
  unsubscribe('net.client.socket', see);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const WORLD = {
  nowMs: () => Date.now(),
  sleep: () => new Promise<void>((go) => setImmediate(go)),
  random: () => 0,
};
const VENUES = [
  ['binance', 'spot'],
  ['binance', 'perpetual'],
  ['hyperliquid', 'spot'],
  ['hyperliquid', 'perpetual'],
  ['kraken', 'spot'],
  ['kraken', 'perpetual'],
  ['coinbase', 'spot'],
  ['bybit', 'perpetual'],
  ['okx', 'spot'],
  ['gate', 'perpetual'],
  ['bitget', 'spot'],
] as const;

/** Every question there is; none can be answered. */
const QUESTIONS: readonly ((venue: Venue) => Promise<unknown>)[] = [
  (venue) => venue.time(),
  (venue) => venue.instruments(['BTC/USDT']),
  (venue) => venue.candles('BTC/USDT', '1h', Date.now() - 36_000_000, 5),
  (venue) => venue.funding('BTC/USDT', Date.now() - 36_000_000),
  (venue) => venue.readings('BTC/USDT'),
  (venue) => venue.quote('BTC/USDT'),
];

describe.each(VENUES)('%s as %s with a base address', (exchange, instrument) => {
  it('asks nobody else, whatever is asked', async () => {
    const venue = await openCcxtVenue({ ...WORLD, exchange, instrument, baseUrl });
    for (const question of QUESTIONS) await question(venue).catch(() => undefined);
    await venue.close();
    expect(asked).toBeGreaterThan(0);
    expect([...new Set(wished)]).toEqual(['127.0.0.1']);
  });

  it('has no way to another host: requests and streams are refused before they are made', async () => {
    const profile = profileOf(exchange, instrument);
    const link = openCcxtLink(await loadCcxtClass(profile.ccxtId), {
      profile,
      baseUrl,
      timeoutMs: 1_000,
      world: WORLD,
    });
    const send = link.exchange.fetchImplementation as (url: string, params: object) => Promise<unknown>;
    await expect(send('https://example.com/', { method: 'GET', headers: {} })).rejects.toMatchObject({
      kind: 'refused',
    });
    expect(() => link.another().client('wss://example.com/ws')).toThrow('example.com');
    link.close();
    expect(wished).toEqual([]);
  });
});

describe('a base address', () => {
  it.each([
    'https://api.binance.com',
    'http://192.168.0.1:80',
    'http://127.0.0.1.example.com',
    'not an address',
  ])('is on this machine: %s is refused', async (address) => {
    await expect(
      openCcxtVenue({ ...WORLD, exchange: 'binance', instrument: 'spot', baseUrl: address }),
    ).rejects.toMatchObject({ name: 'Problem', kind: 'usage' });
  });
});

describe('an exchange', () => {
  it('that nobody knows is refused by the name of the nearest', async () => {
    await expect(
      openCcxtVenue({ ...WORLD, exchange: 'binanse', instrument: 'spot', baseUrl }),
    ).rejects.toMatchObject({
      name: 'Problem',
      message: 'There is no exchange "binanse".',
      hint: 'Did you mean "binance"?',
    });
  });

  it.each(['../base/Exchange', 'Binance', ''])('is a name of ccxt, not %j', async (exchange) => {
    await expect(openCcxtVenue({ ...WORLD, exchange, instrument: 'spot', baseUrl })).rejects.toMatchObject({
      kind: 'usage',
    });
  });

  it('that is known for spot only is refused as another', async () => {
    await expect(
      openCcxtVenue({ ...WORLD, exchange: 'coinbase', instrument: 'perpetual', baseUrl }),
    ).rejects.toMatchObject({ message: 'coinbase is known here for spot only.' });
  });

  it('that was never tried is opened with a warning, a tried one without', async () => {
    const said: string[] = [];
    const log = (text: string): number => said.push(text);
    for (const exchange of ['bybit', 'binance'])
      await (await openCcxtVenue({ ...WORLD, exchange, instrument: 'spot', baseUrl, log })).close();
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('bybit (spot) was never tried');
  });
});

it('a stream that cannot be had goes nowhere else either', async () => {
  const venue = await openCcxtVenue({ ...WORLD, exchange: 'binance', instrument: 'spot', baseUrl });
  const watch = venue.watchQuotes(
    ['BTC/USDT'],
    () => undefined,
    () => undefined,
  );
  await until('the list of markets was asked for', () => asked > 0);
  await watch.close();
  await venue.close();
  expect([...new Set(wished)]).toEqual(['127.0.0.1']);
  expect(upgrades).toBe(0);
});
