/** Whatever lies where trials should: it is said what and where, good ones beside it count, and nothing is thrown. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { jsonTrials } from '../../src/adapters/trials/json-trials.js';
import { optunaTrials } from '../../src/adapters/trials/optuna-trials.js';
import type { TrialReading } from '../../src/ports/trial-source.js';
import { temporaryFolder } from '../support/cli.js';
import {
  choice,
  int,
  insertStudies,
  journalLines,
  makeOptunaDatabase,
  pythonJson,
  study,
  trial,
  writeOptunaDatabase,
} from '../support/made-trials.js';

const folder = temporaryFolder();
afterAll(folder.remove);
const newPath = (): string => join(mkdtempSync(join(folder.path, 'bad-')), 'storage');
const optuna = (path: string): TrialReading =>
  optunaTrials({ path, map: ({ params }) => ({ contestant: { kind: 'sma-cross', params } }) }).read();

const makePipe = (path: string): void => {
  execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', path]);
};

type Bad = readonly [what: string, make: (path: string) => void, words: readonly string[]];
const put =
  (content: string | Uint8Array) =>
  (path: string): void => {
    writeFileSync(path, content);
  };
/** A good database with one thing wrong. */
const db =
  (sql: string) =>
  (path: string): void => {
    const made = makeOptunaDatabase(path);
    insertStudies(made, [
      study('s', [trial('COMPLETE', [1], { fast: int(5), pick: choice(0, ['a']) }, { note: 1 })]),
    ]);
    made.exec(sql);
    made.close();
  };
const LINES = journalLines([study('s', [trial('COMPLETE', [1], { fast: int(5) })])]);
/** A good journal with a line put in after its first. */
const line = (text: string): ((path: string) => void) =>
  put([...LINES.slice(0, 2), text, ...LINES.slice(2), ''].join('\n'));
const operation = (fields: object): ((path: string) => void) =>
  line(pythonJson({ worker_id: 'w', ...fields }));
const deep = '['.repeat(100_000) + ']'.repeat(100_000);

/** Nothing of these can count. */
const HOPELESS: readonly Bad[] = [
  ['no file', () => undefined, ['there is no such file']],
  [
    'a folder',
    (path) => {
      mkdirSync(path);
    },
    ['it is a folder'],
  ],
  [
    'a link to nowhere',
    (path) => {
      symlinkSync('/no/such/place', path);
    },
    ['there is no such file'],
  ],
  [
    'a pipe',
    (path) => {
      makePipe(path);
    },
    ['no ordinary file'],
  ],
  ['text', put('hello trials\n'), ['no Optuna storage', '"hello trials"']],
  ['binary rubbish', put(new Uint8Array([0x80, 0x04, 0x95, 0, 255, 254])), ['no Optuna storage']],
  ['JSON trials', put('[{"study":"a","number":1}]'), ['deployments/trials']],
  ['20 MB of zeros', put(new Uint8Array(20_000_000)), ['no Optuna storage']],
  [
    'a database of something else',
    (path) => {
      new Database(path).exec('CREATE TABLE t (a)').close();
    },
    ['no Optuna storage', '"studies"'],
  ],
  [
    'a view instead of a table',
    db('DROP TABLE trials; CREATE VIEW trials AS SELECT 1 AS trial_id'),
    ['no Optuna storage'],
  ],
  [
    'an older schema version',
    db('UPDATE version_info SET schema_version = 11'),
    ['schema version is 11', 'optuna storage upgrade'],
  ],
  [
    'a newer schema version',
    db('UPDATE version_info SET schema_version = 13'),
    ['schema version is 13', '12'],
  ],
  ['a schema version in words', db("UPDATE version_info SET schema_version = 'twelve'"), ['"twelve"']],
  ['no schema version', db('DROP TABLE version_info'), ['schema version is not said']],
  ['trials without numbers', db('ALTER TABLE trials DROP COLUMN number'), ['trials has no column "number"']],
  ['no table of parameters', db('DROP TABLE trial_params'), ['trial_params']],
  [
    'a state nobody knows',
    db("UPDATE trials SET state = 'DREAMING'"),
    ['a trial has an unknown form', 'DREAMING'],
  ],
  [
    'a direction nobody knows',
    db("UPDATE study_directions SET direction = 'UP'"),
    ['a direction has an unknown form'],
  ],
  ['a number in words', db("UPDATE trials SET number = 'one'"), ['a trial has an unknown form']],
  ['a number below zero', db('UPDATE trials SET number = -1'), ['a trial has an unknown form']],
  ['a value in words', db("UPDATE trial_values SET value = 'high'"), ['a value has an unknown form', 'high']],
  ['a value of a type nobody knows', db("UPDATE trial_values SET value_type = 'HUGE'"), ['HUGE']],
  [
    'a study whose name is a blob',
    db("UPDATE studies SET study_name = x'ff'"),
    ['a study has an unknown form'],
  ],
  [
    'a database cut in its last page',
    (path) => {
      writeOptunaDatabase(path, []);
      truncateSync(path, readFileSync(path).length - 100);
    },
    ['cut off'],
  ],
  [
    'a database cut in the middle',
    (path) => {
      db('')(path);
      truncateSync(path, 4096 * 3);
    },
    ['damaged'],
  ],
  [
    'a database with rubbish in it',
    (path) => {
      db('')(path);
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.fill(0xab, 4096, bytes.length - 4096));
    },
    ['damaged'],
  ],
  ['the head of a database alone', put('SQLite format 3\u0000'), ['damaged']],
  [
    'an endless line',
    put(`${LINES[0] ?? ''}\n{"op_code":4,"pad":"${'x'.repeat(9_000_000)}`),
    ['line 2', 'longer than 8000000 bytes'],
  ],
];

/** The trial before them counts. */
const AFTER_IT: readonly Bad[] = [
  ['half a line', line('{"op_code":4,"worker'), ['line 3', 'not JSON']],
  ['a list', line('[1]'), ['line 3', 'no operation']],
  ['null', line('null'), ['line 3', 'no operation']],
  ['an operation nobody knows', operation({ op_code: 10 }), ['line 3', 'op_code 0 to 9']],
  ['an operation in words', operation({ op_code: '4' }), ['line 3', 'op_code 0 to 9']],
  ['a trial of a study in words', operation({ op_code: 4, study_id: 'first' }), ['line 3', 'study_id']],
  [
    'a state nobody knows',
    operation({ op_code: 6, trial_id: 0, state: 5, values: [1] }),
    ['line 3', 'state'],
  ],
  [
    'values in words',
    operation({ op_code: 6, trial_id: 0, state: 1, values: ['high'] }),
    ['line 3', 'values.0'],
  ],
  [
    'a study without a direction',
    operation({ op_code: 0, study_name: 'x', directions: [] }),
    ['line 3', 'directions'],
  ],
  ['deep JSON', line(deep), ['line 3', 'nested deeper than 100 levels']],
  [
    'deep attributes',
    operation({
      op_code: 8,
      trial_id: 0,
      user_attr: { a: JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`) as unknown },
    }),
    ['nested deeper'],
  ],
  ['bytes that are no text', line('\u0000\u0001\uFFFF'), ['line 3', 'not JSON']],
];

describe('what is no Optuna storage is said so', () => {
  it.each(HOPELESS)('%s', (_what, make, words) => {
    const path = newPath();
    make(path);
    const { trials, rubbish } = optuna(path);
    expect(trials).toEqual([]);
    expect(rubbish).toHaveLength(1);
    const said = `${rubbish[0]?.where ?? ''}: ${rubbish[0]?.why ?? ''}`;
    for (const word of [path, ...words]) expect(said).toContain(word);
    expect(said.length, 'a message, not the file').toBeLessThan(600);
  });

  it.each(AFTER_IT)('a JournalFile with %s in the middle', (_what, make, words) => {
    const path = newPath();
    make(path);
    const { rubbish, studies } = optuna(path);
    expect(studies.map((one) => one.study)).toEqual(['s']);
    expect(rubbish).toHaveLength(1);
    const said = `${rubbish[0]?.where ?? ''}: ${rubbish[0]?.why ?? ''}`;
    for (const word of [path, ...words]) expect(said).toContain(word);
  });
});

describe('one bad trial does not spoil its study', () => {
  const good = trial('COMPLETE', [1], { fast: int(5) });
  const withSecond = (sql: string): TrialReading => {
    const path = newPath();
    const made = makeOptunaDatabase(path);
    insertStudies(made, [
      study('s', [good, trial('COMPLETE', [2], { pick: choice(1, ['a', 'b']) }, { note: 1 })]),
    ]);
    made.exec(sql);
    made.close();
    return optuna(path);
  };

  it.each([
    [
      'a choice that is not there',
      "UPDATE trial_params SET param_value = 7 WHERE param_name = 'pick'",
      'choice 7 of 2',
    ],
    [
      'a choice that is nothing',
      "UPDATE trial_params SET param_value = NULL WHERE param_name = 'pick'",
      'choice null of 2',
    ],
    [
      'a distribution nobody knows',
      `UPDATE trial_params SET distribution_json = '{"name":"Magic","attributes":{}}' WHERE param_name = 'pick'`,
      '"Magic"',
    ],
    [
      'a distribution of no form',
      `UPDATE trial_params SET distribution_json = '7' WHERE param_name = 'pick'`,
      'unknown form',
    ],
    [
      'half a distribution',
      `UPDATE trial_params SET distribution_json = '{"na' WHERE param_name = 'pick'`,
      'parameter "pick": not JSON',
    ],
    [
      'half an attribute',
      `UPDATE trial_user_attributes SET value_json = '{"a":'`,
      'user attribute "note": not JSON',
    ],
    ['no value', 'DELETE FROM trial_values WHERE trial_id = 1001', 'it has no value'],
    ['a value of NULL', 'UPDATE trial_values SET value = NULL WHERE trial_id = 1001', 'it has no value'],
    [
      'a second value',
      "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (1001, 1, 3, 'FINITE')",
      '2 values',
    ],
  ])('%s', (_what, sql, words) => {
    const { trials, unfit } = withSecond(sql);
    expect(trials.map((one) => one.number)).toEqual([0]);
    expect(unfit).toMatchObject([{ number: 1, why: expect.stringContaining(words) as string }]);
  });

  it('a second trial with the same number is told and the first counts', () => {
    const { trials, rubbish } = withSecond('UPDATE trials SET number = 0');
    expect(trials.map((one) => one.value)).toEqual([1]);
    expect(rubbish[0]?.why).toContain('two trials of a study have the number 0');
  });

  it('NaN among parameters and attributes is null', () => {
    const path = newPath();
    const made = journalLines([
      study('s', [trial('COMPLETE', [1], { fast: int(5) }, { loss: NaN, best: -Infinity })]),
    ]);
    writeFileSync(path, `${made.join('\n')}\n`);
    expect(optuna(path).trials[0]?.attributes).toEqual({ loss: null, best: -Infinity });
  });

  it('a text that looks like NaN stays a text', () => {
    const path = newPath();
    const notes = { name: 'NaN, "Infinity" and -Infinity\\', loss: NaN };
    writeFileSync(path, `${journalLines([study('NaN', [trial('COMPLETE', [1], {}, notes)])]).join('\n')}\n`);
    expect(optuna(path).trials[0]).toMatchObject({ study: 'NaN', attributes: { ...notes, loss: null } });
  });
});

describe('bad JSON trials', () => {
  const good = { study: 's', number: 1, value: 1, contestant: { kind: 'flat' } };
  const json = (content: string | Uint8Array): TrialReading => {
    const place = mkdtempSync(join(folder.path, 'json-'));
    writeFileSync(join(place, 'a.json'), content);
    writeFileSync(join(place, 'good.json'), JSON.stringify({ ...good, number: 99 }));
    return jsonTrials(place).read();
  };
  it.each<[string, string | Uint8Array, string]>([
    ['half a file', '{"study":', 'not JSON'],
    ['an empty file', '', 'not JSON'],
    ['NaN, which Python writes', '{"study":"s","number":1,"value":NaN,"contestant":{}}', 'not JSON'],
    ['an infinite value', '{"study":"s","number":1,"value":1e999,"contestant":{}}', 'value'],
    ['a value in words', JSON.stringify({ ...good, value: '1' }), 'value'],
    ['a number in words', JSON.stringify({ ...good, number: '1' }), 'number'],
    ['half a number', JSON.stringify({ ...good, number: 1.5 }), 'number'],
    ['a negative number', JSON.stringify({ ...good, number: -1 }), 'number'],
    ['no contestant', JSON.stringify({ ...good, contestant: undefined }), 'contestant'],
    ['a list for a contestant', JSON.stringify({ ...good, contestant: [] }), 'contestant'],
    ['an unknown direction', JSON.stringify({ ...good, direction: 'up' }), 'direction'],
    ['an unknown field', JSON.stringify({ ...good, score: 1 }), 'score'],
    ['a study without a name', JSON.stringify({ ...good, study: '' }), 'study'],
    ['null', 'null', 'expected object'],
    ['deep JSON', deep, 'nested deeper'],
    ['a deep contestant', `{"study":"s","number":1,"value":1,"contestant":{"a":${deep}}}`, 'nested deeper'],
    ['21 MB', `[${' '.repeat(21_000_000)}]`, 'larger than'],
    ['binary rubbish', new Uint8Array([0, 255, 1, 254]), 'not JSON'],
  ])('%s is named and the file beside it counts', (_what, content, words) => {
    const { trials, rubbish } = json(content);
    expect(trials.map((one) => one.number)).toEqual([99]);
    expect(rubbish).toHaveLength(1);
    expect(rubbish[0]?.where).toContain('a.json');
    expect(rubbish[0]?.why).toContain(words);
  });

  it('a folder or a pipe that is called like a file is named', () => {
    const place = mkdtempSync(join(folder.path, 'json-'));
    mkdirSync(join(place, 'a.json'));
    makePipe(join(place, 'b.json'));
    symlinkSync('/no/such/file', join(place, 'c.json'));
    expect(
      jsonTrials(place)
        .read()
        .rubbish.map((item) => item.where),
    ).toEqual(['a', 'b', 'c'].map((name) => join(place, `${name}.json`)));
  });

  it('a file for a folder is named', () => {
    const path = newPath();
    writeFileSync(path, 'x');
    expect(jsonTrials(path).read()).toMatchObject({ trials: [], rubbish: [{ where: path }] });
  });
});

describe('any bytes', () => {
  it('never throw, and a journal with one byte changed gives no trial that was not there', () => {
    const lines = journalLines([
      study('s', [trial('COMPLETE', [1], { fast: int(5) }), trial('COMPLETE', [2], { fast: int(6) })]),
    ]);
    const text = Buffer.from(lines.map((one) => `${one}\n`).join(''));
    const path = newPath();
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const bytes = Buffer.from(text);
        bytes[at] = byte;
        writeFileSync(path, bytes);
        const { trials } = optuna(path);
        expect(trials.length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 200 },
    );
  });

  it('a database with any page overwritten never throws', () => {
    const path = newPath();
    db('')(path);
    const whole = readFileSync(path);
    fc.assert(
      fc.property(
        fc.nat({ max: whole.length - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        (at, rubbish) => {
          const bytes = Buffer.from(whole);
          bytes.set(rubbish.subarray(0, bytes.length - at), at);
          writeFileSync(path, bytes);
          const { trials } = optuna(path);
          expect(trials.length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 200 },
    );
  });
});
