/**
 * Markets kept on disk as they were loaded, so that files are parsed once and read ten times faster after
 * that. The cache saves time and nothing else: without a file in it that can be trusted, or a folder that can be
 * written to, the sources are parsed as ever. `docs/decisions/0007-candle-cache.md` has the reasons.
 */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Calendar } from '../../core/domain/market-table.js';
import type { Timeframe } from '../../core/domain/time.js';
import { readColumnsFile, writeColumnsFile } from './columns-file.js';
import { type AboutMarket, type KeptMarket, aboutOf, columnsOf, marketOf, readAbout } from './kept-market.js';
import { KEPT_ENDING, limitCacheFolder, makeCacheFolder } from './cache-folder.js';
import { type SourceWatch, watchSource } from './source-watch.js';

const MAX_BYTES = 2 * 1024 ** 3;
const SETTLED_MS = 2000;

export interface CandleCacheOptions {
  /** Made when first written to. */
  readonly folder: string;
  /** Above it the oldest markets are removed. */
  readonly maxBytes?: number;
  /** How long a file must have lain unchanged for its stamp to count. */
  readonly settledMs?: number;
}

/** What decides a market beside the content of its files. */
export interface MarketKey {
  readonly timeframe: Timeframe;
  /** Undefined where it is guessed from the candles. */
  readonly calendar: Calendar | undefined;
  readonly symbols: readonly string[];
  /** For each symbol its candles and, where it has any, its funding. */
  readonly files: readonly (readonly string[])[];
}

export interface CandleCache {
  /** Takes the stamps of the files: to be called before they are read. */
  entry(key: MarketKey): CacheEntry;
}

/** One market's place in the cache. Nothing here throws for a disk that fails. */
export interface CacheEntry {
  /** The market of the files as they are now; undefined when they must be parsed. */
  load(): KeptMarket | undefined;
  /** While a file is parsed: all its bytes as they lie on disk, in order. */
  see(file: string, bytes: Uint8Array): void;
  /** Keeps what was made of the bytes seen. */
  save(market: KeptMarket): void;
}

export function openCandleCache({
  folder,
  maxBytes = MAX_BYTES,
  settledMs = SETTLED_MS,
}: CandleCacheOptions): CandleCache {
  return {
    entry({ timeframe, calendar, symbols, files }) {
      const paths = files.map((own) => own.map((file) => resolve(file)));
      const key = JSON.stringify([timeframe, calendar ?? 'guessed', symbols, paths]);
      const path = join(folder, createHash('sha256').update(key).digest('hex') + KEPT_ENDING);
      const watches = unlessDiskFails(
        () => new Map(files.flat().map((file) => [file, watchSource(file, settledMs)])),
      );
      return openEntry(path, key, watches, (about, columns) => {
        makeCacheFolder(folder);
        writeColumnsFile(path, about, columns);
        limitCacheFolder(folder, maxBytes, path);
      });
    },
  };
}

type Write = (about: AboutMarket, columns: readonly Float64Array[]) => void;

/** Without `watches`, as some file cannot be watched, there is nothing to load and nothing is kept. */
function openEntry(
  path: string,
  key: string,
  watches: ReadonlyMap<string, SourceWatch> | undefined,
  write: Write,
): CacheEntry {
  return {
    load() {
      if (watches === undefined) return undefined;
      return unlessDiskFails(() => loadKept(path, key, [...watches.values()], write));
    },
    see(file, bytes) {
      watches?.get(file)?.see(bytes);
    },
    save(market) {
      if (watches === undefined) return;
      unlessDiskFails(() => {
        const sources = [...watches.values()].map((watch) => watch.mark());
        write(aboutOf(market, key, sources), columnsOf(market));
      });
    },
  };
}

function loadKept(
  path: string,
  key: string,
  watches: readonly SourceWatch[],
  write: Write,
): KeptMarket | undefined {
  let about: AboutMarket | undefined;
  let isStampOld = false;
  const columns = readColumnsFile(path, (found) => {
    about = readAbout(found);
    if (about?.key !== key || about.sources.length !== watches.length) return false;
    return about.sources.every((mark, i) => {
      const compared = watches[i]?.compare(mark) ?? 'other';
      if (compared === 'same-content') isStampOld = true;
      return compared !== 'other';
    });
  });
  if (about === undefined || columns === undefined) return undefined;
  const market = marketOf(about, columns);
  if (market !== undefined && isStampOld) renewStamps(about, columns, watches, write);
  return market;
}

/** So that the next load need not read the content again; not before every stamp can be trusted. */
function renewStamps(
  about: AboutMarket,
  columns: readonly Float64Array[],
  watches: readonly SourceWatch[],
  write: Write,
): void {
  const sources = about.sources.map((mark, i) => ({ ...mark, stamp: watches[i]?.stamp() ?? '' }));
  if (sources.every(({ stamp }) => stamp !== ''))
    unlessDiskFails(() => {
      write({ ...about, sources }, columns);
    });
}

/** Whatever the cache's disk refuses, the load goes on without it. */
function unlessDiskFails<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
