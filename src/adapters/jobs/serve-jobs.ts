/**
 * A worker: finds the runs that live on a Redis and serves all of them with the same threads. It owns nothing, so it
 * may be killed at any time; a run that ended without a word is cleared away when nobody can come back to it.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { createLoneGate } from './lone-gate.js';
import type { LanguageModel } from '../../ports/language-model.js';
import { openMarketCache } from './market-cache.js';
import type { RedisAddress } from './redis-address.js';
import { type RedisLink, openRedisLink } from './redis-link.js';
import { removeRun } from './remove-run.js';
import {
  type RunCard,
  RUNS,
  WORKERS,
  WORKER_LIVES_MS,
  keptKey,
  parseCard,
  runKey,
  runSchema,
  workerKey,
} from './run-keys.js';
import { type RunWorld, type ServedRun, serveRun } from './serve-run.js';
import { openThreadJobs } from './thread-jobs.js';

const LOOK_EVERY_MS = 500;
/** Jobs that are not finished so long after a stop was asked for are given back. Docker kills after ten seconds. */
const FINISH_MS = 4_000;
const STOP_LIMIT_MS = 8_000;

export interface ServeOptions {
  readonly address: RedisAddress;
  readonly version: string;
  /** Names of what can be done here. */
  readonly tasks: readonly string[];
  /** Compiled module of the threads, that exports `doJob`. */
  readonly file: URL;
  readonly threads: number;
  /** Where fetched markets are kept; undefined for nowhere. */
  readonly cacheFolder: string | undefined;
  /** Who may be asked from here; undefined for a provider that this environment says nothing about. */
  readonly models?: (provider: string) => Promise<LanguageModel | undefined>;
  /** Ends when there is no run any more, after the first. */
  readonly once?: boolean;
  readonly told: (event: WorkerEvent) => void;
  readonly stop: AbortSignal;
}

export type WorkerEvent =
  | { readonly kind: 'run-found' | 'run-ended'; readonly run: string }
  | { readonly kind: 'other-version'; readonly run: string; readonly version: string }
  | { readonly kind: 'no-redis'; readonly sinceMs: number }
  | { readonly kind: 'redis-back' };

export interface WorkerCounts {
  done: number;
  failed: number;
  givenBack: number;
  /** Runs that are served now. */
  runs: number;
}

/** Resolves after a stop, when nothing is under way. `counts` is kept up to date meanwhile. */
export async function serveJobs(options: ServeOptions, counts: WorkerCounts): Promise<void> {
  const { version, stop, told } = options;
  const id = randomBytes(8).toString('hex');
  const link = await openRedisLink(options.address, `worker-${id}`);
  const { client } = link;
  const threads = await openThreadJobs({ threads: options.threads, file: options.file, attempts: 1 });
  const giveBack = new AbortController();
  const world = {
    client,
    version,
    tasks: options.tasks,
    threads,
    cache: openMarketCache(options.cacheFolder),
    gate: createLoneGate(),
    giveBack: giveBack.signal,
    counted(what: 'done' | 'failed' | 'given-back') {
      if (what === 'given-back') counts.givenBack++;
      else counts[what]++;
    },
  };
  const served = new Map<string, ServedRun>();
  const closing = new Set<Promise<void>>();
  const foreign = new Set<string>();
  let everServed = false;
  const providers = new Set<string>();
  const card = { version, host: hostname(), pid: process.pid, threads: options.threads };
  const modelOf = async ({ model }: RunCard): Promise<RunWorld['model'] | 'not-here'> => {
    if (model === undefined) return undefined;
    const ask = await options.models?.(model.provider);
    if (ask === undefined) return 'not-here';
    providers.add(model.provider);
    return { ask, requestsPerMinute: model.requestsPerMinute };
  };

  const lookForRuns = async (): Promise<void> => {
    await client
      .multi()
      .sadd(WORKERS, id)
      .set(workerKey(id), JSON.stringify({ ...card, providers: [...providers] }), 'PX', WORKER_LIVES_MS)
      .exec();
    const listed = await client.smembers(RUNS);
    const cards = listed.length === 0 ? [] : await client.mget(listed.map(runKey));
    const alive = new Map<string, RunCard>();
    for (const [i, run] of listed.entries()) {
      const found = parseCard(runSchema, cards[i] ?? null);
      if (found === undefined) continue;
      if (found.version === version) alive.set(run, found);
      else if (!foreign.has(run)) {
        foreign.add(run);
        told({ kind: 'other-version', run, version: found.version });
      }
    }
    for (const [run, its] of alive) {
      if (served.has(run)) continue;
      const model = await modelOf(its);
      if (model === 'not-here') continue;
      served.set(run, await serveRun(run, { ...world, ...(model === undefined ? {} : { model }) }));
      everServed = true;
      told({ kind: 'run-found', run });
    }
    for (const [run, its] of served) {
      if (alive.has(run)) continue;
      served.delete(run);
      // Its last jobs, and the queue's own looks, may have left something after it was cleared away.
      const end = its
        .close()
        .then(() => clearAway(link, [run]))
        .catch(() => undefined)
        .then(() => {
          closing.delete(end);
          told({ kind: 'run-ended', run });
        });
      closing.add(end);
    }
    counts.runs = served.size;
    await clearAway(
      link,
      listed.filter((_, i) => cards[i] === null),
    );
  };

  let silent = false;
  const seesRedis = (): void => {
    const sinceMs = link.silentSinceMs();
    if (sinceMs !== undefined && !silent) told({ kind: 'no-redis', sinceMs });
    if (sinceMs === undefined && silent) told({ kind: 'redis-back' });
    silent = sinceMs !== undefined;
  };
  while (!stop.aborted && !(options.once === true && everServed && served.size === 0)) {
    let looking = true;
    // While Redis is away this waits for it, and a stop is heard all the same.
    void lookForRuns()
      .catch(() => undefined)
      .finally(() => {
        looking = false;
      });
    do {
      await wait(LOOK_EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
      seesRedis();
    } while (looking && !stop.aborted);
  }

  const finish = sleep(FINISH_MS).then(() => {
    giveBack.abort();
  });
  const goodbye = async (): Promise<void> => {
    await Promise.all([...closing, ...[...served.values()].map((run) => run.close())]);
    await client.multi().srem(WORKERS, id).del(workerKey(id)).exec();
  };
  await Promise.race([goodbye().catch(() => undefined), finish.then(() => sleep(STOP_LIMIT_MS - FINISH_MS))]);
  await threads.close();
  link.close();
}

/** What is left of runs to which nobody can come back. */
async function clearAway({ client }: RedisLink, runs: readonly string[]): Promise<void> {
  for (const run of runs) if ((await client.exists(keptKey(run))) === 0) await removeRun(client, run);
}

/** Keeps no process alive. */
function sleep(ms: number): Promise<void> {
  return wait(ms, undefined, { ref: false });
}
