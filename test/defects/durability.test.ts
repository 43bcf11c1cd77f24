/** Stopping and going on: what other systems lost, forgot or did twice across a restart. */
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Arena, GENESIS } from '../../src/core/arena/arena.js';
import { playRound } from '../../src/core/arena/play-round.js';
import { encodeArena, readArenaBody, readArenaHead } from '../../src/core/arena/arena-codec.js';
import { createByteReader } from '../../src/core/domain/byte-reader.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { ROOT, ended, runCli, startCli, temporaryFolder } from '../support/cli.js';
import { arenaOn, playTo } from '../support/made-arena.js';
import { START_MS, arbitraryBars, bar, flatBars, marketOf, perpetual } from '../support/made-market.js';

const folder = temporaryFolder();
afterAll(folder.remove);

const ROSTER = [
  { kind: 'placebo', seed: 1, params: { holdHours: 5, exposure: 0.8 }, breakers: { drawdownFraction: 0.2 } },
  { kind: 'sma-cross', params: { fast: 2, slow: 5, side: 'both', exposure: 3, stop: 0.05, maxHoldBars: 9 } },
  { kind: 'rsi-bands', timeframe: '4h', params: { period: 2, low: 45, high: 55 } },
  { kind: 'buy-and-hold' },
];

/** The arena as another process would find it: made anew, filled from the saved bytes. */
function restarted(arena: Arena, market: MarketTable): Arena {
  const bytes = encodeArena(arena, START_MS + arena.nextIndex * HOUR_MS);
  const again = arenaOn(market, ROSTER);
  const input = createByteReader(bytes, 'the state');
  readArenaBody(again, readArenaHead(input), input);
  again.nextIndex = arena.nextIndex;
  return again;
}

describe('a restart', () => {
  it('A-41, B-33, B-36: with open positions loses nothing, makes nothing, and goes on to the same rounds', () => {
    const columns = fc.tuple(arbitraryBars(60), arbitraryBars(60));
    fc.assert(
      fc.property(columns, fc.integer({ min: 2, max: 59 }), (bars, cut) => {
        const market = marketOf(bars, {
          instruments: [perpetual('A'), perpetual('B')],
          funding: [
            { timesMs: Float64Array.of(START_MS + 16 * HOUR_MS), rates: Float64Array.of(0.001) },
            undefined,
          ],
        });
        const whole = arenaOn(market, ROSTER);
        playTo(whole, cut);
        const again = restarted(whole, market);
        again.seats.forEach((seat, i) => {
          expect(seat.session.account).toEqual(whole.seats[i]?.session.account);
          expect(seat.session.equityUsd).toBe(whole.seats[i]?.session.equityUsd);
        });
        playTo(whole, 60);
        playTo(again, 60);
        expect(again.lastHash).toBe(whole.lastHash);
      }),
      { numRuns: 60 },
    );
  });

  it('A-16: neither many restarts nor thousands of bars let a drawdown be forgotten', () => {
    const market = marketOf([
      [...flatBars(100, 4), bar(100, 50), ...flatBars(50, 10), bar(50, 200), ...flatBars(200, 3_000)],
      flatBars(1, 3_016),
    ]);
    const roster = [{ kind: 'buy-and-hold', symbols: ['A'] }];
    let arena = arenaOn(market, roster);
    while (arena.nextIndex < market.length) {
      playTo(arena, Math.min(arena.nextIndex + 250, market.length));
      const bytes = encodeArena(arena, START_MS + arena.nextIndex * HOUR_MS);
      const next = arenaOn(market, roster);
      const input = createByteReader(bytes, 'the state');
      readArenaBody(next, readArenaHead(input), input);
      next.nextIndex = arena.nextIndex;
      arena = next;
    }
    const card = arena.seats[0]?.figures.cards[0];
    expect(card?.maxDrawdownFraction).toBeCloseTo(-0.5, 3);
    expect(card?.marks, 'one mark a bar, whatever came between').toBe(3_016);
  });
});

describe('the journal', () => {
  it('B-32: has a round for every bar, also where nobody does anything', () => {
    const arena = arenaOn(marketOf([flatBars(100, 30)]), { kind: 'flat' });
    let previous = GENESIS;
    for (let t = 0; t < 30; t++) {
      const round = playRound(arena, []);
      expect(round).toMatchObject({ seq: t + 1, barMs: START_MS + t * HOUR_MS, previousHash: previous });
      expect([...(round?.marks ?? [])]).toEqual([10_000, 0]);
      previous = round?.hash ?? '';
    }
  });
});

describe('the program', () => {
  /** Content and time of every file but those in which SQLite coordinates its readers. */
  const filesOf = (path: string): Record<string, string> =>
    Object.fromEntries(
      readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => statSync(join(path, name)).isFile() && !/-(wal|shm)$/.test(name))
        .map((name) => [
          name,
          `${String(statSync(join(path, name)).mtimeMs)} ${readFileSync(join(path, name), 'hex')}`,
        ]),
    );

  it('A-43: stops on SIGTERM at the end of a round, with a journal that verifies and goes on', async () => {
    const state = join(folder.path, 'stopped');
    const child = startCli(['arena', '--state', state, '--days', '20', '--speed', '30', '--quiet']);
    const status = (): { running?: boolean; rounds?: number } => {
      const { stdout } = runCli(['arena', 'status', '--state', state, '--json']);
      return stdout === '' ? {} : (JSON.parse(stdout) as { running?: boolean; rounds?: number });
    };
    for (let look = 0; look < 120 && !((status().rounds ?? 0) > 0); look++) await sleep(250);
    expect(status().running, 'it plays').toBe(true);
    child.kill('SIGTERM');
    expect(await ended(child)).toEqual({ code: 0, signal: null });
    expect(status().running).toBe(false);
    expect(runCli(['arena', 'verify', '--replay', '--state', state]).code).toBe(0);
    expect(runCli(['arena', '--state', state, '--once', '--quiet']).code).toBe(0);
  });

  it('D-10: looking changes nothing: status, board and verify leave every file as it was', () => {
    const state = join(folder.path, 'looked-at');
    expect(runCli(['arena', '--state', state, '--days', '8', '--quiet']).code).toBe(0);
    const before = filesOf(state);
    expect(Object.keys(before)).toContain('journal.sqlite');
    for (const command of ['status', 'leaderboard', 'verify', 'config'])
      runCli(['arena', command, '--state', state]);
    expect(filesOf(state)).toEqual(before);
  });

  it('A-28: runs by its settings file: cash, costs and the minimum time reach the board', () => {
    const config = join(folder.path, 'mine.json');
    const state = join(folder.path, 'configured');
    const settings = { cashUsd: 777, costs: { takerFeeBps: 33 }, board: { minimumHours: 200 } };
    writeFileSync(config, JSON.stringify(settings));
    expect(runCli(['arena', '--state', state, '--config', config, '--days', '8', '--quiet']).code).toBe(0);
    const board = JSON.parse(readFileSync(join(state, 'leaderboard.json'), 'utf8')) as {
      rows: { name: string; status: string; reason: string }[];
    };
    expect(board).toMatchObject({ startCashUsd: 777, minimumHours: 200, costs: { takerFeeBps: 33 } });
    expect(board.rows.some((row) => row.reason === '192 h of 200')).toBe(true);
  });

  it('A-64: works from any folder and writes only where it was told', () => {
    const elsewhere = join(folder.path, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'note.txt'), 'mine');
    const backtest = ['backtest', '--market', 'generated', '--kind', 'sma-cross', '--days', '5', '--json'];
    expect(runCli(backtest, { cwd: elsewhere }).stdout).toBe(runCli(backtest).stdout);
    const state = join(folder.path, 'far-state');
    const run = runCli(
      ['arena', '--state', state, '--contestants', join(ROOT, 'contestants'), '--once', '--quiet'],
      { cwd: elsewhere },
    );
    expect(run.code).toBe(0);
    expect(readdirSync(state)).toContain('journal.sqlite');
    expect(readdirSync(elsewhere)).toEqual(['note.txt']);
  });
});
