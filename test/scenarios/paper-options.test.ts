import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalOf } from '../../src/cli/wire.js';
import { type CliResult, ended, runCli, startCli, temporaryFolder } from '../support/cli.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);
const state = join(root, 'arena');
const contestants = join(root, 'contestants');
const deployments = join(root, 'deployments');
const config = join(root, 'arena.config.json');
const log = join(root, 'log.csv');

function arena(...args: string[]): void {
  const place = ['--state', state, '--contestants', contestants, '--quiet', '--instrument', 'perpetual'];
  expect(runCli(['arena', ...place, ...args]).code).toBe(0);
}

const place = (name: string): string[] => [
  '--state',
  state,
  '--contestants',
  contestants,
  '--deployments',
  deployments,
  '--config',
  config,
  '--paper',
  join(root, name),
];

function paper(name: string, ...args: string[]): CliResult {
  return runCli(['paper', '--once', ...place(name), ...args]);
}

const read = (...parts: string[]): string => readFileSync(join(root, ...parts), 'utf8');
const shown = (name: string): Record<string, unknown> =>
  JSON.parse(read(name, 'positions_state.json')) as Record<string, unknown>;

beforeAll(() => {
  mkdirSync(contestants);
  mkdirSync(deployments);
  writeFileSync(
    join(contestants, 'a.json'),
    JSON.stringify([{ title: 'only', kind: 'sma-cross', params: { fast: 3, slow: 8, side: 'both' } }]),
  );
  const protection = {
    stopFraction: 0.01,
    trailingStopFraction: 0.02,
    maxWeightFraction: 0.2,
    portfolioTrailingStopFraction: 0.01,
    cooldownHours: 12,
  };
  writeFileSync(config, JSON.stringify({ paper: { protection } }));
  arena('--days', '1');
  const store = journalOf(state, true);
  const [row] = store.contestants();
  store.close();
  if (row === undefined) throw new Error('no contestant');
  const { manifest } = JSON.parse(row.body) as { manifest: unknown };
  const champion = { id: row.id, name: 'only', manifest, source: 'by-hand' };
  writeFileSync(
    join(deployments, 'deployment_state.json'),
    JSON.stringify({ schema_version: 2, generation: 1, champion }),
  );
});

describe('options of the paper trader', () => {
  it('--balance is the cash of a new account, and changes nothing of one that lives', () => {
    expect(paper('one', '--balance', '512.4', '--trade-log', log).code).toBe(0);
    expect(shown('one')).toMatchObject({ portfolio_value: 512.4, cash: 512.4 });
    expect(paper('one', '--balance', '9000', '--trade-log', log).code).toBe(0);
    expect(shown('one')).toMatchObject({ portfolio_value: 512.4 });
    for (const wrong of ['-5', '0', 'much']) {
      const refused = paper('never', '--balance', wrong);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('--balance');
    }
  });

  it('protections of the config are kept by the account, sell, and are shown', () => {
    arena('--days', '12');
    expect(paper('one', '--trade-log', log).code).toBe(0);
    const reasons = read('one', 'trades.csv')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').at(-1) ?? '');
    expect(reasons).toEqual(expect.arrayContaining(['strategy', 'account-stop', 'portfolio-stop']));
    const file = shown('one') as {
      positions: Record<string, number>[];
      portfolio_protection: { high_water_mark: number; in_cash_mode: boolean };
      cash_mode_started: string | null;
      cooldown_until: string | null;
      portfolio_value: number;
    };
    expect(file.portfolio_protection.high_water_mark).toBeGreaterThanOrEqual(file.portfolio_value);
    const inCash = file.portfolio_protection.in_cash_mode;
    expect([file.cash_mode_started !== null, file.cooldown_until !== null]).toEqual([inCash, inCash]);
    for (const row of file.positions) {
      const side = Math.sign(row['holdings'] ?? NaN);
      expect(row['trailing_stop_price']).toBeCloseTo((row['high_water_mark'] ?? NaN) * (1 - side * 0.02), 9);
      expect(row['stop_loss_price']).toBeCloseTo((row['entry_price'] ?? NaN) * (1 - side * 0.01), 9);
    }
  });

  it('--trade-log holds the same lines as trades.csv, header first', () => {
    expect(read('log.csv')).toBe(read('one', 'trades.csv'));
  });

  it('--trade-log catches up after kill -9 between commit and append, without doubling a line', async () => {
    arena('--days', '8');
    for (const fault of ['after-commit:1', 'before-append:2', 'after-append:3']) {
      await ended(startCli(['paper', '--once', ...place('one'), '--trade-log', log], { ARENA_FAULT: fault }));
      expect(paper('one', '--trade-log', log).code).toBe(0);
      arena('--days', '3');
    }
    expect(paper('one', '--trade-log', log).code).toBe(0);
    expect(read('log.csv')).toBe(read('one', 'trades.csv'));
    expect(read('log.csv').split('\n').length).toBeGreaterThan(10);
  });

  it('--trade-log refuses a file of something else and leaves it as it is', () => {
    for (const text of ['timestamp,symbol\n1,2\n', 'a letter without an end of line', '\n']) {
      writeFileSync(join(root, 'other.txt'), text);
      const refused = paper('two', '--trade-log', join(root, 'other.txt'));
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('is not a trade log')]);
      expect(read('other.txt')).toBe(text);
    }
    const nowhere = paper('two', '--trade-log', join(root, 'no', 'folder', 'log.csv'));
    expect(nowhere.code).not.toBe(0);
    expect(nowhere.stderr).toContain('log.csv');
    expect(existsSync(join(root, 'two', 'trades.csv')), 'nothing was traded').toBe(false);
  });
});
