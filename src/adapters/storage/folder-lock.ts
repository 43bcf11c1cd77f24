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

/** Somebody who only looks holds the file for less than a millisecond: taking the lock outwaits that. */
const PROBE_MS = 250;

/** A collected handle closes its file and with it the lock: every held one is kept reachable here. */
const HELD = new Set<Database.Database>();

/**
 * Holds an exclusive transaction on `lock.sqlite`. The operating system frees it when the process dies, so a
 * stale lock cannot exist. `lock.json` beside it is a courtesy to people, not part of the lock.
 */
export function lockFolder(folder: string): FolderLock {
  const db = openExclusively(folder);
  HELD.add(db);
  const release = (): void => {
    HELD.delete(db);
    if (db.inTransaction) db.exec('ROLLBACK');
    db.close();
  };
  const holder: LockHolder = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    command: process.argv.slice(2).join(' '),
  };
  try {
    writeFileAtomically(join(folder, 'lock.json'), `${JSON.stringify(holder)}\n`);
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

function openExclusively(folder: string): Database.Database {
  const path = join(folder, 'lock.sqlite');
  let db: Database.Database | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    db = new Database(path, { timeout: PROBE_MS });
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    if (!(error instanceof Database.SqliteError)) throw fileProblem(folder, error);
    const problem = lockFileProblem(path, error);
    throw isBusy(problem) ? lockedProblem(folder, readHolder(folder)) : problem;
  }
}

/** Looks without creating a file and without getting into the holder's way. */
export function isLocked(folder: string): LockProbe {
  const path = join(folder, 'lock.sqlite');
  if (!existsSync(path)) return { locked: false };
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly: true, timeout: 0 });
    db.prepare('SELECT count(*) FROM sqlite_master').get();
    return { locked: false };
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    const problem = lockFileProblem(path, error);
    if (!isBusy(problem)) throw problem;
    const holder = readHolder(folder);
    return holder === undefined ? { locked: true } : { locked: true, holder };
  } finally {
    db?.close();
  }
}

function isBusy(problem: Error): boolean {
  return problem instanceof Problem && problem.kind === 'locked';
}

/** A damaged lock file is no damaged journal: `--fresh` leaves it where it is, and there is nothing in it to lose. */
function lockFileProblem(path: string, error: InstanceType<typeof Database.SqliteError>): Error {
  const problem = sqliteProblem(path, error);
  if (!(problem instanceof Problem) || problem.kind !== 'damaged') return problem;
  return new Problem('damaged', `${path}: is no lock file (${error.message})`, {
    hint: 'make sure that no arena runs on this folder, then delete the file; nothing is stored in it',
    cause: error,
  });
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
    holder === undefined
      ? 'another process'
      : `process ${String(holder.pid)} since ${holder.startedAt}${holder.command === '' ? '' : ` (${holder.command})`}`;
  return new Problem('locked', `${folder} is in use by ${who}`, {
    hint: 'wait for it, stop it with Ctrl-C, or name another folder',
  });
}
