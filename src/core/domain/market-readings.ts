/**
 * Figures that a venue tells beside the bars. Each has the time it is of and the time at which it arrived, because only the
 * second says who may have known it: a bar sees what had arrived when it closed, and nothing later.
 */
import type { TimeMs } from './time.js';

export const READING_KINDS = [
  'openInterestUsd',
  'bid',
  'ask',
  /** Of positions that the venue closed by force during a bar. */
  'longLiquidationsUsd',
  'shortLiquidationsUsd',
] as const;
export type ReadingKind = (typeof READING_KINDS)[number];

/** One kind of one symbol. Both times ascend; arrays may be longer than `length`. */
export interface ReadingSeries {
  readonly length: number;
  readonly timesMs: Float64Array;
  /** Never before the time it is of. */
  readonly arrivedMs: Float64Array;
  readonly values: Float64Array;
}

export interface MarketReadings {
  /** Length of the bars over which liquidations are summed; such a sum is of the close of its bar. */
  readonly barMs: number;
  /** Parallel to the table's symbols. */
  readonly bySymbol: readonly Readonly<Partial<Record<ReadingKind, ReadingSeries>>>[];
}

/** One figure, as it is told, logged and taken into a market. */
export interface Reading {
  readonly series: ReadingKind;
  readonly timeMs: TimeMs;
  readonly arrivedMs: TimeMs;
  readonly value: number;
}

/** Sums over a bar, unlike figures of a moment. */
export function isSummed(kind: ReadingKind): boolean {
  return kind === 'longLiquidationsUsd' || kind === 'shortLiquidationsUsd';
}

/** Index of the newest reading that had arrived at `atMs`; -1 when there is none. */
export function newestArrived({ arrivedMs, length }: ReadingSeries, atMs: TimeMs): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((arrivedMs[middle] ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The sum over (fromMs, toMs], of which every bar of `barMs` must be there; otherwise NaN. */
export function sumArrived(series: ReadingSeries, barMs: number, fromMs: TimeMs, toMs: TimeMs): number {
  let sum = 0;
  let bars = 0;
  for (let i = newestArrived(series, toMs); i >= 0 && (series.timesMs[i] ?? NaN) > fromMs; i--) {
    sum += series.values[i] ?? NaN;
    bars++;
  }
  return bars * barMs === toMs - fromMs ? sum : NaN;
}

export interface NamedSeries {
  readonly symbol: number;
  readonly kind: ReadingKind;
  readonly series: ReadingSeries;
}

/** Every series that has a reading, in a fixed order, whatever came first. */
export function listSeries(readings: MarketReadings | undefined): NamedSeries[] {
  return (readings?.bySymbol ?? []).flatMap((own, symbol) =>
    READING_KINDS.flatMap((kind) => {
      const series = own[kind];
      return series === undefined || series.length === 0 ? [] : [{ symbol, kind, series }];
    }),
  );
}

/** The columns of a series, without the room behind them. */
export function columnsOfSeries({ length, timesMs, arrivedMs, values }: ReadingSeries): Float64Array[] {
  return [timesMs, arrivedMs, values].map((column) => column.subarray(0, length));
}
