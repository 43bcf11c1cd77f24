import { timeframeMs } from '../domain/time.js';
import type { Seat } from './arena.js';

/** A field in parts that are played apart: each is stretches of the roster, between which somebody plays elsewhere. */
export interface SplitField {
  readonly shards: readonly (readonly (readonly Seat[])[])[];
  /** Who cannot be played elsewhere, in stretches as well. */
  readonly here: readonly (readonly Seat[])[];
}

/**
 * Splits living seats, in roster order, into at most `count` shards of about the same work. Kinds of a user's own and
 * those that ask language models stay here.
 */
export function splitField(living: readonly Seat[], count: number, barMs: number): SplitField {
  const total = living.reduce((sum, seat) => sum + (isMovable(seat) ? workOf(seat, barMs) : 0), 0);
  const shards: Seat[][][] = [];
  const here: Seat[][] = [];
  let before: Seat[] | undefined;
  let beforeShard = -1;
  let work = 0;
  for (const seat of living) {
    const movable = isMovable(seat);
    const own = movable ? workOf(seat, barMs) : 0;
    // By the middle of its work, so that a rounding error of the sum starts no shard of its own.
    const shard = movable ? Math.min(count - 1, Math.floor((count * (work + own / 2)) / total)) : -1;
    work += own;
    if (before !== undefined && shard === beforeShard) {
      before.push(seat);
      continue;
    }
    before = [seat];
    beforeShard = shard;
    if (shard === -1) here.push(before);
    else (shards[shard] ??= []).push(before);
  }
  return { shards: shards.filter((stretches) => stretches.length > 0), here };
}

export function isMovable({ contestant, session }: Seat): boolean {
  return session.models === undefined && contestant.manifest.code === undefined;
}

/** In bars looked at: every one marks the account, and a strategy looks at each of its symbols at each of its own. */
function workOf({ contestant }: Seat, barMs: number): number {
  const { symbols, timeframe } = contestant.manifest;
  return 1 + (symbols.length * barMs) / timeframeMs(timeframe);
}
