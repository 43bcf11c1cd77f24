import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bar, marketOf } from '../../../test/support/made-market.js';
import { RULES, arenaOn, rosterOn, sha256 } from '../../../test/support/made-arena.js';
import { boardOfArena } from '../../app/board-of-arena.js';
import { DAY_MS, HOUR_MS } from '../domain/time.js';
import type { Freeze } from '../promotion/candidate.js';
import { type Arena, crownContestant, register, retire } from './arena.js';
import { playRound } from './play-round.js';
import { encodeArena, readArenaBody, readArenaHead } from './arena-codec.js';
import { createByteReader } from '../domain/byte-reader.js';
import { boardSeats, foldRound, startFold } from './fold-journal.js';
import { NO_REIGN, advanceIndex, championReturnPct, crown, markCohort } from './reign.js';

/** A rises by 20 bps an hour with a wobble, B falls. */
const HOURS = 30 * 24;
const slope = (t: number, drift: number): number => 100 * (1 + drift) ** t * (1 + 0.001 * Math.sin(t));
const market = marketOf([
  Array.from({ length: HOURS }, (_, t) => bar(slope(t, 0.002), slope(t + 1, 0.002))),
  Array.from({ length: HOURS }, (_, t) => bar(slope(t, -0.0005), slope(t + 1, -0.0005))),
]);
const ROSTER = [
  { kind: 'buy-and-hold', symbols: ['A'] },
  { kind: 'sma-cross', symbols: ['A'], params: { fast: 2, slow: 5 }, title: 'riser' },
  { kind: 'sma-cross', symbols: ['B'], params: { fast: 2, slow: 5 }, title: 'faller' },
  { kind: 'flat' },
];
const positionOf = (arena: Arena, name: string): number =>
  arena.seats.find((seat) => seat.contestant.name === name)?.contestant.position ?? -1;

describe("the champion's series", () => {
  it('is flat without a champion and otherwise chains the returns of whoever is one', () => {
    const arena = arenaOn(market, ROSTER);
    const riser = positionOf(arena, 'riser');
    const faller = positionOf(arena, 'faller');
    let expected = 1;
    let before: number | undefined;
    for (let t = 0; t < 400; t++) {
      if (t === 50) crownContestant(arena, riser, 1);
      if (t === 200) crownContestant(arena, faller, 2);
      const champion = t < 50 ? undefined : t < 200 ? riser : faller;
      before = champion === undefined ? undefined : arena.seats[champion]?.session.equityUsd;
      playRound(arena, []);
      const after = champion === undefined ? undefined : arena.seats[champion]?.session.equityUsd;
      if (before !== undefined && after !== undefined) expected *= after / before;
      expect(arena.reign.index).toBe(expected);
    }
    const board = boardOfArena(arena);
    expect(board.standings.find((s) => s.name === 'riser')?.role).toBe('shadow');
    expect(board.standings.find((s) => s.name === 'faller')?.role).toBe('champion');
    expect(board.champion).toMatchObject({ name: 'faller', generation: 2, shadow: { name: 'riser' } });
    expect(board.standings.find((s) => s.name === 'faller')?.notCandidate).toBe('it is the champion');
  });

  it('a change back makes a shadow champion again, and each displaced one is a shadow once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 4 }), { maxLength: 12 }), (crowned) => {
        let reign = NO_REIGN;
        crowned.forEach((position, i) => {
          reign = crown(reign, position, i + 1, i * HOUR_MS, () => 100);
          expect(reign.shadows).not.toContain(position);
          expect(new Set(reign.shadows).size).toBe(reign.shadows.length);
        });
        expect([...reign.shadows, ...(reign.champion === null ? [] : [reign.champion])].sort()).toEqual(
          [...new Set(crowned)].sort(),
        );
      }),
    );
  });

  it('counts from the first bar of a cohort, and a lost account stays lost without dividing by zero', () => {
    let reign = crown(NO_REIGN, 0, 1, 0, () => 100);
    reign = advanceIndex(reign, 100, 110);
    reign = markCohort(reign, 2);
    reign = advanceIndex(reign, 110, 121);
    expect(championReturnPct(reign, 1)).toBeCloseTo(21, 9);
    expect(championReturnPct(reign, 2)).toBeCloseTo(10, 9);
    reign = advanceIndex(reign, 121, -5);
    expect(reign.index).toBe(0);
    expect(advanceIndex(reign, 0, 50).index).toBe(0);
    expect(championReturnPct(reign, 2)).toBe(-100);
  });
});

describe('who stands at the gate', () => {
  function play(until: number, act: (arena: Arena, t: number) => void = () => undefined): Arena {
    const arena = arenaOn(market, ROSTER);
    for (let t = 0; t < until; t++) {
      act(arena, t);
      playRound(arena, []);
    }
    return arena;
  }

  it('nobody before the cohort is 168 h old, then whoever leads, frozen at once and at the start of every day', () => {
    const seen: Freeze[] = [];
    const arena = play(HOURS, (a, t) => {
      for (const freeze of a.freezes) if (!seen.some(({ hash }) => hash === freeze.hash)) seen.push(freeze);
      if (t < 168) expect(a.freezes).toEqual([]);
      expect(a.freezes.length, 'valid until the second freeze after').toBeLessThanOrEqual(2);
    });
    expect(seen.map(({ position }) => position)).toEqual(seen.map(() => positionOf(arena, 'riser')));
    const [first, second] = seen;
    expect(first?.evidence.ageHours).toBe(168);
    expect(second?.evidence.ageHours).toBe(192);
    for (const { evidence, hash, expiresMs } of seen) {
      expect(evidence.leadPoints).toBeGreaterThanOrEqual(2);
      expect(evidence.sharpe).toBeGreaterThan(0);
      expect(expiresMs % DAY_MS).toBe(0);
      expect(expiresMs - (evidence.cutBarMs + HOUR_MS)).toBe(2 * DAY_MS);
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(seen.length).toBe((HOURS - 168) / 24);
  });

  it('A-21: the candidate goes when the champion changes, when it becomes one itself, and when it retires', () => {
    const at = 400;
    const same = play(at);
    expect(same.freezes.length).toBeGreaterThan(0);
    const riser = positionOf(same, 'riser');
    const crowned = play(at, (arena, t) => {
      if (t === at - 1) crownContestant(arena, riser, 1);
    });
    expect(crowned.freezes).toEqual([]);
    const retired = play(at, (arena, t) => {
      if (t === at - 1) retire(arena, riser, 'a test');
    });
    expect(retired.freezes).toEqual([]);
    const other = play(at, (arena, t) => {
      if (t === at - 1) crownContestant(arena, positionOf(arena, 'faller'), 1);
    });
    expect(
      other.freezes.map(({ evidence }) => evidence.generation),
      'judged anew',
    ).toEqual([1]);
  });

  it('late contestants count from the first bar of their own cohort, also while the window is a younger one', () => {
    const arena = play(HOURS, (a, t) => {
      for (const [at, fast] of [
        [100, 3],
        [300, 4],
      ] as const)
        if (t === at)
          register(a, rosterOn(market, { kind: 'sma-cross', symbols: ['A'], params: { fast, slow: 9 } }));
    });
    const ages = arena.freezes.map(({ evidence }) => [evidence.cohort, evidence.ageHours]);
    expect(new Set(ages.map(([cohort]) => cohort)).size).toBe(3);
    for (const { evidence } of arena.freezes) {
      const cohort = arena.cohorts.cohorts.find(({ number }) => number === evidence.cohort);
      expect(evidence.ageHours).toBe((evidence.cutBarMs + HOUR_MS - (cohort?.startMs ?? 0)) / HOUR_MS);
    }
  });

  it('the journal alone gives the same candidates, and a state read back goes on the same', () => {
    const arena = arenaOn(market, ROSTER);
    const contestants = arena.seats.map((seat) => seat.contestant);
    const fold = startFold();
    const rules = { ...RULES, market, hash: sha256 };
    const joined = contestants.map((c) => JSON.stringify({ event: 'joined', c: c.position }));
    const twin = arenaOn(market, ROSTER);
    for (let t = 0; t < 500; t++) {
      const opening = t === 0 ? joined : t === 300 ? [crownContestant(arena, 2, 1)] : [];
      if (t === 300) crownContestant(twin, 2, 1);
      const round = playRound(arena, opening);
      if (round !== undefined) foldRound(fold, round, contestants, rules);
      playRound(twin, opening);
      if (t % 50 === 0) {
        const input = createByteReader(encodeArena(twin, 0), 'a test');
        readArenaBody(twin, readArenaHead(input), input);
      }
      expect(twin.lastHash).toBe(arena.lastHash);
    }
    expect(fold.freezes).toEqual(arena.freezes);
    expect(fold.reign).toEqual(arena.reign);
    expect(fold.gates).toEqual(arena.gates);
    expect(fold.watch).toEqual(arena.watch);
    expect(fold.seats.map((seat) => seat.track)).toEqual(arena.seats.map((seat) => seat.track));
    expect(boardSeats(fold).map((seat) => seat.cards)).toEqual(arena.seats.map((seat) => seat.figures.cards));
  });
});
