import type Database from 'better-sqlite3';

const PAUSE_MS = 20;

/** KiB of pages that a connection keeps in memory, where better-sqlite3 would keep up to sixteen thousand. */
const CACHE_KIB = 250;

/**
 * Gives a file that is written a write-ahead log, lets it lose no commit, and bounds what is kept of it in memory: a program that runs
 * for weeks would otherwise grow by its files for days. Where two processes do that to a new file at the same moment SQLite tells one
 * of them "busy" at once, whatever its timeout: both would have to give up what they hold. That one tries again, for `patienceMs`.
 *
 * @throws SqliteError
 */
export function writeAhead(db: Database.Database, patienceMs: number): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
    try {
      db.pragma('journal_mode = WAL');
      break;
    } catch (error) {
      if (waitedMs >= patienceMs || (error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
      Atomics.wait(cell, 0, 0, PAUSE_MS);
    }
  }
  db.pragma('synchronous = FULL');
  db.pragma(`cache_size = -${String(CACHE_KIB)}`);
}
