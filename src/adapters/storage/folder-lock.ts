import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { Problem } from '../../core/domain/problem.js';
import { fileProblem, writeFileAtomically } from './atomic-file.js';
import { sqliteProblem } from './sqlite-problem.js';

const holderSchema = z.object({ pid: z.number(), startedAt: z.string(), command: z.string() });
export type LockHolder = z.infer<typeof holderSchema>;

export interface FolderLock {
  release(): void;
}

export interface LockProbe {
  readonly locked: boolean;
  /** Who said so when it took the lock; undefined when that cannot be read. */
  readonly holder?: LockHolder;
}

/**
 * Holds an exclusive transaction on `lock.sqlite`. The operating system frees it when the process dies, so a
 * stale lock cannot exist. `lock.json` beside it is a courtesy to people, not part of the lock.
 */
export function lockFolder(folder: string): FolderLock {
  const db = openExclusively(folder);
  const holder: LockHolder = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    command: process.argv.slice(2).join(' '),
  };
  writeFileAtomically(join(folder, 'lock.json'), `${JSON.stringify(holder)}\n`);
  return {
    release() {
      if (db.inTransaction) db.exec('ROLLBACK');
      db.close();
    },
  };
}

function openExclusively(folder: string): Database.Database {
  const path = join(folder, 'lock.sqlite');
  let db: Database.Database | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    db = new Database(path, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    if (!(error instanceof Database.SqliteError)) throw fileProblem(folder, error);
    const problem = sqliteProblem(path, error);
    throw problem.kind === 'locked' ? lockedProblem(folder, readHolder(folder)) : problem;
  }
}

/** Looks without creating a file and without getting into the holder's way. */
export function isLocked(folder: string): LockProbe {
  const path = join(folder, 'lock.sqlite');
  if (!existsSync(path)) return { locked: false };
  const db = new Database(path, { readonly: true, timeout: 0 });
  try {
    db.prepare('SELECT count(*) FROM sqlite_master').get();
    return { locked: false };
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    const problem = sqliteProblem(path, error);
    if (problem.kind !== 'locked') throw problem;
    const holder = readHolder(folder);
    return holder === undefined ? { locked: true } : { locked: true, holder };
  } finally {
    db.close();
  }
}

function readHolder(folder: string): LockHolder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8')));
  } catch {
    // The courtesy note may be missing or half written; the lock itself does not depend on it.
    return undefined;
  }
}

function lockedProblem(folder: string, holder: LockHolder | undefined): Problem {
  const who =
    holder === undefined ? 'another process' : `process ${String(holder.pid)} since ${holder.startedAt}`;
  return new Problem('locked', `${folder} is in use by ${who}`, {
    hint: 'wait for it, stop it with Ctrl-C, or name another folder with --state',
  });
}
