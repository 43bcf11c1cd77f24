/**
 * A folder of recorded candles as one market. Files are found by their names, read into columns and checked,
 * and laid on one time axis. Nothing is filled in: a missing bar is a gap in the table and counted in the
 * coverage, and a wrong one stops the load with its file, line and column.
 */
import type { Instrument } from '../../core/domain/instrument.js';
import type { FundingSeries, MarketTable } from '../../core/domain/market-table.js';
import { nearest } from '../../core/domain/nearest.js';
import { Problem } from '../../core/domain/problem.js';
import type { Timeframe } from '../../core/domain/time.js';
import type { CacheEntry, CandleCache } from './candle-cache.js';
import { checkSpacing } from './check-spacing.js';
import { createCandleCsvParser } from './csv-columns.js';
import { refuseParquet } from './csv-foreign-format.js';
import type { CsvParser } from './csv-parser.js';
import { type SymbolFiles, findCandleFiles } from './find-candle-files.js';
import { createFundingCsvParser } from './funding-csv.js';
import type { KeptMarket } from './kept-market.js';
import { type Coverage, axisOf, coverageOf, guessCalendar, placeOnAxis } from './market-axis.js';
import { type MarketDescription, instrumentFor, readMarketDescription } from './market-description.js';
import type { ParsedCandles } from './parsed-candles.js';
import { type OnBytes, readCsvFile, streamCsvFile } from './read-csv-file.js';

export interface RecordedMarketOptions {
  readonly folder: string;
  readonly timeframe: Timeframe;
  /** In this order; all of the folder, by name, when absent. */
  readonly symbols?: readonly string[];
  /** Markets of earlier loads; the market is the same with and without it. */
  readonly cache?: CandleCache | undefined;
}

export interface RecordedMarket {
  readonly table: MarketTable;
  /** Parallel to the table's symbols. */
  readonly coverage: readonly Coverage[];
}

export interface RecordedSymbol {
  readonly symbol: string;
  /** Shortest first. */
  readonly timeframes: readonly Timeframe[];
  readonly files: SymbolFiles;
  readonly instrumentType: Instrument['type'];
}

/** What a folder has, without reading any candles. */
export function listRecordedMarket(folder: string): { readonly symbols: readonly RecordedSymbol[] } {
  const all = findCandleFiles(folder);
  const description = readMarketDescription(folder, symbolsOf(all));
  return {
    symbols: all.map((files) => ({
      symbol: files.symbol,
      timeframes: [...files.candles.keys()],
      files,
      instrumentType: instrumentFor(files.symbol, description, files.funding !== undefined).type,
    })),
  };
}

/** One file at a time, one chunk of it in memory: what a load needs beyond its market does not grow with the files. */
export function loadRecordedMarket(options: RecordedMarketOptions): RecordedMarket {
  const plan = planLoad(options);
  const entry = openCacheEntry(plan, options.cache);
  const kept = entry?.load();
  if (kept !== undefined) return marketOf(plan, kept);
  const read = <Parsed>(file: string, parser: CsvParser<Parsed>): Parsed =>
    readCsvFile(file, parser, showTo(entry, file));
  const parts = plan.loads.map(({ candleFile, fundingFile }) => ({
    candles: read(candleFile, createCandleCsvParser(candleFile)),
    funding: fundingFile === undefined ? undefined : read(fundingFile, createFundingCsvParser(fundingFile)),
  }));
  return marketOf(plan, assemble(plan, parts, entry));
}

/** The same market for a caller that has other things to do while the disk reads. */
export async function streamRecordedMarket(options: RecordedMarketOptions): Promise<RecordedMarket> {
  const plan = planLoad(options);
  const entry = openCacheEntry(plan, options.cache);
  const kept = entry?.load();
  if (kept !== undefined) return marketOf(plan, kept);
  const read = <Parsed>(file: string, parser: CsvParser<Parsed>): Promise<Parsed> =>
    streamCsvFile(file, parser, showTo(entry, file));
  const parts: LoadedFiles[] = [];
  for (const { candleFile, fundingFile } of plan.loads)
    parts.push({
      candles: await read(candleFile, createCandleCsvParser(candleFile)),
      funding:
        fundingFile === undefined ? undefined : await read(fundingFile, createFundingCsvParser(fundingFile)),
    });
  return marketOf(plan, assemble(plan, parts, entry));
}

interface SymbolLoad {
  readonly instrument: Instrument;
  readonly candleFile: string;
  readonly fundingFile: string | undefined;
}

interface LoadPlan {
  readonly timeframe: Timeframe;
  readonly description: MarketDescription | undefined;
  readonly loads: readonly SymbolLoad[];
}

interface LoadedFiles {
  readonly candles: ParsedCandles;
  readonly funding: FundingSeries | undefined;
}

/** Everything that can be refused before a candle is read. */
function planLoad({ folder, timeframe, symbols }: RecordedMarketOptions): LoadPlan {
  const all = findCandleFiles(folder);
  const description = readMarketDescription(folder, symbolsOf(all));
  const chosen = symbols === undefined ? all : chooseSymbols(all, symbols, folder);
  checkTimeframe(chosen, timeframe, folder);
  const loads = chosen.map(({ symbol, candles, funding }) => {
    const instrument = instrumentFor(symbol, description, funding !== undefined);
    const candleFile = candles.get(timeframe) ?? '';
    refuseParquet(candleFile);
    // What market.json calls spot pays no funding, whatever other files lie beside it.
    return { instrument, candleFile, fundingFile: instrument.type === 'spot' ? undefined : funding };
  });
  return { timeframe, description, loads };
}

function chooseSymbols(
  all: readonly SymbolFiles[],
  symbols: readonly string[],
  folder: string,
): readonly SymbolFiles[] {
  const names = symbolsOf(all);
  if (symbols.length === 0)
    throw new Problem('input', `--symbols: names none, expected some of ${names.join(', ')}`, {
      hint: 'leave --symbols away to load all of them',
    });
  const twice = symbols.find((symbol, i) => symbols.indexOf(symbol) !== i);
  if (twice !== undefined)
    throw new Problem('input', `--symbols: "${twice}" is given twice, expected each symbol once`, {
      hint: 'delete one of the two',
    });
  return symbols.map((symbol) => {
    const files = all.find((candidate) => candidate.symbol === symbol);
    if (files !== undefined) return files;
    throw new Problem(
      'input',
      `${folder}: has no symbol "${symbol}", expected one of ${names.slice(0, 20).join(', ')}`,
      { hint: `did you mean "${nearest(symbol, names)}"?` },
    );
  });
}

function checkTimeframe(chosen: readonly SymbolFiles[], timeframe: Timeframe, folder: string): void {
  const without = chosen.filter(({ candles }) => !candles.has(timeframe));
  if (without.length === 0) return;
  const words = without
    .slice(0, 20)
    .map(
      ({ symbol, candles }) =>
        `${symbol} has no ${timeframe} candles, only ${[...candles.keys()].join(', ')}`,
    );
  throw new Problem('input', `${folder}: ${words.join('; ')}; expected ${timeframe} for every symbol`, {
    hint: 'choose another --timeframe, or leave them out with --symbols',
  });
}

function openCacheEntry(
  { timeframe, description, loads }: LoadPlan,
  cache: CandleCache | undefined,
): CacheEntry | undefined {
  return cache?.entry({
    timeframe,
    calendar: description?.calendar,
    symbols: symbolsOf(loads.map(({ instrument }) => instrument)),
    files: loads.map(({ candleFile, fundingFile }) =>
      fundingFile === undefined ? [candleFile] : [candleFile, fundingFile],
    ),
  });
}

function showTo(entry: CacheEntry | undefined, file: string): OnBytes | undefined {
  if (entry === undefined) return undefined;
  return (bytes) => {
    entry.see(file, bytes);
  };
}

/** Checks what only all files together can tell, lays them on one axis, and keeps the result. */
function assemble(
  { timeframe, description, loads }: LoadPlan,
  parts: readonly LoadedFiles[],
  entry: CacheEntry | undefined,
): KeptMarket {
  const series = parts.map(({ candles }, i) => {
    const file = loads[i]?.candleFile ?? '';
    checkSpacing(candles, file, timeframe);
    return { symbol: loads[i]?.instrument.symbol ?? '', file, candles };
  });
  const calendar = description?.calendar ?? guessCalendar(series, timeframe);
  const axis = axisOf(series, timeframe, calendar);
  const coverage = series.map((one) => coverageOf(one, axis));
  const candles = series.map((one) => placeOnAxis(one.candles, axis));
  const funding = parts.map((part) => part.funding);
  const market = { calendar, openTimesMs: axis.toColumn(), coverage, candles, funding };
  entry?.save(market);
  return market;
}

function marketOf({ timeframe, loads }: LoadPlan, { coverage, ...columns }: KeptMarket): RecordedMarket {
  const instruments = loads.map((load) => load.instrument);
  const symbols = symbolsOf(instruments);
  return {
    table: { timeframe, symbols, instruments, length: columns.openTimesMs.length, ...columns },
    coverage,
  };
}

function symbolsOf(named: readonly { readonly symbol: string }[]): string[] {
  return named.map(({ symbol }) => symbol);
}
