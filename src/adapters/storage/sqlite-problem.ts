import { Problem } from '../../core/domain/problem.js';

/** What better-sqlite3 throws, as far as it is read here. */
interface SqliteFailure {
  readonly code: string;
  readonly message: string;
}

/** Turns what SQLite says into what a person can do about it. */
export function sqliteProblem(path: string, error: SqliteFailure): Problem {
  const { code } = error;
  if (code.startsWith('SQLITE_FULL'))
    return new Problem('degraded', `${path}: the disk is full`, {
      hint: 'free some space and start again; all committed rounds are safe',
      cause: error,
    });
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB'))
    return new Problem('damaged', `${path}: the journal is damaged (${error.message})`, {
      hint: 'restore the file from a backup, or start over with --fresh (the damaged state is moved aside)',
      cause: error,
    });
  if (
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_CANTOPEN') ||
    code.startsWith('SQLITE_PERM')
  )
    return new Problem('degraded', `${path}: cannot be written (${error.message})`, {
      hint: 'check the rights of the folder, or name another one with --state',
      cause: error,
    });
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new Problem('locked', `${path}: another process is writing it`, {
      hint: 'only one arena may run on a state folder',
      cause: error,
    });
  if (code.startsWith('SQLITE_IOERR'))
    return new Problem('degraded', `${path}: the disk failed (${error.message})`, {
      hint: 'check the disk; all committed rounds are safe',
      cause: error,
    });
  return new Problem('damaged', `${path}: ${error.message} (${code})`, { cause: error });
}
