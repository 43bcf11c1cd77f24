import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type CliResult, ended, runCli, startCli, temporaryFolder } from '../support/cli.js';
import { until } from '../support/until.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);

const GRID = ['--kind', 'sma-cross', '--grid', '{"fast":[5,10,60],"slow":[50,100]}'];
/** Room for training, and for nothing else. */
const SHORT = ['--symbols', 'BTC-USD', '--days', '12', '--holdout', '0', '--purge', '250'];
const MARKET = ['--symbols', 'BTC-USD,ETH-USD', '--days', '120'];

interface Place {
  readonly folder: string;
  readonly run: (...args: string[]) => CliResult;
  readonly read: (...path: string[]) => string;
}
/** A working directory of its own. */
function place(): Place {
  const folder = mkdtempSync(join(root, 'place-'));
  mkdirSync(join(folder, 'contestants'));
  writeFileSync(join(folder, 'contestants/a.json'), JSON.stringify([{ kind: 'flat' }]));
  return {
    folder,
    run: (...args) => runCli(args, { cwd: folder }),
    read: (...path) => readFileSync(resolve(folder, ...path), 'utf8'),
  };
}

interface SweepAnswer {
  readonly name: string;
  readonly played: number;
  readonly invalid: number;
  readonly verdict: string;
  readonly best: readonly {
    readonly run: number;
    readonly params: Readonly<Record<string, number>>;
    readonly sharpe: number | null;
    readonly holdoutSharpe: number | null;
    readonly folds: readonly unknown[];
  }[];
  readonly written: readonly string[];
  readonly stopped?: boolean;
}
function answerOf(result: CliResult): SweepAnswer {
  expect(result.stderr + result.stdout).not.toContain('this is a bug');
  return JSON.parse(result.stdout) as SweepAnswer;
}

describe('sweep', () => {
  it('plays every set of a grid, ranks them, holds the end out and says in words what the best is worth', () => {
    const { run, read } = place();
    const result = run('sweep', ...GRID, ...MARKET, '--name', 'first');
    expect(result.code, result.stderr).toBe(0);
    expect(result.stdout).toContain(
      'first: sma-cross, 6 sets; 5 played, 1 passed over (sma-cross does not take them: fast must be smaller than slow)',
    );
    expect(result.stdout).toContain('held out from there to');
    expect(result.stdout).toMatch(
      /The best of 5 runs is (what luck alone gives|more than luck alone gives): 5 runs/,
    );
    expect(result.stdout).toContain('These prices are GENERATED.');
    expect(
      Math.max(
        ...result.stdout
          .split('\n')
          .slice(0, 20)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(140);
    expect(result.stderr, 'progress with rate and remaining time').toMatch(
      /6\/6 runs \| [\d.]+\/s \| 0:00:00 left/,
    );
    const rows = read('sweeps/first/results.csv').trim().split('\n');
    expect(rows).toHaveLength(7);
    expect(rows.map((row) => row.split(',').slice(0, 4).join(','))).toEqual([
      'run,status,fast,slow',
      '0,played,5,50',
      '1,played,5,100',
      '2,played,10,50',
      '3,played,10,100',
      '4,invalid,60,50',
      '5,played,60,100',
    ]);
    const sweep = JSON.parse(read('sweeps/first/sweep.json')) as Record<string, unknown>;
    expect(sweep).toMatchObject({ name: 'first', sets: 6, played: 5, invalid: 1, purgeBars: 100 });
  });

  it('answers a machine on stdout alone, and the same again without playing it again', () => {
    const { run, read, folder } = place();
    const command = ['sweep', ...GRID, ...MARKET, '--name', 'twice', '--json', '--csv', 'copy.csv'];
    const first = run(...command);
    const answer = answerOf(first);
    expect(answer).toMatchObject({ played: 5, invalid: 1 });
    expect(answer.best).toHaveLength(5);
    expect(answer.best[0]?.folds.length).toBeGreaterThan(0);
    expect(first.stderr).not.toContain('%|');
    expect(read('copy.csv')).toBe(read('sweeps/twice/results.csv'));
    const files = ['results.csv', 'best.json', 'sweep.json', 'progress.json'];
    const before = files.map((file) => read('sweeps/twice', file));
    expect(run(...command).stdout).toBe(first.stdout);
    expect(files.map((file) => read('sweeps/twice', file))).toEqual(before);
    expect(readdirSync(join(folder, 'sweeps'))).toEqual(['twice']);
  });

  it('gives the figures that a backtest of the same window gives', () => {
    const { run } = place();
    const { best } = answerOf(run('sweep', ...GRID, ...MARKET, '--holdout', '0', '--json'));
    for (const { params, sharpe } of best.slice(0, 2)) {
      const alone = run(
        'backtest',
        '--kind',
        'sma-cross',
        '--params',
        JSON.stringify(params),
        ...MARKET,
        '--json',
      );
      const { metrics } = JSON.parse(alone.stdout) as { metrics: { sharpe: number } };
      expect(Math.abs((sharpe ?? NaN) - metrics.sharpe)).toBeLessThan(1e-9);
    }
  });

  it('goes on after kill -9 at any moment and ends with the bytes of a run that nobody disturbed', async () => {
    const { folder, run, read } = place();
    const space = ['--kind', 'sma-cross', '--random', '4000', '--space', '{"fast":[2,20],"slow":[30,90]}'];
    const command = ['sweep', ...space, '--symbols', 'BTC-USD', '--days', '60', '--json'];
    expect(run(...command, '--out', 'whole').code).toBe(0);
    const killed = join(folder, 'killed');
    const rowsPath = join(killed, 'results.csv');
    const bytes = (): number => (existsSync(rowsPath) ? statSync(rowsPath).size : 0);
    let kills = 0;
    for (let attempt = 0; attempt < 3; attempt++) {
      const before = bytes();
      const child = startCli([...command, '--out', killed]);
      const end = ended(child);
      // Once before any row is kept, then with rows of a commit and after it; a machine that is too quick is done.
      await until('a commit, or the end', () =>
        attempt === 0
          ? existsSync(join(killed, 'progress.json'))
          : bytes() > Math.max(before, 1000) || child.exitCode !== null,
      );
      await new Promise((resolve) => setTimeout(resolve, 30 * attempt));
      child.kill('SIGKILL');
      if ((await end).signal === 'SIGKILL') kills++;
    }
    expect(kills).toBeGreaterThan(0);
    const last = runCli([...command, '--out', killed], { cwd: folder });
    expect(last.code, last.stderr).toBe(0);
    for (const file of ['results.csv', 'progress.json'])
      expect(read('killed', file), file).toBe(read('whole', file));
    expect(JSON.parse(read('killed/best.json'))).toEqual(JSON.parse(read('whole/best.json')));
  });

  it('ends cleanly when it is asked to, and goes on from there', async () => {
    const { folder } = place();
    const out = join(folder, 'stopped');
    const command = [
      'sweep',
      '--kind',
      'sma-cross',
      '--random',
      '100000',
      '--space',
      '{"fast":[2,20],"slow":[30,90]}',
    ];
    const more = ['--symbols', 'BTC-USD', '--days', '90', '--json', '--out', out];
    const child = startCli([...command, ...more]);
    let stdout = '';
    child.stdout?.on('data', (part: Buffer) => (stdout += part.toString()));
    await until('a first commit', () => existsSync(join(out, 'progress.json')));
    child.kill('SIGINT');
    expect(await ended(child)).toEqual({ code: 0, signal: null });
    const answer = JSON.parse(stdout) as { stopped: boolean; done: number; total: number };
    expect(answer).toMatchObject({ stopped: true, total: 100_000 });
    expect(readFileSync(join(out, 'results.csv'), 'utf8').trim().split('\n')).toHaveLength(answer.done + 1);
    expect(existsSync(join(out, 'sweep.json'))).toBe(false);
  });

  it('tells folds that nobody wanted from those that there is no room for', () => {
    const { run } = place();
    expect(run('sweep', ...GRID, ...MARKET, '--folds', '0').stdout).toContain(
      'No walk-forward folds, as asked.',
    );
    expect(run('sweep', ...GRID, ...SHORT).stdout).toContain('the record is too short');
  });

  it('refuses another sweep in the same folder and says which settings differ', () => {
    const { run } = place();
    expect(run('sweep', ...GRID, ...MARKET, '--name', 'mine').code).toBe(0);
    const other = run('sweep', ...GRID, ...MARKET, '--name', 'mine', '--fee-bps', '9', '--holdout', '0.3');
    expect(other.code).toBe(3);
    expect(other.stderr).toContain('this folder holds a sweep with other settings: costs, market, windows');
    // Without a name each has a folder of its own.
    expect(run('sweep', ...GRID, ...MARKET, '--fee-bps', '9').code).toBe(0);
  });

  it.each([
    ['no sets', ['--kind', 'sma-cross'], 'which sets?'],
    ['both kinds of sets', [...GRID, '--random', '5'], 'which sets?'],
    ['a kind with a slip', ['--kind', 'sma-cros', '--grid', '{}'], 'did you mean "sma-cross"'],
    ['a kind that asks a model', ['--kind', 'llm-trader', '--grid', '{}'], 'npm run study'],
    ['a parameter with a slip', ['--kind', 'sma-cross', '--grid', '{"fasst":[5]}'], 'takes not the only set'],
    ['a place for a table that is none', [...GRID, '--csv', 'nowhere/a.csv'], 'nowhere: not a usable place'],
    ['a folder where a table should be', [...GRID, '--csv', 'contestants'], 'is a folder'],
    [
      'a place for trials that is none',
      [...GRID, '--to-trials', '--deployments', 'contestants/a.json'],
      'not a usable place',
    ],
    ['no JSON', ['--kind', 'sma-cross', '--grid', '{fast:5}'], '--grid: line 1, column'],
    ['too little time', [...GRID, '--days', '5'], 'samples are too few'],
    ['shorts on spot', ['--kind', 'sma-cross', '--grid', '{"side":["short","both"]}'], 'the market is spot'],
    ['a name with a slash', [...GRID, '--name', '../x'], 'letters, digits, dots'],
    ['too many to show', [...GRID, '--top', '1000'], '--top "1000"'],
  ])('says what is wrong with %s', (_what, args, message) => {
    const result = place().run('sweep', ...args);
    expect(result.code, result.stdout + result.stderr).toBe(2);
    expect(result.stderr).toContain(message);
  });
});

describe('the best of a sweep', () => {
  it('are contestants: an arena plays them and says how many they were chosen from', () => {
    const { run, read, folder } = place();
    const answer = answerOf(
      run('sweep', ...GRID, ...MARKET, '--name', 'tried', '--top', '2', '--to-contestants', '--json'),
    );
    expect(answer.written).toHaveLength(2);
    expect(readdirSync(join(folder, 'contestants/local'))).toHaveLength(2);
    const arena = run('arena', '--days', '3', '--symbols', 'BTC-USD,ETH-USD', '--quiet');
    expect(arena.code, arena.stderr).toBe(0);
    const board = read('arena_state/leaderboard.txt');
    for (const { params, run: number } of answer.best) {
      const label = `sma ${String(params['fast'])}/${String(params['slow'])}`;
      expect(board).toContain(`${label} is trial ${String(number)}, chosen from 5 of study "tried"`);
    }
  });

  it('are trials: the deployer takes them with the number of runs behind them', () => {
    const { run, read } = place();
    expect(run('arena', '--days', '3', '--symbols', 'BTC-USD,ETH-USD', '--quiet').code).toBe(0);
    const answer = answerOf(
      run('sweep', ...GRID, ...MARKET, '--name', 'tried', '--top', '3', '--to-trials', '--json'),
    );
    expect(answer.written).toHaveLength(1);
    // In the order of the ranking: the deployer takes the greatest value.
    const written = JSON.parse(read(answer.written[0] ?? '')) as { number: number; value: number }[];
    expect(written.map(({ number }) => number)).toEqual(answer.best.map((one) => one.run));
    expect(written.map(({ value }) => value)).toEqual(
      written.map(({ value }) => value).toSorted((a, b) => b - a),
    );
    const listed = run('trials', '--json');
    expect(listed.code, listed.stderr).toBe(0);
    const deployer = run('deployer', '--hybrid-mode', '--once');
    expect(deployer.code, deployer.stdout + deployer.stderr).toBe(0);
    const label = (i: number): string =>
      `sma ${String(answer.best[i]?.params['fast'])}/${String(answer.best[i]?.params['slow'])}`;
    expect(deployer.stdout).toContain(`to the arena: `);
    expect(run('arena', '--days', '1', '--quiet').code).toBe(0);
    const board = read('arena_state/leaderboard.txt');
    for (const i of [1, 2])
      expect(board).toContain(
        `${label(i)} is trial ${String(answer.best[i]?.run)}, chosen from 5 of study "tried"`,
      );
  });
});
