/**
 * What a market's prices look like in a few numbers, so that a generated market can be held against recorded
 * ones. Figures of single symbols are summed up by their median: one delisting rumour must not set a target.
 */
import type { Candles, MarketTable } from '../domain/market-table.js';
import { DAY_MS, HOUR_MS, timeframeMs } from '../domain/time.js';

const HOURS_PER_YEAR = 8_766;

/** Lags are given in hours; a figure whose lag is not a whole number of bars is NaN. */
export interface MarketFigures {
  readonly bars: number;
  /** Standard deviation of log returns of a bar, over a year. */
  readonly annualVolatility: number;
  /** Fourth standardised moment; 3 for a normal distribution. */
  readonly kurtosis: number;
  readonly dailyKurtosis: number;
  /** Bars of a thousand whose return is more than five standard deviations. */
  readonly beyondFivePerThousand: number;
  readonly absoluteAutocorrelation1h: number;
  readonly absoluteAutocorrelation24h: number;
  readonly absoluteAutocorrelation168h: number;
  readonly returnAutocorrelation1h: number;
  readonly dailyReturnAutocorrelation: number;
  /** Mean over all pairs of symbols. */
  readonly pairCorrelation: number;
  readonly absolutePairCorrelation: number;
  /** Correlation of |return| and log volume of the same bar. */
  readonly moveVolumeCorrelation: number;
  readonly volumeAutocorrelation1h: number;
  readonly logVolumeDeviation: number;
  /** Mean log(high / low) over mean |return|. */
  readonly rangeOverMove: number;
  /** Mean distance of an open from the close before it. */
  readonly gapBps: number;
}

export type Figure = Exclude<keyof MarketFigures, 'bars'>;

/** In the order in which they are shown. */
export const FIGURES: readonly Figure[] = [
  'annualVolatility',
  'kurtosis',
  'dailyKurtosis',
  'beyondFivePerThousand',
  'absoluteAutocorrelation1h',
  'absoluteAutocorrelation24h',
  'absoluteAutocorrelation168h',
  'returnAutocorrelation1h',
  'dailyReturnAutocorrelation',
  'pairCorrelation',
  'absolutePairCorrelation',
  'moveVolumeCorrelation',
  'volumeAutocorrelation1h',
  'logVolumeDeviation',
  'rangeOverMove',
  'gapBps',
];

/** Measures the bars that all symbols have; a figure that cannot be computed is NaN. */
export function measureMarket(table: MarketTable): MarketFigures {
  const hours = timeframeMs(table.timeframe) / HOUR_MS;
  const perDay = Math.round(DAY_MS / timeframeMs(table.timeframe));
  const common = commonBars(table);
  const columns = table.candles.map((candles) => columnsOf(candles, common));
  const of = (measure: (column: Columns) => number): number => median(columns.map(measure));
  const lag = (hoursBack: number): number => hoursBack / hours;
  return {
    bars: columns[0]?.returns.length ?? 0,
    annualVolatility: of((c) => deviation(c.returns) * Math.sqrt(HOURS_PER_YEAR / hours)),
    kurtosis: of((c) => kurtosis(c.returns)),
    dailyKurtosis: of((c) => kurtosis(sumsOf(c.returns, perDay))),
    beyondFivePerThousand: of((c) => 1000 * shareBeyond(c.returns, 5)),
    absoluteAutocorrelation1h: of((c) => autocorrelation(c.moves, lag(1))),
    absoluteAutocorrelation24h: of((c) => autocorrelation(c.moves, lag(24))),
    absoluteAutocorrelation168h: of((c) => autocorrelation(c.moves, lag(168))),
    returnAutocorrelation1h: of((c) => autocorrelation(c.returns, lag(1))),
    dailyReturnAutocorrelation: of((c) => autocorrelation(sumsOf(c.returns, perDay), 1)),
    pairCorrelation: meanOverPairs(columns.map((c) => c.returns)),
    absolutePairCorrelation: meanOverPairs(columns.map((c) => c.moves)),
    moveVolumeCorrelation: of((c) => correlation(c.moves, c.logVolumes)),
    volumeAutocorrelation1h: of((c) => autocorrelation(c.logVolumes, lag(1))),
    logVolumeDeviation: of((c) => deviation(c.logVolumes)),
    rangeOverMove: of((c) => mean(c.ranges) / mean(c.moves)),
    gapBps: of((c) => 10_000 * mean(c.gaps)),
  };
}

/** One symbol, from its second common bar on. */
interface Columns {
  readonly returns: readonly number[];
  readonly moves: readonly number[];
  readonly logVolumes: readonly number[];
  readonly ranges: readonly number[];
  readonly gaps: readonly number[];
}

/** Bars in which every symbol traded. */
function commonBars(table: MarketTable): number[] {
  const common: number[] = [];
  for (let t = 0; t < table.length; t++)
    if (table.candles.every((candles) => (candles.volume[t] ?? NaN) > 0)) common.push(t);
  return common;
}

function columnsOf(candles: Candles, bars: readonly number[]): Columns {
  const at = (column: Float64Array, k: number): number => column[bars[k] ?? -1] ?? NaN;
  const later = bars.slice(1).map((_, index) => index + 1);
  const returns = later.map((k) => Math.log(at(candles.close, k) / at(candles.close, k - 1)));
  return {
    returns,
    moves: returns.map(Math.abs),
    logVolumes: later.map((k) => Math.log(at(candles.volume, k))),
    ranges: later.map((k) => Math.log(at(candles.high, k) / at(candles.low, k))),
    gaps: later.map((k) => Math.abs(at(candles.open, k) / at(candles.close, k - 1) - 1)),
  };
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  let sum = 0;
  for (const value of values) sum += (value - centre) ** 2;
  return Math.sqrt(sum / values.length);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number): number => sorted[index] ?? NaN;
  return Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
}

function kurtosis(values: readonly number[]): number {
  const centre = mean(values);
  const scale = deviation(values);
  return mean(values.map((value) => ((value - centre) / scale) ** 4));
}

function shareBeyond(values: readonly number[], deviations: number): number {
  const centre = mean(values);
  const limit = deviations * deviation(values);
  return values.filter((value) => Math.abs(value - centre) > limit).length / values.length;
}

/** Sample autocorrelation with one mean and one variance for the whole series, as usual. */
function autocorrelation(values: readonly number[], lag: number): number {
  if (!Number.isInteger(lag)) return NaN;
  const centre = mean(values);
  const at = (k: number): number => (values[k] ?? NaN) - centre;
  let product = 0;
  let square = 0;
  for (let k = 0; k < values.length; k++) {
    square += at(k) ** 2;
    if (k >= lag) product += at(k) * at(k - lag);
  }
  return product / square;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const meanA = mean(a);
  const meanB = mean(b);
  let product = 0;
  for (let k = 0; k < a.length; k++) product += ((a[k] ?? NaN) - meanA) * ((b[k] ?? NaN) - meanB);
  return product / a.length / (deviation(a) * deviation(b));
}

function meanOverPairs(columns: readonly (readonly number[])[]): number {
  const pairs: number[] = [];
  columns.forEach((a, index) => {
    for (const b of columns.slice(index + 1)) pairs.push(correlation(a, b));
  });
  return mean(pairs);
}

/** Sums of whole groups of `size`; what is left over at the end is dropped. */
function sumsOf(values: readonly number[], size: number): number[] {
  return Array.from({ length: Math.floor(values.length / size) }, (_, group) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += values[group * size + k] ?? NaN;
    return sum;
  });
}
