/** The same studies, written as each kind of storage writes them. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export type MadeState = 'RUNNING' | 'COMPLETE' | 'PRUNED' | 'FAIL' | 'WAITING';

export interface MadeParam {
  readonly distribution: { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> };
  /** As Optuna stores it. */
  readonly internal: number;
  /** As the training script saw it. */
  readonly external: unknown;
}

export interface MadeTrial {
  readonly state: MadeState;
  readonly values: readonly number[];
  readonly params: Readonly<Record<string, MadeParam>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface MadeStudy {
  readonly name: string;
  readonly directions: readonly ('maximize' | 'minimize' | 'not set')[];
  readonly trials: readonly MadeTrial[];
}

export function int(value: number, more: object = {}): MadeParam {
  return {
    distribution: {
      name: 'IntDistribution',
      attributes: { log: false, step: 1, low: 1, high: 500, ...more },
    },
    internal: value,
    external: value,
  };
}

export function float(value: number, more: object = {}): MadeParam {
  return {
    distribution: {
      name: 'FloatDistribution',
      attributes: { step: null, low: 0, high: 1, log: false, ...more },
    },
    internal: value,
    external: value,
  };
}

export function choice(index: number, choices: readonly unknown[]): MadeParam {
  return {
    distribution: { name: 'CategoricalDistribution', attributes: { choices } },
    internal: index,
    external: choices[index],
  };
}

export function trial(
  state: MadeState,
  values: readonly number[],
  params: MadeTrial['params'] = {},
  attributes: MadeTrial['attributes'] = {},
): MadeTrial {
  return { state, values, params, attributes };
}

export function study(
  name: string,
  trials: readonly MadeTrial[],
  ...directions: MadeStudy['directions']
): MadeStudy {
  return { name, directions: directions.length === 0 ? ['maximize'] : directions, trials };
}

/** JSON as Python writes it: with bare words for what JSON has no numbers for. */
export function pythonJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, child]) => `${JSON.stringify(key)}:${pythonJson(child)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

/** External parameters: what a reader should see. */
export function externalParams({ params }: MadeTrial): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).map(([name, param]) => [name, param.external]));
}

/** One file per study; trials without exactly one finite value cannot be said in this form. */
export function writeJsonTrials(folder: string, studies: readonly MadeStudy[]): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  studies.forEach(({ name, directions, trials }, i) => {
    const items = trials.flatMap((made, number) =>
      made.values.length !== 1 || !Number.isFinite(made.values[0])
        ? []
        : [
            {
              study: name,
              number,
              value: made.values[0],
              direction: directions[0],
              state: made.state,
              contestant: { kind: 'sma-cross', params: externalParams(made) },
              params: externalParams(made),
              attributes: made.attributes,
            },
          ],
    );
    writeFileSync(join(folder, `${String(i)}.json`), JSON.stringify(items));
  });
}

const STATE_NUMBER: Readonly<Record<MadeState, number>> = {
  RUNNING: 0,
  COMPLETE: 1,
  PRUNED: 2,
  FAIL: 3,
  WAITING: 4,
};
const DIRECTION_NUMBER = { 'not set': 0, minimize: 1, maximize: 2 } as const;

/** The lines that an Optuna JournalFile would have. Every second trial is added finished, as `add_trial` does. */
export function journalLines(studies: readonly MadeStudy[]): string[] {
  const worker = { worker_id: 'ba5e-140237739214336' };
  const lines: object[] = [];
  let trialId = 0;
  studies.forEach(({ name, directions, trials }, studyId) => {
    lines.push({
      op_code: 0,
      ...worker,
      study_name: name,
      directions: directions.map((direction) => DIRECTION_NUMBER[direction]),
    });
    lines.push({ op_code: 2, ...worker, study_id: studyId, user_attr: { author: 'somebody' } });
    trials.forEach((made, number) => {
      const begin = {
        op_code: 4,
        ...worker,
        study_id: studyId,
        datetime_start: '2026-01-01T00:00:00.000000',
      };
      const id = trialId++;
      if (number % 2 === 1) {
        lines.push({
          ...begin,
          state: STATE_NUMBER[made.state],
          value: made.values.length === 1 ? made.values[0] : null,
          values: made.values.length > 1 ? made.values : null,
          datetime_complete: '2026-01-01T00:01:00.000000',
          distributions: mapped(made, (param) => pythonJson(param.distribution)),
          params: mapped(made, (param) => param.internal),
          user_attrs: made.attributes,
          system_attrs: {},
          intermediate_values: { 0: NaN },
        });
        return;
      }
      lines.push(begin);
      for (const [key, param] of Object.entries(made.params))
        lines.push({
          op_code: 5,
          ...worker,
          trial_id: id,
          param_name: key,
          param_value_internal: param.internal,
          distribution: pythonJson(param.distribution),
        });
      lines.push({ op_code: 7, ...worker, trial_id: id, step: 0, intermediate_value: NaN });
      for (const [key, value] of Object.entries(made.attributes))
        lines.push({ op_code: 8, ...worker, trial_id: id, user_attr: { [key]: value } });
      lines.push({ op_code: 9, ...worker, trial_id: id, system_attr: { 'tpe:seed': 1 } });
      if (made.state !== 'RUNNING')
        lines.push({
          op_code: 6,
          ...worker,
          trial_id: id,
          state: STATE_NUMBER[made.state],
          values: made.values.length === 0 ? null : made.values,
          datetime_complete: '2026-01-01T00:01:00.000000',
        });
    });
  });
  return lines.map(pythonJson);
}

export function writeJournal(path: string, studies: readonly MadeStudy[]): void {
  writeFileSync(
    path,
    journalLines(studies)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

function mapped(made: MadeTrial, of: (param: MadeParam) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(made.params).map(([key, param]) => [key, of(param)]));
}

/** The three layouts that Optuna's SQLite storages have had since its version 1.3. */
export type SqliteLayout = '1.3' | '2.4' | '3.0';

const FLOAT32_MAX = 3.4028234663852886e38;

/** Makes an Optuna storage with the tables of that version; the caller closes it. */
export function makeOptunaDatabase(path: string, layout: SqliteLayout = '3.0'): Database.Database {
  const db = new Database(path);
  const old = layout === '1.3';
  db.exec(`
    CREATE TABLE studies (study_id INTEGER NOT NULL PRIMARY KEY, study_name VARCHAR(512) NOT NULL UNIQUE${old ? ', direction VARCHAR(8) NOT NULL' : ''});
    CREATE TABLE version_info (version_info_id INTEGER NOT NULL PRIMARY KEY CHECK (version_info_id = 1), schema_version INTEGER, library_version VARCHAR(256));
    CREATE TABLE trials (trial_id INTEGER NOT NULL PRIMARY KEY, number INTEGER, study_id INTEGER, state VARCHAR(8) NOT NULL${old ? ', value FLOAT' : ''}, datetime_start DATETIME, datetime_complete DATETIME);
    CREATE TABLE trial_user_attributes (trial_user_attribute_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER, key VARCHAR(512), value_json TEXT, UNIQUE (trial_id, key));
    CREATE TABLE trial_params (param_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER, param_name VARCHAR(512), param_value FLOAT, distribution_json TEXT, UNIQUE (trial_id, param_name));
    CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
    INSERT INTO version_info VALUES (1, 12, '${layout}.0');
    INSERT INTO alembic_version VALUES ('v${layout}.0.a');
  `);
  if (old)
    db.exec(
      'CREATE TABLE trial_values (trial_value_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER, step INTEGER, value FLOAT)',
    );
  else
    db.exec(`
      CREATE TABLE study_directions (study_direction_id INTEGER NOT NULL PRIMARY KEY, direction VARCHAR(8) NOT NULL, study_id INTEGER NOT NULL, objective INTEGER NOT NULL, UNIQUE (study_id, objective));
      CREATE TABLE trial_values (trial_value_id INTEGER NOT NULL PRIMARY KEY, trial_id INTEGER NOT NULL, objective INTEGER NOT NULL, value FLOAT${layout === '3.0' ? ', value_type VARCHAR(7) NOT NULL' : ''}, UNIQUE (trial_id, objective));
    `);
  return db;
}

/** Ids of a database begin here: a test that finds one where a number should be fails. */
const FIRST_ID = 1000;

export function insertStudies(
  db: Database.Database,
  studies: readonly MadeStudy[],
  layout: SqliteLayout = '3.0',
): void {
  const run = (sql: string, ...values: unknown[]): void => {
    db.prepare(sql).run(...values);
  };
  const upper = (direction: string): string => direction.replace(' ', '_').toUpperCase();
  let id = FIRST_ID;
  studies.forEach(({ name, directions, trials }, i) => {
    const studyId = i + 1;
    if (layout === '1.3')
      run('INSERT INTO studies VALUES (?, ?, ?)', studyId, name, upper(directions[0] ?? ''));
    else {
      run('INSERT INTO studies VALUES (?, ?)', studyId, name);
      directions.forEach((direction, objective) => {
        run(
          'INSERT INTO study_directions (direction, study_id, objective) VALUES (?, ?, ?)',
          upper(direction),
          studyId,
          objective,
        );
      });
    }
    trials.forEach((made, number) => {
      const trialId = id++;
      const value = made.values[0] ?? null;
      if (layout === '1.3')
        run(
          'INSERT INTO trials (trial_id, number, study_id, state, value) VALUES (?, ?, ?, ?, ?)',
          trialId,
          number,
          studyId,
          made.state,
          value,
        );
      else {
        run(
          'INSERT INTO trials (trial_id, number, study_id, state) VALUES (?, ?, ?, ?)',
          trialId,
          number,
          studyId,
          made.state,
        );
        made.values.forEach((one, objective) => {
          if (layout === '2.4')
            run(
              'INSERT INTO trial_values (trial_id, objective, value) VALUES (?, ?, ?)',
              trialId,
              objective,
              Number.isFinite(one) ? one : Math.sign(one) * FLOAT32_MAX,
            );
          else
            run(
              'INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, ?, ?, ?)',
              trialId,
              objective,
              Number.isFinite(one) ? one : null,
              Number.isFinite(one) ? 'FINITE' : one > 0 ? 'INF_POS' : 'INF_NEG',
            );
        });
      }
      for (const [key, param] of Object.entries(made.params))
        run(
          'INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, ?, ?, ?)',
          trialId,
          key,
          param.internal,
          pythonJson(param.distribution),
        );
      for (const [key, note] of Object.entries(made.attributes))
        run(
          'INSERT INTO trial_user_attributes (trial_id, key, value_json) VALUES (?, ?, ?)',
          trialId,
          key,
          pythonJson(note),
        );
    });
  });
}

export function writeOptunaDatabase(
  path: string,
  studies: readonly MadeStudy[],
  layout: SqliteLayout = '3.0',
): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}-journal`]) rmSync(file, { force: true });
  const db = makeOptunaDatabase(path, layout);
  db.transaction(() => {
    insertStudies(db, studies, layout);
  })();
  db.close();
}
