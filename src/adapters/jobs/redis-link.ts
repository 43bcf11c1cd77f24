/**
 * A connection to Redis that never gives up, and knows since when it has heard nothing. Commands wait while Redis is
 * away and go out when it is back; a connection on which nothing moves any more is replaced.
 */
import type { Redis } from 'ioredis';
import type { RedisAddress } from './redis-address.js';

const ASK_EVERY_MS = 500;
/**
 * Looks without an answer that count as silence, three seconds. Looks and not a clock: a process that computes for
 * ten seconds has heard nothing either, and finds the answer waiting.
 */
const SILENT_LOOKS = 6;
/** A machine that vanished says no goodbye: after 15 s the connection is made anew. */
const RENEW_LOOKS = 30;
const MAX_WAIT_MS = 1_000;

export interface RedisLink {
  readonly client: Redis;
  /** Wall time of the last answer, when there was none for three seconds. */
  silentSinceMs(): number | undefined;
  /** Another connection with the same habits, closed with this one. */
  another(): Redis;
  close(): void;
}

export async function openRedisLink({ url }: RedisAddress, name: string): Promise<RedisLink> {
  const { Redis } = await import('ioredis');
  const all: Redis[] = [];
  const connect = (): Redis => {
    const client = new Redis(url, {
      connectionName: name,
      // BullMQ reads answers in the older form.
      protocol: 2,
      // A command waits as long as Redis is away; BullMQ asks for it, too.
      maxRetriesPerRequest: null,
      connectTimeout: 5_000,
      keepAlive: 5_000,
      retryStrategy: (times: number) => Math.min(MAX_WAIT_MS, 50 * times),
    });
    // Said through silentSinceMs, in words; without a listener the process would end.
    client.on('error', () => undefined);
    all.push(client);
    return client;
  };
  const client = connect();
  let heardMs = Date.now();
  let asking = false;
  let looksInVain = 0;
  const timer = setInterval(() => {
    if (asking) {
      looksInVain++;
      if (looksInVain % RENEW_LOOKS === 0) for (const one of all) one.disconnect(true);
      return;
    }
    asking = true;
    client
      .ping()
      .then(() => {
        heardMs = Date.now();
        looksInVain = 0;
      })
      .catch(() => {
        // It is there and refuses, as while it loads its data.
        looksInVain++;
      })
      .finally(() => {
        asking = false;
      });
  }, ASK_EVERY_MS);
  return {
    client,
    silentSinceMs: () => (looksInVain >= SILENT_LOOKS ? heardMs : undefined),
    another: connect,
    close() {
      clearInterval(timer);
      for (const one of all) one.disconnect();
    },
  };
}
