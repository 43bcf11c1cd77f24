import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { Problem, assertInvariant } from '../../core/domain/problem.js';
import type {
  ArenaStore,
  Commit,
  StoredContestant,
  StoredRequest,
  StoredRound,
} from '../../ports/arena-store.js';
import { migrate, schemaVersion } from './arena-schema.js';
import { faultPoint } from './fault-point.js';
import { sqliteProblem } from './sqlite-problem.js';

const GENESIS = '0'.repeat(64);

interface RoundRow {
  seq: number;
  bar_ms: number;
  market_digest: string;
  events: string;
  marks: Buffer;
  previous_hash: string;
  hash: string;
  fills: Buffer | null;
  decisions: string | null;
}

export interface StoreOptions {
  readonly readOnly?: boolean;
  /** SQLite's own limit on the size of the file, in pages of 4 KiB. */
  readonly maxPages?: number;
}

/** The journal in `<folder>/journal.sqlite`: WAL, synchronous FULL, one writer, one transaction per commit. */
export function openArenaStore(folder: string, options: StoreOptions = {}): ArenaStore {
  const path = join(folder, 'journal.sqlite');
  const readOnly = options.readOnly === true;
  const guard = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw error instanceof Database.SqliteError ? sqliteProblem(path, error) : error;
    }
  };
  const db = guard(() => openDatabase(path, readOnly));
  if (options.maxPages !== undefined) db.pragma(`max_page_count = ${String(options.maxPages)}`);
  const statements = guard(() => prepare(db));
  let broken = false;
  const last = guard(() => statements.lastRound.get()) as { seq: number; hash: string } | undefined;
  let lastSeq = last?.seq ?? 0;
  let lastHash = last?.hash ?? GENESIS;

  const write = (run: () => void): void => {
    // SQLite may have rolled the group back by itself (a full disk does that): going on would leave a hole.
    assertInvariant(!broken, () => `${path}: a write failed before; the process has to start again`);
    broken = true;
    guard(() => {
      if (!db.inTransaction) db.exec('BEGIN IMMEDIATE');
      run();
    });
    broken = false;
  };

  return {
    meta(key) {
      return guard(() => statements.getMeta.get(key) as string | undefined);
    },
    setMeta(key, value) {
      write(() => statements.setMeta.run(key, value));
    },
    appendRound(round) {
      assertInvariant(
        round.seq === lastSeq + 1 && round.previousHash === lastHash,
        () => `round ${String(round.seq)} does not follow round ${String(lastSeq)}`,
      );
      write(() => {
        statements.insertRound.run(
          round.seq,
          round.barMs,
          round.marketDigest,
          round.events.join('\n'),
          toBlob(round.marks),
          round.previousHash,
          round.hash,
        );
        if (round.fills.length > 0) statements.insertFills.run(round.seq, toBlob(round.fills));
        if (round.decisions.length > 0) statements.insertDecisions.run(round.seq, round.decisions.join('\n'));
      });
      lastSeq = round.seq;
      lastHash = round.hash;
      faultPoint('mid-group');
    },
    saveContestant(contestant) {
      const { position, id, name, body } = contestant;
      write(() => statements.saveContestant.run(position, id, name, body));
    },
    saveRequest(request) {
      write(() => statements.saveRequest.run(request.id, request.seq, request.body, request.outcome));
    },
    commit(seq, hash, state) {
      write(() =>
        statements.saveState.run(seq, hash, Buffer.from(state.buffer, state.byteOffset, state.byteLength)),
      );
      faultPoint('before-commit');
      write(() => db.exec('COMMIT'));
      faultPoint('after-commit');
    },
    lastCommit() {
      const row = guard(() => statements.getState.get()) as
        { seq: number; hash: string; body: Buffer } | undefined;
      if (row === undefined) return undefined;
      const commit: Commit = { seq: row.seq, hash: row.hash, state: new Uint8Array(row.body) };
      return commit;
    },
    *rounds(fromSeq = 1): IterableIterator<StoredRound> {
      // Pages instead of one open cursor: better-sqlite3 allows no writes while a cursor is open.
      let next = fromSeq;
      for (;;) {
        const page = guard(() => statements.roundsPage.all(next)) as RoundRow[];
        for (const row of page) yield toRound(row, path);
        const end = page.at(-1);
        if (end === undefined) return;
        next = end.seq + 1;
      }
    },
    contestants: () => guard(() => statements.contestants.all() as StoredContestant[]),
    requests: () => guard(() => statements.requests.all() as StoredRequest[]),
    hasRequest: (id) => guard(() => statements.hasRequest.get(id) !== undefined),
    close() {
      // What was not committed is lost on purpose, as in a crash: it is played again.
      if (db.inTransaction) guard(() => db.exec('ROLLBACK'));
      db.close();
    },
  };
}

function openDatabase(path: string, readOnly: boolean): Database.Database {
  const exists = existsSync(path);
  if (!exists && readOnly)
    throw new Problem('not-running', `${path}: there is no arena here yet`, {
      hint: 'start one with: npm run arena',
    });
  if (exists) checkHeader(path);
  const db = new Database(path, { readonly: readOnly, timeout: 2000 });
  try {
    schemaVersion(db, path);
    if (!readOnly) {
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      db.pragma('foreign_keys = ON');
      migrate(db, path);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** SQLite takes an empty file for a new database; ours was never empty, so that is damage too. */
function checkHeader(path: string): void {
  if (statSync(path).isDirectory())
    throw new Problem('damaged', `${path}: is a folder, expected the journal`, { hint: 'move it away' });
  const head = Buffer.alloc(16);
  const file = openSync(path, 'r');
  let read: number;
  try {
    read = readSync(file, head, 0, 16, 0);
  } finally {
    closeSync(file);
  }
  // A writer that died before its first commit leaves an empty file, but then there is no board either.
  if (read === 0 && !existsSync(join(dirname(path), 'leaderboard.txt'))) return;
  if (read < 16 || head.toString('latin1') !== 'SQLite format 3\u0000')
    throw new Problem('damaged', `${path}: the journal is damaged (it does not begin like a database)`, {
      hint: 'restore the file from a backup, or start over with --fresh (the damaged state is moved aside)',
    });
}

/** How many rounds are read at once. */
const PAGE = 256;

function prepare(db: Database.Database) {
  return {
    getMeta: db.prepare('SELECT value FROM meta WHERE key = ?').pluck(),
    setMeta: db.prepare(
      'INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    lastRound: db.prepare('SELECT seq, hash FROM rounds ORDER BY seq DESC LIMIT 1'),
    insertRound: db.prepare('INSERT INTO rounds VALUES (?, ?, ?, ?, ?, ?, ?)'),
    insertFills: db.prepare('INSERT INTO fills VALUES (?, ?)'),
    insertDecisions: db.prepare('INSERT INTO decisions VALUES (?, ?)'),
    saveContestant: db.prepare(
      'INSERT INTO contestants VALUES (?, ?, ?, ?) ON CONFLICT (position) DO UPDATE SET name = excluded.name, body = excluded.body',
    ),
    saveRequest: db.prepare('INSERT INTO requests VALUES (?, ?, ?, ?)'),
    saveState: db.prepare(
      'INSERT INTO state VALUES (1, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, body = excluded.body',
    ),
    getState: db.prepare('SELECT seq, hash, body FROM state'),
    roundsPage: db.prepare(
      `SELECT rounds.*, fills.body AS fills, decisions.body AS decisions FROM rounds
       LEFT JOIN fills ON fills.seq = rounds.seq LEFT JOIN decisions ON decisions.seq = rounds.seq
       WHERE rounds.seq >= ? ORDER BY rounds.seq LIMIT ${String(PAGE)}`,
    ),
    contestants: db.prepare('SELECT position, id, name, body FROM contestants ORDER BY position'),
    requests: db.prepare('SELECT id, seq, body, outcome FROM requests ORDER BY seq, id'),
    hasRequest: db.prepare('SELECT 1 FROM requests WHERE id = ?').pluck(),
  };
}

function toRound(row: RoundRow, path: string): StoredRound {
  return {
    seq: row.seq,
    barMs: row.bar_ms,
    marketDigest: row.market_digest,
    events: row.events === '' ? [] : row.events.split('\n'),
    decisions: row.decisions === null ? [] : row.decisions.split('\n'),
    fills: toDoubles(row.fills ?? Buffer.alloc(0), path),
    marks: toDoubles(row.marks, path),
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

function toBlob(doubles: Float64Array): Buffer {
  return Buffer.from(doubles.buffer, doubles.byteOffset, doubles.byteLength);
}

/** A copy, because a Buffer need not lie on an eight-byte boundary. */
function toDoubles(blob: Buffer, path: string): Float64Array {
  if (blob.length % 8 !== 0)
    throw new Problem('damaged', `${path}: a record of ${String(blob.length)} bytes is no list of doubles`);
  const doubles = new Float64Array(blob.length / 8);
  new Uint8Array(doubles.buffer).set(blob);
  return doubles;
}
