import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../domain/time.js';
import { cloneHeads } from './clone-groups.js';
import type { Board, Standing } from './board.js';
import { chooseForRetirement, pruningIsDue } from './pruning.js';

interface Made {
  readonly id: string;
  readonly returnPct: number;
  readonly sharpe?: number;
  readonly hours?: number;
  readonly role?: Standing['role'];
  readonly status?: Standing['status'];
}

function boardOf(made: readonly Made[]): Board {
  const order = [...made].sort((a, b) => b.returnPct - a.returnPct);
  const standings = order.map((one) => {
    const role = one.role ?? 'contestant';
    const status = one.status ?? 'trading';
    const ranked = role === 'contestant' && status !== 'retired' && status !== 'young';
    return {
      id: one.id,
      name: one.id,
      role,
      status,
      observedHours: one.hours ?? 200,
      rank: ranked
        ? order.filter((o) => (o.role ?? 'contestant') === 'contestant').indexOf(one) + 1
        : undefined,
      metrics: { totalReturnPct: one.returnPct, sharpe: one.sharpe },
    } as unknown as Standing;
  });
  return { standings, minimumHours: 168 } as unknown as Board;
}

const field = (count: number): Made[] =>
  Array.from({ length: count }, (_, i) => ({ id: `c${String(i)}`, returnPct: i / 10, sharpe: i / 10 }));
const chosen = (made: readonly Made[]): string[] => chooseForRetirement(boardOf(made)).map((one) => one.id);

describe('pruning', () => {
  it('retires who is far below the field by return and by Sharpe, and says why', () => {
    const [only, more] = chooseForRetirement(
      boardOf([...field(10), { id: 'bad', returnPct: -20, sharpe: -3 }]),
    );
    expect(more).toBeUndefined();
    expect(only?.id).toBe('bad');
    expect(only?.reason).toMatch(
      /^pruned: return -20\.00 % below .*median of 11 is .*, Sharpe -3\.00 against a median/,
    );
  });

  it.each<[string, Made]>([
    ['is far below by return alone', { id: 'bad', returnPct: -20, sharpe: 2 }],
    ['is far below by Sharpe alone', { id: 'bad', returnPct: 0.4, sharpe: -9 }],
    ['has no Sharpe', { id: 'bad', returnPct: -20 }],
    ['A-18: is within the minimum period', { id: 'bad', returnPct: -20, sharpe: -3, hours: 100 }],
    ['is a placebo', { id: 'bad', returnPct: -20, sharpe: -3, role: 'placebo' }],
    ['is the champion', { id: 'bad', returnPct: -20, sharpe: -3, role: 'champion' }],
    ['has retired already', { id: 'bad', returnPct: -20, sharpe: -3, status: 'retired' }],
  ])('leaves alone who %s', (_name, one) => {
    expect(chosen([...field(10), one])).toEqual([]);
  });

  it('retires nobody of a field of three, and at most a quarter or five at once', () => {
    const bad = (count: number): Made[] =>
      Array.from({ length: count }, (_, i) => ({ id: `bad${String(i)}`, returnPct: -20 - i, sharpe: -3 }));
    expect(chosen([...field(2), ...bad(1)])).toEqual([]);
    expect(chosen([...field(7), ...bad(3)])).toEqual(['bad2', 'bad1']);
    expect(chosen([...field(60), ...bad(20)])).toHaveLength(5);
  });

  it('A-19: never retires the leader, and always leaves three', () => {
    const made = fc.array(
      fc.record({
        returnPct: fc.double({ min: -90, max: 90, noNaN: true }),
        sharpe: fc.double({ min: -9, max: 9, noNaN: true }),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(made, (rows) => {
        const all = rows.map((row, i) => ({ ...row, id: `c${String(i)}` }));
        const board = boardOf(all);
        const gone = chooseForRetirement(board).map((one) => one.id);
        const leader = board.standings.find((s) => s.rank === 1)?.id;
        expect(gone).not.toContain(leader);
        expect(all.length - gone.length).toBeGreaterThanOrEqual(Math.min(3, all.length));
        expect(gone.length).toBeLessThanOrEqual(Math.max(1, Math.floor(all.length / 4)));
      }),
    );
  });

  it('is due once whenever the clock passes a multiple, whatever the bars', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 24 }),
        (everyHours, barHours) => {
          let due = 0;
          const bars = 500;
          for (let i = 0; i < bars; i++)
            if (pruningIsDue({ everyHours }, i * barHours * HOUR_MS, (i + 1) * barHours * HOUR_MS)) due++;
          expect(due).toBe(Math.min(bars, Math.floor((bars * barHours) / everyHours)));
        },
      ),
    );
    expect(pruningIsDue({ everyHours: 0 }, 0, 1e12)).toBe(false);
  });
});

describe('clone groups', () => {
  /** Marks of accounts whose daily returns are given. */
  function marks(returns: readonly (readonly number[])[]): Float64Array[] {
    const days = Math.max(...returns.map((r) => r.length));
    const equity = returns.map(() => 10_000);
    return Array.from({ length: days + 1 }, (_, day) => {
      returns.forEach((own, i) => {
        if (day > 0) equity[i] = (equity[i] ?? 0) * (1 + (own[day - 1] ?? 0));
      });
      return Float64Array.from([...equity, ...equity.map(() => 1)]);
    });
  }
  const wave = (i: number): number => Math.sin(i * 1.7) / 50;
  const other = (i: number): number => Math.cos(i * i) / 50;
  const days = (of: (i: number) => number, n = 30): number[] => Array.from({ length: n }, (_, i) => of(i));

  it('stand under the best ranked of those that move in lockstep, whatever their size', () => {
    const all = marks([days(wave), days((i) => wave(i) / 3), days(other), days((i) => -wave(i))]);
    expect([...cloneHeads([1, 0, 2, 3], all)]).toEqual([[0, 1]]);
    expect([...cloneHeads([0, 1, 2, 3], all)]).toEqual([[1, 0]]);
  });

  it('says nothing of few days, of who never moved, and of who came later', () => {
    expect(cloneHeads([0, 1], marks([days(wave, 9), days(wave, 9)])).size).toBe(0);
    expect(cloneHeads([0, 1], marks([days(() => 0), days(() => 0)])).size).toBe(0);
    const late = marks([days(wave), days(wave)]);
    for (const [day, row] of late.entries()) if (day < 25) row[1] = NaN;
    expect(cloneHeads([0, 1], late).size).toBe(0);
    for (const [day, row] of late.entries()) row[1] = day < 15 ? NaN : (row[0] ?? 0) * 2;
    expect([...cloneHeads([0, 1], late)]).toEqual([[1, 0]]);
    const shorter = marks([days(wave), days(wave)]).map((row, day) => (day < 10 ? row.slice(0, 1) : row));
    expect([...cloneHeads([0, 1], shorter)]).toEqual([[1, 0]]);
  });
});
