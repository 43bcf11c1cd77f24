import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { Problem } from '../../core/domain/problem.js';
import { migrate, schemaVersion } from './arena-schema.js';
import { fileProblem, makeFolder } from './atomic-file.js';
import { damagedJournal } from './sqlite-problem.js';
import { writeAhead } from './write-ahead.js';

/** How long a statement waits for a reader or for a checkpoint of another process. */
const BUSY_MS = 2000;

/** The first bytes of every SQLite file: https://www.sqlite.org/fileformat.html */
const MAGIC = 'SQLite format 3\u0000';
const HEAD_BYTES = 100;

/** Files that only a committed round leaves behind: with one of them an absent journal is a lost one. */
const WITNESSES = ['journal.sqlite-wal', 'leaderboard.txt', 'leaderboard.json', 'arena_state.json'];

/** Opens the journal, made or migrated when it is to be written. Never puts an empty one in a lost one's place. */
export function openJournal(path: string, readOnly: boolean): Database.Database {
  if (!checkJournalFile(path)) {
    if (readOnly) throw nothingHere(path);
    makeFolder(dirname(path));
  }
  const db = new Database(path, { readonly: readOnly, timeout: BUSY_MS });
  try {
    const version = schemaVersion(db, path);
    // The writer died between making the file and making its tables.
    if (readOnly && version === 0) throw nothingHere(path);
    if (!readOnly) {
      writeAhead(db, BUSY_MS);
      // A round that has to move the log into the file as well takes three times as long: every 16 MB, not every 4.
      db.pragma('wal_autocheckpoint = 4000');
      db.pragma('foreign_keys = ON');
      migrate(db, path);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Whether there is a journal; throws where one is lost or cannot be one. Nothing is opened as a database. */
export function checkJournalFile(path: string): boolean {
  if (sizeOf(path) === 0) {
    refuseLostJournal(path);
    return false;
  }
  checkDatabaseHead(path);
  return true;
}

/** Bytes of a file, 0 when there is none. */
function sizeOf(path: string): number {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true)
      throw new Problem('damaged', `${path}: is a folder, expected the journal`, { hint: 'move it away' });
    return stats?.size ?? 0;
  } catch (error) {
    throw error instanceof Problem ? error : fileProblem(path, error);
  }
}

/**
 * SQLite takes an empty file for a new database and deletes the write-ahead log beside it, which may hold
 * committed rounds. A writer that died before its first commit leaves an empty file too, but no witness.
 */
function refuseLostJournal(path: string): void {
  const witness = WITNESSES.find((name) => sizeOf(join(dirname(path), name)) > 0);
  if (witness !== undefined) throw damagedJournal(path, `it is empty or gone, but ${witness} is beside it`);
}

/**
 * The first bytes of a database; throws where they cannot be those of one. SQLite fills a last page that was cut with zeros and goes on:
 * such a cut has to be found by the length.
 */
export function checkDatabaseHead(path: string): Buffer {
  // Asked first: while there is a log, the file may be in the middle of taking it up.
  const logged = sizeOf(`${path}-wal`) > 0;
  const head = Buffer.alloc(HEAD_BYTES);
  let size: number;
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, head, 0, head.length, 0);
      size = fstatSync(file).size;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileProblem(path, error);
  }
  if (head.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw damagedJournal(path, 'it does not begin like a database');
  // The format keeps 65,536, which does not fit into two bytes, as 1.
  const kept = head.readUInt16BE(MAGIC.length);
  const pageBytes = kept === 1 ? 65_536 : kept;
  if (!logged && size % pageBytes !== 0)
    throw damagedJournal(path, `${String(size)} bytes are no whole number of pages`);
  return head;
}

function nothingHere(path: string): Problem {
  return new Problem('not-running', `no arena state in ${dirname(path)}`, {
    hint: 'start one with: npm run arena',
  });
}
