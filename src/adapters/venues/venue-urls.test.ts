import ccxt from 'ccxt';
import { describe, expect, it } from 'vitest';
import { localUrls, loopbackBase, pointAt } from './venue-urls.js';

const BASE = 'http://127.0.0.1:4321';

/** Every text in objects of any depth. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe('addresses of a venue on this machine', () => {
  it('keep host and path apart, so that ccxt still tells spot from futures', () => {
    expect(
      localUrls(
        {
          public: 'https://api.binance.com/api/v3',
          ws: { spot: 'wss://stream.binance.com:9443/ws', future: 'wss://fstream.binance.com/ws' },
        },
        BASE,
      ),
    ).toEqual({
      public: 'http://127.0.0.1:4321/api.binance.com/api/v3',
      ws: {
        spot: 'ws://127.0.0.1:4321/stream.binance.com/ws',
        future: 'ws://127.0.0.1:4321/fstream.binance.com/ws',
      },
    });
  });

  it('leave a placeholder for the host to ccxt', () => {
    expect(localUrls('https://api.{hostname}', BASE)).toBe('http://127.0.0.1:4321/api.{hostname}');
  });

  it.each(['binance', 'binanceusdm', 'hyperliquid', 'kraken', 'coinbase'] as const)(
    'are all of the addresses that ccxt has for %s, over HTTP and for streams',
    (venue) => {
      for (const exchange of [new ccxt[venue](), new ccxt.pro[venue]()]) {
        const before = textsOf(exchange.urls.api);
        pointAt(exchange, BASE);
        const after = textsOf(exchange.urls.api);
        expect(after).toHaveLength(before.length);
        expect(after.filter((address) => !/^(http|ws):\/\/127\.0\.0\.1:4321\//.test(address))).toEqual([]);
      }
    },
  );

  it.each(['http://127.0.0.1:80', 'http://localhost:4000', 'http://[::1]:4000/'])('may be %s', (address) => {
    expect(loopbackBase(address)).toBe(new URL(address).host);
  });

  it.each([
    'http://example.com:80',
    'http://127.0.0.1.example.com:80',
    'http://10.0.0.1:80',
    'https://127.0.0.1:80',
    'http://user@127.0.0.1:80',
    'http://127.0.0.1:80/api',
    'http://127.0.0.1:80/?x=1',
    '127.0.0.1:80',
    '',
  ])('cannot be %j', (address) => {
    expect(() => loopbackBase(address)).toThrow(/cannot be|on this machine/);
  });

  it('are never made of an address whose form is unknown', () => {
    expect(() => localUrls({ api: 'ftp://api.binance.com' }, BASE)).toThrow(/unknown form/);
  });
});
