import { describe, expect, it } from 'vitest';
import type { ArenaStore, StoredLook, StoredRound } from '../../src/ports/arena-store.js';

const GENESIS = '0'.repeat(64);

export function madeRound(seq: number, previousHash = seq === 1 ? GENESIS : hashOf(seq - 1)): StoredRound {
  return {
    seq,
    barMs: Date.UTC(2025, 0, 6) + seq * 3_600_000,
    marketDigest: `market-${String(seq)}`,
    events: seq === 1 ? ['{"event":"joined"}', '{"event":"cohort-opened"}'] : [],
    decisions: seq % 2 === 0 ? [`{"c":${String(seq)}}`] : [],
    fills: Float64Array.from(seq % 2 === 0 ? [seq, -0, 1e-300, NaN] : []),
    marks: Float64Array.from([10_000 + seq, NaN, 0.5, NaN]),
    previousHash,
    hash: hashOf(seq),
  };
}

export function hashOf(seq: number): string {
  return seq.toString(16).padStart(64, 'a');
}

function madeLook(cohort: number, ageHours: number, seq: number, ...positions: number[]): StoredLook {
  return {
    cohort,
    ageHours,
    seq,
    body: `{"cohort":${String(cohort)},"hours":${String(ageHours)}}`,
    verdicts: positions.map((position) => ({ position, body: `{"c":${String(position)}}` })),
  };
}

/** One exam for every store. `reopen` gives the same store as it is after its process has ended. */
export function arenaStoreContract(
  name: string,
  open: () => { store: ArenaStore; reopen: () => ArenaStore },
): void {
  describe(`${name} keeps the arena-store contract`, () => {
    it('returns rounds as they were given, doubles bit for bit', () => {
      const { store } = open();
      for (let seq = 1; seq <= 3; seq++) store.appendRound(madeRound(seq));
      store.commit(3, hashOf(3), new Uint8Array([1, 2, 3]));
      const rounds = [...store.rounds()];
      expect(rounds).toEqual([madeRound(1), madeRound(2), madeRound(3)]);
      expect(Object.is(rounds[1]?.fills[1], -0)).toBe(true);
      expect([...store.rounds(3)].map((round) => round.seq)).toEqual([3]);
      const { barMs, marks } = madeRound(2);
      expect(store.marks(2)).toEqual({ barMs, marks });
      expect(store.marks(4)).toBeUndefined();
      store.close();
    });

    it('shows what is pending to its own writer', () => {
      const { store } = open();
      store.appendRound(madeRound(1));
      store.setMeta('settings', '{}');
      expect([...store.rounds()]).toHaveLength(1);
      expect(store.marks(1)?.barMs).toBe(madeRound(1).barMs);
      expect(store.meta('settings')).toBe('{}');
      expect(store.lastCommit()).toBeUndefined();
      store.close();
    });

    it('refuses a round that does not follow the last one', () => {
      const { store } = open();
      store.appendRound(madeRound(1));
      expect(() => {
        store.appendRound(madeRound(3));
      }).toThrow('does not follow');
      expect(() => {
        store.appendRound(madeRound(2, 'another'));
      }).toThrow('does not follow');
      store.close();
    });

    it('refuses a second round of the same bar', () => {
      const { store } = open();
      store.appendRound(madeRound(1));
      expect(() => {
        store.appendRound({ ...madeRound(2), barMs: madeRound(1).barMs });
      }).toThrow('Broken invariant');
      store.close();
    });

    it.each([['events'], ['decisions']] as const)(
      'refuses %s that would come back as another list',
      (list) => {
        for (const lines of [[''], ['{}', ''], ['{"a":1}\n{"b":2}']]) {
          const { store } = open();
          expect(() => {
            store.appendRound({ ...madeRound(1), [list]: lines });
          }).toThrow('not one line');
          store.close();
        }
      },
    );

    it('shares no memory with what it was given or gives', () => {
      const { store } = open();
      const given = madeRound(1);
      store.appendRound(given);
      const state = new Uint8Array([1, 2]);
      store.commit(1, hashOf(1), state);
      given.marks.fill(0);
      state.fill(0);
      [...store.rounds()][0]?.marks.fill(0);
      store.marks(1)?.marks.fill(0);
      store.savedState()?.body.fill(0);
      expect([...store.rounds()]).toEqual([madeRound(1)]);
      expect(store.savedState()?.body).toEqual(new Uint8Array([1, 2]));
      store.close();
    });

    it('takes doubles and states that lie anywhere in a larger buffer', () => {
      const { store } = open();
      const marks = Float64Array.from([1, 2, 3, 4]).subarray(1, 3);
      store.appendRound({ ...madeRound(1), marks });
      store.commit(1, hashOf(1), Uint8Array.from([9, 8, 7, 6]).subarray(1, 3));
      expect([...([...store.rounds()][0]?.marks ?? [])]).toEqual([2, 3]);
      expect(store.savedState()?.body).toEqual(new Uint8Array([8, 7]));
      store.close();
    });

    it('commits a state only with the round that it belongs to', () => {
      const { store } = open();
      store.appendRound(madeRound(1));
      for (const [seq, hash] of [
        [0, GENESIS],
        [2, hashOf(1)],
        [1, hashOf(2)],
      ] as const)
        expect(() => {
          store.commit(seq, hash, new Uint8Array());
        }).toThrow('cannot be committed');
      store.close();
    });

    it('can be read while rounds are appended', () => {
      const { store } = open();
      store.appendRound(madeRound(1));
      store.appendRound(madeRound(2));
      const seen: number[] = [];
      for (const round of store.rounds()) {
        seen.push(round.seq);
        if (round.seq === 1) store.appendRound(madeRound(3));
      }
      expect(seen).toEqual([1, 2, 3]);
      store.close();
    });

    it('keeps contestants by position and overwrites their record, never their id', () => {
      const { store } = open();
      store.saveContestant({ position: 0, id: 'a', name: 'first', body: '{}' });
      store.saveContestant({ position: 1, id: 'b', name: 'second', body: '{}' });
      store.saveContestant({ position: 0, id: 'a', name: 'first', body: '{"retired":1}' });
      expect(store.contestants().map((row) => [row.id, row.body])).toEqual([
        ['a', '{"retired":1}'],
        ['b', '{}'],
      ]);
      store.close();
    });

    it('gives contestants in the order of their positions, whatever order they came in', () => {
      const { store } = open();
      for (const position of [2, 0, 1])
        store.saveContestant({ position, id: `c${String(position)}`, name: '', body: '{}' });
      expect(store.contestants().map((row) => row.id)).toEqual(['c0', 'c1', 'c2']);
      store.close();
    });

    it.each([
      ['another id at a position that is taken', { position: 0, id: 'b' }],
      ['an id that has a position already', { position: 1, id: 'a' }],
    ])('refuses %s', (_what, { position, id }) => {
      const { store } = open();
      store.saveContestant({ position: 0, id: 'a', name: '', body: '{}' });
      expect(() => {
        store.saveContestant({ position, id, name: '', body: '{}' });
      }).toThrow('Broken invariant');
      store.close();
    });

    it('remembers which requests were handled', () => {
      const { store } = open();
      store.saveRequest({ id: 'r1', seq: 1, body: '{}', outcome: '{}' });
      expect([store.hasRequest('r1'), store.hasRequest('r2')]).toEqual([true, false]);
      expect(store.requests()).toHaveLength(1);
      store.close();
    });

    it('refuses to handle a request twice, and gives them by round and id', () => {
      const { store } = open();
      for (const [id, seq] of [
        ['late', 2],
        ['b', 1],
        ['a', 1],
      ] as const)
        store.saveRequest({ id, seq, body: '{}', outcome: '{}' });
      expect(store.requests().map((request) => request.id)).toEqual(['a', 'b', 'late']);
      expect(() => {
        store.saveRequest({ id: 'a', seq: 3, body: '{}', outcome: '{}' });
      }).toThrow('Broken invariant');
      store.close();
    });

    it('gives looks by round, cohort and age, each with its own verdicts by position', () => {
      const { store } = open();
      const given = [
        madeLook(2, 168, 9, 4),
        madeLook(1, 336, 9, 2, 0, 1),
        madeLook(1, 168, 7),
        madeLook(1, 720, 9, 0),
      ];
      for (const look of given) store.saveLook(look);
      expect(store.looks()).toEqual([
        madeLook(1, 168, 7),
        madeLook(1, 336, 9, 0, 1, 2),
        madeLook(1, 720, 9, 0),
        madeLook(2, 168, 9, 4),
      ]);
      store.close();
    });

    it.each([
      ['a second look of a cohort at one age', madeLook(1, 168, 8, 3)],
      ['two verdicts on one contestant', madeLook(1, 336, 8, 3, 3)],
    ])('refuses %s', (_what, look) => {
      const { store } = open();
      store.saveLook(madeLook(1, 168, 7, 0));
      expect(() => {
        store.saveLook(look);
      }).toThrow('Broken invariant');
      store.close();
    });

    it('keeps the state of an older round where a commit has none', () => {
      const { store, reopen } = open();
      store.appendRound(madeRound(1));
      store.commit(1, hashOf(1), new Uint8Array([7]));
      store.appendRound(madeRound(2));
      store.appendRound(madeRound(3));
      store.commit(3, hashOf(3));
      store.appendRound(madeRound(4));
      const before = { seq: 1, hash: hashOf(1), body: new Uint8Array([7]) };
      expect([store.lastCommit(), store.savedState()]).toEqual([{ seq: 3, hash: hashOf(3) }, before]);
      store.close();
      const again = reopen();
      expect([again.lastCommit(), again.savedState()]).toEqual([{ seq: 3, hash: hashOf(3) }, before]);
      expect([...again.rounds()]).toHaveLength(3);
      // The end of a run: no round since the last commit, and the state of its last one.
      again.commit(3, hashOf(3), new Uint8Array([8]));
      expect(again.savedState()).toEqual({ seq: 3, hash: hashOf(3), body: new Uint8Array([8]) });
      again.close();
    });

    it('refuses a first commit without a state: its rounds could not be played again', () => {
      const { store } = open();
      expect(store.savedState()).toBeUndefined();
      store.appendRound(madeRound(1));
      expect(() => {
        store.commit(1, hashOf(1));
      }).toThrow('no state');
      expect(store.lastCommit()).toBeUndefined();
      store.commit(1, hashOf(1), new Uint8Array([7]));
      expect(store.lastCommit()).toEqual({ seq: 1, hash: hashOf(1) });
      store.close();
    });

    it('loses exactly what was not committed', () => {
      const { store, reopen } = open();
      store.appendRound(madeRound(1));
      store.setMeta('settings', 'kept');
      store.saveContestant({ position: 0, id: 'a', name: 'kept', body: '{}' });
      store.saveRequest({ id: 'kept', seq: 1, body: '{}', outcome: '{}' });
      store.saveLook(madeLook(1, 168, 1, 0, 1));
      store.commit(1, hashOf(1), new Uint8Array([7]));
      store.appendRound(madeRound(2));
      store.setMeta('settings', 'lost');
      store.saveContestant({ position: 0, id: 'a', name: 'lost', body: '{}' });
      store.saveContestant({ position: 1, id: 'b', name: 'lost', body: '{}' });
      store.saveRequest({ id: 'lost', seq: 2, body: '{}', outcome: '{}' });
      store.saveLook(madeLook(1, 336, 2, 0, 1));
      store.close();
      const again = reopen();
      expect(again.lastCommit()).toEqual({ seq: 1, hash: hashOf(1) });
      expect(again.savedState()).toEqual({ seq: 1, hash: hashOf(1), body: new Uint8Array([7]) });
      expect([...again.rounds()]).toEqual([madeRound(1)]);
      expect(again.meta('settings')).toBe('kept');
      expect(again.contestants().map((row) => row.name)).toEqual(['kept']);
      expect([again.hasRequest('kept'), again.hasRequest('lost')]).toEqual([true, false]);
      expect(again.looks()).toEqual([madeLook(1, 168, 1, 0, 1)]);
      again.saveLook(madeLook(1, 336, 2, 0, 1));
      again.appendRound(madeRound(2));
      again.commit(2, hashOf(2), new Uint8Array([8]));
      again.close();
      const last = reopen();
      expect([...last.rounds()]).toEqual([madeRound(1), madeRound(2)]);
      expect(last.lastCommit()?.seq).toBe(2);
      expect(last.looks()).toHaveLength(2);
      last.close();
    });

    it('does nothing more once it is closed', () => {
      const { store } = open();
      store.close();
      expect(() => {
        store.appendRound(madeRound(1));
      }).toThrow();
      expect(() => store.lastCommit()).toThrow();
    });

    it('reads more rounds than fit into one page', () => {
      const { store } = open();
      for (let seq = 1; seq <= 700; seq++) store.appendRound(madeRound(seq));
      store.commit(700, hashOf(700), new Uint8Array());
      expect([...store.rounds(2)].map((round) => round.seq)).toEqual(
        Array.from({ length: 699 }, (_, i) => i + 2),
      );
      store.close();
    });
  });
}
