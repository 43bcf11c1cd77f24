import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { START_MS, perpetual } from '../../../test/support/made-market.js';
import { HOUR_MS } from '../../core/domain/time.js';
import type { MarketLog, SettledSlot } from '../../ports/market-log.js';
import { MARKET_LOG_FILE } from './market-log-file.js';
import { openMarketLog } from './sqlite-market-log.js';

function slot(hour: number, value?: number): SettledSlot {
  const openMs = START_MS + hour * HOUR_MS;
  const arrivedMs = openMs + HOUR_MS - 5000;
  return {
    openMs,
    settledMs: openMs + HOUR_MS + 2000,
    bars: [{ open: 1, high: 1, low: 1, close: 1, volume: 1 }],
    funding: [],
    readings:
      value === undefined
        ? []
        : [{ symbol: 0, series: 'openInterestUsd', timeMs: arrivedMs - 300, arrivedMs, value }],
    missed: [],
  };
}

function begun(): { folder: string; log: MarketLog } {
  const folder = mkdtempSync(join(tmpdir(), 'arena-log-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const log = openMarketLog(folder);
  log.begin({
    exchange: 'binance',
    timeframe: '1h',
    symbols: ['A'],
    instruments: [perpetual('A')],
    firstOpenMs: START_MS,
  });
  return { folder, log };
}

const valuesOf = (log: MarketLog): number[] => {
  const { values, length = 0 } = log.load().table.readings?.bySymbol[0]?.openInterestUsd ?? {};
  return [...(values?.subarray(0, length) ?? [])];
};

describe('the log of a live market', () => {
  it('gives every slot back what it saw, also when the raw rows are forgotten', () => {
    const { folder, log } = begun();
    log.append([slot(0, 10)], []);
    log.append([slot(1), slot(2, 30)], []);
    log.addReadings([{ symbol: 0, series: 'bid', timeMs: START_MS, receivedMs: START_MS + 5, value: 7 }]);
    log.forgetReadings(START_MS + 100 * HOUR_MS);
    expect(log.readings(0, 'bid')).toEqual([]);
    expect(valuesOf(log)).toEqual([10, 30]);
    log.close();
    const again = openMarketLog(folder, { readOnly: true });
    expect(valuesOf(again)).toEqual([10, 30]);
    expect(again.load(START_MS + 2 * HOUR_MS).table.readings?.bySymbol[0]?.openInterestUsd?.length).toBe(1);
    again.close();
  });

  it('of the first version can be read as it is, and is gone on with: its slots saw nothing', () => {
    const { folder, log } = begun();
    log.append([slot(0)], []);
    log.close();
    const db = new Database(join(folder, MARKET_LOG_FILE));
    db.exec(`DROP TABLE slot_readings; DROP TABLE late_funding`);
    db.prepare(`INSERT INTO readings VALUES (0, 'open-interest-usd', ?, ?, 5)`).run(START_MS, START_MS + 10);
    db.pragma('user_version = 1');
    db.close();
    const reader = openMarketLog(folder, { readOnly: true });
    expect(reader.load().table.length).toBe(1);
    expect(valuesOf(reader)).toEqual([]);
    const writer = openMarketLog(folder);
    writer.append([slot(1, 20)], []);
    expect(valuesOf(writer)).toEqual([20]);
    expect(writer.readings(0, 'openInterestUsd')).toMatchObject([{ value: 5 }]);
    // Whoever had it open while it was read goes on too.
    expect(valuesOf(reader)).toEqual([20]);
    writer.close();
    reader.close();
  });

  it('of a newer version is refused in words', () => {
    const { folder, log } = begun();
    log.close();
    const db = new Database(join(folder, MARKET_LOG_FILE));
    db.pragma('user_version = 4');
    db.close();
    expect(() => openMarketLog(folder)).toThrow('made by a newer version');
  });

  it('that was begun before late rates were kept is read as it is, and keeps them from then on', () => {
    const { folder, log: first } = begun();
    first.append([{ ...slot(0), funding: [{ symbol: 0, timeMs: START_MS + 5, rate: 0.1 }] }], []);
    first.close();
    const db = new Database(join(folder, MARKET_LOG_FILE));
    db.exec(`DROP TABLE late_funding; PRAGMA user_version = 2`);
    db.close();

    const before = openMarketLog(folder, { readOnly: true });
    expect(before.lateFunding()).toEqual([]);
    expect(before.corrected().length).toBe(1);
    before.close();
    const log = openMarketLog(folder);
    log.append([slot(1)], [], [{ symbol: 0, timeMs: START_MS + 7, rate: 0.2 }]);
    expect(log.lateFunding()).toEqual([{ symbol: 0, timeMs: START_MS + 7, rate: 0.2 }]);
    expect([...(log.load().table.funding[0]?.rates ?? [])]).toEqual([0.1]);
    expect([...(log.corrected().funding[0]?.rates ?? [])]).toEqual([0.1, 0.2]);
    log.close();
  });

  it('that is gone although it had begun is refused, and none is put in its place', () => {
    const { folder, log } = begun();
    log.close();
    const path = join(folder, MARKET_LOG_FILE);
    rmSync(path);
    for (const readOnly of [true, false]) {
      expect(() => openMarketLog(folder, { readOnly, isBegun: true })).toThrow(
        'the log of the live market is gone',
      );
      expect(existsSync(path)).toBe(false);
    }
    writeFileSync(path, '');
    expect(() => openMarketLog(folder, { isBegun: true })).toThrow('the log of the live market is gone');
    // As an earlier version left it behind: it has tables, and never began.
    openMarketLog(folder).close();
    expect(() => openMarketLog(folder, { isBegun: true })).toThrow('the log of the live market is gone');
    writeFileSync(path, 'no database at all, whatever it is');
    expect(() => openMarketLog(folder)).toThrow('the log of the live market is damaged');
  });
});
