/** Judging: who stands where, over which time, in which unit, and against whom. */
import { createKinds } from '../../src/core/strategies/catalog.js';
import { describe, expect, it } from 'vitest';
import { boardOfArena } from '../../src/app/board-of-arena.js';
import { handleRequests } from '../../src/app/handle-requests.js';
import { openArenaHistory } from '../../src/app/arena-history.js';
import { projectArena } from '../../src/app/project-arena.js';
import { openMemoryArenaStore } from '../../src/adapters/storage/memory-arena-store.js';
import { type Arena, register, retire } from '../../src/core/arena/arena.js';
import { playRound } from '../../src/core/arena/play-round.js';
import type { Standing } from '../../src/core/arena/board.js';
import type { RosterEntry } from '../../src/core/arena/parse-roster.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { leaderboardJson } from '../../src/reporting/leaderboard-json.js';
import { leaderboardText } from '../../src/reporting/leaderboard-text.js';
import { runCli } from '../support/cli.js';
import { arenaOn, playTo, rosterOn } from '../support/made-arena.js';
import { START_MS, bar, flatBars, marketOf } from '../support/made-market.js';
import { FREE, scripted } from '../support/scripted-kind.js';

const GENERATED = { generated: true, text: 'GENERATED market, seed 1' };

function standingOf(arena: Arena, name: string): Standing {
  const found = boardOfArena(arena).standings.find((standing) => standing.name === name);
  if (found === undefined) throw new Error(`${name} is not on the board`);
  return found;
}

/** A roster entry that is somebody else because of its seed, changed as the test says. */
function variant(entry: RosterEntry | undefined, change: Partial<RosterEntry>, seed: number): RosterEntry {
  if (entry === undefined) throw new Error('no roster entry');
  return { ...entry, ...change, manifest: { ...entry.manifest, seed } };
}

describe('places on the board', () => {
  it('A-13: who fails to decide stands last, below those that lost and those that never traded', () => {
    const falling = Array.from({ length: 60 }, (_, i) => bar(400 - i));
    const market = marketOf([falling, falling]);
    const arena = arenaOn(market, [
      { kind: 'donchian-breakout', title: 'never enters' },
      { kind: 'placebo', title: 'loses' },
    ]);
    const [idle, loser] = rosterOn(market, [{ kind: 'donchian-breakout' }, { kind: 'placebo' }]);
    const fails = (): never => {
      throw new Error('wrong number of inputs');
    };
    register(arena, [
      variant(loser, { name: 'loser', role: 'contestant' }, 5),
      variant(idle, { name: 'broken', kind: { ...(idle?.kind ?? scripted(() => [])), decide: fails } }, 6),
    ]);
    playTo(arena, 60);
    const ranked = boardOfArena(arena).standings.filter((standing) => standing.rank !== undefined);
    expect(ranked.map((standing) => [standing.name, standing.status])).toEqual([
      ['loser', 'trading'],
      ['never enters', 'never-traded'],
      ['broken', 'fault'],
    ]);
    expect(ranked[0]?.metrics.totalReturnPct).toBeLessThan(0);
  });

  it('A-18: an entry that is refused costs nobody the place', () => {
    const arena = arenaOn(marketOf([flatBars(100, 30)]), [{ kind: 'sma-cross' }, { kind: 'rsi-bands' }]);
    const store = openMemoryArenaStore();
    playTo(arena, 10);
    const entries = [{ kind: 'no-such-kind' }, { kind: 'sma-cross', params: { fast: 9, slow: 3 } }];
    const messages = entries.map((roster, i) => ({
      id: `add-${String(i)}`,
      body: { id: `add-${String(i)}`, who: 'test', whenMs: 0, kind: 'add', file: 'mine.json', roster },
    }));
    const outcomes: boolean[] = [];
    const inbox = {
      read: () => ({ messages, rubbish: [], more: false }),
      postpone: () => true,
      nextDueMs: () => Infinity,
      remove: () => undefined,
      setAside: () => undefined,
    };
    playRound(
      arena,
      handleRequests(arena, store, inbox, [], createKinds(), (handled) => {
        outcomes.push(handled.accepted);
      }),
    );
    expect(outcomes).toEqual([false, false]);
    expect(arena.seats.map((seat) => seat.contestant.retired)).toEqual([undefined, undefined]);
  });

  it('A-19: a retired contestant that is entered again stays retired: no new account, no new clock', () => {
    const market = marketOf([flatBars(100, 40)]);
    const arena = arenaOn(market, { kind: 'sma-cross' });
    playTo(arena, 20);
    retire(arena, 0, 'enough');
    expect(register(arena, rosterOn(market, { kind: 'sma-cross' }))).toEqual([]);
    playTo(arena, 30);
    expect(arena.seats).toHaveLength(1);
    expect(boardOfArena(arena).standings[0]).toMatchObject({ status: 'retired', observedHours: 20 });
  });
});

describe('the same window, bars and costs for all', () => {
  const rising = Array.from({ length: 340 }, (_, i) => bar(100 + i, 101 + i));
  const market = marketOf([rising, rising]);
  const weeks = (): Arena => {
    const arena = arenaOn(
      market,
      [
        { kind: 'buy-and-hold', title: 'benchmark' },
        { kind: 'sma-cross', params: { fast: 2, slow: 5 }, title: 'early' },
        { kind: 'donchian-breakout', params: { entry: 300, exit: 2 }, title: 'idle' },
      ],
      { costs: FREE },
    );
    playTo(arena, 24);
    register(arena, rosterOn(market, { kind: 'sma-cross', params: { fast: 3, slow: 9 }, title: 'late' }));
    playTo(arena, 340);
    return arena;
  };

  it('A-22: a benchmark is measured since the start of the window that contestants are measured over', () => {
    const arena = weeks();
    expect(boardOfArena(arena).windowStartMs).toBe(START_MS + 168 * HOUR_MS);
    // The close of the last bar before the window is the open of its first one.
    const sinceWindow = 100 * (440 / 268 - 1);
    for (const name of ['benchmark', 'early', 'late'])
      expect(standingOf(arena, name).metrics.totalReturnPct, name).toBeCloseTo(sinceWindow, 1);
  });

  it('B-35: every standing has one sample a bar of the window, whether it traded or not', () => {
    const { standings } = boardOfArena(weeks());
    expect(standings.map((standing) => standing.metrics.samples)).toEqual([172, 172, 172, 172]);
  });

  it('B-45: a benchmark pays what a contestant with the same trades pays, to the last bit', () => {
    const arena = arenaOn(market, { kind: 'buy-and-hold', title: 'benchmark' });
    const [entry] = rosterOn(market, { kind: 'buy-and-hold' });
    register(arena, [variant(entry, { name: 'contestant', role: 'contestant' }, 7)]);
    playTo(arena, 50);
    const [benchmark, contestant] = [standingOf(arena, 'benchmark'), standingOf(arena, 'contestant')];
    expect(benchmark.metrics.feesUsd).toBeGreaterThan(4);
    expect(benchmark.metrics.spreadUsd).toBeGreaterThan(1);
    expect(benchmark.metrics).toEqual(contestant.metrics);
  });

  it('A-42: contestants side by side change nothing of each other', () => {
    const waves = Array.from({ length: 120 }, (_, i) =>
      bar(100 + 20 * Math.sin(i / 7), 100 + 20 * Math.sin((i + 1) / 7)),
    );
    const table = marketOf([waves, rising.slice(0, 120)]);
    const roster = [
      { kind: 'sma-cross', params: { fast: 2, slow: 5, stop: 0.03 } },
      { kind: 'rsi-bands', params: { period: 3, low: 40, high: 60 } },
      { kind: 'placebo', seed: 3, params: { holdHours: 4, exposure: 0.7 } },
      { kind: 'placebo', seed: 4, params: { holdHours: 4, exposure: 0.7 } },
    ];
    const together = arenaOn(table, roster);
    playTo(together, 120);
    roster.forEach((entry, i) => {
      const alone = arenaOn(table, entry);
      playTo(alone, 120);
      expect(alone.seats[0]?.session.account.fills).toBeGreaterThan(2);
      expect(together.seats[i]?.session.account).toEqual(alone.seats[0]?.session.account);
    });
  });
});

describe('what every output says', () => {
  it('A-12: the minimum time is one setting, and text, JSON and reasons show it', () => {
    const arena = arenaOn(marketOf([flatBars(100, 30)]), { kind: 'sma-cross' }, { minimumHours: 217 });
    playTo(arena, 30);
    const board = boardOfArena(arena);
    expect(leaderboardText(board, GENERATED)).toContain('217 h at least');
    expect(JSON.parse(leaderboardJson(board, GENERATED))).toMatchObject({ minimumHours: 217 });
    const reasons = arenaOn(
      marketOf([Array.from({ length: 30 }, (_, i) => bar(100 + i))]),
      { kind: 'placebo' },
      { minimumHours: 217 },
    );
    playTo(reasons, 30);
    expect(boardOfArena(reasons).standings[0]?.reason).toBe('30 h of 217');
  });

  it('A-45: made-up prices are called GENERATED in every file that is written', () => {
    const arena = arenaOn(marketOf([flatBars(100, 30)]), { kind: 'buy-and-hold' });
    const store = openMemoryArenaStore();
    const files = new Map<string, string>();
    while (arena.nextIndex < 30) {
      const round = playRound(arena, []);
      if (round !== undefined) store.appendRound(round);
    }
    projectArena(
      arena,
      store,
      openArenaHistory(store),
      {
        write: (name, text) => files.set(name, text),
        remove: (name) => files.delete(name),
        read: () => undefined,
      },
      GENERATED,
      () => undefined,
    );
    expect([...files.keys()].sort()).toEqual(['arena_state.json', 'leaderboard.json', 'leaderboard.txt']);
    for (const [name, text] of files) {
      expect(text, name).toContain('GENERATED');
      if (name.endsWith('.json')) expect(JSON.parse(text), name).toMatchObject({ generated: true });
    }
  });

  it('A-45: a backtest on made-up prices says so, to people and to programs', () => {
    const backtest = ['backtest', '--market', 'generated', '--kind', 'sma-cross', '--days', '8'];
    expect(runCli(backtest).stdout).toContain('GENERATED');
    expect(JSON.parse(runCli([...backtest, '--json']).stdout)).toMatchObject({ generated: true });
  });
});
