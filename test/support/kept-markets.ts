import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { openCandleCache } from '../../src/adapters/market-data/candle-cache.js';
import { readColumnsFile, writeColumnsFile } from '../../src/adapters/market-data/columns-file.js';
import { type RecordedMarket, loadRecordedMarket } from '../../src/adapters/market-data/recorded-market.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { csvOf, makeFolder } from './market-folder.js';

/** The one market that a cache folder holds. Throws when there are more, or temporary files. */
export function keptFile(cacheFolder: string): string {
  const [name, ...others] = readdirSync(cacheFolder);
  if (name === undefined || others.length > 0)
    throw new Error(`expected one file in the cache: ${[name, ...others].join(', ')}`);
  return join(cacheFolder, name);
}

const aboutSchema = z.looseObject({
  format: z.number(),
  sources: z.array(z.looseObject({ stamp: z.string() })),
});
type About = z.infer<typeof aboutSchema>;

export function readKept(path: string): { about: About; columns: readonly Float64Array[] } {
  let about: unknown;
  const columns = readColumnsFile(path, (found) => {
    about = found;
    return true;
  });
  if (columns === undefined) throw new Error(`${path} is not whole`);
  return { about: aboutSchema.parse(about), columns };
}

const FORGED_USD = 1e6;

/** Makes the cache lie, in a way that only a load from it shows. `about` is what it says of itself then. */
export function forge(path: string, about: unknown = readKept(path).about): void {
  const columns = readKept(path).columns.map((column, k) =>
    k === 4 ? column.map((close) => close + FORGED_USD) : column,
  );
  writeColumnsFile(path, about, columns);
}

export function isForged({ table }: RecordedMarket): boolean {
  return table.candles[0]?.close.some((close) => close > FORGED_USD) ?? false;
}

export interface CachedMarket {
  /** Its one file. */
  readonly file: string;
  readonly folders: readonly string[];
  readonly kept: () => string;
  readonly load: () => RecordedMarket;
}

/** A market of one file, loaded once through a cache. */
export function cachedMarket(settledMs: number): CachedMarket {
  const folder = makeFolder({ 'BTC/1h.csv': csvOf([0, 1, 2, 5, 6], HOUR_MS) });
  const cacheFolder = mkdtempSync(join(tmpdir(), 'candle-cache-'));
  const load = (): RecordedMarket =>
    loadRecordedMarket({
      folder,
      timeframe: '1h',
      cache: openCandleCache({ folder: cacheFolder, settledMs }),
    });
  load();
  return {
    file: join(folder, 'BTC/1h.csv'),
    folders: [folder, cacheFolder],
    kept: () => keptFile(cacheFolder),
    load,
  };
}
