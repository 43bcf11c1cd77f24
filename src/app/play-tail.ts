import type { Arena } from '../core/arena/arena.js';
import { playBlock } from '../core/arena/play-block.js';
import { closeRound } from '../core/arena/play-round.js';
import { roundHash } from '../core/arena/round-content.js';
import { slotHasBar } from '../core/domain/market-table.js';
import { Problem } from '../core/domain/problem.js';
import { formatMinuteUtc } from '../core/domain/time.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';
import { anybodyAsks } from './next-block.js';

/** Rounds that are held at once. */
const MOST_ROUNDS = 64;

/**
 * Plays the rounds that were committed after the state again, up to `lastSeq`. Nothing came to them from outside, or the
 * state would have been saved with them: the candles give each of them as it is in the journal.
 */
export function playTail(arena: Arena, store: ArenaStore, lastSeq: number): void {
  if (lastSeq < arena.seq)
    throw damaged(`the state is that of round ${String(arena.seq)}, the last one is ${String(lastSeq)}`);
  const most = anybodyAsks(arena) ? 1 : MOST_ROUNDS;
  let next: StoredRound[] = [];
  for (const round of store.rounds(arena.seq + 1)) {
    if (round.seq > lastSeq) break;
    next.push(round);
    if (next.length < most) continue;
    playAgain(arena, next);
    next = [];
  }
  if (next.length > 0) playAgain(arena, next);
  if (arena.seq !== lastSeq) throw damaged(`round ${String(arena.seq + 1)} is missing`);
}

function playAgain(arena: Arena, rounds: readonly StoredRound[]): void {
  const block = playBlock(arena, slotsOf(arena, rounds));
  rounds.forEach((stored, s) => {
    const { hash, marketDigest } = closeRound(arena, block, s, []);
    if (roundHash(stored, arena.hash) !== stored.hash)
      throw damaged(`${nameOf(stored)} was changed: its hash differs`);
    if (hash === stored.hash) return;
    if (marketDigest !== stored.marketDigest) throw otherCandles(stored);
    throw damaged(`${nameOf(stored)}, played again from the state before it, comes out differently`);
  });
}

/** A round at every slot that has a bar, and at no other. */
function slotsOf({ market, nextIndex }: Arena, rounds: readonly StoredRound[]): number[] {
  let t = nextIndex;
  return rounds.map((stored) => {
    while (t < market.length && !slotHasBar(market, t)) t++;
    if (market.openTimesMs[t] !== stored.barMs) throw otherCandles(stored);
    return t++;
  });
}

function nameOf({ seq, barMs }: StoredRound): string {
  return `round ${String(seq)} (${formatMinuteUtc(barMs)})`;
}

function otherCandles(stored: StoredRound): Problem {
  return new Problem('foreign', `the candles do not give ${nameOf(stored)} of the journal`, {
    hint: 'give back the old candles, or start over with --fresh (the old state is moved aside)',
  });
}

function damaged(message: string): Problem {
  return new Problem('damaged', message, {
    hint: 'give back an older copy of the folder and the program that made it, or start over with --fresh',
  });
}
