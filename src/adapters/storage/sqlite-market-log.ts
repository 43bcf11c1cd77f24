import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { z } from 'zod';
import { type GrowingMarket, type SlotBar, growingMarket } from '../../core/domain/growing-market.js';
import type { MarketTable } from '../../core/domain/market-table.js';
import { Problem, assertInvariant } from '../../core/domain/problem.js';
import { type TimeMs, timeframeMs } from '../../core/domain/time.js';
import { symbolEndings } from '../../core/domain/symbol-endings.js';
import type {
  Correction,
  LoggedFunding,
  MarketLog,
  MarketLogHead,
  MissedBar,
} from '../../ports/market-log.js';
import { faultPoint } from './fault-point.js';
import { MARKET_LOG_FILE, inWordsOfLogs, lostMarketLog } from './market-log-file.js';
import {
  barRow,
  correctionRow,
  fundingRow,
  hasLateFunding,
  hasSlotReadings,
  headSchema,
  missedRow,
  openMarketFile,
  readingRow,
  slotBarSchema,
  slotReadingRow,
  slotRow,
} from './market-log-schema.js';
import { sqliteProblem } from './sqlite-problem.js';

export interface MarketLogAccess {
  readonly readOnly?: boolean;
  /** Rounds were played on it: it is there, or lost. */
  readonly isBegun?: boolean;
}

/** The log in `<folder>/market.sqlite`: one writer, every append durable by itself. */
export function openMarketLog(folder: string, options: MarketLogAccess = {}): MarketLog {
  const { readOnly = false, isBegun = false } = options;
  const path = join(folder, MARKET_LOG_FILE);
  const guard = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw error instanceof Database.SqliteError ? inWordsOfLogs(sqliteProblem(path, error)) : error;
    }
  };
  const db = guard(() => openMarketFile(path, readOnly, isBegun));
  const all = <T>(schema: z.ZodType<T>, sql: string, ...args: unknown[]): T[] =>
    guard(() => db.prepare(sql).all(...args)).map((row) => {
      const parsed = schema.safeParse(row);
      if (parsed.success) return parsed.data;
      throw damaged(path, `a row has another shape: ${parsed.error.issues[0]?.message ?? ''}`);
    });
  let known: MarketLogHead | undefined;
  const head = (): MarketLogHead | undefined => {
    if (known !== undefined) return known;
    const body = guard(() => db.prepare(`SELECT body FROM head`).pluck().get()) as string | undefined;
    if (body === undefined) return undefined;
    const parsed = headSchema.safeParse(parsedJson(body, path));
    if (!parsed.success) throw damaged(path, parsed.error.issues[0]?.message ?? '');
    return (known = parsed.data);
  };
  const begun = (): MarketLogHead => {
    const value = head();
    if (value !== undefined) return value;
    throw new Problem('not-running', `${path}: no live market has been followed here yet`, {
      hint: 'start one with: npm run arena -- --market live --exchange binance',
    });
  };
  if (isBegun && head() === undefined) {
    db.close();
    throw lostMarketLog(path);
  }
  const lastOpenMs = (): TimeMs | undefined =>
    (guard(() => db.prepare(`SELECT max(open_ms) FROM slots`).pluck().get()) as number | null) ?? undefined;
  const corrections = (): Correction[] =>
    all(correctionRow, `SELECT * FROM corrections ORDER BY id`).map(
      ({ open_ms: openMs, received_ms: receivedMs, symbol, kind, ...bar }) => ({
        openMs,
        symbol,
        kind,
        bar,
        receivedMs,
      }),
    );
  const lateFunding = (): LoggedFunding[] =>
    hasLateFunding(db)
      ? all(fundingRow, `SELECT * FROM late_funding ORDER BY time_ms, symbol`).map(
          ({ symbol, time_ms: timeMs, rate }) => ({ symbol, timeMs, rate }),
        )
      : [];
  const missed = (endMs: TimeMs): MissedBar[] =>
    all(missedRow, `SELECT * FROM missed WHERE open_ms < ? ORDER BY open_ms, symbol`, limit(endMs)).map(
      ({ open_ms: openMs, symbol, reason, text, bar }): MissedBar => ({
        openMs,
        symbol,
        reason,
        text,
        ...(bar === null ? {} : { bar: slotBarSchema.parse(parsedJson(bar, path)) }),
      }),
    );
  /** Adds the slots that open before `endMs` and are not there yet; returns when the newest one was settled. */
  const addSlots = (
    market: GrowingMarket,
    endMs: TimeMs,
    changed: ReadonlyMap<string, SlotBar>,
    late: readonly LoggedFunding[] = [],
  ): TimeMs | undefined => {
    const { timeframe, symbols, firstOpenMs } = begun();
    const barMs = timeframeMs(timeframe);
    const fromMs = firstOpenMs + market.table.length * barMs;
    const between = (column: string): string => `${column} >= ? AND ${column} < ?`;
    const bars = all(
      barRow,
      `SELECT * FROM bars WHERE ${between('open_ms')} ORDER BY open_ms, symbol`,
      fromMs,
      limit(endMs),
    );
    let at = 0;
    let newestMs: TimeMs | undefined;
    for (const { open_ms, settled_ms } of all(
      slotRow,
      `SELECT * FROM slots WHERE ${between('open_ms')} ORDER BY open_ms`,
      fromMs,
      limit(endMs),
    )) {
      if (open_ms !== firstOpenMs + market.table.length * barMs)
        throw damaged(path, `slot ${new Date(open_ms).toISOString()} does not follow the one before`);
      const row = new Array<SlotBar | undefined>(symbols.length).fill(undefined);
      for (let bar = bars[at]; bar?.open_ms === open_ms; bar = bars[++at]) row[bar.symbol] = bar;
      symbols.forEach((_, symbol) => {
        const correction = changed.get(keyOf(open_ms, symbol));
        if (correction !== undefined) row[symbol] = correction;
      });
      market.append(row);
      newestMs = settled_ms;
    }
    const charged = all(
      fundingRow,
      `SELECT * FROM funding WHERE ${between('time_ms')} ORDER BY symbol, time_ms`,
      // Rates from before the first slot are history too.
      fromMs === firstOpenMs ? 0 : fromMs,
      limit(endMs),
    ).map(({ symbol, time_ms: timeMs, rate }) => ({ symbol, timeMs, rate }));
    for (const { symbol, timeMs, rate } of [...charged, ...late].sort((a, b) => a.timeMs - b.timeMs))
      market.addFunding(symbol, timeMs, rate);
    if (hasSlotReadings(db))
      for (const { symbol, series, time_ms, arrived_ms, value } of all(
        slotReadingRow,
        `SELECT * FROM slot_readings WHERE ${between('open_ms')} ORDER BY open_ms, symbol, series`,
        fromMs,
        limit(endMs),
      ))
        market.addReading(symbol, { series, timeMs: time_ms, arrivedMs: arrived_ms, value });
    const endings = symbolEndings(barMs);
    for (const { openMs, symbol, reason } of missed(endMs)) {
      const endsMs = endings.missed(symbol, openMs, reason);
      if (endsMs !== undefined) market.end(symbol, endsMs);
    }
    return newestMs;
  };
  const replay = (
    endMs: TimeMs,
    changed: ReadonlyMap<string, SlotBar>,
    late: readonly LoggedFunding[] = [],
  ): GrowingMarket => {
    const { timeframe, symbols, instruments, firstOpenMs } = begun();
    const market = growingMarket({ timeframe, symbols, instruments, firstOpenMs });
    addSlots(market, endMs, changed, late);
    return market;
  };

  return {
    head,
    begin(value) {
      guard(() => db.prepare(`INSERT INTO head (only, body) VALUES (1, ?)`).run(JSON.stringify(value)));
    },
    lastOpenMs,
    append(slots, corrections, lateFunding = []) {
      const { firstOpenMs, timeframe } = begun();
      let next = (lastOpenMs() ?? firstOpenMs - timeframeMs(timeframe)) + timeframeMs(timeframe);
      const addSlot = db.prepare(`INSERT INTO slots (open_ms, settled_ms) VALUES (?, ?)`);
      const addBar = db.prepare(`INSERT INTO bars VALUES (?, ?, ?, ?, ?, ?, ?)`);
      const addMiss = db.prepare(`INSERT INTO missed VALUES (?, ?, ?, ?, ?)`);
      const addReading = db.prepare(`INSERT INTO slot_readings VALUES (?, ?, ?, ?, ?, ?)`);
      const addFunding = db.prepare(`INSERT OR IGNORE INTO funding VALUES (?, ?, ?)`);
      const addLate = db.prepare(`INSERT OR IGNORE INTO late_funding VALUES (?, ?, ?)`);
      const addCorrection = db.prepare(
        `INSERT INTO corrections (open_ms, symbol, kind, received_ms, open, high, low, close, volume)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      );
      guard(() => {
        db.transaction(() => {
          for (const { openMs, settledMs, bars, funding, readings, missed } of slots) {
            assertInvariant(openMs === next, () => `slot ${String(openMs)} is not the next one`);
            next += timeframeMs(timeframe);
            addSlot.run(openMs, Math.round(settledMs));
            bars.forEach((bar, symbol) => {
              if (bar === undefined) return;
              addBar.run(openMs, symbol, bar.open, bar.high, bar.low, bar.close, bar.volume);
            });
            for (const { symbol, timeMs, rate } of funding) addFunding.run(symbol, timeMs, rate);
            for (const { symbol, series, timeMs, arrivedMs, value } of readings)
              addReading.run(openMs, symbol, series, timeMs, arrivedMs, value);
            for (const { symbol, reason, text, bar } of missed)
              addMiss.run(openMs, symbol, reason, text, bar === undefined ? null : JSON.stringify(bar));
          }
          for (const { openMs, symbol, kind, receivedMs, bar } of corrections)
            addCorrection.run(
              openMs,
              symbol,
              kind,
              Math.round(receivedMs),
              bar.open,
              bar.high,
              bar.low,
              bar.close,
              bar.volume,
            );
          for (const { symbol, timeMs, rate } of lateFunding) addLate.run(symbol, timeMs, rate);
          faultPoint('before-commit');
        }).immediate();
      });
      faultPoint('after-commit');
    },
    addReadings(readings) {
      const add = db.prepare(`INSERT OR IGNORE INTO readings VALUES (?, ?, ?, ?, ?)`);
      guard(() => {
        db.transaction(() => {
          for (const { symbol, series, timeMs, receivedMs, value } of readings)
            add.run(symbol, series, Math.round(timeMs), Math.round(receivedMs), value);
        }).immediate();
      });
    },
    forgetReadings(beforeMs) {
      guard(() => db.prepare(`DELETE FROM readings WHERE time_ms < ?`).run(Math.round(beforeMs)));
    },
    load: (endMs = Infinity) => replay(endMs, new Map()),
    extend: (market, endMs) => addSlots(market, endMs, new Map()),
    corrected(): MarketTable {
      const newest = new Map(corrections().map(({ openMs, symbol, bar }) => [keyOf(openMs, symbol), bar]));
      return replay(Infinity, newest, lateFunding()).table;
    },
    corrections,
    lateFunding,
    missed: () => missed(Infinity),
    settled: () =>
      all(slotRow, `SELECT * FROM slots ORDER BY open_ms`).map(
        ({ open_ms: openMs, settled_ms: settledMs }) => ({
          openMs,
          settledMs,
        }),
      ),
    readings: (symbol, series) =>
      all(
        readingRow,
        `SELECT * FROM readings WHERE symbol = ? AND series = ? ORDER BY time_ms`,
        symbol,
        series,
      ).map(({ time_ms: timeMs, received_ms: receivedMs, value }) => ({
        symbol,
        series,
        timeMs,
        receivedMs,
        value,
      })),
    close() {
      db.close();
    },
  };
}

function keyOf(openMs: TimeMs, symbol: number): string {
  return `${String(openMs)} ${String(symbol)}`;
}

/** SQLite's numbers end below infinity. */
function limit(endMs: TimeMs): number {
  return Math.min(endMs, Number.MAX_SAFE_INTEGER);
}

function parsedJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(path, 'a text in it is not JSON');
  }
}

function damaged(path: string, how: string): Problem {
  return new Problem('damaged', `${path}: the log of the live market is damaged (${how})`, {
    hint: 'restore the file from a backup, or start over with --fresh (the old state is moved aside)',
  });
}
