/** What verification says: each check by name, held or not, and why. */
import { GENESIS } from '../core/arena/arena.js';
import type { Hash } from '../core/arena/contestant.js';
import { roundHash } from '../core/arena/round-content.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** A check whose failure is what it throws. */
export function attempt<T>(
  name: string,
  run: () => { value: T; detail: string },
): { check: Check; value: T | undefined } {
  try {
    const { value, detail } = run();
    return { check: { name, ok: true, detail }, value };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { check: { name, ok: false, detail }, value: undefined };
  }
}

/** How the name of a check of a derived file ends: the next run writes such a file anew. */
export const FOLLOWS = 'follows from the journal';

/** Whether a file is, byte for byte, what the journal gives. `derived` is undefined where there should be none. */
export function fileCheck(file: string, lies: string | undefined, derived: string | undefined): Check {
  const ok = lies === derived;
  const detail =
    derived === undefined
      ? 'the file is there and should not be'
      : lies === undefined
        ? 'the file is missing'
        : 'the file differs; the next run writes it anew';
  const fine = derived === undefined ? 'there is none, rightly' : 'byte for byte';
  return { name: `${file} ${FOLLOWS}`, ok, detail: ok ? fine : detail };
}

/** Undefined for what is not there or no JSON. */
export function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** All committed rounds. Throws where one is missing, was changed, or does not follow the one before. */
export function readChain(store: ArenaStore, hash: Hash, what: string): StoredRound[] {
  const commit = store.lastCommit();
  const rounds: StoredRound[] = [];
  let previous = GENESIS;
  for (const round of store.rounds(1)) {
    if (commit === undefined || round.seq > commit.seq) break;
    const seq = rounds.length + 1;
    if (round.seq !== seq) throw new Error(`${what} ${String(seq)} is missing`);
    if (round.previousHash !== previous)
      throw new Error(`${what} ${String(seq)} does not follow the one before`);
    if (roundHash(round, hash) !== round.hash)
      throw new Error(`${what} ${String(seq)} was changed: its hash differs`);
    rounds.push(round);
    previous = round.hash;
  }
  if (commit !== undefined && commit.seq !== rounds.length)
    throw new Error(`${what} ${String(rounds.length + 1)} is missing`);
  if (commit !== undefined && commit.seq > 0 && previous !== commit.hash)
    throw new Error('the last commit names another hash');
  return rounds;
}
