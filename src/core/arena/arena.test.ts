import { createKinds } from '../strategies/catalog.js';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bar, flatBars, marketOf } from '../../../test/support/made-market.js';
import { boardOfArena } from '../../app/board-of-arena.js';
import { DEFAULT_COSTS } from '../domain/costs.js';
import { DAY_MS, HOUR_MS } from '../domain/time.js';
import { DEFAULT_LIMITS } from '../risk/limits.js';
import { type Arena, openArena, register, retire } from './arena.js';
import { playRound } from './play-round.js';
import {
  type CohortState,
  DEFAULT_COHORT_RULES,
  NO_COHORTS,
  advanceCohorts,
  joinWaiting,
  trackedCohorts,
} from './cohorts.js';
import { parseRoster } from './parse-roster.js';

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const RULES = {
  cashUsd: 10_000,
  costs: DEFAULT_COSTS,
  limits: DEFAULT_LIMITS,
  minimumHours: 168,
  cohort: DEFAULT_COHORT_RULES,
};
const market = { symbols: ['A', 'B'], instrument: 'spot' as const, timeframe: '1h' as const };

function arenaOn(table: Parameters<typeof openArena>[0], roster: unknown): Arena {
  const arena = openArena(table, 0, RULES, sha256);
  register(arena, parseRoster(roster, 'test', market, createKinds()));
  return arena;
}

describe('identity', () => {
  const idOf = (entry: Record<string, unknown>): string => {
    const arena = arenaOn(marketOf([flatBars(1, 5), flatBars(2, 5)]), entry);
    return arena.seats[0]?.contestant.id ?? '';
  };

  it('depends on every parameter, symbol and seed, and not on the title or the order of keys', () => {
    const base = idOf({ kind: 'placebo', params: { holdHours: 6, exposure: 1 }, seed: 1 });
    expect(idOf({ seed: 1, kind: 'placebo', params: { exposure: 1, holdHours: 6 }, title: 'mine' })).toBe(
      base,
    );
    expect(idOf({ kind: 'placebo', params: { holdHours: 7, exposure: 1 }, seed: 1 })).not.toBe(base);
    expect(idOf({ kind: 'placebo', params: { holdHours: 6, exposure: 1 }, seed: 2 })).not.toBe(base);
    expect(
      idOf({ kind: 'placebo', params: { holdHours: 6, exposure: 1 }, seed: 1, symbols: ['A'] }),
    ).not.toBe(base);
  });

  it('defaults that are written out are the same contestant', () => {
    expect(idOf({ kind: 'sma-cross', params: { fast: 10, slow: 30, exposure: 1 } })).toBe(
      idOf({ kind: 'sma-cross' }),
    );
  });

  it('A-19: who is in the arena already is not registered twice', () => {
    const arena = arenaOn(marketOf([flatBars(1, 5), flatBars(2, 5)]), { kind: 'sma-cross' });
    expect(
      register(arena, parseRoster({ kind: 'sma-cross', title: 'again' }, 'test', market, createKinds())),
    ).toEqual([]);
    expect(arena.seats).toHaveLength(1);
  });
});

describe('a round', () => {
  const rising = Array.from({ length: 300 }, (_, i) => bar(100 + i, 100.5 + i));

  it('A-14: two traders with the same signals and more trades for one end apart by their costs', () => {
    const flip = Array.from({ length: 300 }, (_, i) => bar(100, 100, 0.001 * (i % 2)));
    const arena = arenaOn(marketOf([flip, flip]), [
      { kind: 'placebo', params: { holdHours: 1, exposure: 1 }, seed: 3 },
      { kind: 'placebo', params: { holdHours: 100, exposure: 1 }, seed: 3 },
    ]);
    while (arena.nextIndex < 300) playRound(arena, []);
    const [busy, lazy] = arena.seats.map((seat) => seat.session);
    expect(busy?.account.fills).toBeGreaterThan(20 * (lazy?.account.fills ?? 0));
    expect(busy?.equityUsd).toBeLessThan(lazy?.equityUsd ?? 0);
  });

  it('A-17: an idle contestant ranks below one that lost, and its ratios are undefined', () => {
    const falling = Array.from({ length: 300 }, (_, i) => bar(400 - i));
    const arena = arenaOn(marketOf([falling, falling]), [
      { kind: 'donchian-breakout', title: 'never enters' },
      { kind: 'rsi-bands', title: 'catches the knife' },
    ]);
    while (arena.nextIndex < 300) playRound(arena, []);
    const { standings } = boardOfArena(arena);
    expect(standings.map((s) => [s.name, s.rank])).toEqual([
      ['catches the knife', 1],
      ['never enters', 2],
    ]);
    expect(standings[0]?.metrics.totalReturnPct).toBeLessThan(0);
    expect(standings[1]?.metrics.sharpe).toBeUndefined();
    expect(standings[1]?.reason).toBe('never traded');
  });

  it('A-20: hours count bars that were observed, and a slot without any bar is due but missing', () => {
    const gappy = rising.map((b, i) => (i >= 10 && i < 20 ? undefined : b));
    const arena = arenaOn(marketOf([gappy, gappy]), { kind: 'sma-cross' });
    for (let t = 0; t < 50; t++) playRound(arena, []);
    expect([arena.dueRounds, arena.seq]).toEqual([50, 40]);
    expect(boardOfArena(arena).standings[0]?.observedHours).toBe(40);
  });

  it('A-13: a strategy that throws is marked, holds, loses coverage, and never stops the others', () => {
    const table = marketOf([rising, rising]);
    const arena = openArena(table, 0, RULES, sha256);
    const [good] = parseRoster({ kind: 'buy-and-hold', title: 'good' }, 'test', market, createKinds());
    if (good === undefined) throw new Error('no roster');
    const broken = {
      ...good,
      name: 'broken',
      manifest: { ...good.manifest, seed: 9 },
      kind: {
        ...good.kind,
        decide: () => {
          throw new Error('division by zero dollars');
        },
      },
    };
    register(arena, [good, broken]);
    for (let t = 0; t < 30; t++) playRound(arena, []);
    const { standings } = boardOfArena(arena);
    const of = (name: string): (typeof standings)[number] | undefined =>
      standings.find((s) => s.name === name);
    expect(of('good')?.metrics.totalReturnPct).toBeGreaterThan(0);
    expect(of('broken')).toMatchObject({
      status: 'fault',
      reason: 'division by zero dollars',
      coveragePct: 0,
    });
  });

  it('the hash covers every mark: another price gives another chain', () => {
    const hashes = [0, 1e-9].map((nudge) => {
      const columns = rising.map((b, i) => (i === 20 ? { ...b, close: b.close + nudge } : b));
      const arena = arenaOn(marketOf([columns, rising]), { kind: 'buy-and-hold' });
      for (let t = 0; t < 30; t++) playRound(arena, []);
      return arena.lastHash;
    });
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('a retired contestant trades no more and keeps its record', () => {
    const arena = arenaOn(marketOf([rising, rising]), { kind: 'sma-cross', params: { fast: 2, slow: 5 } });
    for (let t = 0; t < 50; t++) playRound(arena, []);
    const before = arena.seats[0]?.session.equityUsd;
    expect(retire(arena, 0, 'enough')).toBe(true);
    expect(retire(arena, 0, 'again')).toBe(false);
    const round = playRound(arena, []);
    expect(Number.isNaN(round?.marks[0])).toBe(true);
    expect(arena.seats[0]?.session.equityUsd).toBe(before);
    expect(boardOfArena(arena).standings[0]).toMatchObject({
      status: 'retired',
      reason: 'enough',
      rank: undefined,
    });
  });
});

describe('cohorts', () => {
  const monday = Date.UTC(2025, 0, 6);
  const all = (_position: number): boolean => true;
  const step = (state: CohortState, ms: number, active = all): CohortState =>
    advanceCohorts(state, ms, active, (cohort) => (ms - cohort.startMs) / HOUR_MS, DEFAULT_COHORT_RULES);

  it('the first opens with the first bar; late ones wait for Monday 00:00 UTC', () => {
    let state = step(joinWaiting(NO_COHORTS, [0, 1], monday + 3 * DAY_MS), monday + 3 * DAY_MS);
    expect(state.cohorts).toEqual([{ number: 1, startMs: monday + 3 * DAY_MS, members: [0, 1] }]);
    state = joinWaiting(state, [2], monday + 4 * DAY_MS);
    state = step(state, monday + 6 * DAY_MS + 23 * HOUR_MS);
    expect(state.cohorts).toHaveLength(1);
    state = step(state, monday + 7 * DAY_MS);
    expect(state.cohorts[1]).toEqual({ number: 2, startMs: monday + 7 * DAY_MS, members: [2] });
  });

  it('a closed cohort is registered anew without its retired members', () => {
    let state = step(joinWaiting(NO_COHORTS, [0, 1, 2], monday), monday);
    const end = monday + 8760 * HOUR_MS;
    state = step(state, end - HOUR_MS);
    expect(state.cohorts).toHaveLength(1);
    state = step(state, end, (position) => position !== 1);
    expect(state.cohorts).toEqual([
      { number: 1, startMs: monday, members: [0, 1, 2], closedMs: end },
      { number: 2, startMs: end, members: [0, 2] },
    ]);
  });

  it('A-22: the window starts at the youngest cohort that is a week old', () => {
    const cohorts = [0, 7, 14].map((day, i) => ({
      number: i + 1,
      startMs: monday + day * DAY_MS,
      members: [i],
    }));
    const at = (hours: number): readonly number[] =>
      trackedCohorts(cohorts, monday + 14 * DAY_MS + hours * HOUR_MS, 168);
    expect(at(0)).toEqual([2, 3]);
    expect(at(167)).toEqual([2, 3]);
    expect(at(168)).toEqual([3]);
    expect(trackedCohorts(cohorts.slice(0, 1), monday, 168)).toEqual([1]);
  });
});
