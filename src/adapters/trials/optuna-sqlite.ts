import type Database from 'better-sqlite3';
import { z } from 'zod';
import { readOptunaDatabase } from './open-optuna-database.js';
import { distributionReader } from './optuna-distribution.js';
import { type RecordedStudy, type RecordedTrial, type StorageReading, TRIAL_STATES } from './optuna-study.js';
import { parsePythonJson } from './parse-json.js';

/**
 * Optuna's own number has been 12 since before 1.0 and never changes; what did change since are columns, so the
 * layout is known by them (optuna/storages/_rdb/alembic/versions):
 * - before 2.4: `studies.direction` and `trials.value`, one objective;
 * - since 2.4: `study_directions`, `trial_values.objective`, infinity as the largest 32-bit float;
 * - since 3.0: `trial_values.value_type`, which says FINITE, INF_POS or INF_NEG.
 */
const SCHEMA_VERSION = 12;

/** numpy.finfo(float32).max: infinity before 3.0, compared with the tolerance that Optuna's own migration has. */
const FLOAT32_MAX = 3.4028234663852886e38;
const FLOAT32_TOLERANCE = 1e-5;
/** More rows are no study that a person has. */
const MAX_ROWS = 20_000_000;

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  version_info: ['schema_version'],
  studies: ['study_id', 'study_name'],
  trials: ['trial_id', 'number', 'study_id', 'state'],
  trial_params: ['trial_id', 'param_name', 'param_value', 'distribution_json'],
  trial_values: ['trial_id', 'value'],
  trial_user_attributes: ['trial_id', 'key', 'value_json'],
};

/** Reads an Optuna storage in an SQLite file. Throws an Error in words where there is none. */
export function readOptunaSqlite(path: string): StorageReading {
  return readOptunaDatabase(path, (db) => readStorage(db, path));
}

interface Layout {
  readonly manyObjectives: boolean;
  readonly typedValues: boolean;
}

interface OpenTrial {
  readonly number: number;
  readonly values: Map<number, number | null>;
  readonly params: Map<string, unknown>;
  readonly attributes: Map<string, unknown>;
  fault: string | undefined;
}

const studyRow = z.tuple([z.int(), z.string()]);
const directionRow = z.tuple([z.int(), z.enum(['MINIMIZE', 'MAXIMIZE', 'NOT_SET'])]);
const countRow = z.tuple([z.int(), z.enum(TRIAL_STATES), z.int()]);
const trialRow = z.tuple([z.int(), z.int(), z.int().min(0)]);
const double = z.custom<number>((value) => typeof value === 'number').nullable();
const valueRow = z.tuple([
  z.int(),
  z.int().min(0).max(1000),
  double,
  z.enum(['FINITE', 'INF_POS', 'INF_NEG']),
]);
const paramRow = z.tuple([z.int(), z.string(), double, z.string()]);
const attributeRow = z.tuple([z.int(), z.string(), z.string()]);

const DIRECTIONS = { MINIMIZE: 'minimize', MAXIMIZE: 'maximize', NOT_SET: 'not set' } as const;

function readStorage(db: Database.Database, path: string): StorageReading {
  const layout = layoutOf(db);
  const directions = byStudy(
    rows(
      db,
      layout.manyObjectives
        ? 'SELECT study_id, direction FROM study_directions ORDER BY study_id, objective'
        : 'SELECT study_id, direction FROM studies',
      directionRow,
      'a direction',
    ),
  );
  const counts = byStudy(
    rows(
      db,
      'SELECT study_id, state, count(*) FROM trials WHERE study_id IS NOT NULL GROUP BY study_id, state',
      countRow,
      'a trial',
    ),
  );
  const { trials, ofStudy, rubbish } = readTrials(db, layout, path);
  const studies = [
    ...rows(db, 'SELECT study_id, study_name FROM studies ORDER BY study_id', studyRow, 'a study'),
  ].map(([id, name]): RecordedStudy => ({
    name,
    directions: (directions.get(id) ?? []).map(([, direction]) => DIRECTIONS[direction]),
    states: Object.fromEntries((counts.get(id) ?? []).map(([, state, count]) => [state, count])),
    trials: (ofStudy.get(id) ?? []).flatMap((trial) => {
      const open = trials.get(trial);
      return open === undefined ? [] : [recorded(open)];
    }),
  }));
  return { studies, rubbish };
}

function layoutOf(db: Database.Database): Layout {
  const columns = (table: string): string[] =>
    // A view of that name could compute anything, for any time.
    db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) === undefined
      ? []
      : db.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table).map(String);
  if (columns('studies').length === 0 || columns('trials').length === 0)
    throw new Error('it is a database, but no Optuna storage: there are no tables "studies" and "trials"');
  const typedValues = columns('trial_values').includes('value_type');
  const manyObjectives = columns('study_directions').includes('direction');
  const needed = manyObjectives
    ? { ...NEEDED, trial_values: ['trial_id', 'objective', 'value'] }
    : {
        ...NEEDED,
        trials: [...(NEEDED['trials'] ?? []), 'value'],
        studies: ['study_id', 'study_name', 'direction'],
      };
  const version: unknown = columns('version_info').includes('schema_version')
    ? db.prepare('SELECT schema_version FROM version_info').pluck().get()
    : undefined;
  if (version !== SCHEMA_VERSION)
    throw new Error(
      `its schema version is ${version === undefined ? 'not said' : JSON.stringify(version)}, this program knows ${String(SCHEMA_VERSION)} (Optuna 1.3 to 4): bring it up with "optuna storage upgrade"`,
    );
  for (const [table, names] of Object.entries(needed)) {
    const present = columns(table);
    const missing = names.find((name) => !present.includes(name));
    if (missing !== undefined)
      throw new Error(
        `its layout is not known: ${table} has no column "${missing}" (an old storage is brought up with "optuna storage upgrade")`,
      );
  }
  return { manyObjectives, typedValues };
}

/** Completed trials by the database's id, and which belong to a study, in the order of their numbers. */
function readTrials(
  db: Database.Database,
  layout: Layout,
  path: string,
): { trials: Map<number, OpenTrial>; ofStudy: Map<number, number[]>; rubbish: StorageReading['rubbish'] } {
  const trials = new Map<number, OpenTrial>();
  const ofStudy = new Map<number, number[]>();
  const rubbish: { where: string; why: string }[] = [];
  let last: readonly [study: number, number: number] | undefined;
  for (const [id, study, number] of rows(
    db,
    "SELECT trial_id, study_id, number FROM trials WHERE state = 'COMPLETE' AND study_id IS NOT NULL ORDER BY study_id, number, trial_id",
    trialRow,
    'a trial',
  )) {
    // Optuna leaves uniqueness to its own care, so it is checked.
    if (last?.[0] === study && last[1] === number) {
      rubbish.push({
        where: path,
        why: `two trials of a study have the number ${String(number)}; the first counts`,
      });
      continue;
    }
    last = [study, number];
    trials.set(id, { number, values: new Map(), params: new Map(), attributes: new Map(), fault: undefined });
    const siblings = ofStudy.get(study);
    if (siblings === undefined) ofStudy.set(study, [id]);
    else siblings.push(id);
  }
  for (const [id, objective, value, type] of rows(db, valuesQuery(layout), valueRow, 'a value'))
    trials.get(id)?.values.set(objective, finiteOr(value, type, layout));
  const read = distributionReader();
  for (const [id, name, internal, distribution] of rows(
    db,
    "SELECT p.trial_id, p.param_name, p.param_value, p.distribution_json FROM trial_params p JOIN trials t ON t.trial_id = p.trial_id WHERE t.state = 'COMPLETE' ORDER BY p.param_id",
    paramRow,
    'a parameter',
  ))
    noting(trials.get(id), `parameter "${name}"`, (trial) => {
      trial.params.set(name, read(distribution).external(internal));
    });
  for (const [id, key, json] of rows(
    db,
    "SELECT a.trial_id, a.key, a.value_json FROM trial_user_attributes a JOIN trials t ON t.trial_id = a.trial_id WHERE t.state = 'COMPLETE' ORDER BY a.trial_user_attribute_id",
    attributeRow,
    'a user attribute',
  ))
    noting(trials.get(id), `user attribute "${key}"`, (trial) => {
      trial.attributes.set(key, parsePythonJson(json));
    });
  return { trials, ofStudy, rubbish };
}

function valuesQuery({ manyObjectives, typedValues }: Layout): string {
  if (!manyObjectives)
    return "SELECT trial_id, 0, value, 'FINITE' FROM trials WHERE state = 'COMPLETE' AND value IS NOT NULL";
  const type = typedValues ? 'v.value_type' : "'FINITE'";
  return `SELECT v.trial_id, v.objective, v.value, ${type} FROM trial_values v JOIN trials t ON t.trial_id = v.trial_id WHERE t.state = 'COMPLETE'`;
}

function finiteOr(value: number | null, type: z.infer<typeof valueRow>[3], layout: Layout): number | null {
  if (type === 'INF_POS') return Infinity;
  if (type === 'INF_NEG') return -Infinity;
  if (layout.typedValues || value === null) return value;
  const away = Math.abs(Math.abs(value) / FLOAT32_MAX - 1);
  return away < FLOAT32_TOLERANCE ? Math.sign(value) * Infinity : value;
}

/** One parameter that cannot be read makes one trial unusable, not the storage. */
function noting(trial: OpenTrial | undefined, what: string, act: (trial: OpenTrial) => void): void {
  if (trial === undefined) return;
  try {
    act(trial);
  } catch (error) {
    trial.fault ??= `${what}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function recorded(open: OpenTrial): RecordedTrial {
  return {
    number: open.number,
    values: [...open.values].sort(([a], [b]) => a - b).map(([, value]) => value),
    params: Object.fromEntries(open.params),
    attributes: Object.fromEntries(open.attributes),
    ...(open.fault === undefined ? {} : { fault: open.fault }),
  };
}

function byStudy<Row extends readonly [study: number, ...unknown[]]>(all: Iterable<Row>): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of all) groups.set(row[0], [...(groups.get(row[0]) ?? []), row]);
  return groups;
}

/** Rows of a query, each checked: SQLite keeps any type in any column. */
function* rows<T>(db: Database.Database, sql: string, schema: z.ZodType<T>, what: string): Generator<T> {
  let count = 0;
  for (const row of db.prepare(sql).raw().iterate()) {
    if (++count > MAX_ROWS) throw new Error(`it has more than ${String(MAX_ROWS)} rows`);
    const parsed = schema.safeParse(row);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new Error(
        `${what} has an unknown form: ${JSON.stringify(row).slice(0, 120)} (${(issue?.message ?? '').replace(/^Invalid (input|option): /, '')})`,
      );
    }
    yield parsed.data;
  }
}
