import type { RedisAddress } from './redis-address.js';
import { WORKERS, parseCard, workerKey, workerSchema } from './run-keys.js';

const LIMIT_MS = 2500;

/** Who is alive, of whatever version; unlike a census nobody is taken off the list. */
export async function lookAtWorkers(
  address: RedisAddress,
): Promise<{ readonly workers: number; readonly threads: number }> {
  const { Redis } = await import('ioredis');
  const client = new Redis(address.url, {
    lazyConnect: true,
    protocol: 2,
    connectTimeout: LIMIT_MS,
    commandTimeout: LIMIT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // What goes wrong is told by the call that was waiting.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const ids = await client.smembers(WORKERS);
    const cards = ids.length === 0 ? [] : await client.mget(ids.map(workerKey));
    const alive = cards.flatMap((card) => parseCard(workerSchema, card) ?? []);
    return { workers: alive.length, threads: alive.reduce((sum, { threads }) => sum + threads, 0) };
  } finally {
    client.disconnect();
  }
}
