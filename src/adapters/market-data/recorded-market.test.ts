import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DAY_MS, HOUR_MS, isTimeframe } from '../../core/domain/time.js';
import { listRecordedMarket, loadRecordedMarket, streamRecordedMarket } from './recorded-market.js';

const START_MS = Date.UTC(2024, 0, 1);
const made: string[] = [];

function makeFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'recorded-market-'));
  made.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** Bars in these slots after the start; the close tells the slot: 100 + slot. */
function bars(slots: readonly number[], stepMs = HOUR_MS): string {
  const lines = slots.map((slot) => {
    const close = 100 + slot;
    return `${String(START_MS + slot * stepMs)},${String(close)},${String(close + 1)},${String(close - 1)},${String(close)},7`;
  });
  return ['timestamp,open,high,low,close,volume', ...lines, ''].join('\n');
}

const FUNDING = `timestamp,funding_rate\n${String(START_MS)},0.0001\n${String(START_MS + 8 * HOUR_MS)},-0.0002\n`;

describe('layouts', () => {
  it.each([
    ['a folder for each symbol', 'BTC-USDT/1h.csv'],
    ['flat with an underscore', 'BTC-USDT_1h.csv'],
    ['flat with a dash', 'BTC-USDT-1h.csv'],
    ['flat with more after the timeframe', 'BTC-USDT_1h_2024-01.csv'],
  ])('%s, plain and zipped', (_, path) => {
    for (const folder of [
      makeFolder({ [path]: bars([0, 1, 2]) }),
      makeFolder({ [`${path}.gz`]: gzipSync(bars([0, 1, 2])) }),
    ]) {
      const { table } = loadRecordedMarket({ folder, timeframe: '1h' });
      expect(table.symbols).toEqual(['BTC-USDT']);
      expect([...table.openTimesMs]).toEqual([START_MS, START_MS + HOUR_MS, START_MS + 2 * HOUR_MS]);
      expect([...(table.candles[0]?.close ?? [])]).toEqual([100, 101, 102]);
      expect([...(table.candles[0]?.volume ?? [])]).toEqual([7, 7, 7]);
    }
  });

  it('several symbols, timeframes and layouts lie in one folder, with strangers beside them', () => {
    const folder = makeFolder({
      'ETH/4h.csv': bars([0, 1, 2], 4 * HOUR_MS),
      'ETH/1h.csv': bars([0, 1, 2]),
      'ETH/funding.csv.gz': gzipSync(FUNDING),
      'ETH/1h.parquet': 'PAR1',
      'BTC-1h.parquet': 'PAR1',
      'BTC_1h.csv': bars([0, 1, 2]),
      'SOL_funding.csv': FUNDING,
      'README.md': 'strangers',
    });
    symlinkSync(join(folder, 'nowhere'), join(folder, 'broken-link'));
    const listed = listRecordedMarket(folder).symbols;
    expect(
      listed.map(({ symbol, timeframes, instrumentType }) => [symbol, timeframes, instrumentType]),
    ).toEqual([
      ['BTC', ['1h'], 'spot'],
      ['ETH', ['1h', '4h'], 'perpetual'],
    ]);
    expect(listed[1]?.files.candles.get('4h')).toBe(join(folder, 'ETH/4h.csv'));
    expect(listed[1]?.files.funding).toBe(join(folder, 'ETH/funding.csv.gz'));
    expect(loadRecordedMarket({ folder, timeframe: '1h' }).table.symbols).toEqual(['BTC', 'ETH']);
    const asked = loadRecordedMarket({ folder, timeframe: '1h', symbols: ['ETH', 'BTC'] });
    expect(asked.table.symbols, 'in the order that was asked for').toEqual(['ETH', 'BTC']);
    expect(asked.table.instruments.map((instrument) => instrument.symbol)).toEqual(['ETH', 'BTC']);
  });

  it('a streamed load gives the same market', async () => {
    const folder = makeFolder({
      'ETH/1h.csv': bars([1, 2, 5]),
      'ETH/funding.csv.gz': gzipSync(FUNDING),
      'BTC_1h.csv.gz': gzipSync(bars(Array.from({ length: 40_000 }, (_, i) => i))),
    });
    const options = { folder, timeframe: '1h' } as const;
    expect(await streamRecordedMarket(options)).toEqual(loadRecordedMarket(options));
  });
});

describe('instruments', () => {
  const perpetual = { 'BTC/1h.csv': bars([0, 1, 2]), 'BTC/funding.csv': FUNDING };

  it('a symbol with funding is a perpetual of leverage 20 with maintenance tiers, one without is spot', () => {
    const folder = makeFolder({ ...perpetual, 'ETH_1h.csv': bars([0, 1, 2]) });
    const { table } = loadRecordedMarket({ folder, timeframe: '1h' });
    const [btc, eth] = table.instruments;
    expect(btc).toMatchObject({ type: 'perpetual', maxLeverage: 20, lotSize: 0, minNotionalUsd: 0 });
    expect(btc?.marginTiers[0]).toEqual({ upToNotionalUsd: 50_000, maintenanceFraction: 0.005 });
    expect(eth).toMatchObject({ type: 'spot', maxLeverage: 1, marginTiers: [] });
    expect([...(table.funding[0]?.timesMs ?? [])]).toEqual([START_MS, START_MS + 8 * HOUR_MS]);
    expect([...(table.funding[0]?.rates ?? [])]).toEqual([0.0001, -0.0002]);
    expect(table.funding[1]).toBeUndefined();
  });

  it('market.json decides for all symbols, and for each one again', () => {
    const marginTiers = [{ upToNotionalUsd: 1e6, maintenanceFraction: 0.02 }];
    const description = {
      instrument: 'perpetual',
      maxLeverage: 5,
      lotSize: 0.001,
      minNotionalUsd: 10,
      marginTiers,
      perSymbol: { ETH: { lotSize: 0.01, maxLeverage: 3 } },
    };
    const folder = makeFolder({
      'BTC/1h.csv': bars([0, 1, 2]),
      'ETH/1h.csv': bars([0, 1, 2]),
      'market.json': `\uFEFF${JSON.stringify(description)}`,
    });
    const { table } = loadRecordedMarket({ folder, timeframe: '1h' });
    const shared = { type: 'perpetual', minNotionalUsd: 10, marginTiers };
    expect(table.instruments).toEqual([
      { symbol: 'BTC', ...shared, lotSize: 0.001, maxLeverage: 5 },
      { symbol: 'ETH', ...shared, lotSize: 0.01, maxLeverage: 3 },
    ]);
    expect(listRecordedMarket(folder).symbols.map((symbol) => symbol.instrumentType)).toEqual([
      'perpetual',
      'perpetual',
    ]);
  });

  it('what market.json calls spot pays no funding', () => {
    const folder = makeFolder({ ...perpetual, 'market.json': '{"instrument":"spot"}' });
    const { table } = loadRecordedMarket({ folder, timeframe: '1h' });
    expect(table.instruments[0]?.type).toBe('spot');
    expect(table.funding).toEqual([undefined]);
  });
});

describe('one axis', () => {
  it('a continuous market is a full grid from the earliest bar to the latest, and gaps stay gaps', () => {
    const folder = makeFolder({ 'A/1h.csv': bars([2, 3, 4, 8, 9, 11]), 'B/1h.csv': bars([0, 1, 2, 3]) });
    const { table, coverage } = loadRecordedMarket({ folder, timeframe: '1h' });
    expect(table.calendar).toBe('continuous');
    expect([...table.openTimesMs]).toEqual(Array.from({ length: 12 }, (_, i) => START_MS + i * HOUR_MS));
    const _ = NaN;
    for (const name of ['open', 'high', 'low', 'close', 'volume'] as const)
      expect([...(table.candles[0]?.[name] ?? [])].map(Number.isNaN)).toEqual(
        [_, _, 1, 1, 1, _, _, _, 1, 1, _, 1].map(Number.isNaN),
      );
    expect([...(table.candles[0]?.close ?? [])]).toEqual([_, _, 102, 103, 104, _, _, _, 108, 109, _, 111]);
    expect([...(table.candles[1]?.close ?? [])]).toEqual([100, 101, 102, 103, _, _, _, _, _, _, _, _]);
    const hour = (slot: number): number => START_MS + slot * HOUR_MS;
    expect(coverage).toEqual([
      {
        symbol: 'A',
        firstMs: hour(2),
        lastMs: hour(11),
        bars: 6,
        gaps: 2,
        missing: 4,
        longestGapBars: 3,
      },
      { symbol: 'B', firstMs: hour(0), lastMs: hour(3), bars: 4, gaps: 0, missing: 0, longestGapBars: 0 },
    ]);
  });

  it('symbols may come and go as long as no stretch of time is without any', () => {
    const folder = makeFolder({
      'A/1h.csv': bars([0, 1, 2]),
      'B/1h.csv': bars([1, 2, 3, 4, 5, 6, 7, 8]),
      'C/1h.csv': bars([3, 4]),
      'D/1h.csv': bars([8, 9]),
    });
    expect(loadRecordedMarket({ folder, timeframe: '1h' }).table.length).toBe(10);
  });

  // 2024-01-01 was a Monday, so the slots 5 and 6 of each week are its weekend.
  const workdays = (weeks: number): number[] =>
    Array.from({ length: weeks * 7 }, (_, day) => day).filter((day) => day % 7 < 5);

  it('daily bars that skip weekends make a market of sessions, without gaps where nobody traded', () => {
    const folder = makeFolder({
      'A_1d.csv': bars(workdays(3), DAY_MS),
      'B_1d.csv': bars(
        workdays(3).filter((day) => day !== 9 && day > 0),
        DAY_MS,
      ),
    });
    const { table, coverage } = loadRecordedMarket({ folder, timeframe: '1d' });
    expect(table.calendar).toBe('sessions');
    expect([...table.openTimesMs]).toEqual(workdays(3).map((day) => START_MS + day * DAY_MS));
    expect(coverage.map(({ bars: count, gaps, missing }) => [count, gaps, missing])).toEqual([
      [15, 0, 0],
      [13, 1, 1],
    ]);
    expect([...(table.candles[1]?.close ?? [])].slice(0, 3)).toEqual([NaN, 101, 102]);
  });

  it('daily bars of every day are continuous, also beside a symbol that skips weekends', () => {
    const every = Array.from({ length: 21 }, (_, day) => day);
    const folder = makeFolder({ 'A_1d.csv': bars(every, DAY_MS), 'B_1d.csv': bars(workdays(3), DAY_MS) });
    const { table, coverage } = loadRecordedMarket({ folder, timeframe: '1d' });
    expect([table.calendar, table.length]).toEqual(['continuous', 21]);
    expect(coverage[1]).toMatchObject({ bars: 15, gaps: 2, missing: 4, longestGapBars: 2 });
  });

  it('market.json may name the calendar', () => {
    const folder = makeFolder({
      'A_1h.csv': bars([0, 1, 2, 24, 25, 26]),
      'market.json': '{"instrument":"spot","calendar":"sessions"}',
    });
    const { table, coverage } = loadRecordedMarket({ folder, timeframe: '1h' });
    expect([table.calendar, table.length, coverage[0]?.missing]).toEqual(['sessions', 6, 0]);
  });
});

const RECORDED = '../shared/data';
const manifestSchema = z.object({
  files: z.array(
    z.object({
      symbol: z.string(),
      interval: z.string().optional(),
      file: z.string(),
      rows: z.number(),
      fromMs: z.number(),
      toMs: z.number(),
      quality: z.object({
        gaps: z.number().optional(),
        missingBars: z.number().optional(),
        longestGapBars: z.number().optional(),
      }),
    }),
  ),
});

const RECORDED_FOLDERS = [
  ['crypto/binance', '1h'],
  ['crypto/binance', '4h'],
  ['crypto/binance-perp', '1h'],
  ['crypto/hyperliquid', '4h'],
] as const;

describe.skipIf(!existsSync(RECORDED))(`recorded candles (skipped where ${RECORDED} is absent)`, () => {
  it.each(RECORDED_FOLDERS)(
    '%s %s has the rows, gaps and funding that its manifest counts',
    (path, interval) => {
      const manifest = manifestSchema.parse(
        JSON.parse(readFileSync(join(RECORDED, 'manifest.json'), 'utf8')),
      );
      const listed = manifest.files.filter((one) => one.file.startsWith(`${path}/`));
      const { table, coverage } = loadRecordedMarket({ folder: join(RECORDED, path), timeframe: interval });
      expect(isTimeframe(interval) && coverage.length).toBeGreaterThan(8);
      expect(coverage).toEqual(
        table.symbols.map((symbol) => {
          const one = listed.find((file) => file.symbol === symbol && file.interval === interval);
          return {
            symbol,
            firstMs: one?.fromMs,
            lastMs: one?.toMs,
            bars: one?.rows,
            gaps: one?.quality.gaps,
            missing: one?.quality.missingBars,
            longestGapBars: one?.quality.longestGapBars,
          };
        }),
      );
      for (const [i, symbol] of table.symbols.entries())
        expect(table.funding[i]?.timesMs.length).toBe(
          listed.find((one) => one.symbol === symbol && one.file.endsWith('/funding.csv.gz'))?.rows,
        );
    },
  );
});
