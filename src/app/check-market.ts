/** Recorded candles looked at as a careful person would before trusting a result to them. Nothing is changed. */
import type { Timeframe } from '../core/domain/time.js';
import { DAY_MS, formatMinuteUtc } from '../core/domain/time.js';
import { Problem } from '../core/domain/problem.js';
import { type CandleComparison, compareCandles } from '../core/feed/compare-candles.js';
import {
  CANDLE_FAULTS,
  type CandleFault,
  type CandleInspection,
  type DueBetween,
  type RawCandles,
  everySlot,
  inspectCandles,
} from '../core/feed/inspect-candles.js';
import { DEFAULT_DOUBT_RULES, type DoubtRules } from '../core/feed/second-opinion.js';
import { type CandleSpan, earlyEnds } from '../core/feed/early-ends.js';
import type { CandleFolder, CandleFolderSymbol, FoundCandles } from '../ports/candle-folder.js';

export interface SeriesCheck {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Undefined where the file cannot be read; then `unreadable` says why. */
  readonly inspection: CandleInspection | undefined;
  readonly unreadable: string | undefined;
}

export interface FolderCheck {
  readonly folder: string;
  readonly series: readonly SeriesCheck[];
  /** Of the folder as a whole, in words. */
  readonly remarks: readonly string[];
}

export interface PairCheck {
  readonly folder: string;
  readonly otherFolder: string;
  readonly symbol: string;
  readonly otherSymbol: string;
  readonly timeframe: Timeframe;
  readonly comparison: CandleComparison;
}

export interface MarketCheck {
  readonly folders: readonly FolderCheck[];
  readonly pairs: readonly PairCheck[];
  /** In words, the ones that a person should look at; empty when all is well. */
  readonly troubles: readonly string[];
}

/** More bars without a trade than this share: fills there would be fiction. */
const MOST_WITHOUT_VOLUME = 0.05;
const SESSIONS_A_WEEK = 5;
const USD_QUOTES = ['USD', 'USDT', 'USDC'];

interface LoadedSeries {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly raw: FoundCandles;
}

/** Every folder by itself, and each further one against the first. */
export function checkMarket(
  folders: readonly CandleFolder[],
  timeframe: Timeframe | undefined,
  rules: DoubtRules = DEFAULT_DOUBT_RULES,
): MarketCheck {
  const looked = folders.map((folder) => checkFolder(folder, timeframe, rules));
  const [reference, ...others] = looked;
  const pairs = others.flatMap((other) =>
    reference === undefined
      ? []
      : comparePairs(reference.loaded, other.loaded, rules.maxDisagreementFraction).map((pair) => ({
          folder: reference.check.folder,
          otherFolder: other.check.folder,
          ...pair,
        })),
  );
  if (others.length > 0 && pairs.length === 0)
    throw new Problem('input', 'the folders have no symbol with the same bars in common', {
      hint: 'compare folders of the same symbols and timeframe, such as data/binance-1h data/kraken-1h',
    });
  const checks = looked.map(({ check }) => check);
  return {
    folders: checks,
    pairs,
    troubles: [...checks.flatMap(troublesOf), ...pairs.flatMap(troubleOfPair)],
  };
}

function checkFolder(
  folder: CandleFolder,
  wanted: Timeframe | undefined,
  rules: DoubtRules,
): { readonly check: FolderCheck; readonly loaded: readonly LoadedSeries[] } {
  const wishes = folder.symbols.flatMap((files) =>
    files.timeframes
      .filter((timeframe) => wanted === undefined || timeframe === wanted)
      .map((timeframe) => ({ symbol: files.symbol, timeframe, ...readSeries(files, timeframe) })),
  );
  if (wishes.length === 0)
    throw new Problem('input', `${folder.folder}: has no candles of ${wanted ?? 'any timeframe'}`, {
      hint: 'choose another --timeframe, or leave it away to check all',
    });
  const loaded = wishes.flatMap(({ symbol, timeframe, raw }) =>
    raw === undefined ? [] : [{ symbol, timeframe, raw }],
  );
  const daily = loaded.filter(({ timeframe }) => timeframe === '1d').map(({ raw }) => raw);
  const days = isSessions(folder, daily) ? sessionDays(daily) : undefined;
  const series = wishes.map(({ symbol, timeframe, raw, unreadable }) => {
    const due = timeframe === '1d' && days !== undefined ? days : everySlot(timeframe);
    return {
      symbol,
      timeframe,
      inspection: raw === undefined ? undefined : inspectCandles(raw, timeframe, due, rules),
      unreadable,
    };
  });
  const remarks = [
    ...loaded.flatMap(tornRemark),
    ...earlyEnds(series.flatMap(spanOf)),
    ...folder.symbols.flatMap(fundingRemark),
  ];
  return { loaded, check: { folder: folder.folder, series, remarks } };
}

function readSeries(
  files: CandleFolderSymbol,
  timeframe: Timeframe,
): { readonly raw: FoundCandles | undefined; readonly unreadable: string | undefined } {
  try {
    return { raw: files.read(timeframe), unreadable: undefined };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { raw: undefined, unreadable: error.message };
  }
}

/** Daily bars that skip days of every week, where `market.json` does not say. */
function isSessions({ calendar }: CandleFolder, daily: readonly RawCandles[]): boolean {
  if (calendar !== undefined) return calendar === 'sessions';
  return daily.every(({ openTimesMs }) => {
    const weekdays = new Set<number>();
    for (const timeMs of openTimesMs) weekdays.add(Math.floor(timeMs / DAY_MS) % 7);
    return openTimesMs.length > SESSIONS_A_WEEK && weekdays.size <= SESSIONS_A_WEEK;
  });
}

/** A day counts as a session where any symbol has it. */
function sessionDays(daily: readonly RawCandles[]): DueBetween {
  const times = new Set<number>();
  for (const { openTimesMs } of daily) for (const timeMs of openTimesMs) times.add(timeMs);
  const days = Float64Array.from(times).sort();
  const indexOf = new Map<number, number>();
  days.forEach((timeMs, k) => indexOf.set(timeMs, k));
  return (afterMs, beforeMs) => (indexOf.get(beforeMs) ?? 0) - (indexOf.get(afterMs) ?? 0) - 1;
}

function tornRemark({ symbol, timeframe, raw }: LoadedSeries): string[] {
  const lastMs = raw.openTimesMs.at(-1);
  if (!raw.mayBeTorn || lastMs === undefined) return [];
  return [
    `${symbol} ${timeframe}: no line break after the bar of ${formatMinuteUtc(lastMs)}: the file may be torn there, and its last number cut`,
  ];
}

function spanOf({ symbol, timeframe, inspection }: SeriesCheck): CandleSpan[] {
  const lastMs = inspection?.lastMs;
  return lastMs === undefined ? [] : [{ symbol, timeframe, lastMs }];
}

function fundingRemark(symbol: CandleFolderSymbol): string[] {
  if (symbol.instrumentType === 'spot') return [];
  try {
    const times = symbol.fundingTimesMs();
    if (times === undefined)
      return [`${symbol.symbol}: a perpetual without funding rates: holding it is free here`];
    const spacings = Array.from(times.slice(1), (timeMs, k) => timeMs - (times[k] ?? NaN));
    const usual = [...spacings].sort((a, b) => a - b)[spacings.length >> 1] ?? Infinity;
    const holes = spacings.filter((spacing) => spacing > 1.5 * usual || spacing <= 0).length;
    return holes === 0
      ? []
      : [
          `${symbol.symbol}: ${counted(holes, 'gap or repeated time', 'gaps or repeated times')} in its funding rates`,
        ];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [error.message];
  }
}

function comparePairs(
  first: readonly LoadedSeries[],
  second: readonly LoadedSeries[],
  limit: number,
): Omit<PairCheck, 'folder' | 'otherFolder'>[] {
  return first.flatMap(({ symbol, timeframe, raw }) => {
    const others = second.filter((other) => other.timeframe === timeframe);
    const names = others.map((other) => other.symbol);
    const otherSymbol = names.includes(symbol) ? symbol : likeSymbol(symbol, names);
    const other = others.find((one) => one.symbol === otherSymbol);
    if (other === undefined) return [];
    const comparison = compareCandles(raw, other.raw, limit);
    return [{ symbol, otherSymbol: other.symbol, timeframe, comparison }];
  });
}

/** The same coin against another kind of dollar, if there is one alone. */
function likeSymbol(symbol: string, names: readonly string[]): string | undefined {
  const [base, quote = ''] = symbol.split('-');
  if (!USD_QUOTES.includes(quote)) return undefined;
  const like = names.filter((name) => {
    const [otherBase, otherQuote = ''] = name.split('-');
    return otherBase === base && USD_QUOTES.includes(otherQuote);
  });
  return like.length === 1 ? like[0] : undefined;
}

/** For one of them, and for more. */
const FAULT_WORDS: Readonly<Record<CandleFault, readonly [string, string]>> = {
  gap: ['gap', 'gaps'],
  twice: ['bar twice', 'bars twice'],
  order: ['bar out of order', 'bars out of order'],
  grid: ['bar off the grid', 'bars off the grid'],
  wrong: ['wrong bar', 'wrong bars'],
  outlier: ['outlier', 'outliers'],
  volume: ['move without volume', 'moves without volume'],
};

function troublesOf({ folder, series, remarks }: FolderCheck): string[] {
  const words = series.flatMap(({ symbol, timeframe, inspection, unreadable }) => {
    if (inspection === undefined) return [`${symbol} ${timeframe}: ${unreadable ?? 'cannot be read'}`];
    const parts = CANDLE_FAULTS.filter((fault) => inspection.counts[fault] > 0).map((fault) =>
      counted(inspection.counts[fault], ...FAULT_WORDS[fault]),
    );
    if (inspection.withoutVolume > MOST_WITHOUT_VOLUME * inspection.bars)
      parts.push(counted(inspection.withoutVolume, 'bar without volume', 'bars without volume'));
    return parts.length === 0 ? [] : [`${symbol} ${timeframe}: ${parts.join(', ')}`];
  });
  return [...words, ...remarks].map((text) => `${folder}: ${text}`);
}

function troubleOfPair({ otherFolder, symbol, otherSymbol, timeframe, comparison }: PairCheck): string[] {
  const name = `${otherFolder}: ${symbol === otherSymbol ? symbol : `${symbol} and ${otherSymbol}`}`;
  if (comparison.common === 0) return [`${name} ${timeframe}: no bar in common`];
  return comparison.beyond === 0
    ? []
    : [`${name} ${timeframe}: ${counted(comparison.beyond, 'close disagrees', 'closes disagree')}`];
}

function counted(count: number, one: string, more: string): string {
  return `${String(count)} ${count === 1 ? one : more}`;
}
