import type { MarketTable } from '../../../src/core/domain/market-table.js';
import { type TimeMs, timeframeMs } from '../../../src/core/domain/time.js';

export interface VenueCandle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base units. */
  readonly volume: number;
}

/** What happened, once and for all: bars of one length, from which every other length and every price is made. */
export interface VenueData {
  readonly barMs: number;
  /** Open of the first bar that there can be. */
  readonly firstMs: TimeMs;
  /** The finished bar; undefined where there is none, and after the end. */
  candle(symbol: string, openMs: TimeMs): VenueCandle | undefined;
  /** The rate that is paid at this time, of a perpetual; undefined where none is due. */
  fundingRate?(symbol: string, timeMs: TimeMs): number | undefined;
}

/** The bars of a market table. `nameOf` maps a listed symbol to the table's; the same name by default. */
export function dataOfMarket(
  table: MarketTable,
  nameOf: (symbol: string) => string = (symbol) => symbol,
): VenueData {
  const barMs = timeframeMs(table.timeframe);
  const firstMs = table.openTimesMs[0] ?? 0;
  const columnOf = (symbol: string): number => table.symbols.indexOf(nameOf(symbol));
  const rates = table.funding.map(
    (series) =>
      new Map(Array.from(series?.timesMs ?? [], (timeMs, i) => [timeMs, series?.rates[i] ?? NaN] as const)),
  );
  return {
    barMs,
    firstMs,
    candle: (symbol, openMs) => {
      const columns = table.candles[columnOf(symbol)];
      const i = Math.round((openMs - firstMs) / barMs);
      if (columns === undefined || i < 0 || i >= table.length || table.openTimesMs[i] !== openMs)
        return undefined;
      const at = (column: Float64Array): number => column[i] ?? NaN;
      const close = at(columns.close);
      if (Number.isNaN(close)) return undefined;
      return {
        open: at(columns.open),
        high: at(columns.high),
        low: at(columns.low),
        close,
        volume: at(columns.volume),
      };
    },
    fundingRate: (symbol, timeMs) => rates[columnOf(symbol)]?.get(timeMs),
  };
}
