import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RULES, arenaOn, sha256 } from '../../../test/support/made-arena.js';
import { bar, marketOf } from '../../../test/support/made-market.js';
import { boardOfArena } from '../../app/board-of-arena.js';
import { leaderboardText } from '../../reporting/leaderboard-text.js';
import { createByteReader } from '../domain/byte-reader.js';
import { HOUR_MS } from '../domain/time.js';
import { uniformAt } from '../domain/rng.js';
import { type Arena, type PlayedRound, crownContestant, retire } from './arena.js';
import { playRound } from './play-round.js';
import { encodeArena, readArenaBody, readArenaHead } from './arena-codec.js';
import { type Watch, bestShadow, startWatch, stepWatch, watchEvidence } from './champion-watch.js';
import { foldRound, startFold } from './fold-journal.js';
import { NO_REIGN, type Reign, crown } from './reign.js';

/** Contestant 0 reigns over the shadows 1, 2, ... */
function reignOver(shadows: number, generation = shadows + 1): Reign {
  let reign = NO_REIGN;
  for (let c = shadows; c >= 0; c--) reign = crown(reign, c, generation - c, 0, () => 100);
  return reign;
}

/** Equity of everybody, hour by hour, from hourly returns; all begin with 100. */
function equityOf(returns: readonly (readonly number[])[]): number[][] {
  return returns.map((own) => {
    const series = [100];
    for (const one of own) series.push((series.at(-1) ?? 100) * (1 + one));
    return series;
  });
}

function begin(reign: Reign, equity: readonly (readonly number[])[]): Watch {
  const watch = startWatch(reign, (c) => equity[c]?.[0] ?? NaN);
  if (watch === undefined) throw new Error('there is no shadow');
  return watch;
}

const nameOf = (c: number): string => `contestant ${String(c)}`;

interface Told {
  readonly hour: number;
  readonly event: unknown;
}

/** Every hour from 1 on; the events with the hours they came in. */
function follow(watch: Watch, reign: Reign, equity: readonly (readonly number[])[], from = 1): Told[] {
  const told: Told[] = [];
  for (let t = from; t < (equity[0]?.length ?? 0); t++)
    for (const line of stepWatch(watch, reign, (c) => equity[c]?.[t] ?? NaN, nameOf))
      told.push({ hour: t, event: JSON.parse(line) });
  return told;
}

/** Normal by the sum of twelve uniforms, which is near enough for a bounded return. */
function noise(seed: number, t: number, draw: number): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += uniformAt(seed, t * HOUR_MS, 12 * draw + i);
  return sum;
}

const hourly = fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 30, maxLength: 90 });

describe('the watch over a champion', () => {
  it('does not begin without a champion or without a shadow', () => {
    expect(startWatch(NO_REIGN, () => 100)).toBeUndefined();
    expect(startWatch(reignOver(0), () => 100)).toBeUndefined();
  });

  it('finds no evidence between equal accounts, whatever their size', () => {
    fc.assert(
      fc.property(hourly, fc.integer({ min: 1, max: 3 }), (returns, shadows) => {
        const reign = reignOver(shadows);
        const [own = []] = equityOf([returns]);
        // Another size: the returns are the same up to rounding.
        const equity = Array.from({ length: shadows + 1 }, (_, c) => own.map((usd) => usd * (1 + c / 7)));
        const watch = begin(reign, equity);
        expect(follow(watch, reign, equity)).toEqual([]);
        expect(watchEvidence(watch)).toBe(1);
      }),
    );
  });

  it('is the mean over the shadows, so that the best is not picked after the fact', () => {
    fc.assert(
      fc.property(
        hourly,
        fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 90, maxLength: 90 }),
        fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 90, maxLength: 90 }),
        (champion, first, second) => {
          const length = champion.length;
          const equity = equityOf([champion, first.slice(0, length), second.slice(0, length)]);
          const [own = [], one = [], two = []] = equity;
          const evidence = (series: readonly (readonly number[])[]): number => {
            const reign = reignOver(series.length - 1);
            const watch = begin(reign, series);
            follow(watch, reign, series);
            return watchEvidence(watch);
          };
          const alone = [evidence([own, one]), evidence([own, two])] as const;
          expect(evidence(equity)).toBeCloseTo((alone[0] + alone[1]) / 2, 10);
          if (Math.abs(alone[0] - alone[1]) > 1e-9) {
            const reign = reignOver(2);
            const watch = begin(reign, equity);
            follow(watch, reign, equity);
            expect(bestShadow(watch)).toBe(alone[0] > alone[1] ? 1 : 2);
          }
        },
      ),
    );
  });

  it('raises one review, and only one, when a shadow steadily earns more', () => {
    fc.assert(
      fc.property(
        hourly,
        fc.double({ min: 1e-4, max: 0.01, noNaN: true }),
        fc.integer({ min: 1, max: 3 }),
        (some, more, which) => {
          const champion = Array.from({ length: 200 }, (_, t) => some[t % some.length] ?? 0);
          const equity = equityOf(
            [0, 1, 2, 3].map((c) => (c === which ? champion.map((r) => r + more) : champion)),
          );
          const reign = reignOver(3);
          const watch = begin(reign, equity);
          const told = follow(watch, reign, equity);
          expect(told.map(({ event }) => event)).toEqual([
            {
              event: 'champion-review',
              c: 0,
              name: 'contestant 0',
              generation: reign.generation,
              shadow: which,
              shadowName: `contestant ${String(which)}`,
              e: expect.any(Number) as number,
            },
          ]);
          expect((told[0]?.event as { e: number }).e).toBeGreaterThanOrEqual(20);
          expect(told[0]?.hour, 'nobody bets in the first 24 hours').toBeGreaterThan(24);
          expect(watch.raised).toBe(true);
        },
      ),
    );
  });

  it('raises no review when the champion steadily earns more', () => {
    const equity = equityOf([0.002, 0.001].map((r) => Array.from({ length: 400 }, () => r)));
    const watch = begin(reignOver(1), equity);
    expect(follow(watch, reignOver(1), equity)).toEqual([]);
    expect(watchEvidence(watch)).toBeLessThan(1);
  });

  it('begins anew with each champion, and may then raise a review again', () => {
    const equity = equityOf([0.001, 0.003].map((r) => Array.from({ length: 200 }, () => r)));
    const first = reignOver(1);
    const before = begin(first, equity);
    expect(follow(before, first, equity)).toHaveLength(1);
    const second = crown(first, 1, first.generation + 1, 0, () => 100);
    const after = begin(second, equity);
    expect(watchEvidence(after)).toBe(1);
    expect(after).toMatchObject({ generation: first.generation + 1, raised: false });
    expect(follow(after, second, equity), 'the better one reigns').toEqual([]);
    const third = crown(second, 0, second.generation + 1, 0, () => 100);
    const again = begin(third, equity);
    expect(follow(again, third, equity).map(({ event }) => event)).toMatchObject([
      { generation: third.generation },
    ]);
  });

  it('lets a retired shadow bet no more: its stake stays in the mean as it was', () => {
    const length = 120;
    const left = 60;
    const series = equityOf(
      [0.001, 0.0012, 0.0008].map((r, c) => Array.from({ length }, (_, t) => r + 0.002 * noise(3, t, c))),
    );
    const retired = series.map((own, c) => own.map((usd, t) => (c === 1 && t > left ? NaN : usd)));
    const reign = reignOver(2);
    const watch = begin(reign, retired);
    follow(
      watch,
      reign,
      retired.map((own) => own.slice(0, left + 1)),
    );
    const stake = { ...watch.shadows.find(({ position }) => position === 1)?.process };
    follow(watch, reign, retired, left + 1);
    expect(watch.shadows.find(({ position }) => position === 1)?.process).toEqual(stake);
    const alone = begin(reign, series);
    follow(alone, reign, series);
    const other = (of: Watch): unknown => of.shadows.find(({ position }) => position === 2)?.process;
    expect(other(watch), 'the other one goes on').toEqual(other(alone));
    expect(Number.isFinite(watchEvidence(watch))).toBe(true);
  });

  it('read back from JSON at any hour goes on with the same bytes', () => {
    const equity = equityOf(
      [0, 1, 2].map((c) => Array.from({ length: 150 }, (_, t) => 0.003 * noise(5, t, c))),
    ).map((own, c) => own.map((usd, t) => (c === 2 && t > 90 ? NaN : usd)));
    const reign = reignOver(2);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 149 }), (at) => {
        const whole = begin(reign, equity);
        follow(whole, reign, equity);
        const first = begin(reign, equity);
        follow(
          first,
          reign,
          equity.map((own) => own.slice(0, at + 1)),
        );
        const back = JSON.parse(JSON.stringify(first)) as Watch;
        follow(back, reign, equity, at + 1);
        expect(JSON.stringify(back)).toBe(JSON.stringify(whole));
      }),
    );
  });

  // Ville (1939): a mean of nonnegative supermartingales that begin at 1 ever reaches 20 with probability 1/20 at most.
  it('raises a review of an equal champion at most once in twenty in 720 hours', () => {
    const RUNS = 400;
    let raised = 0;
    let better = 0;
    for (let run = 0; run < RUNS; run++) {
      const drawn = (edge: number): number[][] =>
        equityOf(
          [0, 1, 2].map((c) =>
            Array.from({ length: 720 }, (_, t) => 0.006 * (noise(run, t, c) + (c === 1 ? edge : 0))),
          ),
        );
      const reign = reignOver(2);
      const review = (equity: readonly (readonly number[])[]): number =>
        follow(begin(reign, equity), reign, equity).length;
      raised += review(drawn(0));
      if (run < 20) better += review(drawn(0.5));
    }
    expect(raised).toBeLessThanOrEqual(RUNS / 20);
    expect(better, 'the same runs with half a sigma an hour more are found').toBe(20);
  });
});

const HOURS = 500;
const slope = (t: number, drift: number): number => 100 * (1 + drift) ** t * (1 + 0.001 * Math.sin(t));
const market = marketOf([
  Array.from({ length: HOURS }, (_, t) => bar(slope(t, 0.002), slope(t + 1, 0.002))),
  Array.from({ length: HOURS }, (_, t) => bar(slope(t, -0.0005), slope(t + 1, -0.0005))),
]);
const ROSTER = [
  { kind: 'sma-cross', symbols: ['A'], params: { fast: 2, slow: 5 }, title: 'riser' },
  { kind: 'sma-cross', symbols: ['B'], params: { fast: 2, slow: 5 }, title: 'faller' },
  { kind: 'flat' },
];
const [RISER, FALLER] = [0, 1] as const;
/** Generation by the hour in which it begins. */
const CROWNED: Readonly<Record<number, readonly [position: number, generation: number]>> = {
  20: [RISER, 1],
  60: [FALLER, 2],
  300: [RISER, 3],
};

function openingAt(arena: Arena, t: number): string[] {
  const crowned = CROWNED[t];
  return [
    ...(t === 0
      ? arena.seats.map(({ contestant }) => JSON.stringify({ event: 'joined', c: contestant.position }))
      : []),
    ...(crowned === undefined ? [] : [crownContestant(arena, ...crowned)]),
  ];
}

function play(
  until: number,
  between: (arena: Arena, t: number) => void = () => undefined,
): {
  arena: Arena;
  rounds: PlayedRound[];
} {
  const arena = arenaOn(market, ROSTER);
  const rounds: PlayedRound[] = [];
  for (let t = 0; t < until; t++) {
    const round = playRound(arena, openingAt(arena, t));
    if (round !== undefined) rounds.push(round);
    between(arena, t);
  }
  return { arena, rounds };
}

const reviewsOf = (round: PlayedRound): string[] =>
  round.events.filter((line) => line.includes('"event":"champion-review"'));

describe('a champion that trails its shadow in the arena', () => {
  const { arena, rounds } = play(HOURS);
  const round = rounds.find((one) => reviewsOf(one).length > 0);

  it('is brought up for review once, in the round, by name', () => {
    expect(rounds.flatMap(reviewsOf)).toHaveLength(1);
    expect(JSON.parse(round === undefined ? '' : (reviewsOf(round)[0] ?? ''))).toMatchObject({
      c: FALLER,
      name: 'faller',
      generation: 2,
      shadow: RISER,
      shadowName: 'riser',
    });
    expect(round?.seq).toBeGreaterThan(60 + 24);
    expect(arena.reign.champion, 'nothing is switched').toBe(RISER);
  });

  it('stands on the board as REVIEW from then until the next champion', () => {
    const told = (until: number): string =>
      leaderboardText(boardOfArena(play(until).arena), { generated: false, text: 'a test' });
    const seq = round?.seq ?? 0;
    expect(told(seq - 1)).not.toContain('REVIEW');
    expect(told(seq)).toMatch(/^REVIEW {4}evidence of \d+\.\d to 1 that a shadow does better/m);
    const later = told(299);
    expect(later).toContain('REVIEW');
    expect(Math.max(...later.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(told(301)).not.toContain('REVIEW');
  });

  it('is found by the journal alone, and a review that is hidden or made up is not believed', () => {
    const contestants = arena.seats.map((seat) => seat.contestant);
    const rules = { ...RULES, market, hash: sha256 };
    const fold = startFold();
    for (const one of rounds) foldRound(fold, one, contestants, rules);
    expect(fold.watch).toEqual(arena.watch);
    const other = rounds[200];
    const [line = ''] = round === undefined ? [] : reviewsOf(round);
    for (const [of, forge] of [
      [round, (events: readonly string[]) => events.filter((e) => e !== line)],
      [
        round,
        (events: readonly string[]) => events.map((e) => (e === line ? e.replace('riser', 'flat') : e)),
      ],
      [other, (events: readonly string[]) => [...events, line]],
    ] as const) {
      const forged = startFold();
      expect(() => {
        for (const one of rounds)
          foldRound(forged, one === of ? { ...one, events: forge(one.events) } : one, contestants, rules);
      }).toThrow(/another review of the champion/);
    }
  });

  it('is the same after a restart at any round, with a shadow that has retired as well', () => {
    const act =
      (restarts: boolean) =>
      (one: Arena, t: number): void => {
        if (t === 400) retire(one, FALLER, 'a test');
        if (!restarts || t % 37 !== 0) return;
        const input = createByteReader(encodeArena(one, 0), 'a test');
        readArenaBody(one, readArenaHead(input), input);
      };
    const whole = play(HOURS, act(false));
    const restarted = play(HOURS, act(true));
    expect(restarted.arena.lastHash).toBe(whole.arena.lastHash);
    expect(encodeArena(restarted.arena, 0)).toEqual(encodeArena(whole.arena, 0));
  });
});
