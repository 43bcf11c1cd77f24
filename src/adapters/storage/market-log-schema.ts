import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { Problem } from '../../core/domain/problem.js';
import { TIMEFRAMES } from '../../core/domain/time.js';
import { MISS_REASONS } from '../../ports/market-log.js';
import { READING_SERIES } from '../../ports/venue.js';
import { fileProblem } from './atomic-file.js';

/** "ARNM" in ASCII: tells a market from a journal and from any other SQLite file. */
const APPLICATION_ID = 0x41524e4d;
const VERSION = 2;
/** Has no table of late rates; is given one when it is opened to be written. */
export const BEFORE_LATE_FUNDING = 1;
/** Readers of other processes may hold it for so long. */
const BUSY_MS = 5000;

const SCHEMA = `
  CREATE TABLE head (only INTEGER PRIMARY KEY CHECK (only = 1), body TEXT NOT NULL) STRICT;
  CREATE TABLE slots (open_ms INTEGER PRIMARY KEY, settled_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE bars (
    open_ms INTEGER NOT NULL, symbol INTEGER NOT NULL,
    open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL,
    PRIMARY KEY (open_ms, symbol)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE missed (
    open_ms INTEGER NOT NULL, symbol INTEGER NOT NULL, reason TEXT NOT NULL, text TEXT NOT NULL, bar TEXT,
    PRIMARY KEY (open_ms, symbol)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE corrections (
    id INTEGER PRIMARY KEY,
    open_ms INTEGER NOT NULL, symbol INTEGER NOT NULL, kind TEXT NOT NULL, received_ms INTEGER NOT NULL,
    open REAL NOT NULL, high REAL NOT NULL, low REAL NOT NULL, close REAL NOT NULL, volume REAL NOT NULL
  ) STRICT;
  CREATE TABLE funding (
    symbol INTEGER NOT NULL, time_ms INTEGER NOT NULL, rate REAL NOT NULL, PRIMARY KEY (symbol, time_ms)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE readings (
    symbol INTEGER NOT NULL, series TEXT NOT NULL, time_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (symbol, series, time_ms)
  ) STRICT, WITHOUT ROWID;
`;

const LATE_FUNDING = `
  CREATE TABLE late_funding (
    symbol INTEGER NOT NULL, time_ms INTEGER NOT NULL, rate REAL NOT NULL, PRIMARY KEY (symbol, time_ms)
  ) STRICT, WITHOUT ROWID;
`;

const price = z.number();
export const barRow = z.object({
  open_ms: z.number(),
  symbol: z.int(),
  open: price,
  high: price,
  low: price,
  close: price,
  volume: price,
});
export const correctionRow = barRow.extend({ kind: z.enum(['late', 'revised']), received_ms: z.number() });
export const missedRow = z.object({
  open_ms: z.number(),
  symbol: z.int(),
  reason: z.enum(MISS_REASONS),
  text: z.string(),
  bar: z.string().nullable(),
});
export const slotBarSchema = z.object({ open: price, high: price, low: price, close: price, volume: price });
export const slotRow = z.object({ open_ms: z.number(), settled_ms: z.number() });
export const fundingRow = z.object({ symbol: z.int(), time_ms: z.number(), rate: z.number() });
export const readingRow = z.object({
  symbol: z.int(),
  series: z.enum(READING_SERIES),
  time_ms: z.number(),
  received_ms: z.number(),
  value: z.number(),
});
export const headSchema = z.object({
  exchange: z.string(),
  second: z.string().optional(),
  timeframe: z.enum(TIMEFRAMES),
  symbols: z.array(z.string()).min(1),
  instruments: z.array(
    z.strictObject({
      symbol: z.string(),
      type: z.enum(['spot', 'perpetual']),
      lotSize: z.number(),
      minNotionalUsd: z.number(),
      // Logs that began before prices kept to it have none, and go on without.
      tickSize: z.number().gt(0).optional(),
      maxLeverage: z.number(),
      marginTiers: z.array(
        z.strictObject({
          // JSON has no infinity; the last tier has none above it.
          upToNotionalUsd: z
            .number()
            .nullable()
            .transform((value) => value ?? Infinity),
          maintenanceFraction: z.number(),
        }),
      ),
    }),
  ),
  firstOpenMs: z.number(),
});

/** Opens the log; made when it is to be written and absent. */
export function openMarketFile(path: string, readOnly: boolean): Database.Database {
  if (readOnly && !existsSync(path))
    throw new Problem('not-running', `${path}: no live market has been followed here yet`, {
      hint: 'start one with: npm run arena -- --market live --exchange binance',
    });
  try {
    if (!readOnly) mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path) && statSync(path).isDirectory())
      throw new Problem('damaged', `${path}: is a folder, expected the log of a live market`, {
        hint: 'move it away',
      });
  } catch (error) {
    throw error instanceof Problem ? error : fileProblem(path, error);
  }
  const db = new Database(path, { readonly: readOnly, timeout: BUSY_MS });
  try {
    checkKind(db, path, readOnly);
    if (readOnly) return db;
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.transaction(() => {
      const version = versionOf(db);
      if (version === VERSION) return;
      if (version !== BEFORE_LATE_FUNDING) db.exec(SCHEMA);
      db.exec(LATE_FUNDING);
      db.pragma(`user_version = ${String(VERSION)}`);
      db.pragma(`application_id = ${String(APPLICATION_ID)}`);
    }).immediate();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export function versionOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function checkKind(db: Database.Database, path: string, readOnly: boolean): void {
  const application = Number(db.pragma('application_id', { simple: true }));
  const version = versionOf(db);
  const tables = Number(db.prepare(`SELECT count(*) FROM sqlite_master`).pluck().get());
  if (application === APPLICATION_ID && (version === VERSION || version === BEFORE_LATE_FUNDING)) return;
  if (application === APPLICATION_ID && version > VERSION)
    throw new Problem('foreign', `${path}: made by a newer version of this program`, {
      hint: 'update the program, or name another folder with --state',
    });
  if (tables > 0 || readOnly)
    throw new Problem('foreign', `${path}: is no log of a live market`, {
      hint: 'move it away, or name another folder with --state',
    });
}
