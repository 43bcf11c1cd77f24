/**
 * Jobs in threads of this process. A market is laid into shared memory once and read there by all; with a job goes
 * a reference. A thread that dies takes its job along, which is tried again in another one.
 */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { encodeMarket } from '../../core/domain/market-bytes.js';
import { newestKept } from '../../core/domain/newest-kept.js';
import type { Job, JobOutcome, JobRunner } from '../../ports/job-runner.js';

export const MAX_ATTEMPTS = 5;
const MARKETS_KEPT = 4;

export interface ThreadOptions {
  readonly threads: number;
  /** Compiled module that exports `doJob`. */
  readonly file: URL;
  readonly attempts?: number;
}

export interface ThreadJobs extends JobRunner {
  /** A market whose bytes somebody has already; they must lie in shared memory, or they are copied with each job. */
  offerBytes(fingerprint: string, bytes: Uint8Array): void;
  hasMarket(fingerprint: string): boolean;
}

/** The library is loaded here, and threads started with the first jobs. */
export async function openThreadJobs({
  threads,
  file,
  attempts = MAX_ATTEMPTS,
}: ThreadOptions): Promise<ThreadJobs> {
  const { Piscina } = await import('piscina');
  const pool = new Piscina<unknown, Uint8Array>({
    filename: fileURLToPath(file),
    name: 'doJob',
    minThreads: 0,
    maxThreads: threads,
    // Threads stay: one takes some 50 ms to start.
    idleTimeout: Infinity,
    recordTiming: false,
  });
  // What ends a thread between two jobs is no job's fault; the next job gets a new thread.
  pool.on('error', () => undefined);
  const markets = newestKept<Uint8Array>(MARKETS_KEPT);
  let closing: Promise<void> | undefined;
  return {
    parallel: threads,
    threads,
    offerMarket(table) {
      const bytes = encodeMarket(table, sharedBytes);
      const fingerprint = createHash('sha256').update(bytes).digest('hex');
      markets.set(fingerprint, bytes);
      return Promise.resolve(fingerprint);
    },
    offerBytes(fingerprint, bytes) {
      markets.set(fingerprint, bytes);
    },
    hasMarket: (fingerprint) => markets.get(fingerprint) !== undefined,
    run: (job) => attempt(job, markets.get(job.market ?? ''), attempts, (message) => pool.run(message)),
    close: () => (closing ??= pool.destroy()),
  };
}

export function sharedBytes(bytes: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(bytes));
}

async function attempt(
  { task, payload, market }: Job,
  bytes: Uint8Array | undefined,
  attempts: number,
  post: (message: unknown) => Promise<Uint8Array>,
): Promise<JobOutcome> {
  if (market !== undefined && bytes === undefined)
    return { kind: 'failed', why: `the market ${market} was not offered` };
  let why = '';
  for (let n = 0; n < attempts; n++)
    try {
      const message = {
        task,
        payload,
        ...(bytes === undefined ? {} : { market: { fingerprint: market, bytes } }),
      };
      return { kind: 'done', bytes: await post(message) };
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
  return { kind: 'failed', why };
}
