import type { Redis } from 'ioredis';
import { WORKERS, parseCard, workerKey, workerSchema } from './run-keys.js';

/** How it stands with a run's queue, for people. Times are wall time. */
export type QueueState =
  | { readonly kind: 'working'; readonly workers: number; readonly threads: number }
  /** `otherVersions`: workers are there, of other versions of the program. */
  | { readonly kind: 'no-workers'; readonly sinceMs: number; readonly otherVersions: readonly string[] }
  | { readonly kind: 'no-redis'; readonly sinceMs: number };

export interface Census {
  readonly workers: number;
  readonly threads: number;
  readonly otherVersions: readonly string[];
}

export const NOBODY: Census = { workers: 0, threads: 0, otherVersions: [] };

/** The workers that are alive; those that are not leave the list. */
export async function countWorkers(client: Redis, version: string): Promise<Census> {
  const ids = await client.smembers(WORKERS);
  if (ids.length === 0) return NOBODY;
  const cards = await client.mget(ids.map(workerKey));
  const gone = ids.filter((_, i) => cards[i] === null);
  if (gone.length > 0) await client.srem(WORKERS, ...gone);
  const alive = cards.flatMap((card) => parseCard(workerSchema, card) ?? []);
  const own = alive.filter((card) => card.version === version);
  return {
    workers: own.length,
    threads: own.reduce((sum, { threads }) => sum + threads, 0),
    otherVersions: [...new Set(alive.map((card) => card.version))].filter((one) => one !== version),
  };
}

/** One line. */
export function queueStateText(state: QueueState, shown: string, version: string): string {
  switch (state.kind) {
    case 'working':
      return `${String(state.workers)} worker${state.workers === 1 ? '' : 's'} (${String(state.threads)} threads) on ${shown}`;
    case 'no-workers':
      return state.otherVersions.length === 0
        ? `waiting for a worker since ${clock(state.sinceMs)}: start one with REDIS_URL=... npm run worker`
        : `waiting for a worker since ${clock(state.sinceMs)}: those that are there run ${state.otherVersions.join(', ')}, this is ${version}`;
    case 'no-redis':
      return `waiting for Redis at ${shown} since ${clock(state.sinceMs)}; nothing is lost, it goes on when Redis is back`;
  }
}

function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
