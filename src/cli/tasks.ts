import { createHash } from 'node:crypto';
import { ARENA_SHARD, arenaShardTask } from '../app/arena-shard-task.js';
import { SWEEP_CHUNK, sweepChunkOfProductKinds } from '../app/sweep/sweep-chunk-task.js';
import type { Task, TaskTable } from '../ports/job-runner.js';

/** All that jobs can ask for; the same table in threads and workers. */
export const TASKS: TaskTable = {
  ping,
  [ARENA_SHARD]: arenaShardTask,
  [SWEEP_CHUNK]: sweepChunkOfProductKinds,
};

/** More would be work for minutes: a mistake, or malice. */
const MAX_ROUNDS = 100_000_000;

/**
 * Nothing but work: the SHA-256 of the payload, hashed again and again. The payload begins with the number of rounds
 * (32 bits, little endian); of a market its bars are hashed too, so that it must have arrived.
 */
function ping(...[payload, market]: Parameters<Task>): Uint8Array {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const rounds = view.getUint32(0, true);
  if (rounds > MAX_ROUNDS) throw new Error(`ping of ${String(rounds)} rounds: at most ${String(MAX_ROUNDS)}`);
  const hash = createHash('sha256').update(payload);
  for (const { close } of market?.candles ?? [])
    hash.update(new Uint8Array(close.buffer, close.byteOffset, close.byteLength));
  let digest = hash.digest();
  for (let round = 0; round < rounds; round++) digest = createHash('sha256').update(digest).digest();
  return new Uint8Array(digest);
}

/** The payload of a ping. */
export function pingPayload(rounds: number, content: Uint8Array): Uint8Array {
  const payload = new Uint8Array(4 + content.length);
  new DataView(payload.buffer).setUint32(0, rounds, true);
  payload.set(content, 4);
  return payload;
}
