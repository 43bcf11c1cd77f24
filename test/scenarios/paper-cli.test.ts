import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inboxOf, journalOf } from '../../src/cli/wire.js';
import { type CliResult, ended, runCli, startCli, temporaryFolder } from '../support/cli.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);

const ROSTER = [
  { title: 'first', kind: 'sma-cross', params: { fast: 4, slow: 12, side: 'both', stop: 0.05 } },
  { title: 'second', kind: 'rsi-bands', params: { period: 5, low: 40, high: 60 } },
  { title: 'narrow', kind: 'ema-cross', params: { fast: 3, slow: 9 }, symbols: ['ALDER-GEN'] },
];
const contestants = join(root, 'contestants');
const state = join(root, 'arena');

interface Trader {
  readonly paper: string;
  readonly deployments: string;
  run(...args: string[]): CliResult;
  deploy(name: string, generation: number, more?: object): void;
  positions(): {
    generation: number;
    equity: number;
    positions: Record<string, unknown>;
    latch: string | null;
  };
}

function arena(...args: string[]): CliResult {
  const place = args[0] === undefined || args[0].startsWith('--') ? [] : [args.shift() ?? ''];
  return runCli(['arena', ...place, '--state', state, '--contestants', contestants, ...args]);
}

function trader(name: string): Trader {
  const paper = join(root, name, 'paper');
  const deployments = join(root, name, 'deployments');
  mkdirSync(deployments, { recursive: true });
  const place = [
    '--state',
    state,
    '--contestants',
    contestants,
    '--paper',
    paper,
    '--deployments',
    deployments,
  ];
  return {
    paper,
    deployments,
    run: (...args) => runCli([...args, ...place]),
    deploy(title, generation, more = {}) {
      const store = journalOf(state, true);
      const row = store.contestants().find((candidate) => candidate.name === title);
      store.close();
      if (row === undefined) throw new Error(`no contestant ${title}`);
      const { manifest } = JSON.parse(row.body) as { manifest: unknown };
      const champion = { id: row.id, name: title, manifest, source: 'by-hand' };
      writeFileSync(
        join(deployments, 'deployment_state.json'),
        JSON.stringify({ schema_version: 2, generation, champion, ...more }),
      );
    },
    positions: () => JSON.parse(readFileSync(join(paper, 'positions_state.json'), 'utf8')) as never,
  };
}

/** Everything durable that a paper trader leaves, without times of day. */
function leftBy({ paper }: Trader): object {
  const store = journalOf(paper, true);
  try {
    return {
      hashes: [...store.rounds(1)].map((round) => round.hash),
      trades: readFileSync(join(paper, 'trades.csv'), 'utf8'),
      equity: readFileSync(join(paper, 'equity.csv'), 'utf8'),
      state: readFileSync(join(paper, 'positions_state.json'), 'utf8'),
    };
  } finally {
    store.close();
  }
}

beforeAll(() => {
  mkdirSync(contestants);
  writeFileSync(join(contestants, 'a.json'), JSON.stringify(ROSTER));
  expect(arena('--days', '1', '--instrument', 'perpetual', '--quiet').code).toBe(0);
});

describe('the paper trader at the command line', () => {
  const one = trader('one');
  const twin = trader('twin');

  it('waits with its cash while nobody is deployed', () => {
    for (const each of [one, twin]) expect(each.run('paper', '--once').code).toBe(0);
    expect(one.positions()).toMatchObject({
      generation: 0,
      portfolio_value: 10_000,
      positions: [],
      latch: null,
    });
  });

  it('trades what is deployed, bar for bar behind the arena, and hands over with positions', () => {
    const fromBarMs = Date.UTC(2026, 0, 12);
    for (const each of [one, twin]) each.deploy('first', 1);
    expect(arena('--days', '6', '--quiet').code).toBe(0);
    for (const each of [one, twin])
      expect(each.run('paper', '--once').stdout).toContain('generation 1: first');
    for (const each of [one, twin]) each.deploy('narrow', 2, { fromBarMs });
    expect(arena('--days', '4', '--quiet').code).toBe(0);
    for (const each of [one, twin]) expect(each.run('paper', '--once').code).toBe(0);
    expect(one.positions().generation).toBe(2);
    const store = journalOf(one.paper, true);
    const handOvers = [...store.rounds(1)].flatMap((round) =>
      round.events
        .filter((line) => line.includes('"hand-over"'))
        .map((line) => ({ barMs: round.barMs, ...(JSON.parse(line) as { steps: { action: string }[] }) })),
    );
    store.close();
    expect(
      handOvers.map((event) =>
        event.steps.map((step) => step.action).every((a) => a === 'orphan' || a === 'keep'),
      ),
    ).toEqual([true, true]);
    expect(handOvers[1]?.barMs).toBe(fromBarMs);
    expect(handOvers[1]?.steps.length).toBeGreaterThan(1);
    expect(leftBy(one)).toEqual(leftBy(twin));
  });

  it('goes on after kill -9 at any named moment with the same bytes', async () => {
    for (const each of [one, twin]) each.deploy('second', 3);
    expect(arena('--days', '5', '--quiet').code).toBe(0);
    for (const fault of [
      'before-commit:2',
      'after-commit:1',
      'before-rename:2',
      'after-rename:1',
      'before-append:5',
      'after-append:9',
    ]) {
      const child = startCli(
        [
          'paper',
          '--once',
          '--state',
          state,
          '--contestants',
          contestants,
          '--paper',
          twin.paper,
          '--deployments',
          twin.deployments,
        ],
        { ARENA_FAULT: fault },
      );
      await ended(child);
    }
    expect(twin.run('paper', '--once').code).toBe(0);
    expect(one.run('paper', '--once').code).toBe(0);
    expect(leftBy(twin)).toEqual(leftBy(one));
    const half = readdirSync(twin.paper).filter((name) => /\.\d+$/.test(name));
    expect(half, 'nothing half written stays').toEqual([]);
  });

  it('a torn or foreign deployment state leaves the champion that runs', () => {
    for (const text of ['{"schema_version": 2, "gen', '{"generation": 9}', '[]']) {
      writeFileSync(join(one.deployments, 'deployment_state.json'), text);
      expect(arena('--once', '--quiet').code).toBe(0);
      expect(one.run('paper', '--once').code).toBe(0);
      expect(one.positions().generation).toBe(3);
    }
  });

  it('A-62: kill without anybody running waits in the inbox, survives restarts, and resume ends it', () => {
    expect(one.run('kill', '--reason', 'a test', '--flatten').code).toBe(0);
    expect(arena('--days', '1', '--quiet').code).toBe(0);
    expect(one.run('paper', '--once').code).toBe(0);
    expect(one.positions()).toMatchObject({ latch: 'kill', positions: [] });
    expect(arena('--days', '3', '--quiet').code).toBe(0);
    expect(one.run('paper', '--once').code).toBe(0);
    expect(one.positions()).toMatchObject({ latch: 'kill', positions: [] });
    expect(one.run('resume').code).toBe(0);
    expect(arena('--days', '4', '--quiet').code).toBe(0);
    expect(one.run('paper', '--once').code).toBe(0);
    expect(one.positions().latch).toBeNull();
    const newest = readFileSync(join(one.paper, 'trades.csv'), 'utf8').trimEnd().split('\n').at(-1) ?? '';
    expect(newest, 'it trades again').toMatch(/,strategy$/);
  });

  it('kill --contestant retires a contestant of the arena and leaves the paper trader alone', () => {
    const killed = (name: string, ...more: string[]): CliResult =>
      one.run('kill', '--reason', 'no skill', '--contestant', name, ...more);
    expect(killed('nobody').code).toBe(2);
    expect(killed('narrow', '--flatten').code).toBe(2);
    expect(existsSync(join(state, 'inbox'))).toBe(false);
    expect(killed('narrow').code).toBe(0);
    expect(inboxOf(one.paper).read().messages).toEqual([]);
    expect(arena('--once', '--quiet').code).toBe(0);
    const store = journalOf(state, true);
    const row = store.contestants().find((candidate) => candidate.name === 'narrow');
    store.close();
    expect(JSON.parse(row?.body ?? '')).toMatchObject({ retired: { reason: 'no skill' } });
    expect(one.run('paper', '--once').code).toBe(0);
    expect(one.positions().latch).toBeNull();
  });

  it('shows the account to people and to machines', () => {
    const shown = one.run('paper', 'show');
    expect(shown.stdout).toMatch(/champion +second \([0-9a-f]{8}\), generation 3/);
    expect(JSON.parse(one.run('paper', 'positions', '--json').stdout)).toEqual(one.positions().positions);
    const trades = JSON.parse(one.run('paper', 'trades', '--json').stdout) as {
      symbol: string;
      reason: string;
    }[];
    expect(trades.length).toBe(20);
    expect(trades.every((trade) => trade.symbol.endsWith('-GEN'))).toBe(true);
  });

  it('is one: a second one on the same account is told so', async () => {
    const child = startCli([
      'paper',
      '--state',
      state,
      '--contestants',
      contestants,
      '--paper',
      one.paper,
      '--deployments',
      one.deployments,
    ]);
    await new Promise<void>((ready) => {
      child.stdout?.on('data', (text: Buffer) => {
        if (text.toString().includes('paper trader on')) ready();
      });
    });
    expect(one.run('paper', '--once').code).toBe(4);
    expect(one.run('paper', 'reset', '--yes').code).toBe(4);
    child.kill('SIGTERM');
    expect((await ended(child)).code).toBe(0);
  });

  it('refuses a hand-over that costs more than was allowed, once, and takes the next generation', () => {
    const fresh = trader('fresh');
    expect(fresh.run('paper', '--once').code).toBe(0);
    fresh.deploy('second', 1);
    const others = (): unknown[] =>
      (fresh.positions().positions as unknown as { ticker: string }[]).filter(
        (position) => position.ticker !== 'ALDER-GEN',
      );
    for (let day = 0; day < 10 && others().length === 0; day++) {
      expect(arena('--days', '1', '--quiet').code).toBe(0);
      expect(fresh.run('paper', '--once').code).toBe(0);
    }
    expect(others().length, 'something must be closed for the narrow one').toBeGreaterThan(0);
    fresh.deploy('narrow', 2, { maxHandoverCostUsd: 0.001 });
    for (let i = 0; i < 2; i++) {
      expect(arena('--once', '--quiet').code).toBe(0);
      const run = fresh.run('paper', '--once');
      expect(run.stdout.includes('generation 2 is refused: the hand-over would cost')).toBe(i === 0);
      expect(fresh.positions()).toMatchObject({ generation: 1, refused_generation: 2 });
    }
    const store = journalOf(fresh.paper, true);
    const refused = [...store.rounds(1)].flatMap((round) =>
      round.events.filter((line) => line.includes('hand-over-refused')),
    );
    store.close();
    expect(refused.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        event: 'hand-over-refused',
        generation: 2,
        costUsd: expect.any(Number) as number,
        maxCostUsd: 0.001,
      },
    ]);
    fresh.deploy('second', 3);
    expect(arena('--once', '--quiet').code).toBe(0);
    expect(fresh.run('paper', '--once').code).toBe(0);
    expect(fresh.positions()).toMatchObject({ generation: 3, refused_generation: null });
  });

  it('is moved aside by reset, never deleted', () => {
    expect(one.run('paper', 'reset', '--yes').code).toBe(0);
    expect(readdirSync(one.paper).some((name) => name.startsWith('aside-'))).toBe(true);
    expect(existsSync(join(one.paper, 'journal.sqlite'))).toBe(false);
    expect(one.run('paper', 'show').code).toBe(5);
  });

  it('without an arena there is nothing to trade', () => {
    const nowhere = runCli(['paper', '--once', '--state', join(root, 'none'), '--paper', join(root, 'p2')]);
    expect(nowhere.code).toBe(5);
    expect(nowhere.stderr).toContain('npm run arena');
    const mistyped = runCli(['paper', '--once', '--state', join(root, 'none'), '--paper', twin.paper]);
    expect(mistyped.code, 'also for an account that has traded').toBe(5);
    expect(mistyped.stderr).toContain('the arena has not begun');
  });
});
