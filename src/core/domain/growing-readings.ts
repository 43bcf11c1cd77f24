import type { MarketReadings, Reading, ReadingKind, ReadingSeries } from './market-readings.js';

type Changeable<T> = { -readonly [K in keyof T]: T[K] };

export interface GrowingReadings {
  /** The same object for ever; its series come and grow. */
  readonly readings: MarketReadings;
  /** Takes a reading in; one that is not newer than the last of its kind tells nothing new and is left out. */
  add(symbol: number, reading: Reading): void;
}

const FIRST_ROOM = 64;

/** Readings of a market that is followed, for `symbols` symbols. */
export function growingReadings(symbols: number, barMs: number): GrowingReadings {
  const bySymbol = Array.from(
    { length: symbols },
    (): Partial<Record<ReadingKind, Changeable<ReadingSeries>>> => ({}),
  );
  return {
    readings: { barMs, bySymbol },
    add(symbol, { series: kind, timeMs, arrivedMs, value }) {
      const own = bySymbol[symbol];
      if (own === undefined) throw new Error(`there is no symbol number ${String(symbol)}`);
      const series = (own[kind] ??= emptySeries());
      const { length } = series;
      if (length > 0 && !isNewer(series, timeMs, arrivedMs)) return;
      if (length === series.values.length) makeRoom(series);
      series.timesMs[length] = timeMs;
      series.arrivedMs[length] = arrivedMs;
      series.values[length] = value;
      series.length = length + 1;
    },
  };
}

function isNewer({ length, ...series }: ReadingSeries, timeMs: number, arrivedMs: number): boolean {
  const last = length - 1;
  return timeMs > (series.timesMs[last] ?? -Infinity) && arrivedMs >= (series.arrivedMs[last] ?? -Infinity);
}

function emptySeries(): Changeable<ReadingSeries> {
  const column = (): Float64Array => new Float64Array(FIRST_ROOM);
  return { length: 0, timesMs: column(), arrivedMs: column(), values: column() };
}

function makeRoom(series: Changeable<ReadingSeries>): void {
  for (const field of ['timesMs', 'arrivedMs', 'values'] as const) {
    const longer = new Float64Array(2 * series[field].length);
    longer.set(series[field]);
    series[field] = longer;
  }
}
