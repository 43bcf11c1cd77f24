import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { spotInstrument } from '../../core/domain/instrument.js';
import { HOUR_MS } from '../../core/domain/time.js';
import type { MarketLogHead } from '../../ports/market-log.js';
import { MARKET_LOG_FILE, openMarketLog } from './sqlite-market-log.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const HEAD: MarketLogHead = {
  exchange: 'made',
  timeframe: '1h',
  symbols: ['BTC/USDT'],
  instruments: [{ ...spotInstrument('BTC/USDT'), type: 'perpetual', maxLeverage: 10 }],
  firstOpenMs: 0,
};
const BAR = { open: 1, high: 2, low: 1, close: 2, volume: 3 };

describe('the log of a live market', () => {
  it('that was begun before late rates were kept is read as it is, and keeps them from then on', () => {
    const folder = mkdtempSync(join(tmpdir(), 'market-log-'));
    folders.push(folder);
    const first = openMarketLog(folder);
    first.begin(HEAD);
    const slot = { settledMs: HOUR_MS, bars: [BAR], missed: [] };
    first.append([{ ...slot, openMs: 0, funding: [{ symbol: 0, timeMs: 5, rate: 0.1 }] }], []);
    first.close();
    const db = new Database(join(folder, MARKET_LOG_FILE));
    db.exec(`DROP TABLE late_funding; PRAGMA user_version = 1`);
    db.close();

    const before = openMarketLog(folder, { readOnly: true });
    expect(before.lateFunding()).toEqual([]);
    expect(before.corrected().length).toBe(1);
    before.close();
    const log = openMarketLog(folder);
    log.append([{ ...slot, openMs: HOUR_MS, funding: [] }], [], [{ symbol: 0, timeMs: 7, rate: 0.2 }]);
    expect(log.lateFunding()).toEqual([{ symbol: 0, timeMs: 7, rate: 0.2 }]);
    expect([...(log.load().table.funding[0]?.rates ?? [])]).toEqual([0.1]);
    expect([...(log.corrected().funding[0]?.rates ?? [])]).toEqual([0.1, 0.2]);
    log.close();
  });
});
