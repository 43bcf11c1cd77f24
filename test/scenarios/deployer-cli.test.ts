import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalOf } from '../../src/cli/wire.js';
import { type CliResult, ended, runCli, startCli, temporaryFolder } from '../support/cli.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);
const contestants = join(root, 'contestants');
const state = join(root, 'arena');
const deployments = join(root, 'deployments');
const paper = join(root, 'paper');
const trials = join(deployments, 'trials');
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

const run = (...args: string[]): CliResult => runCli([...args, ...place]);
const deployer = (...args: string[]): CliResult => run('deployer', '--hybrid-mode', '--once', ...args);
const arena = (days: number): CliResult =>
  runCli(['arena', '--state', state, '--contestants', contestants, '--days', String(days), '--quiet']);
const trial = (number: number, value: number, contestant: object, more: object = {}): object => ({
  study: 'mine',
  number,
  value,
  contestant,
  ...more,
});
const give = (name: string, content: unknown): void => {
  writeFileSync(join(trials, name), typeof content === 'string' ? content : JSON.stringify(content));
};

/** Plays on until the change under way is active: the paper trader runs it, and a bar more. */
function settle(...args: string[]): void {
  for (let bar = 0; bar < 2; bar++) {
    arena(1 / 24);
    run('paper', '--once');
    deployer(...args);
  }
}

interface Deployed {
  generation: number;
  champion: { name: string; source: string } | null;
  health: { state: string };
  last_deployed_trial: number | null;
  rejected: Record<string, string>;
}
const deployed = (): Deployed =>
  JSON.parse(readFileSync(join(deployments, 'deployment_state.json'), 'utf8')) as Deployed;
const held = (): { ticker: string; holdings: number }[] =>
  (JSON.parse(readFileSync(join(paper, 'positions_state.json'), 'utf8')) as { positions: never[] }).positions;

beforeAll(() => {
  mkdirSync(contestants);
  mkdirSync(trials, { recursive: true });
  writeFileSync(join(contestants, 'a.json'), JSON.stringify([{ kind: 'flat' }, { kind: 'sma-cross' }]));
});

describe('the deployer', () => {
  it('before the arena has begun waits, and without trials says how to get some', () => {
    const result = deployer();
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('nobody is deployed: put trials as JSON into');
    expect(deployed()).toMatchObject({ generation: 0, champion: null });
  });

  it('A-29: deploys the best completed trial, feeds the arena, and tells rubbish from trials', () => {
    expect(arena(3).code).toBe(0);
    give('a.json', [
      trial(1, 1, { kind: 'sma-cross', params: { fast: 6, slow: 24, stop: 0.2 } }),
      trial(2, 2, { kind: 'buy-and-hold' }),
      trial(3, 3, { kind: 'donchian-breakout', params: { entry: 3, exit: 200, stop: 0.3 } }),
      trial(4, 9, { kind: 'ema-cross' }, { state: 'RUNNING' }),
      trial(5, 8, { kind: 'emma-cross' }),
    ]);
    give('b.json', '{"half":');
    give('c.json', { study: 'mine', value: 'high' });
    const result = deployer();
    expect(result.stdout).toMatch(
      /deployed donchian 3\/200 stop 30%, generation 1: trial 3 of mine, value 3/,
    );
    for (const words of [
      'no kind "emma-cross"',
      'exactly one contestant',
      'b.json is no trial',
      'c.json is no trial',
    ])
      expect(result.stdout).toContain(words);
    expect(deployed()).toMatchObject({
      generation: 1,
      last_deployed_trial: 3,
      champion: { source: 'trial' },
    });
    expect(run('paper', '--once').code).toBe(0);
    expect(arena(4).stdout).toMatch(/feed-[0-9a-f]{16}: accepted/);
    expect(run('paper', '--once').code).toBe(0);
    expect(deployer().stdout).toContain('healthy donchian 3/200 stop 30%, generation 1');
    expect(deployed().health.state).toBe('healthy');
    settle();
    expect(deployed().health.state).toBe('active');
    const store = journalOf(state, true);
    expect(store.contestants().map((row) => row.name)).toEqual(
      expect.arrayContaining(['donchian 3/200 stop 30%', 'sma 6/24 stop 20%']),
    );
    store.close();
  });

  it('a dry run says what it would do and changes nothing', () => {
    give('d.json', trial(6, 4, { kind: 'ema-cross', params: { fast: 5, slow: 50 } }));
    const before = readFileSync(join(deployments, 'deployment_state.json'), 'utf8');
    const result = deployer('--dry-run');
    expect(result.stdout).toContain('deployed ema 5/50');
    expect(result.stdout).toContain('nothing was changed');
    expect(readFileSync(join(deployments, 'deployment_state.json'), 'utf8')).toBe(before);
  });

  it('hands over with positions kept, rolls back with the positions of the day, and does not redeploy what it left', () => {
    const before = held();
    expect(before.length).toBeGreaterThan(0);
    expect(deployer().stdout).toContain('generation 2: trial 6');
    arena(1);
    expect(run('paper', '--once').stdout).toContain('generation 2: ema 5/50');
    const store = journalOf(paper, true);
    const handOvers = [...store.rounds(1)].flatMap((round) =>
      round.events.filter((line) => line.includes('hand-over')),
    );
    store.close();
    const steps = (JSON.parse(handOvers[1] ?? '{}') as { steps: { symbol: string; quantity: number }[] })
      .steps;
    expect(steps.map((step) => [step.symbol, step.quantity])).toEqual(
      before.map((p) => [p.ticker, p.holdings]),
    );

    expect(run('rollback', '--reason', 'a test').code).toBe(0);
    expect(deployer().stdout).toContain('rolled back to donchian 3/200 stop 30%, generation 3: a test');
    expect(deployer().stdout).not.toContain('deployed ');
    expect(deployed()).toMatchObject({ generation: 3, champion: { source: 'rollback' } });
    const today = held();
    settle();
    const again = journalOf(paper, true);
    const last = [...again.rounds(1)]
      .flatMap((round) => round.events.filter((line) => line.includes('hand-over')))
      .at(-1);
    again.close();
    expect((JSON.parse(last ?? '{}') as { steps: unknown[] }).steps).toHaveLength(today.length);
  });

  it('killed at any named moment deploys once and rolls back once', async () => {
    const killed = async (): Promise<void> => {
      for (const fault of ['before-commit:1', 'after-commit:1', 'before-rename:1', 'after-rename:1'])
        await ended(startCli(['deployer', '--hybrid-mode', '--once', ...place], { ARENA_FAULT: fault }));
      const ending = deployer();
      expect(ending.stderr).toBe('');
      expect(ending.code).toBe(0);
    };
    settle();
    give('e.json', trial(7, 50, { kind: 'rsi-bands', params: { period: 9 } }));
    await killed();
    expect(deployed()).toMatchObject({ generation: 4, champion: { name: 'rsi 9 30/60' } });
    run('rollback', '--reason', 'twice is once');
    await killed();
    const store = journalOf(deployments, true);
    const events = [...store.rounds(1)].flatMap((round) =>
      round.events.map((line) => JSON.parse(line) as { event: string; generation?: number }),
    );
    store.close();
    const changes = events.filter((event) => event.event === 'deployed' || event.event === 'rolled-back');
    expect(changes.map((event) => event.generation)).toEqual(changes.map((_, i) => i + 1));
    expect(changes.filter((event) => event.event === 'rolled-back')).toHaveLength(2);
    expect(deployed().generation).toBe(changes.length);
  });

  it('refuses to go back to nobody, and what is no request', () => {
    for (let i = 0; i < 6; i++) run('rollback', '--reason', `back ${String(i)}`);
    mkdirSync(join(deployments, 'inbox'), { recursive: true });
    writeFileSync(join(deployments, 'inbox', 'odd.json'), '{"id":"odd","kind":"promote"}');
    const result = deployer('--direct-deploy', 'never');
    expect(result.stdout).toContain('there is no champion to go back to');
    expect(result.stdout).toContain('odd: wrong shape');
  });

  it('a deleted state file is written anew from the journal', () => {
    const before = readFileSync(join(deployments, 'deployment_state.json'), 'utf8');
    rmSync(join(deployments, 'deployment_state.json'));
    deployer('--direct-deploy', 'never');
    expect(readFileSync(join(deployments, 'deployment_state.json'), 'utf8')).toBe(before);
  });

  it('says which policies there are', () => {
    const result = deployer('--direct-deploy', 'sometimes');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('over-training-champions');
  });
});
