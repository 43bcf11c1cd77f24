import { gateRules } from '../promotion/gate-rules.js';
import { describe, expect, it } from 'vitest';
import { DEFAULT_COSTS } from '../domain/costs.js';
import { HOUR_MS } from '../domain/time.js';
import { openScorecard, recordMark, recordSample } from '../metrics/scorecard.js';
import { type TradeTotals, zeroTradeTotals } from '../metrics/trade-totals.js';
import { NO_REIGN } from './reign.js';
import { type BoardSeat, findContestant, makeBoard } from './board.js';
import type { Contestant } from './contestant.js';

function contestant(position: number, name: string): Contestant {
  return {
    position,
    id: `${String(position)}abcdef0`.repeat(8),
    name,
    role: 'contestant',
    manifest: {
      kind: 'flat',
      version: 1,
      params: {},
      symbols: ['A'],
      timeframe: '1h',
      instrument: 'spot',
      seed: 0,
    },
    joinedBarMs: 0,
  };
}

/** A seat whose equity goes from 100 to `end` in 200 hours of this window, with these fills before and in it. */
function seat(position: number, name: string, end: number, before: number, within: number): BoardSeat {
  const card = openScorecard(100);
  for (let hour = 1; hour <= 200; hour++) {
    const equity = 100 + ((end - 100) * hour) / 200;
    recordMark(card, equity, within > 0 ? 0.5 : 0);
    recordSample(card, equity);
  }
  const baseline: TradeTotals = { ...zeroTradeTotals(), fills: before };
  return {
    contestant: contestant(position, name),
    cards: [openScorecard(100), card],
    baselines: [zeroTradeTotals(), baseline],
    windows: [1],
    totals: { ...baseline, fills: before + within },
    dueDecisions: 200,
    madeDecisions: 200,
    fault: '',
  };
}

const boardOf = (seats: BoardSeat[]): ReturnType<typeof makeBoard> =>
  makeBoard({
    seats,
    cohorts: [],
    windows: [1],
    reign: NO_REIGN,
    gateRules: gateRules(),
    gates: [],
    watch: undefined,
    absent: [],
    market: { timeframe: '1h', calendar: 'continuous', symbols: ['A'] },
    costs: DEFAULT_COSTS,
    cashUsd: 100,
    minimumHours: 168,
    firstBarMs: 0,
    lastBarMs: 200 * HOUR_MS,
    observedRounds: 200,
    dueRounds: 200,
  });

describe('the board', () => {
  it('A-13, A-17: who failed or stood still in the window stands below who lost, whether it ever traded or not', () => {
    const board = boardOf([
      seat(0, 'halted long ago', 100, 6, 0),
      seat(1, 'loses', 90, 0, 4),
      seat(2, 'never traded', 100, 0, 0),
      seat(3, 'gains', 110, 2, 2),
      { ...seat(4, 'fails', 120, 0, 2), fault: 'it threw' },
    ]);
    expect(board.standings.map((s) => [s.rank, s.name, s.status])).toEqual([
      [1, 'gains', 'trading'],
      [2, 'loses', 'trading'],
      [3, 'halted long ago', 'idle'],
      [4, 'never traded', 'never-traded'],
      [5, 'fails', 'fault'],
    ]);
    expect(board.standings[2]?.reason).toContain('neither a trade nor a position');
  });
});

describe('a contestant as people name it', () => {
  const all = ['sma 6/24', 'sma 6/24 both', 'ema 3/9'].map((name, i) => contestant(i, name));
  const named = (text: string): string[] => findContestant(all, text).map((c) => c.name);

  it('is found by name, by id, by the beginning of an id, and by the beginning of a name', () => {
    expect(named('sma 6/24')).toEqual(['sma 6/24']);
    expect(named(contestant(2, '').id)).toEqual(['ema 3/9']);
    expect(named('2abc')).toEqual(['ema 3/9']);
    expect(named('ema')).toEqual(['ema 3/9']);
    expect(named('sma'), 'two begin so').toHaveLength(2);
    expect(named('rsi')).toEqual([]);
  });
});
