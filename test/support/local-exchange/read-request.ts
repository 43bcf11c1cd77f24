import type { IncomingMessage } from 'node:http';
import type { VenueRequest } from './venue-protocol.js';

/** No public request of a venue is larger. */
const MOST_BYTES = 1_000_000;

/** Reads a request to the end. The first part of the path is the host that the client believes to speak to. */
export async function readRequest(incoming: IncomingMessage): Promise<VenueRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  const url = new URL(incoming.url ?? '/', 'http://venue');
  const { host, path } = splitHost(url.pathname);
  const text = Buffer.concat(chunks).toString('utf8');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: incoming.method ?? 'GET',
    host,
    path,
    query: new Map(url.searchParams),
    headers: new Map(headers),
    body: text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as unknown) : undefined,
  };
}

/** `/api.binance.com/api/v3/time` is host `api.binance.com` and path `/api/v3/time`. */
export function splitHost(pathname: string): { readonly host: string; readonly path: string } {
  const [, host = '', ...rest] = pathname.split('/');
  return { host: decodeURIComponent(host), path: `/${rest.join('/')}` };
}
