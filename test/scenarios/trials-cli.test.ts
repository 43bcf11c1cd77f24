import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';
import { choice, int, study, trial, writeJournal, writeOptunaDatabase } from '../support/made-trials.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);

const done = (value: number, fast: number, slow: number): ReturnType<typeof trial> =>
  trial('COMPLETE', [value], { fast_period: int(fast), slow_period: int(slow) }, { seed: 3 });
const MINE = study('mine', [
  done(1, 5, 40),
  trial('PRUNED', [0.1]),
  done(3, 8, 60),
  done(2, 90, 60),
  trial('RUNNING', []),
]);
const MAPPING = { kind: 'sma-cross', params: { fast: 'fast_period', slow: 'slow_period' } };

interface Place {
  readonly folder: string;
  readonly run: (...args: string[]) => CliResult;
  readonly json: (...args: string[]) => unknown;
  readonly written: () => string[];
}
/** A working directory with an Optuna database in it, and what the settings say of it. */
function place(settings?: object): Place {
  const folder = mkdtempSync(join(root, 'place-'));
  mkdirSync(join(folder, 'contestants'));
  writeFileSync(join(folder, 'contestants/a.json'), JSON.stringify([{ kind: 'flat' }]));
  writeOptunaDatabase(join(folder, 'study.db'), [MINE]);
  writeFileSync(join(folder, 'mapping.json'), JSON.stringify(MAPPING));
  if (settings !== undefined) writeFileSync(join(folder, 'arena.config.json'), JSON.stringify(settings));
  const run = (...args: string[]): CliResult => runCli(args, { cwd: folder });
  return {
    folder,
    run,
    json: (...args) => JSON.parse(run('trials', ...args, '--json').stdout) as unknown,
    written: () => readdirSync(join(folder, 'deployments/trials')),
  };
}
const WITH_SOURCE = { trials: { sources: [{ path: 'study.db', mapping: MAPPING }] } };

describe('trials', () => {
  it('says how to get some where there are none', () => {
    const { run } = place();
    const result = run('trials');
    expect(result.code).toBe(0);
    expect(result.stdout).toContain('npm run trials -- import FILE');
    expect(result.stdout).toContain('trials.sources');
  });

  it('has examples in its help, and names the subcommand that was meant', () => {
    const { run } = place();
    expect(run('trials', '--help').stdout).toContain('npm run trials -- import study.db --kind sma-cross');
    const slip = run('trials', 'lst');
    expect(slip.code).toBe(2);
    expect(slip.stderr).toContain('did you mean "list"');
  });

  it('lists the best first, with what each would be or why it cannot be', () => {
    const { run, json } = place(WITH_SOURCE);
    const { stdout, stderr, code } = run('trials', 'list');
    expect(code).toBe(0);
    expect(stderr).toContain('no arena in');
    expect(stdout).toMatch(/mine +maximize +3 complete, 1 pruned, 1 running +\S+study\.db +yes/);
    const rows = stdout.split('\n').filter((line) => line.startsWith('mine/'));
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 3))).toEqual([
      ['mine/2', '3 max', 'sma 8/60'],
      [
        'mine/3',
        '2 max',
        expect.stringContaining('cannot be one: params.fast: must be smaller than slow') as string,
      ],
      ['mine/0', '1 max', 'sma 5/40'],
    ]);
    expect(json('list', '--limit', '1')).toMatchObject({
      completed: 3,
      trials: [{ study: 'mine', number: 2, value: 3, fit: true, name: 'sma 8/60', id: null, fate: null }],
    });
    expect(run('trials', '--limit', '1').stdout).toContain('and 2 more');
    expect(run('trials', '--limit', '0').code).toBe(2);
  });

  it('shows one with parameters, attributes, contestant and verdict', () => {
    const { run, json } = place(WITH_SOURCE);
    const { stdout, code } = run('trials', 'show', 'mine/2');
    expect(code).toBe(0);
    for (const words of [
      'fast_period  8',
      'seed  3',
      '{"kind":"sma-cross","params":{"fast":8,"slow":60}}',
      'can be a contestant',
    ])
      expect(stdout).toContain(words);
    expect(json('show', 'mine/3')).toMatchObject({ number: 3, verdict: { fit: false } });
    expect(run('trials', 'show', 'mine/3').code).toBe(1);
  });

  it.each([
    ['mine', 'STUDY/NUMBER'],
    ['mine/1', 'go from 0 to 3'],
    ['mien/2', 'did you mean "mine"'],
  ])('show %s says what there is', (which, words) => {
    const result = place(WITH_SOURCE).run('trials', 'show', which);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(words);
  });

  it('names a storage that cannot be read, lists the rest and ends with 1', () => {
    const { folder, run } = place({
      trials: {
        sources: [
          { path: 'study.db', mapping: MAPPING },
          { path: 'gone.db', mapping: MAPPING },
        ],
      },
    });
    const result = run('trials');
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`${join(folder, 'gone.db')}: there is no such file`);
    expect(result.stdout).toContain('mine/2');
  });

  it('shows names of others without letting them move the cursor', () => {
    const { folder, run } = place(WITH_SOURCE);
    writeOptunaDatabase(join(folder, 'study.db'), [study('a\u001b[2Jb\nc', [done(1, 2, 3)])]);
    const { stdout } = run('trials');
    expect(stdout).not.toContain('\u001b[2J');
    expect(stdout).toContain('a\\u001b[2Jb\\u000ac/0');
  });

  it.each([
    ['a mapping without a kind', { path: 'a.db', mapping: {} }, 'trials.sources.0.mapping.kind'],
    [
      'a parameter that is a number',
      { path: 'a.db', mapping: { kind: 'a', params: { fast: 8 } } },
      'trials.sources.0.mapping.params.fast: expected the name of a parameter',
    ],
    ['no path', { mapping: { kind: 'a' } }, 'trials.sources.0.path'],
    [
      'another name for no study',
      { path: 'a.db', as: 'b', mapping: { kind: 'a' } },
      'trials.sources.0.study: expected the one study that "as" renames',
    ],
  ])('settings with %s are refused where it stands', (_what, source, words) => {
    const result = place({ trials: { sources: [source] } }).run('trials');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(words);
  });
});

describe('importing trials', () => {
  it('writes the completed ones as JSON that is read as the storage is, and never twice', () => {
    const { folder, run, json, written } = place();
    const first = run('trials', 'import', 'study.db', '--mapping', 'mapping.json');
    expect(first.code, 'one of three is refused').toBe(1);
    expect(first.stdout).toMatch(/imported 2 of 3 completed trials/);
    expect(first.stdout).toContain('mine/3: params.fast: must be smaller than slow');
    const files = written();
    expect(files).toHaveLength(1);
    const again = run('trials', 'import', 'study.db', '--mapping', 'mapping.json');
    expect(again.stdout).toContain('imported 0 of 3');
    expect(again.stdout).toContain('2 were there already');
    expect(written()).toEqual(files);
    expect(json('list')).toMatchObject({
      trials: [
        { study: 'mine', number: 2, value: 3, storage: join(folder, 'study.db') },
        { study: 'mine', number: 0, value: 1 },
      ],
    });
    expect(json('show', 'mine/2')).toMatchObject({ params: { fast_period: 8 }, attributes: { seed: 3 } });
  });

  it('adds what is new since the last time only', () => {
    const { folder, run, written } = place();
    const mapping = ['--mapping', 'mapping.json'];
    run('trials', 'import', 'study.db', ...mapping);
    writeOptunaDatabase(join(folder, 'study.db'), [{ ...MINE, trials: [...MINE.trials, done(9, 3, 30)] }]);
    expect(run('trials', 'import', 'study.db', ...mapping).stdout).toContain('imported 1 of 4');
    expect(written()).toHaveLength(2);
    const values = written().flatMap((name) =>
      (JSON.parse(readFileSync(join(folder, 'deployments/trials', name), 'utf8')) as { value: number }[]).map(
        (item) => item.value,
      ),
    );
    expect(values.sort()).toEqual([1, 3, 9]);
  });

  it('a trial that changed is refused, not replaced', () => {
    const { folder, run } = place();
    run('trials', 'import', 'study.db', '--mapping', 'mapping.json');
    writeOptunaDatabase(join(folder, 'study.db'), [study('mine', [done(5, 5, 40)])]);
    const result = run('trials', 'import', 'study.db', '--mapping', 'mapping.json');
    expect(result.code).toBe(2);
    expect(result.stdout).toMatch(/mine\/0: stands in \S+ with other content/);
  });

  it('keeps the direction of a study that minimises', () => {
    const { folder, run, json } = place();
    writeJournal(join(folder, 'study.log'), [
      study(
        'loss',
        [trial('COMPLETE', [0.5], { fast: int(4) }), trial('COMPLETE', [0.25], { fast: int(5) })],
        'minimize',
      ),
    ]);
    expect(run('trials', 'import', 'study.log', '--kind', 'sma-cross').code).toBe(0);
    expect(json('list')).toMatchObject({
      trials: [
        { number: 1, value: -0.25, objective: 0.25, direction: 'minimize' },
        { number: 0, value: -0.5 },
      ],
    });
  });

  it('a dry run writes nothing', () => {
    const { folder, run } = place();
    const result = run('trials', 'import', 'study.db', '--mapping', 'mapping.json', '--dry-run');
    expect(result.stdout).toContain('would import 2 of 3');
    expect(readdirSync(folder)).not.toContain('deployments');
  });

  it('takes the mapping of the settings for a storage that they name', () => {
    const { run } = place(WITH_SOURCE);
    expect(run('trials', 'import', 'study.db').stdout).toContain('imported 2 of 3');
  });

  it('of a storage in the settings only the study that they name, under the name they give it', () => {
    const { folder, run, json } = place({
      trials: { sources: [{ path: 'two.db', study: 'b', as: 'bee', mapping: MAPPING }] },
    });
    writeOptunaDatabase(join(folder, 'two.db'), [study('a', [done(1, 5, 40)]), study('b', [done(2, 6, 40)])]);
    expect(run('trials', 'import', 'two.db').stdout).toContain('imported 1 of 1');
    expect(json('list')).toMatchObject({ trials: [{ study: 'bee', number: 0, value: 2 }] });
    expect(run('trials', 'import', 'two.db', '--study', 'a').stderr).toContain('--kind KIND');
  });

  it('a JSON file says its contestants itself', () => {
    const { folder, run, written } = place();
    const good = { study: 'j', number: 1, value: 1, contestant: { kind: 'ema-cross' } };
    writeFileSync(
      join(folder, 'j.json'),
      JSON.stringify([
        good,
        { ...good, number: 2, contestant: { kind: 'ema-corss' } },
        { ...good, number: 3, state: 'PRUNED' },
        { number: 4 },
      ]),
    );
    const result = run('trials', 'import', 'j.json');
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('imported 1 of 3');
    expect(result.stdout).toContain('did you mean "ema-cross"');
    expect(result.stdout).toContain('j.json[3]: value');
    expect(written()).toHaveLength(1);
  });

  it.each<[string, string[], string]>([
    ['a storage without a mapping', ['study.db'], '--kind KIND'],
    ['both ways to say it', ['study.db', '--kind', 'a', '--mapping', 'mapping.json'], '--kind and --mapping'],
    ['a mapping for JSON', ['mapping.json', '--kind', 'a'], 'say themselves'],
    [
      'a mapping that is not there',
      ['study.db', '--mapping', 'none.json'],
      'none.json: there is no such mapping',
    ],
    [
      'a mapping that is none',
      ['study.db', '--mapping', 'bad.json'],
      'bad.json: params.fast: expected the name',
    ],
    ['a file that is not there', ['none.db'], 'none.db: there is no such file'],
    ['a folder', ['contestants'], 'it is a folder'],
    ['rubbish', ['rubbish.db', '--kind', 'a'], 'it begins with "rubbish"'],
    ['half a JSON file', ['half.json'], 'half.json: not JSON'],
    [
      'a study that is not there',
      ['study.db', '--kind', 'a', '--study', 'yours'],
      'it has no study "yours"; it has "mine"',
    ],
  ])('refuses %s with code 2', (_what, args, words) => {
    const { folder, run } = place();
    writeFileSync(join(folder, 'bad.json'), JSON.stringify({ kind: 'a', params: { fast: 8 } }));
    writeFileSync(join(folder, 'rubbish.db'), 'rubbish');
    writeFileSync(join(folder, 'half.json'), '[{"study":');
    const result = run('trials', 'import', ...args);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(words);
    expect(readdirSync(folder)).not.toContain('deployments');
  });
});

describe('trials beside a running story', () => {
  let story: Place;
  beforeAll(() => {
    story = place({ ...WITH_SOURCE, market: { symbols: ['BTC-USD', 'ETH-USD'] } });
    const { folder, run } = story;
    expect(run('arena', '--days', '3', '--quiet').code).toBe(0);
    writeJournal(join(folder, 'other.log'), [
      study('other', [
        trial('COMPLETE', [50], { kind: choice(0, ['buy-and-hold']) }),
        trial('COMPLETE', [40], { kind: choice(0, ['sma-cross']), symbols: choice(0, ['DOGE-USD']) }),
      ]),
    ]);
  });

  it('the deployer deploys the best trial of an Optuna storage, and the list tells what became of each', () => {
    const { run, json } = story;
    const deployer = run('deployer', '--hybrid-mode', '--once');
    expect(deployer.stdout).toMatch(/deployed sma 8\/60, generation 1: trial 2 of mine, value 3/);
    expect(deployer.stdout).toMatch(/mine\/3\S* is no trial|params\.fast/);
    expect(json('list')).toMatchObject({
      trials: [
        { number: 2, fate: 'champion', id: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
        { number: 3, fit: false },
        { number: 0, fate: 'in the arena' },
      ],
      notes: [],
    });
    expect(run('trials').stdout).toMatch(/mine\/2 +3 max +sma 8\/60 +champion/);
    expect(run('trials', 'show', 'mine/2').stdout).toMatch(
      /verdict +can be a contestant: sma 8\/60 \([0-9a-f]{8}\)/,
    );
  });

  it('A-32: what was looked at is deployed, by its number within its own study, with its own objective', () => {
    const { folder, run, json } = place({
      ...WITH_SOURCE,
      market: { symbols: ['BTC-USD', 'ETH-USD'] },
    });
    // The database's ids begin at 1000: the id of mine/2 is the number of another study's trial, and the other way round.
    const decoys = Array.from({ length: 1010 }, (_, i) => done(-1 - i, 5, 50));
    writeOptunaDatabase(join(folder, 'study.db'), [MINE, study('decoy', decoys)]);
    expect(run('arena', '--days', '2', '--quiet').code).toBe(0);
    expect(run('deployer', '--once').stdout).toContain('deployed sma 8/60');
    const state = JSON.parse(readFileSync(join(folder, 'deployments/deployment_state.json'), 'utf8')) as {
      champion: { id: string; manifest: { params: object } };
    };
    expect(state).toMatchObject({
      study: 'mine',
      last_deployed_trial: 2,
      last_deployed_value: 3,
      value_kind: 'objective',
      champion: { manifest: { params: { fast: 8, slow: 60 } } },
    });
    expect(json('show', 'mine/2')).toMatchObject({
      verdict: { id: state.champion.id },
      fate: 'champion',
      contestant: { params: { fast: 8, slow: 60 } },
    });
    expect(json('show', 'decoy/1002')).toMatchObject({ objective: -1003, fate: null });
  });

  it('--study lets the deployer see no other', () => {
    const { run } = story;
    const none = run('deployer', '--once', '--study', 'yours');
    expect(none.stdout).toContain('--study "yours" is no trial: there is no such study; there are "mine"');
    expect(none.stdout).not.toContain('deployed');
    expect(run('trials', '--study', 'yours').code).toBe(1);
  });

  it('with a market, what it cannot trade is refused', () => {
    const { folder, run } = story;
    writeFileSync(
      join(folder, 'm.json'),
      JSON.stringify({ kind: { from: 'kind' }, params: {}, symbols: ['DOGE-USD'] }),
    );
    const result = run('trials', 'import', 'other.log', '--mapping', 'm.json');
    expect(result.code).toBe(2);
    expect(result.stdout).toContain('no symbol "DOGE-USD"');
    writeFileSync(join(folder, 'm.json'), JSON.stringify({ kind: { from: 'kind' }, params: {} }));
    const benchmark = run('trials', 'import', 'other.log', '--mapping', 'm.json', '--dry-run');
    expect(benchmark.stdout).toContain('a benchmark stands beside the contestants');
  });

  it('a torn deployment file is said and hides nothing else', () => {
    const { folder, run } = story;
    const path = join(folder, 'deployments/deployment_state.json');
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.slice(0, 100));
    const result = run('trials');
    expect(result.stderr).toContain('deployment_state.json cannot be read');
    expect(result.stdout).toMatch(/mine\/2 +3 max +sma 8\/60 +-/);
    writeFileSync(path, whole);
  });
});
