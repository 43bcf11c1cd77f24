import {
  type Calendar,
  type Candles,
  type FundingSeries,
  type MarketTable,
  emptyCandles,
} from '../../core/domain/market-table.js';
import { nearest } from '../../core/domain/nearest.js';
import { Problem } from '../../core/domain/problem.js';
import { DAY_MS, type Timeframe, timeframeMs } from '../../core/domain/time.js';
import { checkCandles } from './check-candles.js';
import type { CsvColumns } from './csv-columns.js';
import { CANDLE_COLUMNS, FUNDING_COLUMNS } from './csv-header.js';
import { type SymbolFiles, findCandleFiles } from './find-candle-files.js';
import { instrumentFor, readMarketDescription } from './market-description.js';
import { readCsvFile } from './read-csv-file.js';

export interface RecordedMarketOptions {
  readonly folder: string;
  readonly timeframe: Timeframe;
  /** In this order; all of the folder, by name, when absent. */
  readonly symbols?: readonly string[];
}

/** How complete one symbol is between its first and its last bar. */
export interface Coverage {
  readonly symbol: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly bars: number;
  readonly missing: number;
}

export interface RecordedMarket {
  readonly table: MarketTable;
  readonly coverage: readonly Coverage[];
}

/** Reads a folder of candles onto one time axis. A gap stays a gap. */
export function loadRecordedMarket(options: RecordedMarketOptions): RecordedMarket {
  const { folder, timeframe } = options;
  const chosen = chooseSymbols(findCandleFiles(folder), options);
  const description = readMarketDescription(folder);
  const series = chosen.map((files) => readCandles(files, timeframe));
  const calendar = description.calendar ?? guessCalendar(series, timeframe);
  checkGrid(chosen, series, timeframe, calendar);
  const openTimesMs = axisOf(series, timeframe, calendar);
  const funding = chosen.map((files) =>
    files.funding === undefined ? undefined : readFunding(files.funding),
  );
  const table: MarketTable = {
    timeframe,
    calendar,
    symbols: chosen.map((files) => files.symbol),
    instruments: chosen.map((files) => instrumentFor(files.symbol, description, files.funding !== undefined)),
    openTimesMs,
    length: openTimesMs.length,
    candles: series.map((csv) => onAxis(csv, openTimesMs, timeframe, calendar)),
    funding,
  };
  return { table, coverage: series.map((csv, i) => coverageOf(csv, chosen[i]?.symbol ?? '', timeframe)) };
}

function chooseSymbols(all: readonly SymbolFiles[], options: RecordedMarketOptions): SymbolFiles[] {
  const { symbols, timeframe, folder } = options;
  const names = all.map((files) => files.symbol);
  if (symbols !== undefined && new Set(symbols).size !== symbols.length)
    throw new Problem('input', `--symbols: a symbol is named twice`, { hint: 'name each symbol once' });
  const chosen = symbols?.map((symbol) => {
    const files = all.find((candidate) => candidate.symbol === symbol);
    if (files !== undefined) return files;
    throw new Problem('input', `${folder}: has no symbol "${symbol}"`, {
      hint: `did you mean "${nearest(symbol, names)}"? It has ${names.join(', ')}.`,
    });
  });
  const result = chosen ?? all;
  const without = result.find((files) => !files.candles.has(timeframe));
  if (without !== undefined)
    throw new Problem('input', `${folder}: ${without.symbol} has no ${timeframe} candles`, {
      hint: `it has ${[...without.candles.keys()].join(', ')}; choose another --timeframe, or leave it out with --symbols`,
    });
  return [...result];
}

function readCandles(files: SymbolFiles, timeframe: Timeframe): CsvColumns {
  const file = files.candles.get(timeframe) ?? '';
  if (file.endsWith('.parquet'))
    throw new Problem('input', `${file}: Parquet is not read yet`, {
      hint: 'convert it to CSV: timestamp,open,high,low,close,volume',
    });
  const csv = readCsvFile(file, CANDLE_COLUMNS);
  checkCandles(csv, file, timeframe);
  return csv;
}

function readFunding(file: string): FundingSeries {
  const csv = readCsvFile(file, FUNDING_COLUMNS);
  const [timesMs, rates] = csv.columns;
  if (timesMs === undefined || rates === undefined) throw new Error('funding has two columns');
  for (let i = 1; i < csv.length; i++)
    if (!((timesMs[i] ?? NaN) > (timesMs[i - 1] ?? NaN)))
      throw new Problem(
        'input',
        `${file}: line ${String(csv.lineOf(i))}: its time is not after the line before`,
        {
          hint: 'sort the file by time and keep one line for each time',
        },
      );
  for (let i = 0; i < csv.length; i++)
    if (Math.abs(rates[i] ?? NaN) > 0.2)
      throw new Problem(
        'input',
        `${file}: line ${String(csv.lineOf(i))}: funding rate ${String(rates[i])} is beyond 20 %`,
        {
          hint: 'rates are fractions per interval: 0.0001 is one basis point',
        },
      );
  return { timesMs, rates };
}

/** Daily bars that skip days are an exchange with sessions. */
function guessCalendar(series: readonly CsvColumns[], timeframe: Timeframe): Calendar {
  if (timeframe !== '1d') return 'continuous';
  const skips = series.every((csv) => {
    const [time] = csv.columns;
    const span = ((time?.[csv.length - 1] ?? 0) - (time?.[0] ?? 0)) / DAY_MS + 1;
    return csv.length < 0.8 * span;
  });
  return skips ? 'sessions' : 'continuous';
}

/** In a continuous market all symbols' bars open on the same grid. */
function checkGrid(
  chosen: readonly SymbolFiles[],
  series: readonly CsvColumns[],
  timeframe: Timeframe,
  calendar: Calendar,
): void {
  if (calendar === 'sessions') return;
  const barMs = timeframeMs(timeframe);
  const offset = (series[0]?.columns[0]?.[0] ?? 0) % barMs;
  series.forEach((csv, i) => {
    const own = (csv.columns[0]?.[0] ?? 0) % barMs;
    if (own !== offset)
      throw new Problem(
        'input',
        `${chosen[i]?.candles.get(timeframe) ?? ''}: its bars open ${String((own - offset) / 60_000)} minutes off those of ${chosen[0]?.symbol ?? ''}`,
        { hint: 'all symbols of a market share one grid of bars' },
      );
  });
}

function axisOf(series: readonly CsvColumns[], timeframe: Timeframe, calendar: Calendar): Float64Array {
  if (calendar === 'sessions') {
    const times = new Set<number>();
    for (const csv of series) for (const time of csv.columns[0] ?? []) times.add(time);
    return Float64Array.from(times).sort();
  }
  const barMs = timeframeMs(timeframe);
  let first = Infinity;
  let last = -Infinity;
  for (const csv of series) {
    first = Math.min(first, csv.columns[0]?.[0] ?? Infinity);
    last = Math.max(last, csv.columns[0]?.[csv.length - 1] ?? -Infinity);
  }
  const length = Math.round((last - first) / barMs) + 1;
  return Float64Array.from({ length }, (_, i) => first + i * barMs);
}

function onAxis(csv: CsvColumns, axis: Float64Array, timeframe: Timeframe, calendar: Calendar): Candles {
  const candles = emptyCandles(axis.length);
  const [time, open, high, low, close, volume] = csv.columns;
  if (!time || !open || !high || !low || !close || !volume) throw new Error('candles have six columns');
  const barMs = timeframeMs(timeframe);
  const first = axis[0] ?? 0;
  let slot = 0;
  for (let i = 0; i < csv.length; i++) {
    const t = time[i] ?? NaN;
    if (calendar === 'continuous') slot = Math.round((t - first) / barMs);
    else while ((axis[slot] ?? Infinity) < t) slot++;
    candles.open[slot] = open[i] ?? NaN;
    candles.high[slot] = high[i] ?? NaN;
    candles.low[slot] = low[i] ?? NaN;
    candles.close[slot] = close[i] ?? NaN;
    candles.volume[slot] = volume[i] ?? NaN;
  }
  return candles;
}

function coverageOf(csv: CsvColumns, symbol: string, timeframe: Timeframe): Coverage {
  const firstMs = csv.columns[0]?.[0] ?? NaN;
  const lastMs = csv.columns[0]?.[csv.length - 1] ?? NaN;
  const slots = Math.round((lastMs - firstMs) / timeframeMs(timeframe)) + 1;
  return { symbol, firstMs, lastMs, bars: csv.length, missing: slots - csv.length };
}
