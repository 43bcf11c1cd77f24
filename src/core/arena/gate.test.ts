import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { START_MS, bar, marketOf } from '../../../test/support/made-market.js';
import { swingingBars } from '../../../test/support/swinging-bars.js';
import { RULES, arenaOn, sha256 } from '../../../test/support/made-arena.js';
import { boardOfArena } from '../../app/board-of-arena.js';
import type { MarketTable } from '../domain/market-table.js';
import { DAY_MS, HOUR_MS, type Timeframe, timeframeMs } from '../domain/time.js';
import { equityToReturns } from '../metrics/returns.js';
import { sharpeRange } from '../metrics/sharpe-error.js';
import { sharpeRecord } from '../metrics/sharpe-record.js';
import { testSeries } from '../promotion/series-evidence.js';
import { type Arena, type PlayedRound, callFinal, crownContestant, retire } from './arena.js';
import { playRound } from './play-round.js';
import { foldRound, startFold } from './fold-journal.js';

const market = marketOf(swingingBars(900));
const ROSTER = [
  { kind: 'buy-and-hold', symbols: ['A', 'B'] },
  { kind: 'sma-cross', symbols: ['A'], params: { fast: 1, slow: 2 }, title: 'seer' },
  { kind: 'sma-cross', symbols: ['B'], params: { fast: 1, slow: 2 }, title: 'noise' },
  { kind: 'sma-cross', symbols: ['A'], params: { fast: 20, slow: 50 }, title: 'slow' },
  { kind: 'flat' },
];
const positionOf = (arena: Arena, name: string): number =>
  arena.seats.find((seat) => seat.contestant.name === name)?.contestant.position ?? -1;

const lookSchema = z.object({
  event: z.literal('look'),
  cohort: z.number(),
  hours: z.number(),
  cutBarMs: z.number(),
  alpha: z.number(),
  familySize: z.number(),
  observedPct: z.number(),
  verdicts: z.array(
    z.object({
      c: z.number(),
      verdict: z.string(),
      p: z.number(),
      pHolm: z.number(),
      tChampion: z.number().optional(),
      tSpanning: z.number().optional(),
      short: z.array(z.object({ rule: z.string(), value: z.number().optional() })).optional(),
    }),
  ),
});
type LookEvent = z.infer<typeof lookSchema>;

function looksOf(round: PlayedRound): LookEvent[] {
  return round.events
    .filter((line) => line.includes('"event":"look"'))
    .map((line) => lookSchema.parse(JSON.parse(line)));
}

/** Plays everything; the reference keeps whole series, as the arena does not. */
function play(
  arena: Arena,
  table: MarketTable,
  at: (t: number) => readonly string[] = () => [],
): { looks: LookEvent[]; rounds: PlayedRound[]; equity: number[][]; index: number[]; worth: number[] } {
  const looks: LookEvent[] = [];
  const rounds: PlayedRound[] = [];
  const equity = arena.seats.map(() => [arena.rules.cashUsd]);
  const index = [1];
  const worth = [1];
  for (let t = 0; t < table.length; t++) {
    const round = playRound(arena, at(t));
    if (round === undefined) continue;
    rounds.push(round);
    looks.push(...looksOf(round));
    arena.seats.forEach((seat, c) => equity[c]?.push(seat.session.equityUsd));
    index.push(arena.reign.index);
    const ratios = table.candles.map(({ open, close }) => (close[t] ?? NaN) / (open[0] ?? NaN));
    worth.push(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length);
  }
  return { looks, rounds, equity, index, worth };
}

describe('looks of a cohort', () => {
  it('come at the ages of the plan, with the numbers that whole series give', () => {
    const arena = arenaOn(market, ROSTER);
    const champion = positionOf(arena, 'slow');
    const { looks, equity, index, worth } = play(arena, market, (t) =>
      t === 100 ? [crownContestant(arena, champion, 1)] : [],
    );
    expect(looks.map(({ hours }) => hours)).toEqual([168, 336, 720]);
    for (const look of looks) {
      expect(look.cutBarMs).toBe((market.openTimesMs[0] ?? 0) + (look.hours - 1) * HOUR_MS);
      expect(look.familySize).toBe(3);
      expect(look.observedPct).toBe(100);
      const until = (series: readonly number[] | undefined): Float64Array =>
        equityToReturns((series ?? []).slice(0, look.hours + 1));
      const reference = look.verdicts.map(({ c }) =>
        testSeries(until(equity[c]), until(index), until(worth)),
      );
      look.verdicts.forEach((verdict, i) => {
        const tests = reference[i];
        if (tests?.champion.t === undefined) expect(verdict.tChampion).toBeUndefined();
        else expect(verdict.tChampion).toBeCloseTo(tests.champion.t, 8);
        if (tests?.spanning.t === undefined) expect(verdict.tSpanning).toBeUndefined();
        else expect(verdict.tSpanning).toBeCloseTo(tests.spanning.t, 8);
        expect(verdict.p).toBeCloseTo(tests?.p ?? NaN, 10);
      });
      expect(look.verdicts.map(({ c }) => c)).not.toContain(champion);
    }
    const [first, second] = looks;
    const seer = positionOf(arena, 'seer');
    const said = (look: LookEvent | undefined): unknown => look?.verdicts.find(({ c }) => c === seer);
    expect(said(first), 'a clear case with few trades').toMatchObject({ short: [{ rule: 'trades' }] });
    expect(said(second)).toMatchObject({ verdict: 'promotable' });
  });

  it('keep the Sharpe range that the whole series gives', () => {
    const arena = arenaOn(market, ROSTER);
    const { equity } = play(arena, market);
    const seer = positionOf(arena, 'seer');
    const standing = boardOfArena(arena).standings.find((s) => s.name === 'seer');
    const record = sharpeRecord(equityToReturns(equity[seer] ?? []));
    const range = record === undefined ? undefined : sharpeRange(record, 8760);
    expect(standing?.sharpeRange?.low).toBeCloseTo(range?.low ?? NaN, 8);
    expect(standing?.sharpeRange?.high).toBeCloseTo(range?.high ?? NaN, 8);
  });

  it('count who retired for ever, with p = 1', () => {
    const arena = arenaOn(market, ROSTER);
    const { looks } = play(arena, market, (t) => {
      if (t === 200) retire(arena, positionOf(arena, 'noise'), 'a test');
      return [];
    });
    expect(looks.map(({ familySize }) => familySize)).toEqual([3, 3, 3]);
    expect(looks.map(({ verdicts }) => verdicts.length)).toEqual([3, 2, 2]);
    const holm = looks.map(({ verdicts }) => Math.min(...verdicts.map(({ p }) => p)) * 3);
    looks.forEach(({ verdicts }, i) => {
      expect(Math.min(...verdicts.map(({ pHolm }) => pHolm))).toBeCloseTo(Math.min(1, holm[i] ?? NaN), 12);
    });
  });

  it('whose hour has no bar are taken at the next bar, on the data up to that hour', () => {
    const whole = arenaOn(market, ROSTER);
    const { looks } = play(whole, market);
    const gap = (t: number): boolean => t >= 336 && t < 341;
    const table = marketOf(swingingBars(900).map((column) => column.map((b, t) => (gap(t) ? undefined : b))));
    const holed = play(arenaOn(table, ROSTER), table);
    expect(holed.looks.map(({ hours }) => hours)).toEqual([168, 336, 720]);
    // Hour 336 ends with bar 335, which is there: the same look as without the gap.
    expect(holed.looks[1]).toEqual(looks[1]);

    const over = (t: number): boolean => t >= 333 && t < 341;
    const later = marketOf(
      swingingBars(900).map((column) => column.map((b, t) => (over(t) ? undefined : b))),
    );
    const arena = arenaOn(later, ROSTER);
    const missed = play(arena, later);
    const round = missed.rounds.find((one) => one.looks.some(({ hours }) => hours === 336));
    expect(round?.barMs, 'the first bar after the gap').toBe(later.openTimesMs[341]);
    expect(missed.looks[1]?.observedPct).toBeCloseTo((100 * 333) / 336, 10);
    const verdicts = missed.looks[1]?.verdicts ?? [];
    const until = (series: readonly number[] | undefined): Float64Array =>
      equityToReturns((series ?? []).slice(0, 334));
    // The open block has five of its eight hours and is not complete: 41 blocks.
    for (const { c, tChampion } of verdicts) {
      const tests = testSeries(until(missed.equity[c]), until(missed.index), until(missed.worth));
      if (tests.champion.t !== undefined) expect(tChampion).toBeCloseTo(tests.champion.t, 8);
    }
  });

  it('are derived again from the journal, missed ones too, and any other verdict is found', () => {
    const over = (t: number): boolean => t >= 333 && t < 341;
    const table = marketOf(
      swingingBars(900).map((column) => column.map((b, t) => (over(t) ? undefined : b))),
    );
    const arena = arenaOn(table, ROSTER);
    const contestants = arena.seats.map((seat) => seat.contestant);
    const joined = contestants.map((c) => JSON.stringify({ event: 'joined', c: c.position }));
    const { rounds } = play(arena, table, (t) => (t === 0 ? joined : []));
    const rules = { ...RULES, market: table, hash: sha256 };
    const fold = startFold();
    for (const round of rounds) foldRound(fold, round, contestants, rules);
    expect(fold.seats.map((seat) => seat.track)).toEqual(arena.seats.map((seat) => seat.track));

    const forged = startFold();
    expect(() => {
      for (const round of rounds)
        foldRound(
          forged,
          {
            ...round,
            events: round.events.map((e) =>
              e.includes('"look"') ? e.replace('not_eligible', 'promotable') : e,
            ),
          },
          contestants,
          rules,
        );
    }).toThrow(/names another look than its marks give/);
  });

  it('of season-30 spend everything in thirty days; then the cohort ends and the next begins', () => {
    const cohort = { ...RULES.cohort, looks: 'season-30' as const };
    const arena = arenaOn(market, ROSTER, { cohort });
    const { looks } = play(arena, market);
    expect(looks.map(({ cohort: number, hours }) => [number, hours])).toEqual([
      [1, 168],
      [1, 336],
      [1, 720],
      [2, 168],
    ]);
    [0.01, 0.02, 0.07, 0.01].forEach((alpha, i) => {
      expect(looks[i]?.alpha).toBeCloseTo(alpha, 12);
    });
    expect(arena.cohorts.cohorts.map(({ members }) => members.length)).toEqual([3, 3]);
  });
});

describe('a promotable verdict', () => {
  const table = (after: number): MarketTable =>
    marketOf(
      swingingBars(900).map((column, s) =>
        // The seer's market turns against it: every swing is a loss.
        column.map((b, t) => (s === 0 && t >= after ? bar(50 + (t % 2), 50 + ((t + 1) % 2)) : b)),
      ),
    );

  it('stands until the next look while the base rules hold, and is frozen once', () => {
    const arena = arenaOn(market, ROSTER);
    const seer = positionOf(arena, 'seer');
    const hashes = new Set<string>();
    for (let t = 0; t < 719; t++) {
      playRound(arena, []);
      const own = arena.freezes.filter((freeze) => freeze.position === seer);
      const promotable = own.filter(({ evidence }) => evidence.verdict === 'promotable');
      expect(promotable.length).toBe(t >= 335 ? 1 : 0);
      for (const freeze of promotable) {
        hashes.add(freeze.hash);
        expect(freeze.expiresMs).toBe((market.openTimesMs[0] ?? 0) + 720 * HOUR_MS);
        expect(freeze.evidence.gate).toMatchObject({
          lookHours: 336,
          verdict: 'promotable',
          nextLookHours: 720,
        });
      }
    }
    expect(hashes.size).toBe(1);
    playRound(arena, []);
    const now = arena.freezes.filter(
      ({ position, evidence }) => position === seer && evidence.verdict === 'promotable',
    );
    expect(now.map(({ evidence }) => evidence.gate?.lookHours)).toEqual([720]);
  });

  it('falls when a base rule fails, and comes back at a look only', () => {
    const turning = table(400);
    const arena = arenaOn(turning, ROSTER);
    const seer = positionOf(arena, 'seer');
    let fell = -1;
    for (let t = 0; t < 700; t++) {
      playRound(arena, []);
      const own = arena.freezes.filter((freeze) => freeze.position === seer);
      if (t >= 336 && own.length === 0 && fell === -1) fell = t;
      if (fell !== -1) expect(own.every(({ evidence }) => evidence.verdict !== 'promotable')).toBe(true);
    }
    expect(fell).toBeGreaterThan(400);
    expect(boardOfArena(arena).standings.find((s) => s.name === 'seer')?.gate?.verdict).toBe(
      'leading_not_proven',
    );
  });

  it('of the last look of a cohort can be approved until the first look of the next', () => {
    const cohort = { ...RULES.cohort, looks: 'season-30' as const };
    const arena = arenaOn(market, ROSTER, { cohort });
    const seer = positionOf(arena, 'seer');
    const standing = (): number =>
      arena.freezes.filter((f) => f.position === seer && f.evidence.verdict === 'promotable').length;
    for (let t = 0; t < 887; t++) {
      playRound(arena, []);
      if (t >= 719) expect(standing(), `hour ${String(t)}`).toBe(1);
    }
    playRound(arena, []);
    expect(arena.freezes.filter((f) => f.position === seer).every((f) => f.evidence.cohort === 2)).toBe(true);
  });
});

describe('a final', () => {
  it('judges the best by p among themselves on data from the next bar on, and is derived again', () => {
    const arena = arenaOn(market, ROSTER);
    const contestants = arena.seats.map((seat) => seat.contestant);
    const joined = contestants.map((c) => JSON.stringify({ event: 'joined', c: c.position }));
    const { looks, rounds } = play(arena, market, (t) => {
      if (t === 0) return joined;
      const event = t === 400 ? callFinal(arena, 2) : undefined;
      return event === undefined ? [] : [event];
    });
    const last = looks.find(({ hours }) => hours === 336);
    const best = [...(last?.verdicts ?? [])].sort((a, b) => a.p - b.p).slice(0, 2);
    const final = arena.cohorts.cohorts[1];
    expect(final).toEqual({
      number: 2,
      startMs: market.openTimesMs[400],
      members: best.map(({ c }) => c),
      finalOf: 1,
    });
    const held = looks.filter(({ cohort }) => cohort === 2);
    expect(held.map(({ hours, familySize }) => [hours, familySize])).toEqual([
      [168, 2],
      [336, 2],
    ]);
    // In the first cohort they count on, with p = 1.
    expect(looks.find(({ cohort, hours }) => cohort === 1 && hours === 720)).toMatchObject({ familySize: 3 });
    expect(looks.find(({ cohort, hours }) => cohort === 1 && hours === 720)?.verdicts).toHaveLength(1);
    const fold = startFold();
    for (const round of rounds) foldRound(fold, round, contestants, { ...RULES, market, hash: sha256 });
    expect(fold.cohorts).toEqual(arena.cohorts);
    expect(fold.seats.map((seat) => seat.track)).toEqual(arena.seats.map((seat) => seat.track));
  });

  it('needs a look, and two that still trade', () => {
    const arena = arenaOn(market, ROSTER);
    for (let t = 0; t < 167; t++) playRound(arena, []);
    expect(callFinal(arena, 3)).toBeUndefined();
    playRound(arena, []);
    for (const name of ['seer', 'noise']) retire(arena, positionOf(arena, name), 'a test');
    expect(callFinal(arena, 3)).toBeUndefined();
  });
});

describe('blocks', () => {
  /** The same bars with another length, or only in sessions from Monday to Friday. */
  const inBars = (timeframe: Timeframe, bars: number): MarketTable => {
    const table = marketOf(swingingBars(bars));
    const barMs = timeframeMs(timeframe);
    return { ...table, timeframe, openTimesMs: table.openTimesMs.map((_, i) => START_MS + i * barMs) };
  };
  const inSessions = (timeframe: '1h' | '1d', bars: number): MarketTable => {
    const table = marketOf(swingingBars(bars));
    const perDay = timeframe === '1d' ? 1 : 7;
    const openTimesMs = table.openTimesMs.map((_, i) => {
      const session = Math.floor(i / perDay);
      const day = Math.floor(session / 5) * 7 + (session % 5);
      return START_MS + day * DAY_MS + (timeframe === '1d' ? 0 : (14 + (i % perDay)) * HOUR_MS);
    });
    return { ...table, timeframe, calendar: 'sessions', openTimesMs };
  };
  const roster = [
    { kind: 'sma-cross', symbols: ['A'], params: { fast: 1, slow: 2 }, title: 'seer' },
    { kind: 'sma-cross', symbols: ['B'], params: { fast: 1, slow: 2 }, title: 'noise' },
  ];

  it.each<[string, MarketTable, number, number]>([
    ['of 15-minute bars, sampled hourly', inBars('15m', 4 * 400), 8 * 4, 336],
    ['of 4-hour bars, two in a block', inBars('4h', 6 * 40), 2, 720],
    ['of days, one in a block', inBars('1d', 40), 1, 720],
    ['of daily sessions, one in a block', inSessions('1d', 31), 1, 720],
    ['of hourly sessions, seven in a block', inSessions('1h', 7 * 31), 7, 720],
  ])('%s give the numbers of whole series, and the journal gives them again', (_, table, bars, newest) => {
    const arena = arenaOn(table, roster);
    const contestants = arena.seats.map((seat) => seat.contestant);
    const joined = contestants.map((c) => JSON.stringify({ event: 'joined', c: c.position }));
    const { looks, rounds, equity, worth } = play(arena, table, (t) => (t === 0 ? joined : []));
    const last = looks.at(-1);
    expect(last?.hours).toBe(newest);
    const blocks =
      table.calendar === 'sessions'
        ? newest / 24
        : newest / Math.max(8, timeframeMs(table.timeframe) / HOUR_MS);
    const samples = Math.max(1, Math.round(HOUR_MS / timeframeMs(table.timeframe)));
    const until = (series: readonly number[] | undefined): Float64Array =>
      equityToReturns((series ?? []).slice(0, blocks * bars + 1).filter((__, i) => i % samples === 0));
    for (const { c, tChampion } of last?.verdicts ?? []) {
      const market = until(worth);
      const tests = testSeries(
        until(equity[c]),
        market.map(() => 0),
        market,
        bars / samples,
      );
      expect(tests.blocks).toBe(blocks);
      expect(tChampion).toBeCloseTo(tests.champion.t ?? NaN, 8);
    }
    const fold = startFold();
    for (const round of rounds)
      foldRound(fold, round, contestants, { ...RULES, market: table, hash: sha256 });
    expect(fold.gates).toEqual(arena.gates);
  });

  it('of a contestant that decides once a day are days, on hourly bars too', () => {
    const arena = arenaOn(market, [...roster, { ...roster[0], timeframe: '1d', title: 'daily' }]);
    const { looks, equity, worth } = play(arena, market);
    const daily = positionOf(arena, 'daily');
    const at = looks.find(({ hours }) => hours === 720);
    const returns = equityToReturns((equity[daily] ?? []).slice(0, 721));
    const tests = testSeries(
      returns,
      returns.map(() => 0),
      equityToReturns(worth.slice(0, 721)),
      24,
    );
    const said = at?.verdicts.find(({ c }) => c === daily);
    expect(tests.blocks).toBe(30);
    if (tests.champion.t === undefined) expect(said?.tChampion).toBeUndefined();
    else expect(said?.tChampion).toBeCloseTo(tests.champion.t, 8);
  });
});
