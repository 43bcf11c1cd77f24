import { assertInvariant } from '../../core/domain/problem.js';
import type { StoredRound } from '../../ports/arena-store.js';

/** The last round of a store. */
export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first round. */
export const CHAIN_START: ChainEnd = { seq: 0, hash: '0'.repeat(64) };

/** Rounds come without holes, each bound to the one before it by its hash. */
export function assertFollows(round: StoredRound, end: ChainEnd): void {
  assertInvariant(
    round.seq === end.seq + 1 && round.previousHash === end.hash,
    () => `round ${String(round.seq)} does not follow round ${String(end.seq)}`,
  );
  assertInvariant(
    isLines(round.events) && isLines(round.decisions),
    () => `an event or decision of round ${String(round.seq)} is empty or not one line`,
  );
}

/** What is committed is up to the last round, or a restart would go on from what does not fit the journal. */
export function assertCommitsEnd(seq: number, hash: string, end: ChainEnd): void {
  assertInvariant(
    seq === end.seq && hash === end.hash,
    () =>
      `the state after round ${String(seq)} cannot be committed with round ${String(end.seq)} as the last`,
  );
}

/** Rounds are played again from a state: those of a journal that has none could not be. */
export function assertHasState(hasState: boolean): void {
  assertInvariant(hasState, () => 'the first commit has no state');
}

/** Lists of lines are stored joined: an empty line or a line break inside one would come back as another list. */
function isLines(lines: readonly string[]): boolean {
  return lines.every((line) => line !== '' && !line.includes('\n'));
}
