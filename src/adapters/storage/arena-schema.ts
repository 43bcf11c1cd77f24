import type Database from 'better-sqlite3';
import { Problem } from '../../core/domain/problem.js';
import { damagedJournal } from './sqlite-problem.js';

/** "ARNA" in ASCII: tells our journal from any other SQLite file. */
export const APPLICATION_ID = 0x41524e41;

/** Each takes the schema one version further; the number of them is the version. Append only. */
export const MIGRATIONS: readonly ((db: Database.Database) => void)[] = [
  (db: Database.Database): void => {
    db.exec(`
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE rounds (
        seq INTEGER PRIMARY KEY,
        bar_ms INTEGER NOT NULL UNIQUE,
        market_digest TEXT NOT NULL,
        events TEXT NOT NULL,
        marks BLOB NOT NULL,
        previous_hash TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      CREATE TABLE fills (seq INTEGER PRIMARY KEY REFERENCES rounds(seq), body BLOB NOT NULL) STRICT;
      CREATE TABLE decisions (seq INTEGER PRIMARY KEY REFERENCES rounds(seq), body TEXT NOT NULL) STRICT;
      CREATE TABLE contestants (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        body TEXT NOT NULL
      ) STRICT;
      CREATE TABLE requests (
        id TEXT PRIMARY KEY,
        seq INTEGER NOT NULL,
        body TEXT NOT NULL,
        outcome TEXT NOT NULL
      ) STRICT;
      CREATE TABLE state (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL,
        body BLOB NOT NULL
      ) STRICT;
    `);
  },
  (db: Database.Database): void => {
    // The gate's looks and verdicts, one row per cohort and look, and one per candidate judged at it.
    db.exec(`
      CREATE TABLE looks (
        cohort INTEGER NOT NULL,
        age_hours INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (cohort, age_hours)
      ) STRICT;
      CREATE TABLE verdicts (
        cohort INTEGER NOT NULL,
        age_hours INTEGER NOT NULL,
        position INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (cohort, age_hours, position)
      ) STRICT;
    `);
  },
  (db: Database.Database): void => {
    // The state is no longer saved with every commit: what is committed stands by itself.
    db.exec(`
      CREATE TABLE committed (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        seq INTEGER NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;
      INSERT INTO committed SELECT id, seq, hash FROM state;
    `);
  },
];

/** From this version on a state may be older than what is committed. */
export const STATES_LAG_SINCE = 3;

/** Brings a database to the newest schema in one transaction. Refuses foreign files and newer schemas. */
export function migrate(db: Database.Database, path: string, migrations = MIGRATIONS): void {
  const version = schemaVersion(db, path, migrations.length);
  if (version === migrations.length) return;
  db.transaction(() => {
    for (const step of migrations.slice(version)) step(db);
    db.pragma(`user_version = ${String(migrations.length)}`);
    db.pragma(`application_id = ${String(APPLICATION_ID)}`);
  }).immediate();
}

/** The version of a file of ours; 0 for an empty file. */
export function schemaVersion(db: Database.Database, path: string, newest = MIGRATIONS.length): number {
  const application = Number(db.pragma('application_id', { simple: true }));
  const version = Number(db.pragma('user_version', { simple: true }));
  const tables = Number(db.prepare(`SELECT count(*) AS n FROM sqlite_master`).pluck().get());
  if (application !== APPLICATION_ID && tables > 0)
    throw new Problem('foreign', `${path}: this is a database, but not an arena's journal`, {
      hint: 'name another folder with --state',
    });
  if (application === APPLICATION_ID && version === 0 && tables > 0)
    throw damagedJournal(path, 'it has tables but no version');
  if (version > newest)
    throw new Problem(
      'foreign',
      `${path}: has schema ${String(version)}, this program knows up to ${String(newest)}`,
      {
        hint: 'run the newer program that made it',
      },
    );
  return version;
}
