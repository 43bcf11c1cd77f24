import { describe, expect, it } from 'vitest';
import type { ArenaStore, StoredRound } from '../../src/ports/arena-store.js';

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

/** One exam for every store. `reopen` gives the same store as after a crash; undefined where nothing is durable. */
export function arenaStoreContract(
  name: string,
  open: () => { store: ArenaStore; reopen: (() => ArenaStore) | undefined },
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
      store.close();
    });

    it('shows what is pending to its own writer', () => {
      const { store } = open();
      store.appendRound(madeRound(1));
      store.setMeta('settings', '{}');
      expect([...store.rounds()]).toHaveLength(1);
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

    it('remembers which requests were handled', () => {
      const { store } = open();
      store.saveRequest({ id: 'r1', seq: 1, body: '{}', outcome: '{}' });
      expect([store.hasRequest('r1'), store.hasRequest('r2')]).toEqual([true, false]);
      expect(store.requests()).toHaveLength(1);
      store.close();
    });

    it('loses exactly what was not committed', ({ skip }) => {
      const { store, reopen } = open();
      skip(reopen === undefined, 'nothing of this store outlives its process');
      store.appendRound(madeRound(1));
      store.setMeta('settings', 'kept');
      store.commit(1, hashOf(1), new Uint8Array([7]));
      store.appendRound(madeRound(2));
      store.setMeta('settings', 'lost');
      store.close();
      const again = reopen?.();
      expect(again?.lastCommit()).toEqual({ seq: 1, hash: hashOf(1), state: new Uint8Array([7]) });
      expect([...(again?.rounds() ?? [])]).toHaveLength(1);
      expect(again?.meta('settings')).toBe('kept');
      again?.appendRound(madeRound(2));
      again?.close();
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
