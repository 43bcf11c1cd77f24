import { z } from 'zod';
import type {
  Commit,
  RoundMarks,
  SavedState,
  StoredContestant,
  StoredLook,
  StoredRequest,
  StoredRound,
  StoredVerdict,
} from '../../ports/arena-store.js';
import type { ChainEnd } from './round-chain.js';
import { fromBlob } from './doubles-blob.js';
import { damagedJournal } from './sqlite-problem.js';

/**
 * Rows as SQLite gives them. STRICT tables check types when they are written, not when a damaged page is read:
 * a flipped bit can turn a text into NULL, so every row is parsed.
 */
const blob = z.custom<Buffer>((value) => Buffer.isBuffer(value), 'is no blob');
const doubles = blob.transform((bytes, context) => {
  const values = fromBlob(bytes);
  if (values !== undefined) return values;
  context.addIssue({ code: 'custom', message: `has ${String(bytes.length)} bytes, no list of doubles` });
  return z.NEVER;
});
const lines = z.string().transform((text) => (text === '' ? [] : text.split('\n')));

export const chainEndRow: z.ZodType<ChainEnd> = z.object({ seq: z.number(), hash: z.string() });

export const roundRow: z.ZodType<StoredRound> = z
  .object({
    seq: z.number(),
    bar_ms: z.number(),
    market_digest: z.string(),
    events: lines,
    marks: doubles,
    previous_hash: z.string(),
    hash: z.string(),
    fills: doubles.nullable(),
    decisions: lines.nullable(),
  })
  .transform((row) => ({
    seq: row.seq,
    barMs: row.bar_ms,
    marketDigest: row.market_digest,
    events: row.events,
    decisions: row.decisions ?? [],
    fills: row.fills ?? new Float64Array(),
    marks: row.marks,
    previousHash: row.previous_hash,
    hash: row.hash,
  }));

export const marksRow: z.ZodType<RoundMarks> = z
  .object({ bar_ms: z.number(), marks: doubles })
  .transform(({ bar_ms: barMs, marks }) => ({ barMs, marks }));

export const commitRow: z.ZodType<Commit> = z.object({ seq: z.number(), hash: z.string() });

export const stateRow: z.ZodType<SavedState> = z
  .object({ seq: z.number(), hash: z.string(), body: blob })
  .transform(({ seq, hash, body }) => ({ seq, hash, body: new Uint8Array(body) }));

export const contestantRow: z.ZodType<StoredContestant> = z.object({
  position: z.number(),
  id: z.string(),
  name: z.string(),
  body: z.string(),
});

/** A look and one of its verdicts; without any, the verdict's columns are null. */
export const lookRow: z.ZodType<Omit<StoredLook, 'verdicts'> & { readonly verdict?: StoredVerdict }> = z
  .object({
    cohort: z.number(),
    age_hours: z.number(),
    seq: z.number(),
    body: z.string(),
    position: z.number().nullable(),
    verdict: z.string().nullable(),
  })
  .transform(({ age_hours: ageHours, position, verdict, ...row }) => ({
    ...row,
    ageHours,
    ...(position === null || verdict === null ? {} : { verdict: { position, body: verdict } }),
  }));

export const requestRow: z.ZodType<StoredRequest> = z.object({
  id: z.string(),
  seq: z.number(),
  body: z.string(),
  outcome: z.string(),
});

/** A row, or damage that names the table and the field. */
export function parseRow<T>(schema: z.ZodType<T>, row: unknown, table: string, path: string): T {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damagedJournal(
    path,
    `a row of ${table} is unreadable: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    parsed.error,
  );
}
