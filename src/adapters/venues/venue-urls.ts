import { Agent } from 'node:http';
import { Problem } from '../../core/domain/problem.js';

const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

/** Scheme, host, port, path. The host may hold a placeholder (`api.{hostname}`), which no URL parser leaves alone. */
const ADDRESS = /^(http|https|ws|wss):\/\/([^/:]+)(?::\d+)?(\/.*)?$/;

/** What an exchange object of ccxt has, as far as it matters here. */
export interface VenueWithUrls {
  urls: { api?: unknown };
  /** Of streams without encryption. */
  httpAgent?: unknown;
}

/**
 * Points an exchange object of ccxt at one address on this machine. Every address of the venue is replaced, whatever
 * it is for: an address that was forgotten would be a request to the real venue.
 */
export function pointAt(exchange: VenueWithUrls, baseAddress: string): void {
  exchange.urls = { ...exchange.urls, api: localUrls(exchange.urls.api, baseAddress) };
  // ccxt opens no `ws://` without one: it takes such an address for that of a proxy.
  exchange.httpAgent ??= new Agent();
}

/**
 * The addresses of a venue (texts in objects of any depth) below `baseAddress`. The host becomes the first part of the
 * path: `wss://stream.binance.com:9443/ws` becomes `ws://127.0.0.1:4321/stream.binance.com/ws`. So addresses that
 * differ stay different, and ccxt, which tells spot from futures by a piece of the address, still can.
 */
export function localUrls(urls: unknown, baseAddress: string): unknown {
  const base = loopbackBase(baseAddress);
  const replace = (value: unknown): unknown => {
    if (typeof value === 'string') return localAddress(value, base);
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner)]));
  };
  return replace(urls);
}

/** `host:port` of an address on this machine; anything else is refused. */
export function loopbackBase(baseAddress: string): string {
  const url = URL.canParse(baseAddress) ? new URL(baseAddress) : undefined;
  const plain = url?.protocol === 'http:' && (url.pathname === '/' || url.pathname === '');
  if (url === undefined || !plain || url.search !== '' || url.hash !== '' || url.username !== '')
    throw new Problem('usage', `The address of a local exchange cannot be ${JSON.stringify(baseAddress)}.`, {
      hint: 'Give scheme, host and port only, such as http://127.0.0.1:8080.',
    });
  if (!LOOPBACK_HOSTS.includes(url.hostname))
    throw new Problem('usage', `A local exchange is on this machine, ${url.hostname} is not.`, {
      hint: `Use one of ${LOOPBACK_HOSTS.join(', ')}; leave the setting out to reach the real venue.`,
    });
  return url.host;
}

function localAddress(address: string, base: string): string {
  const parts = ADDRESS.exec(address);
  if (parts === null) throw new Error(`ccxt has an address of an unknown form: ${address}`);
  const [, scheme = '', host = '', path = ''] = parts;
  return `${scheme.startsWith('ws') ? 'ws' : 'http'}://${base}/${host}${path}`;
}
