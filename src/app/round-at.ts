import type { ArenaStore, StoredRound } from '../ports/arena-store.js';

/** The first round from `seq` on; undefined when there is none. */
export function roundAt(store: ArenaStore, seq: number): StoredRound | undefined {
  const rounds = store.rounds(seq);
  const first = rounds.next();
  rounds.return?.();
  return first.done === true ? undefined : first.value;
}

/** The newest round that is committed; undefined before the first commit. */
export function newestRound(store: ArenaStore): StoredRound | undefined {
  const commit = store.lastCommit();
  return commit === undefined ? undefined : roundAt(store, commit.seq);
}
