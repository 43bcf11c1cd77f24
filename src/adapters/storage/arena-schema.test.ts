import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/cli.js';
import { hashOf, madeRound } from '../../../test/contracts/arena-store-contract.js';
import { APPLICATION_ID, MIGRATIONS, STATES_LAG_SINCE, migrate, schemaVersion } from './arena-schema.js';
import { openArenaStore } from './sqlite-arena-store.js';

const folder = temporaryFolder();
afterAll(folder.remove);
const newJournal = (): string => join(mkdtempSync(join(folder.path, 'state-')), 'journal.sqlite');

function inspect<T>(path: string, look: (db: Database.Database) => T): T {
  const db = new Database(path, { readonly: true });
  try {
    return look(db);
  } finally {
    db.close();
  }
}

describe('the schema', () => {
  it.each(MIGRATIONS.map((_, version) => version))(
    'is taken from version %d to the newest, with what is in it',
    (version) => {
      const path = newJournal();
      const old = new Database(path);
      migrate(old, path, MIGRATIONS.slice(0, version));
      if (version > 0) old.prepare('INSERT INTO meta VALUES (?, ?)').run('settings', 'old ones');
      old.close();
      const store = openArenaStore(join(path, '..'));
      expect(store.meta('settings')).toBe(version > 0 ? 'old ones' : undefined);
      store.appendRound(madeRound(1));
      store.commit(1, hashOf(1), new Uint8Array([1]));
      store.close();
      inspect(path, (db) => {
        expect(db.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
        expect(db.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
        expect(db.prepare('SELECT count(*) FROM verdicts').pluck().get()).toBe(0);
        expect(db.prepare('SELECT count(*) FROM rounds').pluck().get()).toBe(1);
      });
    },
  );

  it('of before states could be older than the last round is read as it is, and taken over by whoever writes', () => {
    const path = newJournal();
    const old = new Database(path);
    migrate(old, path, MIGRATIONS.slice(0, STATES_LAG_SINCE - 1));
    old
      .prepare('INSERT INTO rounds VALUES (1, 1, ?, ?, ?, ?, ?)')
      .run('', '', Buffer.alloc(0), '0'.repeat(64), hashOf(1));
    old.prepare('INSERT INTO state VALUES (1, 1, ?, ?)').run(hashOf(1), Buffer.from([7]));
    old.close();
    const commit = { seq: 1, hash: hashOf(1) };
    const state = { ...commit, body: new Uint8Array([7]) };
    for (const readOnly of [true, false]) {
      const store = openArenaStore(join(path, '..'), { readOnly });
      expect([store.lastCommit(), store.savedState()]).toEqual([commit, state]);
      expect(inspect(path, (db) => db.pragma('user_version', { simple: true }))).toBe(
        readOnly ? STATES_LAG_SINCE - 1 : MIGRATIONS.length,
      );
      store.close();
    }
    const store = openArenaStore(join(path, '..'));
    store.appendRound(madeRound(2));
    store.commit(2, hashOf(2));
    store.close();
    const reader = openArenaStore(join(path, '..'), { readOnly: true });
    expect([reader.lastCommit(), reader.savedState()]).toEqual([{ seq: 2, hash: hashOf(2) }, state]);
    reader.close();
  });

  it('stays as it was when a step fails, and so does everything in it', () => {
    const path = newJournal();
    const db = new Database(path);
    migrate(db, path, MIGRATIONS.slice(0, 1));
    db.prepare('INSERT INTO meta VALUES (?, ?)').run('settings', 'old ones');
    const steps = [
      ...MIGRATIONS.slice(0, 1),
      (): void => {
        db.exec('CREATE TABLE half_done (a); DELETE FROM meta');
        throw new Error('no further');
      },
    ];
    expect(() => {
      migrate(db, path, steps);
    }).toThrow('no further');
    expect(schemaVersion(db, path)).toBe(1);
    expect(db.prepare('SELECT value FROM meta').pluck().all()).toEqual(['old ones']);
    expect(db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'half_done'`).get()).toBeUndefined();
    db.close();
  });

  it('checks types: every table is STRICT', () => {
    const path = newJournal();
    openArenaStore(join(path, '..')).close();
    const loose = inspect(path, (db) =>
      db.prepare(`SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0`).pluck().all(),
    );
    expect(loose).toEqual(['sqlite_schema']);
  });

  it('that is newer is refused by both versions and left alone', () => {
    const path = newJournal();
    openArenaStore(join(path, '..')).close();
    const db = new Database(path);
    db.pragma('user_version = 99');
    db.close();
    copyFileSync(path, `${path}.before`);
    expect(() => openArenaStore(join(path, '..'))).toThrow(
      expect.objectContaining({
        kind: 'foreign',
        message: expect.stringMatching(
          new RegExp(`schema 99, this program knows up to ${String(MIGRATIONS.length)}`),
        ) as string,
        hint: expect.stringContaining('newer program') as string,
      }),
    );
    expect(readFileSync(path).equals(readFileSync(`${path}.before`))).toBe(true);
  });

  it('of another program is foreign, whatever its version', () => {
    const path = newJournal();
    const db = new Database(path);
    db.exec('CREATE TABLE cats (name TEXT)');
    db.pragma(`application_id = 7`);
    db.pragma(`user_version = ${String(MIGRATIONS.length)}`);
    db.close();
    for (const readOnly of [true, false])
      expect(() => openArenaStore(join(path, '..'), { readOnly })).toThrow(
        expect.objectContaining({ kind: 'foreign', message: expect.stringContaining(path) as string }),
      );
    expect(inspect(path, (db) => db.prepare('SELECT count(*) FROM cats').pluck().get())).toBe(0);
  });
});
