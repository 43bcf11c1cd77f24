import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { Problem } from '../../core/domain/problem.js';
import { READING_KINDS } from '../../core/domain/market-readings.js';
import { TIMEFRAMES } from '../../core/domain/time.js';
import { MISS_REASONS } from '../../ports/market-log.js';
import { makeFolder } from './atomic-file.js';
import { MARKET_APPLICATION_ID, foreignMarketLog, readMarketLogHead } from './market-log-file.js';
import { writeAhead } from './write-ahead.js';

/** Readers of other processes may hold it for so long. */
const BUSY_MS = 5000;

/** Version 1. */
const FIRST_SCHEMA = `
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
/** Version 2: what a slot saw beside its bars. Slots of before saw nothing. */
const SLOT_READINGS = `
  CREATE TABLE slot_readings (
    open_ms INTEGER NOT NULL, symbol INTEGER NOT NULL, series TEXT NOT NULL,
    time_ms INTEGER NOT NULL, arrived_ms INTEGER NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (open_ms, symbol, series)
  ) STRICT, WITHOUT ROWID;
  UPDATE readings SET series = 'openInterestUsd' WHERE series = 'open-interest-usd';
`;

/** Version 3: rates that came after their round, which nobody was charged. */
const LATE_FUNDING = `
  CREATE TABLE late_funding (
    symbol INTEGER NOT NULL, time_ms INTEGER NOT NULL, rate REAL NOT NULL, PRIMARY KEY (symbol, time_ms)
  ) STRICT, WITHOUT ROWID;
`;

/** What each version has more than the one before. */
const SCHEMAS = [FIRST_SCHEMA, SLOT_READINGS, LATE_FUNDING];
const VERSION = SCHEMAS.length;

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
  series: z.enum(READING_KINDS),
  time_ms: z.number(),
  received_ms: z.number(),
  value: z.number(),
});
export const slotReadingRow = z.object({
  open_ms: z.number(),
  symbol: z.int(),
  series: z.enum(READING_KINDS),
  time_ms: z.number(),
  arrived_ms: z.number(),
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

/** Opens the log; made when it is to be written, absent, and not lost. */
export function openMarketFile(path: string, readOnly: boolean, isBegun: boolean): Database.Database {
  if (readMarketLogHead(path, isBegun) === undefined) {
    if (readOnly)
      throw new Problem('not-running', `${path}: no live market has been followed here yet`, {
        hint: 'start one with: npm run arena -- --market live --exchange binance',
      });
    makeFolder(dirname(path));
  }
  const db = new Database(path, { readonly: readOnly, timeout: BUSY_MS });
  try {
    checkKind(db, path, readOnly);
    if (readOnly) return db;
    writeAhead(db, BUSY_MS);
    db.transaction(() => {
      if (versionOf(db) === VERSION) return;
      SCHEMAS.slice(versionOf(db)).forEach((schema) => db.exec(schema));
      db.pragma(`user_version = ${String(VERSION)}`);
      db.pragma(`application_id = ${String(MARKET_APPLICATION_ID)}`);
    }).immediate();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A log that is only read may be of version 1, whose slots saw no readings, */
export function hasSlotReadings(db: Database.Database): boolean {
  return versionOf(db) >= 2;
}

/** or of version 2, which kept no rates that came late. */
export function hasLateFunding(db: Database.Database): boolean {
  return versionOf(db) >= 3;
}

function versionOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

function checkKind(db: Database.Database, path: string, readOnly: boolean): void {
  const application = Number(db.pragma('application_id', { simple: true }));
  const version = versionOf(db);
  const tables = Number(db.prepare(`SELECT count(*) FROM sqlite_master`).pluck().get());
  if (application === MARKET_APPLICATION_ID && version >= 1 && version <= VERSION) return;
  if (application === MARKET_APPLICATION_ID && version > VERSION)
    throw new Problem('foreign', `${path}: made by a newer version of this program`, {
      hint: 'update the program, or name another folder with --state',
    });
  if (tables > 0 || readOnly) throw foreignMarketLog(path);
}
