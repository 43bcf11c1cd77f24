import { assertInvariant } from '../../core/domain/problem.js';
import type {
  ArenaStore,
  Commit,
  SavedState,
  StoredContestant,
  StoredLook,
  StoredRequest,
  StoredRound,
} from '../../ports/arena-store.js';
import {
  CHAIN_START,
  type ChainEnd,
  assertCommitsEnd,
  assertFollows,
  assertHasState,
} from './round-chain.js';

interface Tables {
  readonly meta: ReadonlyMap<string, string>;
  /** Only ever grows. */
  readonly rounds: StoredRound[];
  readonly contestants: ReadonlyMap<number, StoredContestant>;
  readonly requests: ReadonlyMap<string, StoredRequest>;
  readonly looks: ReadonlyMap<string, StoredLook>;
  readonly commit: Commit | undefined;
  readonly state: SavedState | undefined;
}

/** What survives a store that is closed and opened again. */
export interface MemoryDisk {
  committed: Tables;
}

export function createMemoryDisk(): MemoryDisk {
  return {
    committed: {
      meta: new Map(),
      rounds: [],
      contestants: new Map(),
      requests: new Map(),
      looks: new Map(),
      commit: undefined,
      state: undefined,
    },
  };
}

/** The arena-store contract without a file, for runs that nobody has to find again. */
export function openMemoryArenaStore(disk: MemoryDisk = createMemoryDisk()): ArenaStore {
  const meta = new Map(disk.committed.meta);
  const rounds = [...disk.committed.rounds];
  const contestants = new Map(disk.committed.contestants);
  const requests = new Map(disk.committed.requests);
  const looks = new Map(disk.committed.looks);
  const bars = new Set(rounds.map((round) => round.barMs));
  let open = true;
  const end = (): ChainEnd => rounds.at(-1) ?? CHAIN_START;
  const assertOpen = (): void => {
    assertInvariant(open, () => 'the store is closed');
  };

  return {
    meta(key) {
      assertOpen();
      return meta.get(key);
    },
    setMeta(key, value) {
      assertOpen();
      meta.set(key, value);
    },
    appendRound(round) {
      assertOpen();
      assertFollows(round, end());
      assertInvariant(!bars.has(round.barMs), () => `bar ${String(round.barMs)} has a round already`);
      bars.add(round.barMs);
      rounds.push(copyRound(round));
    },
    saveContestant(contestant) {
      assertOpen();
      const { position, id } = contestant;
      for (const other of contestants.values())
        assertInvariant(
          (other.position === position) === (other.id === id),
          () => `position ${String(position)} belongs to another than ${id}, or ${id} to another position`,
        );
      contestants.set(position, { ...contestant });
    },
    saveRequest(request) {
      assertOpen();
      assertInvariant(!requests.has(request.id), () => `request ${request.id} was saved before`);
      requests.set(request.id, { ...request });
    },
    saveLook(look) {
      assertOpen();
      const { cohort, ageHours, verdicts } = look;
      const key = `${String(cohort)} ${String(ageHours)}`;
      assertInvariant(!looks.has(key), () => `the look of cohort ${key} h was saved before`);
      assertInvariant(
        new Set(verdicts.map(({ position }) => position)).size === verdicts.length,
        () => `a contestant has two verdicts at the look of cohort ${key} h`,
      );
      looks.set(key, copyLook(look));
    },
    commit(seq, hash, state) {
      assertOpen();
      assertCommitsEnd(seq, hash, end());
      assertHasState((state ?? disk.committed.state) !== undefined);
      const kept = disk.committed.rounds;
      for (const round of rounds.slice(kept.length)) kept.push(round);
      disk.committed = {
        meta: new Map(meta),
        rounds: kept,
        contestants: new Map(contestants),
        requests: new Map(requests),
        looks: new Map(looks),
        commit: { seq, hash },
        state: state === undefined ? disk.committed.state : { seq, hash, body: state.slice() },
      };
    },
    lastCommit() {
      assertOpen();
      return disk.committed.commit;
    },
    savedState() {
      assertOpen();
      const { state } = disk.committed;
      return state === undefined ? undefined : { ...state, body: state.body.slice() };
    },
    *rounds(fromSeq = 1): IterableIterator<StoredRound> {
      // Round n lies at n - 1; the length is asked anew, because rounds may be appended while these are read.
      for (let at = Math.max(fromSeq - 1, 0); at < rounds.length; at++) {
        assertOpen();
        const round = rounds[at];
        if (round !== undefined) yield copyRound(round);
      }
    },
    marks(seq) {
      assertOpen();
      const round = rounds[seq - 1];
      return round === undefined ? undefined : { barMs: round.barMs, marks: round.marks.slice() };
    },
    contestants() {
      assertOpen();
      return [...contestants.values()].sort((a, b) => a.position - b.position);
    },
    requests() {
      assertOpen();
      return [...requests.values()].sort((a, b) => a.seq - b.seq || (a.id < b.id ? -1 : 1));
    },
    looks() {
      assertOpen();
      return [...looks.values()]
        .sort((a, b) => a.seq - b.seq || a.cohort - b.cohort || a.ageHours - b.ageHours)
        .map(copyLook);
    },
    hasRequest(id) {
      assertOpen();
      return requests.has(id);
    },
    close() {
      open = false;
    },
  };
}

/** Given and taken rounds share no memory with the kept ones: a session reuses its arrays. */
function copyRound(round: StoredRound): StoredRound {
  return {
    ...round,
    events: [...round.events],
    decisions: [...round.decisions],
    fills: round.fills.slice(),
    marks: round.marks.slice(),
  };
}

function copyLook(look: StoredLook): StoredLook {
  return {
    ...look,
    verdicts: look.verdicts.map((verdict) => ({ ...verdict })).sort((a, b) => a.position - b.position),
  };
}
