import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { MODEL_FAULTS } from '../../core/domain/model-call.js';
import { Problem } from '../../core/domain/problem.js';
import type { ImportedReply, ModelRecordings, RecordedCall } from '../../ports/model-recordings.js';
import { fileProblem } from './atomic-file.js';
import { sqliteProblem } from './sqlite-problem.js';
import { writeAhead } from './write-ahead.js';

/** "ARNC" in ASCII: tells recordings from a journal and from any other SQLite file. */
const APPLICATION_ID = 0x41524e43;
const VERSION = 1;
/** Arena and paper trader write the same file. */
const BUSY_MS = 5000;

/** The stable part of a prompt is the same for thousands of calls: it is kept once. */
const SCHEMA = `
  CREATE TABLE texts (hash TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    request TEXT NOT NULL,
    run TEXT NOT NULL,
    system TEXT NOT NULL REFERENCES texts(hash),
    question TEXT NOT NULL,
    at_ms REAL NOT NULL,
    answer TEXT NOT NULL,
    structured INTEGER NOT NULL,
    latency_ms REAL NOT NULL,
    attempts INTEGER NOT NULL,
    called_at_ms REAL NOT NULL
  ) STRICT;
  CREATE INDEX calls_by_request ON calls (request, id);
  CREATE TABLE imports (
    run TEXT NOT NULL,
    at_ms REAL NOT NULL,
    model TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (run, at_ms)
  ) STRICT;
`;

/** A recording may come from elsewhere, and a cost below zero would be a gift to the account. */
const atLeastZero = z.number().min(0);
const usageSchema = z.object({
  inputTokens: atLeastZero,
  cachedInputTokens: atLeastZero,
  cacheWriteTokens: atLeastZero,
  outputTokens: atLeastZero,
});
const answerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answered'),
    text: z.string(),
    stop: z.enum(['end', 'length', 'other']),
    servedBy: z.string(),
    fingerprint: z.string().nullable(),
    usage: usageSchema,
    costUsd: atLeastZero,
  }),
  z.object({
    kind: z.literal('failed'),
    fault: z.enum(MODEL_FAULTS),
    why: z.string(),
    usage: usageSchema,
    costUsd: atLeastZero,
  }),
]);
const questionSchema = z.object({
  slot: z.string(),
  setup: z.object({
    provider: z.string(),
    model: z.string(),
    temperature: z.number().nullable(),
    maxTokens: z.number(),
  }),
  trial: z.int(),
  probe: z.int(),
  user: z.string(),
  form: z.enum(['signals', 'regime', 'check']),
});
const callRow = z.object({
  request: z.string(),
  run: z.string(),
  system: z.string(),
  question: z.string(),
  at_ms: z.number(),
  answer: z.string(),
  structured: z.number(),
  latency_ms: z.number(),
  attempts: z.number(),
  called_at_ms: z.number(),
});
const importRow = z.object({ run: z.string(), at_ms: z.number(), model: z.string(), text: z.string() });
const runRow = z.object({
  run: z.string(),
  model: z.string(),
  replies: z.number(),
  firstMs: z.number(),
  lastMs: z.number(),
});

/** The recording in one SQLite file; made when it is to be written and absent. Each call is durable by itself: it has been paid for. */
export function openRecordings(path: string, options: { readOnly?: boolean } = {}): ModelRecordings {
  const readOnly = options.readOnly === true;
  const guard = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw error instanceof Database.SqliteError ? recordingProblem(path, error) : error;
    }
  };
  const db = guard(() => open(path, readOnly));
  const find = db.prepare(
    `SELECT c.*, t.body AS system FROM calls c JOIN texts t ON t.hash = c.system WHERE request = ? ORDER BY id`,
  );
  const addText = db.prepare(`INSERT OR IGNORE INTO texts (hash, body) VALUES (?, ?)`);
  const addCall = db.prepare(
    `INSERT INTO calls (request, run, system, question, at_ms, answer, structured, latency_ms, attempts, called_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addImport = db.prepare(
    `INSERT OR REPLACE INTO imports (run, at_ms, model, text) VALUES (?, ?, ?, ?)`,
  );
  const getImport = db.prepare(`SELECT * FROM imports WHERE run = ? AND at_ms = ?`);
  const anyOf = db
    .prepare(
      `SELECT EXISTS (SELECT 1 FROM calls WHERE json_extract(question, '$.setup.provider') = ?
         AND json_extract(question, '$.setup.model') = ?)`,
    )
    .pluck();
  const runs = db.prepare(
    `SELECT run, min(model) AS model, count(*) AS replies, min(at_ms) AS firstMs, max(at_ms) AS lastMs
     FROM imports GROUP BY run ORDER BY run`,
  );
  const parsed = <T>(schema: z.ZodType<T>, value: unknown, table: string): T => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    throw damaged(path, `a row of ${table} has another shape: ${result.error.issues[0]?.message ?? ''}`);
  };
  const json = (text: string, table: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      throw damaged(path, `a row of ${table} is not JSON`);
    }
  };
  const readCall = (value: unknown): RecordedCall => {
    const row = parsed(callRow, value, 'calls');
    const question = parsed(questionSchema, json(row.question, 'calls'), 'calls');
    return {
      request: row.request,
      run: row.run,
      question: { ...question, system: row.system },
      atMs: row.at_ms,
      answer: parsed(answerSchema, json(row.answer, 'calls'), 'calls'),
      structured: row.structured === 1,
      latencyMs: row.latency_ms,
      attempts: row.attempts,
      calledAtMs: row.called_at_ms,
    };
  };
  const readImport = (value: unknown): ImportedReply => {
    const row = parsed(importRow, value, 'imports');
    return { run: row.run, atMs: row.at_ms, model: row.model, text: row.text };
  };

  return {
    find(request) {
      return guard(() => find.all(request)).map(readCall);
    },
    add(call) {
      const { system, ...question } = call.question;
      const hash = createHash('sha256').update(system).digest('hex');
      guard(() => {
        db.transaction(() => {
          addText.run(hash, system);
          addCall.run(
            call.request,
            call.run,
            hash,
            JSON.stringify(question),
            call.atMs,
            JSON.stringify(call.answer),
            call.structured ? 1 : 0,
            call.latencyMs,
            call.attempts,
            call.calledAtMs,
          );
        }).immediate();
      });
    },
    hasAny(provider, model) {
      return guard(() => anyOf.get(provider, model)) === 1;
    },
    importReplies(replies) {
      guard(() => {
        db.transaction(() => {
          for (const { run, atMs, model, text } of replies) addImport.run(run, atMs, model, text);
        }).immediate();
      });
    },
    imported(run, atMs) {
      const row = guard(() => getImport.get(run, atMs));
      return row === undefined ? undefined : readImport(row);
    },
    importedRuns() {
      return guard(() => runs.all()).map((row) => parsed(runRow, row, 'imports'));
    },
    close() {
      db.close();
    },
  };
}

function open(path: string, readOnly: boolean): Database.Database {
  if (readOnly && !existsSync(path))
    throw new Problem('input', `${path}: there is no such recording of model calls`, {
      hint: 'record one with: npm run arena -- --llm record, or name another file with --recordings FILE',
    });
  try {
    if (!readOnly) mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path) && statSync(path).isDirectory())
      throw new Problem('input', `${path}: is a folder, expected a recording of model calls`, {
        hint: 'name a file with --recordings FILE',
      });
  } catch (error) {
    throw error instanceof Problem ? error : fileProblem(path, error);
  }
  const db = new Database(path, { readonly: readOnly, timeout: BUSY_MS });
  try {
    // In one look: another process may be making the file at this moment.
    db.transaction(() => {
      checkKind(db, path, readOnly);
    })();
    if (readOnly) return db;
    writeAhead(db, BUSY_MS);
    db.pragma('foreign_keys = ON');
    db.transaction(() => {
      if (Number(db.pragma('user_version', { simple: true })) === VERSION) return;
      db.exec(SCHEMA);
      db.pragma(`user_version = ${String(VERSION)}`);
      db.pragma(`application_id = ${String(APPLICATION_ID)}`);
    }).immediate();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkKind(db: Database.Database, path: string, readOnly: boolean): void {
  const application = Number(db.pragma('application_id', { simple: true }));
  const version = Number(db.pragma('user_version', { simple: true }));
  const tables = Number(db.prepare(`SELECT count(*) FROM sqlite_master`).pluck().get());
  if (application === APPLICATION_ID && version === VERSION) return;
  if (application === APPLICATION_ID && version > VERSION)
    throw new Problem('foreign', `${path}: made by a newer version of this program`, {
      hint: 'update the program, or name another file with --recordings FILE',
    });
  if (tables > 0 || readOnly)
    throw new Problem('foreign', `${path}: is no recording of model calls`, {
      hint: 'name another file with --recordings FILE',
    });
}

/** As with a journal, but a recording is no state: --fresh and --state do not reach it. */
function recordingProblem(path: string, error: InstanceType<typeof Database.SqliteError>): Error {
  const problem = sqliteProblem(path, error);
  if (!(problem instanceof Problem) || error.code.startsWith('SQLITE_FULL')) return problem;
  return new Problem(problem.kind, problem.message.replace('the journal', 'the recording'), {
    hint: 'check its rights, restore it from a backup, or name another file with --recordings FILE',
    cause: error,
  });
}

function damaged(path: string, how: string): Problem {
  return new Problem('damaged', `${path}: the recording is damaged (${how})`, {
    hint: 'restore it from a backup, or name another file with --recordings FILE',
  });
}
