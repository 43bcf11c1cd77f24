import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../core/domain/problem.js';
import { TIMEFRAMES, type Timeframe } from '../../core/domain/time.js';

/** Where one symbol's files lie. */
export interface SymbolFiles {
  readonly symbol: string;
  /** By timeframe, shortest first. */
  readonly candles: ReadonlyMap<Timeframe, string>;
  readonly funding: string | undefined;
}

interface FoundFiles {
  readonly candles: Map<Timeframe, string>;
  funding: string | undefined;
}

const ANY_TIMEFRAME = TIMEFRAMES.join('|');
const IN_FOLDER = new RegExp(`^(${ANY_TIMEFRAME})\\.(csv|csv\\.gz|parquet)$`);
const FLAT = new RegExp(`^(.+?)[_-](${ANY_TIMEFRAME})(?:[_-].*)?\\.(csv|csv\\.gz|parquet)$`);
const FUNDING_IN_FOLDER = /^funding\.csv(\.gz)?$/;
const FLAT_FUNDING = /^(.+?)[_-]funding(?:[_-].*)?\.csv(\.gz)?$/;

const LAYOUTS = '<SYMBOL>/1h.csv[.gz], <SYMBOL>_1h.csv[.gz] or <SYMBOL>-1h.csv[.gz]';

/** All symbols of a folder that have candles, sorted by name. */
export function findCandleFiles(folder: string): SymbolFiles[] {
  const names = namesIn(folder);
  const found = new Map<string, FoundFiles>();
  for (const name of names) {
    const path = join(folder, name);
    if (isFolder(path)) for (const inner of namesIn(path)) addFromFolder(found, name, path, inner);
    else addFlat(found, path, name);
  }
  const symbols = [...found].filter(([, files]) => files.candles.size > 0);
  if (symbols.length === 0)
    throw new Problem(
      'input',
      `${folder}: no candle files in it, expected ${LAYOUTS} (found: ${names.slice(0, 5).join(', ') || 'nothing'})`,
      { hint: `the name tells the bar length, one of ${TIMEFRAMES.join(', ')}` },
    );
  return symbols
    .map(([symbol, { candles, funding }]) => ({ symbol, candles: shortestFirst(candles), funding }))
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

function addFromFolder(found: Map<string, FoundFiles>, symbol: string, folder: string, name: string): void {
  const timeframe = IN_FOLDER.exec(name)?.[1];
  if (timeframe !== undefined) addCandles(found, symbol, timeframe, join(folder, name));
  else if (FUNDING_IN_FOLDER.test(name)) addFunding(found, symbol, join(folder, name));
}

function addFlat(found: Map<string, FoundFiles>, path: string, name: string): void {
  const fundingOf = FLAT_FUNDING.exec(name)?.[1];
  const [, symbol, timeframe] = FLAT.exec(name) ?? [];
  if (fundingOf !== undefined) addFunding(found, fundingOf, path);
  else if (symbol !== undefined && timeframe !== undefined) addCandles(found, symbol, timeframe, path);
}

/** A Parquet file counts only where no CSV holds the same bars: then reading it says what to do. */
function addCandles(found: Map<string, FoundFiles>, symbol: string, timeframe: string, path: string): void {
  const { candles } = filesOf(found, symbol);
  const other = candles.get(timeframe as Timeframe);
  if (other === undefined || other.endsWith('.parquet')) candles.set(timeframe as Timeframe, path);
  else if (!path.endsWith('.parquet')) throw secondFile(path, other);
}

function addFunding(found: Map<string, FoundFiles>, symbol: string, path: string): void {
  const files = filesOf(found, symbol);
  if (files.funding !== undefined) throw secondFile(path, files.funding);
  files.funding = path;
}

function filesOf(found: Map<string, FoundFiles>, symbol: string): FoundFiles {
  const files = found.get(symbol) ?? { candles: new Map<Timeframe, string>(), funding: undefined };
  found.set(symbol, files);
  return files;
}

function secondFile(path: string, other: string): Problem {
  return new Problem(
    'input',
    `${path}: is a second file for the same series, beside ${other}, expected one`,
    {
      hint: 'keep one of the two, or join them',
    },
  );
}

function shortestFirst(candles: ReadonlyMap<Timeframe, string>): ReadonlyMap<Timeframe, string> {
  return new Map([...candles].sort(([a], [b]) => TIMEFRAMES.indexOf(a) - TIMEFRAMES.indexOf(b)));
}

function namesIn(folder: string): string[] {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isDirectory())
    throw new Problem(
      'input',
      `${folder}: ${stats === undefined ? 'does not exist' : 'is a file'}, expected a folder of candles`,
      { hint: `it holds ${LAYOUTS}` },
    );
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw new Problem('input', `${folder}: cannot be read (${error instanceof Error ? error.message : ''})`, {
      cause: error,
    });
  }
}

/** False also for a link that leads nowhere. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
