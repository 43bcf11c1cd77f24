/**
 * Names of everything that lies in Redis. A run (one process that needs work done) has a prefix of its own, and a
 * place in the list of runs while it lives, by which workers find it; so a worker needs to know nothing but the Redis.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { assertInvariant } from '../../core/domain/problem.js';

/** Sets: prefixes of runs, ids of workers. Who is in them and has no key below is gone. */
export const RUNS = 'strategy-arena:runs';
export const WORKERS = 'strategy-arena:workers';

/** Says that the run lives; expires by itself when nobody renews it. */
export const runKey = (prefix: string): string => `strategy-arena:run:${prefix}`;
export const workerKey = (id: string): string => `strategy-arena:worker:${id}`;
/** Outlives the run's last sign of life: when this is gone too, what the run has left may be removed. */
export const keptKey = (prefix: string): string => `${prefix}:kept`;

/** A producer that computes hears nothing meanwhile, so it has some seconds to show itself. */
export const RUN_LIVES_MS = 15_000;
export const WORKER_LIVES_MS = 5_000;
/** A laptop that slept comes back to its results; what is gone then is computed again. */
export const RUN_KEPT_MS = 1_800_000;
/** Results that nobody takes, as somebody else was faster, go by themselves. */
export const RESULT_KEPT_MS = 3_600_000;

/** BullMQ's name of the queue: its keys are `<prefix>:jobs:...`. */
export const QUEUE = 'jobs';

export const payloadKey = (prefix: string, id: string): string => `${prefix}:payload:${id}`;
export const resultKey = (prefix: string, id: string): string => `${prefix}:result:${id}`;
/** How often a job was begun again after its worker had died. */
export const startsKey = (prefix: string, id: string): string => `${prefix}:starts:${id}`;
export const marketKey = (prefix: string, fingerprint: string): string => `${prefix}:market:${fingerprint}`;
export const marketChunkKey = (prefix: string, fingerprint: string, n: number): string =>
  `${marketKey(prefix, fingerprint)}:${String(n)}`;
/** Ids of jobs whose outcome lies ready are published here. */
export const newsChannel = (prefix: string): string => `${prefix}:news`;

const JOB_ID = /^[A-Za-z0-9_-]{1,200}$/;

/** BullMQ takes no whole numbers and no colons. */
export function queueId(id: string): string {
  assertInvariant(JOB_ID.test(id), () => `"${id}" is no id of a job`);
  return `j-${id}`;
}

export const queueJobKey = (prefix: string, id: string): string => `${prefix}:${QUEUE}:${queueId(id)}`;

/** Ids of two runs never meet. */
export function newPrefix(): string {
  return `arena-${randomBytes(8).toString('hex')}`;
}

/** What a run says about itself. */
export const runSchema = z.object({ version: z.string() });
/** What a worker says about itself. */
export const workerSchema = z.object({
  version: z.string(),
  host: z.string(),
  pid: z.number(),
  threads: z.number(),
});

/** The part of a job that goes through BullMQ, as JSON. */
export const jobSchema = z.object({
  version: z.string(),
  task: z.string(),
  market: z.string().optional(),
  /** In base64; absent where it lies beside the job. */
  payload: z.string().optional(),
});
export type QueuedJob = z.infer<typeof jobSchema>;

/** Undefined for what another version or somebody else has written. */
export function parseCard<T>(schema: z.ZodType<T>, text: string | null): T | undefined {
  if (text === null) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
