import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { marketChunkKey, marketKey } from './run-keys.js';
import { sharedBytes } from './thread-jobs.js';

/** Redis serves everybody one after the other: a chunk holds it up for about a millisecond. */
const CHUNK_BYTES = 1 << 20;

export function fingerprintOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The number of its bytes comes last: who finds it finds the chunks. */
export async function putMarket(
  client: Redis,
  prefix: string,
  fingerprint: string,
  bytes: Uint8Array,
): Promise<void> {
  for (let n = 0; n * CHUNK_BYTES < bytes.length; n++) {
    const chunk = bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES);
    await client.set(
      marketChunkKey(prefix, fingerprint, n),
      Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength),
    );
  }
  await client.set(marketKey(prefix, fingerprint), String(bytes.length));
}

/** In shared memory; undefined where it is not there, not whole, or another one. */
export async function getMarket(
  client: Redis,
  prefix: string,
  fingerprint: string,
): Promise<Uint8Array | undefined> {
  const size = Number(await client.get(marketKey(prefix, fingerprint)));
  if (!Number.isSafeInteger(size) || size <= 0) return undefined;
  const bytes = sharedBytes(size);
  for (let n = 0; n * CHUNK_BYTES < size; n++) {
    const chunk = await client.getBuffer(marketChunkKey(prefix, fingerprint, n));
    if (chunk?.length !== Math.min(CHUNK_BYTES, size - n * CHUNK_BYTES)) return undefined;
    bytes.set(chunk, n * CHUNK_BYTES);
  }
  return fingerprintOf(bytes) === fingerprint ? bytes : undefined;
}

export async function removeMarket(
  client: Redis,
  prefix: string,
  fingerprint: string,
  size: number,
): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(size / CHUNK_BYTES) }, (_, n) =>
    marketChunkKey(prefix, fingerprint, n),
  );
  await client.unlink(marketKey(prefix, fingerprint), ...chunks);
}
