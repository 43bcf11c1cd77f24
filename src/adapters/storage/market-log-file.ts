import { existsSync, statSync } from 'node:fs';
import { Problem } from '../../core/domain/problem.js';
import { fileProblem } from './atomic-file.js';
import { checkDatabaseHead } from './journal-file.js';

export const MARKET_LOG_FILE = 'market.sqlite';

/** "ARNM" in ASCII: tells a market from a journal and from any other SQLite file. */
export const MARKET_APPLICATION_ID = 0x41524e4d;
/** https://www.sqlite.org/fileformat.html#the_database_header */
const APPLICATION_AT = 68;

/**
 * The first bytes of a log, undefined where there is none; nothing is opened as a database. Throws where they cannot be those of one;
 * `isBegun`: rounds were played on it, so that an absent or an empty one is a lost one.
 */
export function readMarketLogHead(path: string, isBegun: boolean): Buffer | undefined {
  if (sizeOf(path) === 0) {
    if (isBegun) throw lostMarketLog(path);
    return undefined;
  }
  try {
    return checkDatabaseHead(path);
  } catch (error) {
    throw inWordsOfLogs(error);
  }
}

/** The same for who only wants to know whether it is all right. */
export function checkMarketLogFile(path: string, isBegun: boolean): void {
  const head = readMarketLogHead(path, isBegun);
  // What was just made may still be in the log beside it.
  if (head === undefined || existsSync(`${path}-wal`)) return;
  if (head.readUInt32BE(APPLICATION_AT) !== MARKET_APPLICATION_ID) throw foreignMarketLog(path);
}

/** An empty one in its place would be followed from now on, and no round before could ever be played again. */
export function lostMarketLog(path: string): Problem {
  return new Problem('damaged', `${path}: the log of the live market is gone`, {
    hint: 'restore the file from a backup, name the folder that has it with --state, or start over with --fresh (the old state is moved aside)',
  });
}

export function foreignMarketLog(path: string): Problem {
  return new Problem('foreign', `${path}: is no log of a live market`, {
    hint: 'move it away, or name another folder with --state',
  });
}

/** What is said of journals, said of logs. */
export function inWordsOfLogs(error: unknown): unknown {
  if (!(error instanceof Problem)) return error;
  return new Problem(error.kind, error.message.replace('the journal', 'the log of the live market'), {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
}

/** Bytes of a file, 0 when there is none. */
function sizeOf(path: string): number {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true)
      throw new Problem('damaged', `${path}: is a folder, expected the log of a live market`, {
        hint: 'move it away',
      });
    return stats?.size ?? 0;
  } catch (error) {
    throw error instanceof Problem ? error : fileProblem(path, error);
  }
}
