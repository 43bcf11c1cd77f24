/** Every source of trials takes the same exam; what is special to Optuna's storages, and real ones, follow. */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { jsonTrials } from '../../src/adapters/trials/json-trials.js';
import { mergeTrials } from '../../src/adapters/trials/merge-trials.js';
import { optunaTrials } from '../../src/adapters/trials/optuna-trials.js';
import { mapTrial } from '../../src/core/deployment/trial-mapping.js';
import type { TrialArchive, TrialFacts, TrialReading } from '../../src/ports/trial-source.js';
import { temporaryFolder } from '../support/cli.js';
import {
  type MadeStudy,
  choice,
  float,
  insertStudies,
  int,
  journalLines,
  makeOptunaDatabase,
  study,
  trial,
  writeJournal,
  writeJsonTrials,
  writeOptunaDatabase,
} from '../support/made-trials.js';
import { hasShared, sharedPath } from '../support/shared-files.js';
import { trialSourceContract } from './trial-source-contract.js';

const folder = temporaryFolder();
afterAll(folder.remove);
const newFolder = (): string => mkdtempSync(join(folder.path, 'trials-'));
const asSmaCross = (facts: TrialFacts): ReturnType<typeof mapTrial> =>
  mapTrial(facts, { kind: 'sma-cross', params: 'same', others: 'ignore' });
const optuna = (path: string, more: { study?: string; as?: string } = {}): TrialArchive =>
  optunaTrials({ path, map: asSmaCross, ...more });

trialSourceContract('the folder of JSON files', () => {
  const path = join(newFolder(), 'trials');
  return {
    archive: jsonTrials(path),
    path,
    write(studies) {
      writeJsonTrials(path, studies);
    },
  };
});

for (const layout of ['1.3', '2.4', '3.0'] as const)
  trialSourceContract(`an Optuna SQLite storage of version ${layout}`, () => {
    const path = join(newFolder(), 'study.db');
    return {
      archive: optuna(path),
      path,
      write(studies) {
        writeOptunaDatabase(path, studies, layout);
      },
    };
  });

trialSourceContract('an Optuna SQLite storage in WAL mode', () => {
  const path = join(newFolder(), 'study.db');
  return {
    archive: optuna(path),
    path,
    write(studies) {
      writeOptunaDatabase(path, studies);
      const db = new Database(path);
      db.pragma('journal_mode = WAL');
      db.close();
    },
  };
});

trialSourceContract('an Optuna JournalFile', () => {
  const path = join(newFolder(), 'study.log');
  return {
    archive: optuna(path),
    path,
    write(studies) {
      writeJournal(path, studies);
    },
  };
});

const FORMS: readonly (readonly [string, (path: string, studies: readonly MadeStudy[]) => void])[] = [
  ['SQLite', writeOptunaDatabase],
  ['JournalFile', writeJournal],
];
const done = (value: number, fast = 5): ReturnType<typeof trial> =>
  trial('COMPLETE', [value], { fast: int(fast) });

describe.each(FORMS)("what only Optuna's storages can say (%s)", (_form, write) => {
  const read = (studies: readonly MadeStudy[], more: { study?: string; as?: string } = {}): TrialReading => {
    const path = join(newFolder(), 'storage');
    write(path, studies);
    return optuna(path, more).read();
  };

  it('a study with two objectives is refused with the reason', () => {
    const { trials, studies, rubbish } = read([
      study('two', [trial('COMPLETE', [1, 2])], 'maximize', 'minimize'),
      study('one', [done(1)]),
    ]);
    expect(trials.map((one) => one.study)).toEqual(['one']);
    expect(studies[0]).toMatchObject({
      study: 'two',
      refused: expect.stringContaining('2 objectives') as string,
    });
    expect(rubbish).toMatchObject([{ where: expect.stringContaining('study "two"') as string }]);
  });

  it('a study without a direction is refused: nobody knows which trial is best', () => {
    const { trials, rubbish } = read([study('unset', [done(1)], 'not set')]);
    expect(trials).toEqual([]);
    expect(rubbish[0]?.why).toContain('high or low');
  });

  it('a trial without a value, or with an infinite one, is told and does not count', () => {
    const { trials, unfit, rubbish } = read([
      study('odd', [
        done(1),
        trial('COMPLETE', []),
        trial('COMPLETE', [Infinity]),
        trial('COMPLETE', [-Infinity]),
      ]),
    ]);
    expect(trials.map((one) => one.number)).toEqual([0]);
    expect(unfit.map(({ number, why }) => [number, why])).toEqual([
      [1, 'it has no value'],
      [2, 'its value is Infinity'],
      [3, 'its value is -Infinity'],
    ]);
    expect(rubbish).toHaveLength(1);
    expect(rubbish[0]?.why).toMatch(
      /^3 of 4 completed trials cannot be contestants: it has no value \(trial 1\); /,
    );
  });

  it('only the study that was asked for is read, under the name it is given; an unknown one is named', () => {
    const both = [study('a', [done(1)]), study('b', [done(2)])];
    expect(read(both, { study: 'b' }).trials.map((one) => one.study)).toEqual(['b']);
    expect(read(both, { study: 'b', as: 'mine' }).trials.map((one) => one.study)).toEqual(['mine']);
    expect(read(both, { study: 'c' }).rubbish[0]?.why).toBe('it has no study "c"; it has "a", "b"');
  });

  it('ten thousand unusable trials are one line', () => {
    const path = join(newFolder(), 'storage');
    write(path, [
      study(
        'many',
        Array.from({ length: 200 }, (_, i) => done(i)),
      ),
    ]);
    const source = optunaTrials({ path, map: (facts) => ({ why: `bad number ${String(facts.number)}` }) });
    const { rubbish, unfit } = source.read();
    expect(unfit).toHaveLength(200);
    expect(rubbish).toHaveLength(1);
    expect(rubbish[0]?.why.length).toBeLessThan(400);
    expect(rubbish[0]?.why).toContain('and 197 more reasons');
  });

  it('a file that did not change is not read again', () => {
    const path = join(newFolder(), 'storage');
    write(path, [study('a', [done(1)])]);
    const old = new Date(Date.now() - 60_000);
    utimesSync(path, old, old);
    let mapped = 0;
    const source = optunaTrials({
      path,
      map(facts) {
        mapped++;
        return asSmaCross(facts);
      },
    });
    expect(source.read()).toBe(source.read());
    expect(mapped).toBe(1);
    write(path, [study('a', [done(1), done(2)])]);
    expect(source.read().trials).toHaveLength(2);
  });
});

describe('two storages whose studies have one name', () => {
  const pair = (): [string, string] => {
    const place = newFolder();
    writeJournal(join(place, 'a'), [study('mine', [done(1), done(2)])]);
    writeOptunaDatabase(join(place, 'b'), [study('mine', [done(7), done(8), done(9)])]);
    return [join(place, 'a'), join(place, 'b')];
  };

  it('do not become one study: the second is refused and says how to tell them apart', () => {
    const [a, b] = pair();
    const { trials, rubbish } = mergeTrials([optuna(a), optuna(b)]).read();
    expect(trials.map((one) => one.value)).toEqual([1, 2]);
    expect(rubbish).toHaveLength(1);
    expect(rubbish[0]?.why).toContain('"as"');
  });

  it('are two with another name for one of them', () => {
    const [a, b] = pair();
    const { trials, rubbish } = mergeTrials([optuna(a), optuna(b, { study: 'mine', as: 'other' })]).read();
    expect(trials.map((one) => [one.study, one.value])).toEqual([
      ['mine', 1],
      ['mine', 2],
      ['other', 7],
      ['other', 8],
      ['other', 9],
    ]);
    expect(rubbish).toEqual([]);
  });

  it('and a trial that lies there as JSON too counts once; with other content the JSON one counts', () => {
    const [a] = pair();
    const json = join(newFolder(), 'trials');
    writeJsonTrials(json, [study('mine', [done(1), done(2, 77)])]);
    const { trials, rubbish } = mergeTrials([jsonTrials(json), optuna(a)]).read();
    expect(trials.map((one) => one.params['fast'])).toEqual([5, 77]);
    expect(rubbish).toMatchObject([{ why: expect.stringContaining('trial 1 of "mine"') as string }]);
  });

  it('--study leaves the others out and names them when there is none such', () => {
    const [a] = pair();
    expect(mergeTrials([optuna(a)], 'mine').read().trials).toHaveLength(2);
    const none = mergeTrials([optuna(a)], 'yours').read();
    expect(none.trials).toEqual([]);
    expect(none.rubbish[0]?.why).toContain('"mine"');
  });
});

describe('an SQLite storage that Optuna has open', () => {
  it.each(['DELETE', 'WAL'])('is read at its last commit while a change is under way (%s)', (mode) => {
    const place = newFolder();
    const path = join(place, 'study.db');
    const db = makeOptunaDatabase(path);
    db.pragma(`journal_mode = ${mode}`);
    const source = optuna(path);
    insertStudies(db, [study('live', [done(1)])]);
    expect(source.read().trials).toHaveLength(1);
    db.exec('BEGIN IMMEDIATE');
    db.exec("INSERT INTO trials (trial_id, number, study_id, state) VALUES (5000, 1, 1, 'COMPLETE')");
    db.exec(
      "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (5000, 0, 2, 'FINITE')",
    );
    expect(source.read()).toMatchObject({ trials: [{ number: 0 }], rubbish: [] });
    const names = readdirSync(place).sort();
    db.exec('COMMIT');
    expect(source.read().trials).toHaveLength(2);
    // Reading makes no file; a committed change takes the writer's own journal away.
    expect(names).toEqual(expect.arrayContaining(readdirSync(place)));
    db.close();
  });

  it.each(['DELETE', 'WAL', 'TRUNCATE', 'PERSIST'])(
    'is left without a trace when nobody has it open (%s)',
    (mode) => {
      const place = newFolder();
      const path = join(place, 'study.db');
      const db = makeOptunaDatabase(path);
      db.pragma(`journal_mode = ${mode}`);
      insertStudies(db, [study('shut', [done(1)])]);
      db.close();
      const before = readdirSync(place).map((name) => [
        name,
        readFileSync(join(place, name)).toString('base64'),
      ]);
      expect(optuna(path).read()).toMatchObject({ trials: [{ number: 0 }], rubbish: [] });
      expect(
        readdirSync(place).map((name) => [name, readFileSync(join(place, name)).toString('base64')]),
      ).toEqual(before);
    },
  );

  it.each(['DELETE', 'WAL'])(
    'whose writer was killed in the middle of a change is read without that change (%s)',
    (mode) => {
      const place = newFolder();
      const path = join(place, 'study.db');
      writeOptunaDatabase(path, [study('killed', [done(1)])]);
      const script = `
      const Database = require('better-sqlite3');
      const db = new Database(${JSON.stringify(path)});
      db.pragma('journal_mode = ${mode}');
      db.exec("UPDATE trial_values SET value = 3");
      db.pragma('cache_size = 5');
      db.exec('BEGIN');
      const insert = db.prepare("INSERT INTO trial_user_attributes (trial_id, key, value_json) VALUES (1000, ?, '1')");
      for (let i = 0; i < 2000; i++) insert.run('x'.repeat(400) + i);
      db.exec("UPDATE trial_values SET value = 4");
      process.kill(process.pid, 'SIGKILL');`;
      spawnSync(process.execPath, ['-e', script]);
      const names = readdirSync(place);
      expect(names.length, 'the killed writer left its journal').toBeGreaterThan(1);
      expect(optuna(path).read()).toMatchObject({ trials: [{ value: 3 }], rubbish: [] });
      expect(readdirSync(place)).toEqual(names);
    },
  );

  it('is told when a writer keeps everybody out, and what was read before goes on to count', () => {
    const path = join(newFolder(), 'study.db');
    writeOptunaDatabase(path, [study('held', [done(1)])]);
    const source = optuna(path);
    expect(source.read().trials).toHaveLength(1);
    const db = new Database(path);
    db.exec('BEGIN EXCLUSIVE');
    db.exec('UPDATE trial_values SET value = 9');
    const held = source.read();
    expect(held.rubbish).toMatchObject([
      { where: path, why: expect.stringContaining('another process') as string },
    ]);
    expect(held.trials).toMatchObject([{ value: 1 }]);
    expect(optuna(path).read().trials, 'who never read it has nothing').toEqual([]);
    db.exec('COMMIT');
    db.close();
    expect(source.read()).toMatchObject({ trials: [{ value: 9 }], rubbish: [] });
  });
});

describe('a JournalFile that Optuna is writing', () => {
  const journal = (): { path: string; lines: string[] } => ({
    path: join(newFolder(), 'study.log'),
    lines: journalLines([study('live', [done(1), done(2), done(3)])]),
  });

  it('cut at any byte gives the trials that were complete by then, without a complaint', () => {
    const { path, lines } = journal();
    const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    let most = 0;
    for (let size = 0; size <= text.length; size += 7) {
      writeFileSync(path, text.subarray(0, size));
      const { trials, rubbish } = optuna(path).read();
      expect(rubbish, `after ${String(size)} bytes`).toEqual([]);
      expect(trials.length).toBeGreaterThanOrEqual(most);
      most = trials.length;
    }
    writeFileSync(path, text);
    expect(optuna(path).read().trials).toHaveLength(3);
  });

  it('is read again when a line was added', () => {
    const { path, lines } = journal();
    const source = optuna(path);
    const counts: number[] = [];
    writeFileSync(path, '');
    for (const line of lines) {
      appendFileSync(path, `${line}\n`);
      counts.push(source.read().trials.length);
    }
    expect(counts.at(-1)).toBe(3);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  });

  it('with a rubbish line in the middle counts what stands before it and names the line', () => {
    const { path, lines } = journal();
    const at = lines.findIndex((line) => line.includes('"op_code":6')) + 1;
    writeFileSync(path, [...lines.slice(0, at), '{"op_code":4,"wor', ...lines.slice(at), ''].join('\n'));
    const { trials, rubbish } = optuna(path).read();
    expect(trials.map((one) => one.number)).toEqual([0]);
    expect(rubbish).toMatchObject([
      { where: `${path}: line ${String(at + 1)}`, why: expect.stringContaining('not JSON') as string },
    ]);
  });

  it('a deleted study is gone, and the ids of its trials are not given again', () => {
    const { path } = journal();
    const worker = { worker_id: 'w' };
    const lines = journalLines([study('first', [done(1), done(2)]), study('second', [done(3)])]);
    const deleted = JSON.stringify({ op_code: 1, ...worker, study_id: 0 });
    const after = [
      { op_code: 4, ...worker, study_id: 0, datetime_start: null },
      { op_code: 4, ...worker, study_id: 1, datetime_start: null },
      { op_code: 8, ...worker, trial_id: 3, user_attr: { mine: true } },
      { op_code: 6, ...worker, trial_id: 3, state: 1, values: [4] },
    ].map((operation) => JSON.stringify(operation));
    writeFileSync(path, [...lines, deleted, ...after, ''].join('\n'));
    const { trials, studies } = optuna(path).read();
    expect(studies.map((one) => one.study)).toEqual(['second']);
    expect(trials.map((one) => [one.number, one.value, one.attributes])).toEqual([
      [0, 3, {}],
      [1, 4, { mine: true }],
    ]);
  });

  it('a second worker that creates the same study adds none, and finished trials do not change any more', () => {
    const { path, lines } = journal();
    const late = [
      { op_code: 0, worker_id: 'late', study_name: 'live', directions: [1] },
      { op_code: 6, worker_id: 'late', trial_id: 0, state: 3, values: null },
      { op_code: 8, worker_id: 'late', trial_id: 0, user_attr: { late: true } },
      {
        op_code: 5,
        worker_id: 'late',
        trial_id: 77,
        param_name: 'x',
        param_value_internal: 1,
        distribution: '{}',
      },
    ].map((operation) => JSON.stringify(operation));
    writeFileSync(path, [...lines, ...late, ''].join('\n'));
    const { trials, studies, rubbish } = optuna(path).read();
    expect(rubbish).toEqual([]);
    expect(studies).toHaveLength(1);
    expect(trials[0]).toMatchObject({ number: 0, value: 1, attributes: {}, direction: 'maximize' });
  });

  it('a parameter whose distribution does not fit the study is passed over, as by Optuna', () => {
    const { path } = journal();
    writeJournal(path, [
      study('mixed', [
        trial('COMPLETE', [1], { fast: int(3), pick: choice(0, ['a', 'b']) }),
        trial('FAIL', []),
        trial('COMPLETE', [2], { fast: float(0.5), pick: choice(0, ['b', 'a']) }),
      ]),
    ]);
    expect(
      optuna(path)
        .read()
        .trials.map((one) => one.params),
    ).toEqual([{ fast: 3, pick: 'a' }, {}]);
  });

  it('a large one is read line by line', () => {
    const { path } = journal();
    const [first = ''] = journalLines([study('large', [])]);
    const line = JSON.stringify({
      op_code: 7,
      worker_id: 'w',
      trial_id: 0,
      step: 1,
      intermediate_value: 0.5,
      pad: 'x'.repeat(1000),
    });
    writeFileSync(path, `${first}\n${`${line}\n`.repeat(20_000)}`);
    appendFileSync(
      path,
      `${journalLines([study('large', [done(4)])])
        .slice(1)
        .join('\n')}\n`,
    );
    expect(optuna(path).read()).toMatchObject({ trials: [{ value: 4 }], rubbish: [] });
  });
});

describe('while another process trains', () => {
  const TRIALS = 150;
  // Time for a reader to come in between.
  const REST = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);';
  const writeSqlite = (mode: string): string => `
    const Database = require('better-sqlite3');
    const db = new Database(process.argv[1], { timeout: 10000 });
    db.pragma('journal_mode = ${mode}');
    const run = (sql, ...values) => db.prepare(sql).run(...values);
    for (let i = 0; i < ${String(TRIALS)}; i++) {
      const id = 1000 + i;
      run("INSERT INTO trials (trial_id, number, study_id, state) VALUES (?, ?, 1, 'RUNNING')", id, i);
      for (const name of ['a', 'b'])
        run('INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, ?, ?, ?)', id, name, i, '{"name":"FloatDistribution","attributes":{}}');
      db.transaction(() => {
        run("INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, 0, ?, 'FINITE')", id, i);
        run("UPDATE trials SET state = 'COMPLETE' WHERE trial_id = ?", id);
      })();
      ${REST}
    }`;
  const WRITE_JOURNAL = `
    const { openSync, writeSync } = require('node:fs');
    const file = openSync(process.argv[1], 'a');
    // In pieces: a reader finds half lines.
    const put = (operation) => {
      const line = JSON.stringify({ op_code: operation.op, worker_id: 'w', ...operation }) + '\\n';
      writeSync(file, line.slice(0, 20));
      if (operation.op === 6) ${REST}
      writeSync(file, line.slice(20));
    };
    for (let i = 0; i < ${String(TRIALS)}; i++) {
      put({ op: 4, study_id: 0, datetime_start: null });
      for (const name of ['a', 'b'])
        put({ op: 5, trial_id: i, param_name: name, param_value_internal: i, distribution: '{"name":"FloatDistribution","attributes":{}}' });
      put({ op: 6, trial_id: i, state: 1, values: [i] });
      ${REST}
    }`;

  it.each([
    ['an SQLite storage', writeOptunaDatabase, writeSqlite('DELETE')],
    ['an SQLite storage in WAL mode', writeOptunaDatabase, writeSqlite('WAL')],
    ['a JournalFile', writeJournal, WRITE_JOURNAL],
  ] as const)(
    '%s gives whole trials only, and never fewer than before',
    async (_what, write, script) => {
      const path = join(newFolder(), 'study');
      write(path, [study('live', [])]);
      const source = optuna(path);
      const writer = spawn(process.execPath, ['-e', script, path], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const end = new Promise((done) => writer.on('exit', done));
      let running = true;
      void end.then(() => (running = false));
      let most = 0;
      while (running) {
        const { trials, unfit, rubbish } = source.read();
        expect(trials.length).toBeGreaterThanOrEqual(most);
        most = trials.length;
        for (const { number, value, params } of trials)
          expect([value, params]).toEqual([number, { a: number, b: number }]);
        expect(unfit).toEqual([]);
        // A machine under load may not get its turn within a second; that is said and nothing else.
        for (const { why } of rubbish) expect(why).toContain('it will be looked at again');
        await new Promise((next) => setImmediate(next));
      }
      expect(await end).toBe(0);
      expect(source.read().trials).toHaveLength(TRIALS);
    },
    60_000,
  );
});

/** Name, trials by state, studies, the best value; from ../shared/data/PROVENANCE.md and the files themselves. */
const REAL: readonly (readonly [string, Record<string, number>, number])[] = [
  ['xgboost_study_optuna4.1.0.db', { COMPLETE: 15, PRUNED: 24, RUNNING: 17 }, 1],
  ['optuna_journal_weights_ga.log', { COMPLETE: 75, PRUNED: 98, FAIL: 3 }, 4],
  ['optuna_journal_ga_re.log', { COMPLETE: 14, PRUNED: 16 }, 1],
  ['optuna_journal_weights_re.log', { COMPLETE: 33, PRUNED: 27 }, 1],
  ['optuna_journal_cnn_re.log', { COMPLETE: 48, FAIL: 1, RUNNING: 1 }, 1],
];

describe.skipIf(!hasShared('data/optuna'))('real storages', () => {
  it.each(REAL)('%s has the trials that are known of it', (name, states, studies) => {
    const path = sharedPath(join('data/optuna', name));
    const reading = optuna(path).read();
    const total: Record<string, number> = {};
    for (const one of reading.studies)
      for (const [state, count] of Object.entries(one.states)) total[state] = (total[state] ?? 0) + count;
    expect(total).toEqual(states);
    expect(reading.studies).toHaveLength(studies);
    expect(reading.rubbish).toEqual([]);
    expect(reading.unfit).toEqual([]);
    expect(reading.trials).toHaveLength(states['COMPLETE'] ?? 0);
    for (const one of reading.trials) {
      expect(Number.isFinite(one.value)).toBe(true);
      expect(one.direction).toBe('maximize');
      expect(Object.keys(one.params).length).toBeGreaterThan(1);
      for (const value of Object.values(one.params))
        expect(['number', 'string', 'boolean']).toContain(typeof value);
    }
    expect(existsSync(`${path}-wal`) || existsSync(`${path}-shm`)).toBe(false);
  });

  it('the first trial of the SQLite one is told as Optuna told it', () => {
    const { trials } = optuna(sharedPath('data/optuna/xgboost_study_optuna4.1.0.db')).read();
    expect(trials.find((one) => one.number === 0)).toMatchObject({
      study: 'xgboost',
      objective: 0.4109553999999999,
      params: { max_depth: 8, min_child_weight: 0.000002940241648981959 },
    });
  });

  it('whole numbers are whole and choices are words in a JournalFile', () => {
    const { trials } = optuna(sharedPath('data/optuna/optuna_journal_cnn_re.log')).read();
    expect(trials[0]?.params).toMatchObject({
      dense_units: 640,
      optimizer: 'adam',
      dropout_1: 0.5704285838459496,
    });
    for (const { params } of trials) {
      expect(Number.isInteger(params['dense_units'])).toBe(true);
      expect(['adam', 'rmsprop']).toContain(params['optimizer']);
    }
  });
});
