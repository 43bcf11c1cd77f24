/**
 * Jobs done by workers on a queue. What is waited for is remembered here: Redis may be gone for as long as it likes,
 * or come back empty; what is missing then is added again. A worker leaves an outcome beside the queue and says so;
 * who did not hear it finds it at the next look.
 */
import type { Redis } from 'ioredis';
import { encodeMarket } from '../../core/domain/market-bytes.js';
import { newestKept } from '../../core/domain/newest-kept.js';
import { Problem } from '../../core/domain/problem.js';
import type { Job, JobOutcome, JobRunner } from '../../ports/job-runner.js';
import { fingerprintOf, putMarket, removeMarket } from './market-in-redis.js';
import { readOutcome } from './outcome-bytes.js';
import { type Census, NOBODY, type QueueState, countWorkers } from './queue-state.js';
import { type RedisAddress, withoutSecrets } from './redis-address.js';
import { openRedisLink } from './redis-link.js';
import { removeRun } from './remove-run.js';
import {
  QUEUE,
  type QueuedJob,
  RUNS,
  RUN_KEPT_MS,
  RUN_LIVES_MS,
  type RunCard,
  keptKey,
  marketKey,
  newPrefix,
  newsChannel,
  payloadKey,
  queueId,
  queueJobKey,
  resultKey,
  runKey,
} from './run-keys.js';
import { MAX_ATTEMPTS } from './thread-jobs.js';

/** Everything that is waited for is looked at so often. */
const LOOK_EVERY_MS = 500;
/** News of it come sooner, so a younger job is not looked at. */
const YOUNG_MS = 1_000;
const MARKETS_KEPT = 4;
/** Up to here a payload goes with the job: a second key costs a second command at both ends. */
const INLINE_BYTES = 4_096;
const BACKOFF_MS = 100;
/** Redis may be away when a run ends; what it leaves then goes by itself, or by the next worker that looks. */
const CLOSE_LIMIT_MS = 3_000;
/** Jobs under way where no worker has shown itself yet. */
const LEAST_PARALLEL = 8;
/** So that no worker waits for the next job. */
const PER_THREAD = 3;

export interface BullmqOptions {
  readonly address: RedisAddress;
  /** Of the program: who runs another one does not take these jobs. */
  readonly version: string;
  readonly told?: (state: QueueState) => void;
  readonly prefix?: string;
  /** Set where the jobs are questions to a provider. */
  readonly model?: { readonly provider: string; readonly requestsPerMinute: number | null };
}

interface Pending {
  readonly job: Job;
  readonly settle: (outcome: JobOutcome) => void;
  readonly outcome: Promise<JobOutcome>;
  /** When it was added, or added again; undefined while that is under way. */
  addedMs: number | undefined;
}

export interface BullmqJobs extends JobRunner {
  readonly prefix: string;
  /** Forgets a job: it comes back as failed, and is not begun where no worker has begun it. */
  drop(id: string): void;
  /** Jobs that Redis had lost and that were added again. */
  readonly addedAgain: number;
}

/** The Redis should have passed `checkRedis`: here a dead one is waited for. */
export async function openBullmqJobs(options: BullmqOptions): Promise<BullmqJobs> {
  const { address, version, told = () => undefined, prefix = newPrefix(), model } = options;
  const card: RunCard = { version, ...(model === undefined ? {} : { model }) };
  const { Queue } = await import('bullmq');
  const link = await openRedisLink(address, prefix);
  const { client } = link;
  const queue = new Queue<QueuedJob, null, string>(QUEUE, {
    connection: client,
    prefix,
    streams: { events: { maxLen: 100 } },
    defaultJobOptions: {
      attempts: MAX_ATTEMPTS,
      backoff: { type: 'exponential', delay: BACKOFF_MS },
      removeOnComplete: true,
      // Its reason is read there, and then it is removed.
      removeOnFail: false,
      stackTraceLimit: 1,
      keepLogs: 0,
    },
  });
  // Failing commands are seen where they are awaited.
  queue.on('error', () => undefined);

  const pending = new Map<string, Pending>();
  const markets = newestKept<Uint8Array>(MARKETS_KEPT);
  let census: Census = NOBODY;
  let aloneSinceMs = Date.now();
  let addedAgain = 0;
  let closed = false;

  const add = async (entry: Pending, again: boolean): Promise<void> => {
    const { job } = entry;
    entry.addedMs = undefined;
    try {
      if (again && job.market !== undefined && !(await restoreMarket(job.market))) {
        settle(entry, { kind: 'failed', why: `the market ${job.market} was not offered` });
        return;
      }
      const inline = job.payload.length <= INLINE_BYTES;
      // On one connection Redis does one after the other: who sees the job sees its payload.
      const stored = inline ? undefined : client.set(payloadKey(prefix, job.id), asBuffer(job.payload));
      await Promise.all([
        stored,
        queue.add(
          job.task,
          {
            version,
            task: job.task,
            ...(job.market === undefined ? {} : { market: job.market }),
            ...(inline ? { payload: asBuffer(job.payload).toString('base64') } : {}),
          },
          { jobId: queueId(job.id) },
        ),
      ]);
    } catch {
      // A full Redis, or one that loads its data, refuses: the next look finds the job missing.
    } finally {
      entry.addedMs = Date.now();
    }
  };

  const restoreMarket = async (fingerprint: string): Promise<boolean> => {
    const bytes = markets.get(fingerprint);
    if (bytes === undefined) return false;
    if ((await client.exists(marketKey(prefix, fingerprint))) === 0)
      await putMarket(client, prefix, fingerprint, bytes);
    return true;
  };

  const settle = (entry: Pending, outcome: JobOutcome): void => {
    // Whoever comes second, the news or the look, finds nothing to take.
    if (pending.get(entry.job.id) !== entry) return;
    pending.delete(entry.job.id);
    entry.settle(outcome);
  };

  /** Takes an outcome that lies ready; false when there is none. */
  const take = async (entry: Pending): Promise<boolean> => {
    const { id, payload } = entry.job;
    const bytes = await client.getBuffer(resultKey(prefix, id));
    if (bytes === null) return false;
    const outcome = readOutcome(bytes);
    const keys = [resultKey(prefix, id), ...(payload.length > INLINE_BYTES ? [payloadKey(prefix, id)] : [])];
    client.unlink(...keys).catch(() => undefined);
    if (outcome.kind === 'failed') await queue.remove(queueId(id)).catch(() => 0);
    settle(entry, outcome);
    return true;
  };

  const look = async (entry: Pending): Promise<void> => {
    const { id } = entry.job;
    // The job first: who does it leaves the outcome before it removes the job.
    const [there, finished, why] = await client.hmget(
      queueJobKey(prefix, id),
      'name',
      'finishedOn',
      'failedReason',
    );
    if (await take(entry)) return;
    if (!pending.has(id)) return;
    if (there === null || there === undefined) {
      addedAgain++;
      await add(entry, true);
    } else if (typeof finished === 'string' && typeof why === 'string') {
      await queue.remove(queueId(id)).catch(() => 0);
      settle(entry, { kind: 'failed', why });
    }
  };

  /** A sign of life, who works, and what is missing. */
  const beat = async (): Promise<void> => {
    await client
      .multi()
      .sadd(RUNS, prefix)
      .set(runKey(prefix), JSON.stringify(card), 'PX', RUN_LIVES_MS)
      .set(keptKey(prefix), '1', 'PX', RUN_KEPT_MS)
      .exec();
    const seen = await countWorkers(client, card);
    if (seen.workers === 0 && census.workers > 0) aloneSinceMs = Date.now();
    census = seen;
    const oldMs = Date.now() - YOUNG_MS;
    const old = [...pending.values()].filter(({ addedMs }) => addedMs !== undefined && addedMs < oldMs);
    await Promise.all(old.map(look));
  };

  const hear = await listen(link.another(), newsChannel(prefix), (id) => {
    const entry = pending.get(id);
    // An answer that does not come now is found by a look.
    if (entry !== undefined) take(entry).catch(() => undefined);
  });

  const stateNow = (): QueueState => {
    const sinceMs = link.silentSinceMs();
    if (sinceMs !== undefined) return { kind: 'no-redis', sinceMs };
    return census.workers === 0
      ? { kind: 'no-workers', sinceMs: aloneSinceMs, otherVersions: census.otherVersions }
      : { kind: 'working', workers: census.workers, threads: census.threads };
  };
  let lastTold = '';
  const tell = (): void => {
    const state = stateNow();
    const text = JSON.stringify(state);
    if (text !== lastTold) told(state);
    lastTold = text;
  };

  let beating: Promise<void> | undefined;
  const beatOnce = (): Promise<void> =>
    (beating ??= beat()
      .catch(() => undefined)
      .finally(() => {
        beating = undefined;
      }));
  const timer = setInterval(() => {
    tell();
    void beatOnce();
  }, LOOK_EVERY_MS);
  await Promise.race([beatOnce(), sleep(CLOSE_LIMIT_MS)]);
  tell();

  return {
    prefix,
    get parallel() {
      return Math.max(LEAST_PARALLEL, PER_THREAD * census.threads);
    },
    get threads() {
      return Math.max(1, census.threads);
    },
    get addedAgain() {
      return addedAgain;
    },
    async offerMarket(table) {
      const bytes = encodeMarket(table);
      const fingerprint = fingerprintOf(bytes);
      if (markets.get(fingerprint) !== undefined) return fingerprint;
      for (const [gone, its] of markets.set(fingerprint, bytes))
        removeMarket(client, prefix, gone, its.length).catch(() => undefined);
      await putMarket(client, prefix, fingerprint, bytes).catch((error: unknown) => {
        throw refusal(address, bytes.length, error);
      });
      return fingerprint;
    },
    run(job) {
      if (closed) return Promise.resolve({ kind: 'failed', why: 'the run is over' });
      const known = pending.get(job.id);
      if (known !== undefined) return known.outcome;
      let settleIt: (outcome: JobOutcome) => void = () => undefined;
      const outcome = new Promise<JobOutcome>((done) => {
        settleIt = done;
      });
      const entry: Pending = { job, outcome, settle: settleIt, addedMs: undefined };
      pending.set(job.id, entry);
      void add(entry, false);
      return outcome;
    },
    drop(id) {
      const entry = pending.get(id);
      if (entry === undefined) return;
      settle(entry, { kind: 'failed', why: 'nobody waits for it any more' });
      queue.remove(queueId(id)).catch(() => 0);
      client.unlink(payloadKey(prefix, id)).catch(() => 0);
    },
    async close() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      for (const entry of pending.values()) settle(entry, { kind: 'failed', why: 'the run is over' });
      hear.off();
      const tidy = async (): Promise<void> => {
        // A beat that is under way could put back what is removed.
        await beating;
        await removeRun(client, prefix);
      };
      if (link.silentSinceMs() === undefined)
        await Promise.race([tidy().catch(() => undefined), sleep(CLOSE_LIMIT_MS)]);
      link.close();
    },
  };
}

/** A market that Redis does not take: nobody could play on it. What it has of it goes with the run. */
function refusal(address: RedisAddress, bytes: number, error: unknown): Problem {
  const why = withoutSecrets(error instanceof Error ? error.message : String(error), address);
  const mb = (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
  return new Problem('degraded', `Redis at ${address.shown} does not take the market of ${mb} MB: ${why}`, {
    hint: why.startsWith('OOM')
      ? 'raise its maxmemory (redis-cli CONFIG SET maxmemory 1gb, and the same in redis.conf), or play fewer symbols or bars'
      : 'see the log of Redis; the same command goes on from here',
    cause: error,
  });
}

/** The subscription comes back by itself with the connection. */
async function listen(
  client: Redis,
  channel: string,
  heard: (id: string) => void,
): Promise<{ off: () => void }> {
  client.on('message', (_channel: string, id: string) => {
    heard(id);
  });
  await Promise.race([client.subscribe(channel).catch(() => undefined), sleep(CLOSE_LIMIT_MS)]);
  return {
    off: () => {
      client.removeAllListeners('message');
    },
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Keeps no process alive. */
function sleep(ms: number): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, ms).unref();
  });
}
