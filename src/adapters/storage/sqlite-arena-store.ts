import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { z } from 'zod';
import { assertInvariant } from '../../core/domain/problem.js';
import type { ArenaStore, StoredLook, StoredRound, StoredVerdict } from '../../ports/arena-store.js';
import {
  chainEndRow,
  commitRow,
  marksRow,
  contestantRow,
  lookRow,
  parseRow,
  requestRow,
  roundRow,
  stateRow,
} from './arena-rows.js';
import { toBlob } from './doubles-blob.js';
import { STATES_LAG_SINCE, schemaVersion } from './arena-schema.js';
import { faultPoint } from './fault-point.js';
import { openJournal } from './journal-file.js';
import {
  CHAIN_START,
  type ChainEnd,
  assertCommitsEnd,
  assertFollows,
  assertHasState,
} from './round-chain.js';
import { sqliteProblem } from './sqlite-problem.js';

export interface StoreOptions {
  readonly readOnly?: boolean;
  /** SQLite's own limit on the size of the file, in pages of 4 KiB. */
  readonly maxPages?: number;
}

/** How many rounds are read at once, at most. */
const PAGE = 256;

/** The journal in `<folder>/journal.sqlite`: WAL, synchronous FULL, one writer, one transaction per commit. */
export function openArenaStore(folder: string, options: StoreOptions = {}): ArenaStore {
  const path = join(folder, 'journal.sqlite');
  const guard = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw error instanceof Database.SqliteError ? sqliteProblem(path, error) : error;
    }
  };
  const db = guard(() => openJournal(path, options.readOnly === true));
  const { statements, firstEnd } = guard(() => {
    try {
      return begin(db, path, options.maxPages);
    } catch (error) {
      db.close();
      throw error;
    }
  });
  let end = firstEnd;
  let broken = false;
  let hasState = false;

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
  const readAll = <T>(statement: Database.Statement, schema: z.ZodType<T>, table: string): T[] =>
    guard(() => statement.all()).map((row) => parseRow(schema, row, table, path));

  return {
    meta(key) {
      return guard(() => statements.getMeta.get(key) as string | undefined);
    },
    setMeta(key, value) {
      write(() => statements.setMeta.run(key, value));
    },
    appendRound(round) {
      assertFollows(round, end);
      write(() => {
        insertRound(statements, round);
      });
      end = { seq: round.seq, hash: round.hash };
      faultPoint('mid-group');
    },
    saveContestant(contestant) {
      const { position, id, name, body } = contestant;
      write(() => {
        const { changes } = statements.saveContestant.run(position, id, name, body);
        assertInvariant(changes === 1, () => `position ${String(position)} belongs to another than ${id}`);
      });
    },
    saveRequest(request) {
      write(() => statements.saveRequest.run(request.id, request.seq, request.body, request.outcome));
    },
    saveLook({ cohort, ageHours, seq, body, verdicts }) {
      write(() => {
        statements.saveLook.run(cohort, ageHours, seq, body);
        for (const verdict of verdicts)
          statements.saveVerdict.run(cohort, ageHours, verdict.position, verdict.body);
      });
    },
    commit(seq, hash, state) {
      assertCommitsEnd(seq, hash, end);
      hasState ||= state !== undefined || guard(() => statements.getCommit.get() !== undefined);
      assertHasState(hasState);
      write(() => {
        statements.saveCommit.run(seq, hash);
        if (state !== undefined)
          statements.saveState.run(seq, hash, Buffer.from(state.buffer, state.byteOffset, state.byteLength));
      });
      faultPoint('before-commit');
      write(() => db.exec('COMMIT'));
      faultPoint('after-commit');
    },
    lastCommit() {
      const row = guard(() => statements.getCommit.get());
      return row === undefined ? undefined : parseRow(commitRow, row, 'committed', path);
    },
    savedState() {
      const row = guard(() => statements.getState.get());
      return row === undefined ? undefined : parseRow(stateRow, row, 'state', path);
    },
    *rounds(fromSeq = 1): IterableIterator<StoredRound> {
      // Pages instead of one open cursor: better-sqlite3 allows no writes while a cursor is open.
      let next = fromSeq;
      // Many readers want one round: the first page is that, the following ones grow.
      for (let size = 1; ; size = Math.min(PAGE, 4 * size)) {
        const page = guard(() => statements.roundsPage.all(next, size));
        for (const row of page) {
          const round = parseRow(roundRow, row, 'rounds', path);
          next = round.seq + 1;
          yield round;
        }
        if (page.length === 0) return;
      }
    },
    marks(seq) {
      const row = guard(() => statements.marks.get(seq));
      return row === undefined ? undefined : parseRow(marksRow, row, 'rounds', path);
    },
    contestants: () => readAll(statements.contestants, contestantRow, 'contestants'),
    requests: () => readAll(statements.requests, requestRow, 'requests'),
    looks: () => withVerdicts(readAll(statements.looks, lookRow, 'looks')),
    hasRequest: (id) => guard(() => statements.hasRequest.get(id) !== undefined),
    close() {
      // What was not committed is lost on purpose, as in a crash: it is played again.
      if (db.inTransaction) guard(() => db.exec('ROLLBACK'));
      db.close();
    },
  };
}

type Statements = ReturnType<typeof prepare>;

function begin(
  db: Database.Database,
  path: string,
  maxPages: number | undefined,
): { statements: Statements; firstEnd: ChainEnd } {
  if (maxPages !== undefined) db.pragma(`max_page_count = ${String(maxPages)}`);
  const statements = prepare(db, schemaVersion(db, path));
  const last = statements.lastRound.get();
  return {
    statements,
    firstEnd: last === undefined ? CHAIN_START : parseRow(chainEndRow, last, 'rounds', path),
  };
}

function insertRound(statements: Statements, round: StoredRound): void {
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
}

/** Rows of a join, one for each verdict, as looks. One statement, because another process may write between two. */
function withVerdicts(rows: readonly z.infer<typeof lookRow>[]): StoredLook[] {
  const looks: (StoredLook & { readonly verdicts: StoredVerdict[] })[] = [];
  for (const { verdict, ...look } of rows) {
    const last = looks.at(-1);
    const same = last?.cohort === look.cohort && last.ageHours === look.ageHours;
    if (!same) looks.push({ ...look, verdicts: [] });
    if (verdict !== undefined) looks.at(-1)?.verdicts.push(verdict);
  }
  return looks;
}

function prepare(db: Database.Database, version: number) {
  return {
    getMeta: db.prepare('SELECT value FROM meta WHERE key = ?').pluck(),
    setMeta: db.prepare(
      'INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    lastRound: db.prepare('SELECT seq, hash FROM rounds ORDER BY seq DESC LIMIT 1'),
    insertRound: db.prepare('INSERT INTO rounds VALUES (?, ?, ?, ?, ?, ?, ?)'),
    insertFills: db.prepare('INSERT INTO fills VALUES (?, ?)'),
    insertDecisions: db.prepare('INSERT INTO decisions VALUES (?, ?)'),
    // No row is changed when the position belongs to another id.
    saveContestant: db.prepare(
      `INSERT INTO contestants VALUES (?, ?, ?, ?) ON CONFLICT (position)
       DO UPDATE SET name = excluded.name, body = excluded.body WHERE id = excluded.id`,
    ),
    saveRequest: db.prepare('INSERT INTO requests VALUES (?, ?, ?, ?)'),
    saveLook: db.prepare('INSERT INTO looks VALUES (?, ?, ?, ?)'),
    saveVerdict: db.prepare('INSERT INTO verdicts VALUES (?, ?, ?, ?)'),
    ...commitStatements(db, version),
    saveState: db.prepare(
      'INSERT INTO state VALUES (1, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, body = excluded.body',
    ),
    getState: db.prepare('SELECT seq, hash, body FROM state'),
    roundsPage: db.prepare(
      `SELECT rounds.*, fills.body AS fills, decisions.body AS decisions FROM rounds
       LEFT JOIN fills ON fills.seq = rounds.seq LEFT JOIN decisions ON decisions.seq = rounds.seq
       WHERE rounds.seq >= ? ORDER BY rounds.seq LIMIT ?`,
    ),
    marks: db.prepare('SELECT bar_ms, marks FROM rounds WHERE seq = ?'),
    contestants: db.prepare('SELECT position, id, name, body FROM contestants ORDER BY position'),
    requests: db.prepare('SELECT id, seq, body, outcome FROM requests ORDER BY seq, id'),
    looks: db.prepare(
      `SELECT looks.cohort, looks.age_hours, looks.seq, looks.body, verdicts.position, verdicts.body AS verdict
       FROM looks LEFT JOIN verdicts ON verdicts.cohort = looks.cohort AND verdicts.age_hours = looks.age_hours
       ORDER BY looks.seq, looks.cohort, looks.age_hours, verdicts.position`,
    ),
    hasRequest: db.prepare('SELECT 1 FROM requests WHERE id = ?').pluck(),
  };
}

/** A journal that an older program wrote, and that is only read, has the end of its rounds with its state. */
function commitStatements(db: Database.Database, version: number) {
  const table = version < STATES_LAG_SINCE ? 'state' : 'committed';
  return {
    getCommit: db.prepare(`SELECT seq, hash FROM ${table}`),
    saveCommit: db.prepare(`INSERT OR REPLACE INTO ${table} (id, seq, hash) VALUES (1, ?, ?)`),
  };
}
