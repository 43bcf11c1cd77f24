/** A worker's side of one run: takes its jobs, has them done by threads, leaves the outcomes beside the queue. */
import type { Job as BullJob, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { unlessAborted } from '../../core/domain/unless-aborted.js';
import type { LanguageModel } from '../../ports/language-model.js';
import type { JobOutcome } from '../../ports/job-runner.js';
import type { LoneGate } from './lone-gate.js';
import type { MarketCache } from './market-cache.js';
import { getMarket } from './market-in-redis.js';
import { MODEL_CALL, readRequest, replyBytes } from './model-job.js';
import { outcomeBytes } from './outcome-bytes.js';
import {
  QUEUE,
  RESULT_KEPT_MS,
  jobSchema,
  newsChannel,
  payloadKey,
  resultKey,
  startsKey,
} from './run-keys.js';
import type { ThreadJobs } from './thread-jobs.js';
import { MAX_ATTEMPTS } from './thread-jobs.js';

/**
 * A killed worker's job is taken over when its lock has run out and somebody looks: at most 2.5 + 1 seconds, and the
 * time to take it, under the five that are promised. The lock is renewed every 1.25 s by a thread that does nothing
 * else, so a living worker loses it only when Redis or the machine stands still, and then the job is done twice and
 * taken once.
 */
const LOCK_MS = 2_500;
const STALLED_EVERY_MS = 1_000;
/**
 * Not the limit of attempts: a job stalls also when it stood beside one that killed the worker, and did nothing. Who has
 * stalled is done alone, and how often it is begun is counted here.
 */
const MAX_STALLED = 100;
/** BullMQ's own 15 s after a lost connection would leave a finished job unsaid for as long. */
const RETRY_MS = 500;

/** Questions wait for answers, not for processors. */
const CALLS_AT_ONCE = 16;

export interface RunWorld {
  readonly client: Redis;
  readonly version: string;
  readonly tasks: readonly string[];
  readonly threads: ThreadJobs;
  readonly cache: MarketCache;
  /** Of this process. */
  readonly gate: LoneGate;
  /** Set where the run's jobs are questions to a provider, which go out from this very process. */
  readonly model?: { readonly ask: LanguageModel; readonly requestsPerMinute: number | null };
  /** Aborted when a job that is not ready yet must be given back. */
  readonly giveBack: AbortSignal;
  readonly counted: (what: 'done' | 'failed' | 'given-back') => void;
}

export interface ServedRun {
  /** Takes no more jobs; resolves when those under way are finished or given back. */
  close(): Promise<void>;
}

export async function serveRun(prefix: string, world: RunWorld): Promise<ServedRun> {
  const { Worker, WaitingError } = await import('bullmq');
  const { client, counted, giveBack } = world;
  const leave = async (id: string, outcome: JobOutcome): Promise<void> => {
    await client
      .pipeline()
      .set(resultKey(prefix, id), outcomeBytes(outcome), 'PX', RESULT_KEPT_MS)
      .publish(newsChannel(prefix), id)
      .exec()
      .then(throwRefusal);
  };
  const work = async (job: BullJob, token?: string): Promise<null> => {
    const id = idOf(job);
    const outcome = await unlessAborted(doGated(prefix, job, world), giveBack);
    if (outcome === undefined) {
      await job.moveToWait(token);
      counted('given-back');
      throw new WaitingError();
    }
    // What it needs is gone, as Redis lost it: whoever waits for it sees that, and adds all of it again.
    if (outcome === 'gone') return null;
    // Tried again by the queue; after the last time `failed` tells why.
    if (outcome.kind === 'failed' && !outcome.final) throw new Error(outcome.why);
    await leave(id, outcome);
    counted(outcome.kind);
    return null;
  };
  const worker: Worker = new Worker(QUEUE, work, {
    connection: client,
    prefix,
    // One more than threads, so that no thread waits for Redis between two jobs.
    concurrency: world.model === undefined ? world.threads.parallel + 1 : CALLS_AT_ONCE,
    ...limitOf(world.model?.requestsPerMinute ?? null),
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_EVERY_MS,
    maxStalledCount: MAX_STALLED,
    runRetryDelay: RETRY_MS,
    removeOnComplete: { count: 0 },
  });
  worker.on('failed', (job, error) => {
    // Also one that has stalled too often, which no processor sees.
    if (job?.finishedOn === undefined) return;
    counted('failed');
    leave(idOf(job), { kind: 'failed', why: error.message }).catch(() => undefined);
  });
  // Lost locks and lost connections: the queue itself puts them right.
  worker.on('error', () => undefined);
  return { close: () => worker.close() };
}

type Done = { readonly kind: 'done'; readonly bytes: Uint8Array };
type Failed = { readonly kind: 'failed'; readonly why: string; readonly final: boolean };

/** A job whose worker died is a suspect: it is done with nothing beside it that it could take along. */
async function doGated(prefix: string, job: BullJob, world: RunWorld): Promise<Done | Failed | 'gone'> {
  const { client, gate, model } = world;
  // A call alone ends no process, and an answer would hold up all others.
  if (model !== undefined) return doJob(prefix, job, world);
  if (job.stalledCounter === 0) return gate.together(() => doJob(prefix, job, world));
  return gate.alone(async () => {
    const key = startsKey(prefix, idOf(job));
    const starts = await client.incr(key);
    await client.pexpire(key, RESULT_KEPT_MS);
    // The first start was not counted.
    if (starts >= MAX_ATTEMPTS)
      return refused(`its worker died each of the ${String(MAX_ATTEMPTS)} times that it was begun`);
    const outcome = await doJob(prefix, job, world);
    // Whoever comes back has killed nobody: what it was beside did.
    await client.del(key);
    return outcome;
  });
}

async function doJob(prefix: string, job: BullJob, world: RunWorld): Promise<Done | Failed | 'gone'> {
  const id = idOf(job);
  const parsed = jobSchema.safeParse(job.data);
  if (!parsed.success) return refused('the job is not one that this program knows');
  const { version, task, market, payload } = parsed.data;
  if (version !== world.version)
    return refused(`the worker runs ${world.version} of the program, the job is of ${version}`);
  const { model } = world;
  const isKnown = model === undefined ? world.tasks.includes(task) : task === MODEL_CALL;
  if (!isKnown) return refused(`there is no task "${task}"; there are ${world.tasks.join(', ')}`);
  const bytes =
    payload === undefined
      ? await world.client.getBuffer(payloadKey(prefix, id))
      : Buffer.from(payload, 'base64');
  if (bytes === null) return 'gone';
  if (model !== undefined) {
    const request = readRequest(bytes);
    if (request === undefined) return refused('the job is no question to a language model');
    return { kind: 'done', bytes: replyBytes(await model.ask.ask(request, world.giveBack)) };
  }
  if (market !== undefined && !(await offer(prefix, market, world))) return 'gone';
  const outcome = await world.threads.run({
    id,
    task,
    payload: new Uint8Array(bytes),
    ...(market === undefined ? {} : { market }),
  });
  return outcome.kind === 'done' ? outcome : { ...outcome, final: false };
}

/** Once for all jobs that ask for it at the same time. */
const underWay = new Map<string, Promise<boolean>>();

async function offer(prefix: string, fingerprint: string, world: RunWorld): Promise<boolean> {
  if (world.threads.hasMarket(fingerprint)) return true;
  const known = underWay.get(fingerprint);
  if (known !== undefined) return known;
  const fetching = fetchMarket(prefix, fingerprint, world).finally(() => underWay.delete(fingerprint));
  underWay.set(fingerprint, fetching);
  return fetching;
}

async function fetchMarket(
  prefix: string,
  fingerprint: string,
  { client, cache, threads }: RunWorld,
): Promise<boolean> {
  const kept = cache.read(fingerprint);
  const bytes = kept ?? (await getMarket(client, prefix, fingerprint));
  if (bytes === undefined) return false;
  if (kept === undefined) cache.write(fingerprint, bytes);
  threads.offerBytes(fingerprint, bytes);
  return true;
}

/** One after the other rather than a minute's worth at once: providers count in shorter spans, too. */
function limitOf(requestsPerMinute: number | null): { limiter?: { max: number; duration: number } } {
  return requestsPerMinute === null
    ? {}
    : { limiter: { max: 1, duration: Math.ceil(60_000 / requestsPerMinute) } };
}

/** Trying it again would not change it. */
function refused(why: string): Failed {
  return { kind: 'failed', why, final: true };
}

/** The run's own id: the queue's without its mark. */
function idOf(job: BullJob): string {
  return (job.id ?? '').replace(/^j-/, '');
}

/** A pipeline throws nothing by itself. */
function throwRefusal(answers: [Error | null, unknown][] | null): void {
  for (const [error] of answers ?? []) if (error !== null) throw error;
}
