import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';
import { CSV_START_MS } from '../support/market-folder.js';
import { swingingBars } from '../support/swinging-bars.js';

/** A market that one rule can read and chance cannot: whoever is better is proven at the second look. */
const { path: root, remove } = temporaryFolder();
afterAll(remove);
const market = join(root, 'market');
const folders = {
  state: join(root, 'arena'),
  deployments: join(root, 'deployments'),
  paper: join(root, 'paper'),
};
const arena = (days: number): CliResult =>
  runCli([
    'arena',
    ...['--state', folders.state, '--contestants', join(root, 'contestants'), '--market', market],
    ...['--timeframe', '1h', '--from', '2024-01-01', '--days', String(days), '--quiet'],
  ]);
const place = [
  ...['--state', folders.state, '--deployments', folders.deployments, '--paper', folders.paper],
  ...['--contestants', join(root, 'contestants')],
];
const deployer = (...args: string[]): CliResult =>
  runCli(['deployer', '--hybrid-mode', '--once', ...args, ...place]);
const read = (folder: string, file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
interface Candidate {
  name: string;
  verdict: string;
  words: string;
  id: string;
}
const candidate = (): Candidate => read(folders.state, 'promotion_candidate.json') as Candidate;

beforeAll(() => {
  for (const folder of [market, join(root, 'contestants'), join(folders.deployments, 'trials')])
    mkdirSync(folder, { recursive: true });
  swingingBars(800).forEach((bars, s) => {
    const lines = bars.map(({ open, high, low, close, volume }, t) =>
      [CSV_START_MS + t * 3_600_000, open, high, low, close, volume].map(String).join(','),
    );
    writeFileSync(
      join(market, `${s === 0 ? 'AAA' : 'BBB'}-USDT_1h.csv`),
      ['timestamp,open,high,low,close,volume', ...lines, ''].join('\n'),
    );
  });
  const seer = { kind: 'sma-cross', symbols: ['AAA-USDT'], params: { fast: 1, slow: 2 }, title: 'seer' };
  const slow = { kind: 'sma-cross', symbols: ['AAA-USDT'], params: { fast: 20, slow: 50 }, title: 'slow' };
  const noise = { kind: 'sma-cross', symbols: ['BBB-USDT'], params: { fast: 1, slow: 2 }, title: 'noise' };
  writeFileSync(join(root, 'contestants', 'a.json'), JSON.stringify([seer, slow, noise]));
  writeFileSync(
    join(folders.deployments, 'trials', 't.json'),
    JSON.stringify({
      study: 'mine',
      number: 1,
      value: 1,
      contestant: {
        kind: 'sma-cross',
        symbols: ['BBB-USDT'],
        params: { fast: 30, slow: 60 },
        title: 'trained',
      },
    }),
  );
});

describe('who is better', () => {
  it('leads after a week and is not proven: nothing is promoted by itself', () => {
    expect(arena(7).code).toBe(0);
    expect(candidate()).toMatchObject({ name: 'seer', verdict: 'leading_not_proven' });
    expect(deployer('--auto-approve', 'promotable').stdout).toMatch(/deployed trained, generation 1/);
    for (let bar = 0; bar < 3; bar++) {
      arena(1 / 24);
      runCli(['paper', '--once', ...place]);
      deployer('--auto-approve', 'promotable');
    }
    expect(read(folders.deployments, 'deployment_state.json')).toMatchObject({
      generation: 1,
      health: { state: 'active' },
    });
    const refused = runCli(['approve', candidate().id, '--yes', ...place]);
    expect(refused.code, refused.stderr).toBe(1);
    expect(refused.stdout + refused.stderr).toContain('--override');
  });

  it('is promotable after the look that proves it, in words that carry the numbers of the gate', () => {
    expect(arena(7).code).toBe(0);
    const { name, verdict, words } = candidate();
    expect({ name, verdict }).toEqual({ name: 'seer', verdict: 'promotable' });
    expect(words).toContain('The gate calls it PROMOTABLE.');
    expect(words).toMatch(
      /by luck alone, at the look on day 14: .* for one contestant, .* for the best of 3 tried/,
    );
    const board = readFileSync(join(folders.state, 'leaderboard.txt'), 'utf8');
    expect(board).toMatch(/seer .* passed {2}promotable/);
  });

  it('is promoted without a person where that was asked for, once, and goes back by hand', () => {
    const promoted = deployer('--auto-approve', 'promotable');
    expect(promoted.stdout).toContain('seer');
    for (let bar = 0; bar < 3; bar++) {
      arena(1 / 24);
      runCli(['paper', '--once', ...place]);
      deployer('--auto-approve', 'promotable');
    }
    expect(read(folders.deployments, 'deployment_state.json')).toMatchObject({
      generation: 2,
      champion: { name: 'seer' },
      health: { state: 'active' },
    });
    expect(runCli(['rollback', '--reason', 'a test', ...place]).code).toBe(0);
    expect(deployer().stdout).toContain('trained');
    expect(runCli(['verify', '--replay', ...place]).code).toBe(0);
  });
});
