/** A market from the cache is the market of its files, in every bit. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openCandleCache } from '../../src/adapters/market-data/candle-cache.js';
import {
  type RecordedMarketOptions,
  loadRecordedMarket,
  streamRecordedMarket,
} from '../../src/adapters/market-data/recorded-market.js';
import { DAY_MS, HOUR_MS } from '../../src/core/domain/time.js';
import { forge, isForged, keptFile } from '../support/kept-markets.js';
import { CSV_START_MS, csvOf, makeFolder } from '../support/market-folder.js';
import { hasShared, sharedPath } from '../support/shared-files.js';

const made: string[] = [];

function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = makeFolder(files);
  made.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const HOURS = { folder: '', timeframe: '1h' } as const;
const FUNDING = `timestamp,funding_rate\n${String(CSV_START_MS)},0.0001\n${String(CSV_START_MS + 8 * HOUR_MS)},-0.0002\n`;

describe('a load with the cache is the load without it', () => {
  const MARKETS: readonly (readonly [
    string,
    Record<string, string | Uint8Array>,
    Partial<RecordedMarketOptions>,
  ])[] = [
    ['one file', { 'BTC/1h.csv': csvOf([0, 1, 2], HOUR_MS) }, {}],
    [
      'gaps, late starts, gzip, funding and market.json',
      {
        'BTC/1h.csv.gz': gzipSync(csvOf([0, 1, 5, 6, 9], HOUR_MS)),
        'BTC/funding.csv': FUNDING,
        'ETH_1h.csv': csvOf([3, 4, 8], HOUR_MS),
        'market.json':
          '{ "instrument": "spot", "perSymbol": { "BTC": { "instrument": "perpetual", "maxLeverage": 5 } } }',
      },
      {},
    ],
    [
      'some symbols in their own order',
      {
        'A_1h.csv': csvOf([0, 1], HOUR_MS),
        'B_1h.csv': csvOf([1, 2], HOUR_MS),
        'C_1h.csv': csvOf([0, 2], HOUR_MS),
      },
      { symbols: ['C', 'A'] },
    ],
    [
      'days of a venue with sessions',
      { 'SPY_1d.csv': csvOf([0, 1, 2, 3, 4, 7, 8, 9, 10, 11], DAY_MS) },
      { timeframe: '1d' },
    ],
  ];

  it.each(MARKETS)('%s', async (_, files, asked) => {
    const options = { ...HOURS, ...asked, folder: folderWith(files) };
    const parsed = loadRecordedMarket(options);
    for (const settledMs of [0, 60_000])
      for (const load of [loadRecordedMarket, streamRecordedMarket]) {
        const cacheFolder = join(folderWith(), 'made', 'when needed');
        const cache = openCandleCache({ folder: cacheFolder, settledMs });
        expect(await load({ ...options, cache }), 'nothing kept yet').toEqual(parsed);
        expect(await load({ ...options, cache }), 'from the cache').toEqual(parsed);
        forge(keptFile(cacheFolder));
        expect(isForged(await load({ ...options, cache })), 'it does come from the cache').toBe(true);
      }
  });

  it('for any bars and gaps of any symbols', () => {
    const slots = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(slots, { minLength: 1, maxLength: 4 }), (symbols) => {
        const folder = folderWith(
          Object.fromEntries(
            // Slot 50 for all of them: symbols of one market overlap.
            symbols.map((own, k) => [
              `S${String(k)}_1h.csv`,
              csvOf([...own.sort((a, b) => a - b), 50, 51], HOUR_MS),
            ]),
          ),
        );
        const cacheFolder = folderWith();
        const options = { folder, timeframe: '1h', cache: openCandleCache({ folder: cacheFolder }) } as const;
        const first = loadRecordedMarket(options);
        expect(first).toEqual(loadRecordedMarket({ folder, timeframe: '1h' }));
        expect(loadRecordedMarket(options)).toEqual(first);
      }),
      { numRuns: 40 },
    );
  });

  it.skipIf(!hasShared('data/crypto/binance'))('for ten symbols of recorded hours, in every bit', () => {
    const options = { folder: sharedPath('data/crypto/binance'), timeframe: '1h' } as const;
    const cacheFolder = folderWith();
    const cache = openCandleCache({ folder: cacheFolder });
    const parsed = loadRecordedMarket({ ...options, cache });
    forge(keptFile(cacheFolder));
    expect(isForged(loadRecordedMarket({ ...options, cache })), 'old files need no second look').toBe(true);
    rmSync(keptFile(cacheFolder));
    loadRecordedMarket({ ...options, cache });
    const cached = loadRecordedMarket({ ...options, cache });
    expect(cached.coverage).toEqual(parsed.coverage);
    expect(cached.table.symbols).toEqual(parsed.table.symbols);
    parsed.table.candles.forEach((columns, k) => {
      for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
        const other = cached.table.candles[k]?.[name] ?? new Float64Array();
        expect(Buffer.compare(bytesOf(columns[name]), bytesOf(other))).toBe(0);
      }
    });
    expect(Buffer.compare(bytesOf(parsed.table.openTimesMs), bytesOf(cached.table.openTimesMs))).toBe(0);
  });
});

function bytesOf(column: Float64Array): Buffer {
  return Buffer.from(column.buffer, column.byteOffset, column.byteLength);
}
