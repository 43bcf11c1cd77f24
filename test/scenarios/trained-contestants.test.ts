import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);
const contestants = join(root, 'contestants');
const state = join(root, 'arena');
const deployments = join(root, 'deployments');
const trials = join(deployments, 'trials');
const place = ['--state', state, '--contestants', contestants];
const arena = (...args: string[]): CliResult => runCli(['arena', ...args, ...place]);
const read = (name: string): string => readFileSync(join(state, name), 'utf8');
const trial = (number: number, value: number, fast: number, slow: number, more: object = {}): object => ({
  study: 'x',
  number,
  value,
  contestant: { kind: 'ema-cross', params: { fast, slow }, training: { study: 'y', trial: 0, trials: 1 } },
  ...more,
});

beforeAll(() => {
  mkdirSync(contestants);
  mkdirSync(trials, { recursive: true });
  writeFileSync(join(contestants, 'a.json'), JSON.stringify([{ kind: 'flat' }, { kind: 'sma-cross' }]));
  // Two contestants; one trial that is none, one that is another's double, one that was not completed.
  writeFileSync(
    join(trials, 'a.json'),
    JSON.stringify([
      trial(3, 5, 24, 168),
      trial(7, 4, 6, 48),
      trial(8, 3, 6, 48),
      { ...trial(9, 9, 1, 2), contestant: { kind: 'no-such-kind' } },
      trial(11, 9, 5, 50, { state: 'PRUNED' }),
    ]),
  );
  expect(arena('--quiet', '--days', '0.5').code).toBe(0);
  const deployer = runCli(['deployer', '--hybrid-mode', '--once', ...place, '--deployments', deployments]);
  expect(deployer.stdout).toContain('to the arena: ema 24/168, ema 6/48');
  expect(arena('--quiet', '--days', '15').code).toBe(0);
});

describe('contestants that come from training', () => {
  it('carry the number of completed trials behind them, as the deployer counted them', () => {
    const { rows } = JSON.parse(read('leaderboard.json')) as { rows: { name: string; training: unknown }[] };
    const trainingOf = (name: string): unknown => rows.find((row) => row.name === name)?.training;
    expect(trainingOf('ema 24/168')).toEqual({ study: 'x', trial: 3, trials: 4 });
    expect(trainingOf('ema 6/48')).toEqual({ study: 'x', trial: 7, trials: 4 });
    expect(rows.filter(({ training }) => training !== null)).toHaveLength(2);
  });

  it('are named on the board below the evidence, within its width', () => {
    const board = read('leaderboard.txt');
    expect(board).toContain('\nTrained: ema 6/48 is trial 7, chosen from 4 of study "x"\n');
    expect(board).toContain(
      '\nOf whoever was trained: its past was chosen, only what came after registration counts.\n',
    );
    expect(Math.max(...board.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it("are told so in the candidate's words and by explain", () => {
    const file = JSON.parse(read('promotion_candidate.json')) as {
      others: { name: string; words: string; trial_number: number | null }[];
    } & { name: string; words: string; trial_number: number | null };
    const found = [file, ...file.others].find(({ name }) => name === 'ema 6/48');
    expect(found?.words).toContain(
      'It came from training, trial 7, chosen from 4 of study "x": its past was chosen, only what came after registration counts.',
    );
    expect(found?.trial_number).toBe(7);
    for (const other of [file, ...file.others])
      expect(other.words.includes('training'), other.name).toBe(other.trial_number !== null);
    expect(arena('explain', 'ema 6/48').stdout).toContain(
      'trained   trial 7, chosen from 4 of study "x": its past was chosen',
    );
  });

  it('are verified: the board follows from the journal, and a row that says other trials is found', () => {
    const untouched = arena('verify', '--replay');
    expect(untouched.stdout).not.toContain('FAILED');
    expect(untouched.code).toBe(0);
    const copy = join(root, 'copy');
    cpSync(state, copy, { recursive: true });
    const db = new Database(join(copy, 'journal.sqlite'));
    const { changes } = db
      .prepare(
        `UPDATE contestants SET body = replace(body, '"trials":4', '"trials":1') WHERE name = 'ema 6/48'`,
      )
      .run();
    db.close();
    expect(changes).toBe(1);
    const forged = runCli(['arena', 'verify', '--state', copy, '--contestants', contestants]);
    expect(forged.code).toBe(3);
    expect(forged.stdout).toMatch(
      /FAILED {2}hash chain: round \d+: ema 6\/48 joined otherwise than its row says/,
    );
  });
});
