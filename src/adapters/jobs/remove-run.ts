import type { Redis } from 'ioredis';
import { RUNS, runKey } from './run-keys.js';

const PORTION = 500;

/** Everything that lies under the prefix of a run, and its place in the list. */
export async function removeRun(client: Redis, prefix: string): Promise<void> {
  await client.multi().srem(RUNS, prefix).del(runKey(prefix)).exec();
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', PORTION);
    if (keys.length > 0) await client.unlink(...keys);
    cursor = next;
  } while (cursor !== '0');
}
