/**
 * A contestant is a frozen configuration with its own account. Its identity is the hash of its whole
 * manifest: whoever edits a parameter enters a new contestant with a new clock.
 */
import { canonicalJson } from '../domain/canonical-json.js';
import type { BreakerRules } from '../risk/breakers.js';
import type { Timeframe, TimeMs } from '../domain/time.js';

export type Role = 'contestant' | 'champion' | 'shadow' | 'benchmark' | 'placebo';

/** Everything that decides how a contestant trades; the title is not part of it. */
export interface ContestantManifest {
  readonly kind: string;
  readonly version: number;
  readonly params: unknown;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly instrument: 'spot' | 'perpetual';
  readonly seed: number;
  /** Hash of the kind's code where it does not ship with the product. */
  readonly code?: string;
  /** Absent when it has none, so that it is measured alone. */
  readonly breakers?: BreakerRules;
}

/**
 * The trial that a contestant came from. Training looked at so many and chose this one, so what it shows before its
 * registration was chosen as well; no part of its identity, because it says nothing of how it trades.
 */
export interface TrainingOrigin {
  readonly study: string;
  /** Number of the trial within its study. */
  readonly trial: number;
  /** Completed trials of the study when it was entered. */
  readonly trials: number;
}

export interface Retirement {
  readonly barMs: TimeMs;
  readonly reason: string;
}

export interface Contestant {
  /** Order of registration, from 0; never reused. */
  readonly position: number;
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly manifest: ContestantManifest;
  /** First bar at which it could decide. */
  readonly joinedBarMs: TimeMs;
  readonly retired?: Retirement;
  /** Absent where nobody said that it came from training. */
  readonly training?: TrainingOrigin;
}

/** Hex digest of text or bytes; passed in because core touches no crypto library. */
export type Hash = (content: string | Uint8Array) => string;

export function contestantId(manifest: ContestantManifest, hash: Hash): string {
  return hash(canonicalJson(manifest));
}

/** What people type and read: enough of the hash to be unique in any arena of a sensible size. */
export const SHORT_ID_LENGTH = 8;

export function shortId(id: string): string {
  return id.slice(0, SHORT_ID_LENGTH);
}
