/**
 * Looking at an SQLite file of somebody else without leaving a trace. A database in WAL mode that nobody has open makes
 * SQLite create `-wal` and `-shm` beside it even for a reader, and one whose writer was killed needs a rollback, which a
 * reader may not do. Both are read from a copy in a folder for temporary files, where SQLite may do what it needs.
 */
import {
  type BigIntStats,
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StorageBusy } from './optuna-study.js';

/** How long a writer is waited for; the deployer does nothing else meanwhile. */
const BUSY_MS = 1000;
/** How often a copy is tried while the file changes under it. */
const COPY_ATTEMPTS = 5;
/** What SQLite keeps beside a database, whose content belongs to it. */
const COMPANIONS = ['-wal', '-journal'];

const HEAD_BYTES = 20;
/** Place and value of "this database is in WAL mode": https://www.sqlite.org/fileformat.html#file_format_version_numbers */
const READ_VERSION_AT = 19;
const WAL_VERSION = 2;

/** Calls `read` within one read transaction. Throws an Error in words; a StorageBusy where trying again may help. */
export function readOptunaDatabase<T>(file: string, read: (db: Database.Database) => T): T {
  // SQLite looks for its companions beside the file itself, not beside a link to it.
  const path = realpathSync(file);
  if (isWal(path) && !(existsSync(`${path}-wal`) && existsSync(`${path}-shm`))) return readCopy(path, read);
  try {
    return readDirectly(path, read);
  } catch (error) {
    if (codeOf(error) === 'SQLITE_READONLY_ROLLBACK') return readCopy(path, read);
    throw inWords(error);
  }
}

function readDirectly<T>(path: string, read: (db: Database.Database) => T): T {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  try {
    return readAll(db, path, read);
  } finally {
    db.close();
  }
}

function readCopy<T>(path: string, read: (db: Database.Database) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'arena-trials-'));
  try {
    const copy = join(folder, 'copy.db');
    takeCopy(path, copy);
    const db = new Database(copy, { fileMustExist: true });
    try {
      return readAll(db, copy, read);
    } finally {
      db.close();
    }
  } catch (error) {
    throw inWords(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readAll<T>(db: Database.Database, path: string, read: (db: Database.Database) => T): T {
  // Views and triggers of a made-up file must not call anything.
  db.pragma('trusted_schema = OFF');
  db.exec('BEGIN');
  // The transaction begins with its first look.
  db.prepare('SELECT count(*) FROM sqlite_master').get();
  if (!isWal(path)) {
    // SQLite fills a last page that was cut with zeros and goes on. Nobody writes while we hold the lock.
    const pageBytes = db.pragma('page_size', { simple: true }) as number;
    const { size } = statSync(path);
    if (size % pageBytes !== 0)
      throw new Error(`it is cut off: ${String(size)} bytes are no whole number of pages`);
  }
  const result = read(db);
  db.exec('COMMIT');
  return result;
}

/** An instant of the file and its companions is what a crash would leave, which SQLite knows how to read. */
function takeCopy(path: string, copy: string): void {
  for (let attempt = 0; attempt < COPY_ATTEMPTS; attempt++) {
    const before = traceOf(path);
    copyFileSync(path, copy);
    for (const companion of COMPANIONS) {
      rmSync(`${copy}${companion}`, { force: true });
      if (existsSync(`${path}${companion}`)) copyFileSync(`${path}${companion}`, `${copy}${companion}`);
    }
    if (traceOf(path) === before) return;
  }
  throw new StorageBusy('it is being written all the time; it will be looked at again');
}

/** Changes whenever the file or one of its companions does. */
export function traceOf(path: string): string {
  return ['', ...COMPANIONS]
    .map((companion) => {
      const stats: BigIntStats | undefined = statSync(`${path}${companion}`, {
        bigint: true,
        throwIfNoEntry: false,
      });
      return stats === undefined
        ? '-'
        : `${String(stats.ino)}:${String(stats.size)}:${String(stats.mtimeNs)}`;
    })
    .join(' ');
}

function isWal(path: string): boolean {
  const head = Buffer.alloc(HEAD_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, HEAD_BYTES, 0);
  } finally {
    closeSync(file);
  }
  return head[READ_VERSION_AT] === WAL_VERSION;
}

function codeOf(error: unknown): string {
  return error instanceof Database.SqliteError ? error.code : '';
}

/** The codes: https://www.sqlite.org/rescode.html */
function inWords(error: unknown): unknown {
  const code = codeOf(error);
  if (code === '') return error;
  const text = (error as Error).message;
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code))
    return new StorageBusy('another process holds it for writing; it will be looked at again', {
      cause: error,
    });
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(code))
    return new Error(`it is damaged (${text})`, { cause: error });
  return new Error(`SQLite cannot read it (${code}: ${text})`, { cause: error });
}
