import { Problem } from '../../core/domain/problem.js';

/** What better-sqlite3 throws, as far as it is read here. */
interface SqliteFailure {
  readonly code: string;
  readonly message: string;
}

const START_OVER =
  'restore the file from a backup, or start over with --fresh (the damaged state is moved aside)';

/** Damage of a journal and the ways out, said the same everywhere. */
export function damagedJournal(path: string, how: string, cause?: unknown): Problem {
  return new Problem('damaged', `${path}: the journal is damaged (${how})`, {
    hint: START_OVER,
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Turns what SQLite says into what a person can do about it. Codes that only a mistake in this program can
 * cause, such as a constraint, become a plain error: they are not the state's fault.
 * The codes: https://www.sqlite.org/rescode.html
 */
export function sqliteProblem(path: string, error: SqliteFailure): Error {
  const { message } = error;
  const cause = error;
  // Extended codes begin with their primary one: SQLITE_IOERR_FSYNC is an SQLITE_IOERR.
  switch (/^SQLITE_[A-Z]+/.exec(error.code)?.[0]) {
    case 'SQLITE_FULL':
      return new Problem('degraded', `${path}: the disk is full`, {
        hint: 'free some space and start again; all committed rounds are safe',
        cause,
      });
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
    case 'SQLITE_FORMAT':
    case 'SQLITE_SCHEMA':
    // Our statements are fixed: when SQLite cannot compile one, the tables are not the ones we made.
    case 'SQLITE_ERROR':
      return damagedJournal(path, message, cause);
    case 'SQLITE_READONLY':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return new Problem('degraded', `${path}: cannot be written (${message})`, {
        hint: 'check the rights of the folder, or name another one with --state',
        cause,
      });
    case 'SQLITE_CANTOPEN':
      return new Problem('degraded', `${path}: cannot be opened (${message})`, {
        hint: 'check the rights of the folder, or name another one with --state',
        cause,
      });
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
    case 'SQLITE_PROTOCOL':
      return new Problem('locked', `${path}: another process is writing it`, {
        hint: 'only one arena may run on a state folder',
        cause,
      });
    case 'SQLITE_IOERR':
      return new Problem('degraded', `${path}: the disk failed (${error.code}, ${message})`, {
        hint: 'check the disk; all committed rounds are safe',
        cause,
      });
    case 'SQLITE_NOMEM':
      return new Problem('degraded', `${path}: there is not enough memory`, {
        hint: 'free some memory and start again; all committed rounds are safe',
        cause,
      });
    case 'SQLITE_TOOBIG':
    case 'SQLITE_NOLFS':
      return new Problem('degraded', `${path}: a record or the file is too large (${message})`, {
        hint: 'run fewer contestants; all committed rounds are safe',
        cause,
      });
    case undefined:
    default:
      return new Error(`Broken invariant: ${path}: ${message} (${error.code})`, { cause });
  }
}
