import type { MarketTable } from '../core/domain/market-table.js';

/**
 * Work that may be done anywhere, as often as it takes: a pure function of its bytes and of a market that is named by
 * its fingerprint. Whoever needs the result takes it once, by the job's id.
 */
export interface Job {
  /** Unique within one run of the program, and the same for the same work: letters, digits, `-` and `_`. */
  readonly id: string;
  /** Which function does it. */
  readonly task: string;
  readonly payload: Uint8Array;
  /** Fingerprint of a market that was offered; absent where none is needed. */
  readonly market?: string;
}

/** `failed`: also at its last attempt. The work of others goes on. */
export type JobOutcome =
  { readonly kind: 'done'; readonly bytes: Uint8Array } | { readonly kind: 'failed'; readonly why: string };

/** In this process, in threads, or by workers on a queue: the same jobs give the same bytes. */
export interface JobRunner {
  /** How many jobs are worth having under way at once. */
  readonly parallel: number;
  /** How many are worked on at once, here or by workers elsewhere; at least 1. */
  readonly threads: number;
  /** Lets whoever does jobs get at a market; returns its fingerprint. */
  offerMarket(table: MarketTable): Promise<string>;
  run(job: Job): Promise<JobOutcome>;
  close(): Promise<void>;
}

/** What can be done with jobs: the same table in every process that does them. */
export type Task = (payload: Uint8Array, market: MarketTable | undefined) => Uint8Array | Promise<Uint8Array>;
export type TaskTable = Readonly<Record<string, Task>>;
