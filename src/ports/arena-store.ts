import type { TimeMs } from '../core/domain/time.js';

/**
 * One round as the journal keeps it. `hash` is SHA-256 over the canonical content (see
 * core/arena/round-content.ts) and the previous hash, without wall time.
 */
export interface StoredRound {
  /** 1 for the first round, without holes. */
  readonly seq: number;
  readonly barMs: TimeMs;
  /** Digest of all bars used up to and including this one (hex). */
  readonly marketDigest: string;
  /** Canonical JSON lines: contestants joining and retiring, cohorts opening, requests handled. */
  readonly events: readonly string[];
  /** Canonical JSON lines of decisions worth keeping. */
  readonly decisions: readonly string[];
  /** Fill records, a fixed number of doubles each (core/domain/fill.ts). */
  readonly fills: Float64Array;
  /** Equity of every contestant ever registered, in order, then gross exposure of each; NaN once retired. */
  readonly marks: Float64Array;
  readonly previousHash: string;
  readonly hash: string;
}

/** What a round says of equity and exposure. */
export type RoundMarks = Pick<StoredRound, 'barMs' | 'marks'>;

/** A contestant's row: `body` is canonical JSON, parsed by the app. `position` never changes. */
export interface StoredContestant {
  readonly position: number;
  readonly id: string;
  readonly name: string;
  readonly body: string;
}

/** A request from an inbox that was handled: its id is never handled again. */
export interface StoredRequest {
  readonly id: string;
  readonly seq: number;
  readonly body: string;
  readonly outcome: string;
}

/** One candidate's verdict at a look; `body` is canonical JSON. */
export interface StoredVerdict {
  /** Of the contestant. */
  readonly position: number;
  readonly body: string;
}

/** A look of the gate: the event of its round, taken apart so that verdicts can be asked for. `body` has no verdicts. */
export interface StoredLook {
  readonly cohort: number;
  readonly ageHours: number;
  /** Round whose event it is. */
  readonly seq: number;
  readonly body: string;
  /** By position. */
  readonly verdicts: readonly StoredVerdict[];
}

/** The last round that is durable. */
export interface Commit {
  readonly seq: number;
  readonly hash: string;
}

/** The whole state after round `seq`, encoded by the app. That round may be older than the last one committed. */
export interface SavedState {
  readonly seq: number;
  readonly hash: string;
  readonly body: Uint8Array;
}

/**
 * The arena's truth. Rounds, looks, contestants and requests given since the last commit become durable together, with
 * the state where one is given, or not at all. One writer.
 */
export interface ArenaStore {
  meta(key: string): string | undefined;
  /** Part of the next commit. */
  setMeta(key: string, value: string): void;
  appendRound(round: StoredRound): void;
  saveContestant(contestant: StoredContestant): void;
  saveRequest(request: StoredRequest): void;
  /** A cohort has one look at an age. */
  saveLook(look: StoredLook): void;
  /**
   * Without a state the one saved before stays: whoever resumes plays the rounds since then again. The first commit has one.
   */
  commit(seq: number, hash: string, state?: Uint8Array): void;
  lastCommit(): Commit | undefined;
  /** There is one as soon as there is a commit. */
  savedState(): SavedState | undefined;
  /** Committed and pending rounds from `fromSeq` on, in order. */
  rounds(fromSeq?: number): IterableIterator<StoredRound>;
  /** Of one round, committed or pending; undefined where there is none. */
  marks(seq: number): RoundMarks | undefined;
  contestants(): readonly StoredContestant[];
  requests(): readonly StoredRequest[];
  /** The oldest first, of one round by cohort and age. */
  looks(): readonly StoredLook[];
  hasRequest(id: string): boolean;
  close(): void;
}
