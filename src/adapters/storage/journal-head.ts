import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { Problem } from '../../core/domain/problem.js';
import { APPLICATION_ID, MIGRATIONS } from './arena-schema.js';
import { fileProblem } from './atomic-file.js';
import { checkJournalFile } from './journal-file.js';
import { damagedJournal } from './sqlite-problem.js';

/** Where SQLite keeps two numbers of the file's maker: https://www.sqlite.org/fileformat.html#the_database_header */
const VERSION_AT = 60;
const APPLICATION_AT = 68;
const HEAD_BYTES = 100;

export interface JournalHead {
  readonly schemaVersion: number;
  /** An older one is brought here at the next start. */
  readonly newestVersion: number;
}

/**
 * What the first bytes of a journal tell, without opening it as a database: even to read, SQLite would put files beside one
 * that is closed. Undefined where there is none; throws for one that is damaged, lost or somebody else's.
 */
export function readJournalHead(path: string): JournalHead | undefined {
  if (!checkJournalFile(path)) return undefined;
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, head, 0, HEAD_BYTES, 0);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileProblem(path, error);
  }
  const newestVersion = MIGRATIONS.length;
  const schemaVersion = head.readUInt32BE(VERSION_AT);
  const isOurs = head.readUInt32BE(APPLICATION_AT) === APPLICATION_ID;
  // What was just made may still be in the log beside it.
  if (!isOurs && existsSync(`${path}-wal`)) return { schemaVersion: newestVersion, newestVersion };
  if (!isOurs && schemaVersion === 0) return undefined;
  if (!isOurs)
    throw new Problem('foreign', `${path}: this is a database, but not an arena's journal`, {
      hint: 'name another folder with --state',
    });
  if (schemaVersion === 0) throw damagedJournal(path, 'it has tables but no version');
  if (schemaVersion > newestVersion)
    throw new Problem(
      'foreign',
      `${path}: has schema ${String(schemaVersion)}, this program knows up to ${String(newestVersion)}`,
      { hint: 'run the newer program that made it' },
    );
  return { schemaVersion, newestVersion };
}
