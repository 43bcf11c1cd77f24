import { describe, expect, it } from 'vitest';
import { Problem } from '../../core/domain/problem.js';
import { sqliteProblem } from './sqlite-problem.js';

/** Every result code of https://www.sqlite.org/rescode.html that can reach a program, with some extended ones. */
const KINDS: readonly (readonly [code: string, kind: Problem['kind'] | 'bug'])[] = [
  ['SQLITE_FULL', 'degraded'],
  ['SQLITE_IOERR', 'degraded'],
  ['SQLITE_IOERR_FSYNC', 'degraded'],
  ['SQLITE_IOERR_SHORT_READ', 'degraded'],
  ['SQLITE_NOMEM', 'degraded'],
  ['SQLITE_TOOBIG', 'degraded'],
  ['SQLITE_NOLFS', 'degraded'],
  ['SQLITE_READONLY', 'degraded'],
  ['SQLITE_READONLY_DBMOVED', 'degraded'],
  ['SQLITE_CANTOPEN', 'degraded'],
  ['SQLITE_CANTOPEN_ISDIR', 'degraded'],
  ['SQLITE_PERM', 'degraded'],
  ['SQLITE_AUTH', 'degraded'],
  ['SQLITE_CORRUPT', 'damaged'],
  ['SQLITE_CORRUPT_INDEX', 'damaged'],
  ['SQLITE_NOTADB', 'damaged'],
  ['SQLITE_FORMAT', 'damaged'],
  ['SQLITE_SCHEMA', 'damaged'],
  ['SQLITE_ERROR', 'damaged'],
  ['SQLITE_ERROR_MISSING_COLLSEQ', 'damaged'],
  ['SQLITE_BUSY', 'locked'],
  ['SQLITE_BUSY_SNAPSHOT', 'locked'],
  ['SQLITE_LOCKED_SHAREDCACHE', 'locked'],
  ['SQLITE_PROTOCOL', 'locked'],
  ['SQLITE_CONSTRAINT', 'bug'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'bug'],
  ['SQLITE_MISUSE', 'bug'],
  ['SQLITE_RANGE', 'bug'],
  ['SQLITE_MISMATCH', 'bug'],
  ['SQLITE_INTERNAL', 'bug'],
  ['SQLITE_INTERRUPT', 'bug'],
  ['SQLITE_ABORT_ROLLBACK', 'bug'],
  ['SQLITE_NOTFOUND', 'bug'],
  ['UNKNOWN_SQLITE_ERROR_4711', 'bug'],
];

describe('what SQLite says', () => {
  it.each(KINDS)('%s is told as %s, with the file and the cause', (code, kind) => {
    const failure = Object.assign(new Error('what it said'), { code });
    const told = sqliteProblem('/state/journal.sqlite', failure);
    expect(told instanceof Problem ? told.kind : 'bug').toBe(kind);
    expect(told.message).toContain('/state/journal.sqlite');
    expect(told.cause).toBe(failure);
    if (told instanceof Problem) expect(told.hint, 'a person is told what to do').toBeDefined();
  });
});
