/**
 * Indicators are streams: one closed bar in, one value per output out. The shared columns of a market are
 * made by running the stream, so incremental and batch values are the same numbers by construction.
 * Warm-up is NaN, never 0. A bar that is missing is not fed at all.
 */
import type { Bar, Candles } from '../domain/market-table.js';

export interface Indicator {
  /** Takes the next closed bar and writes its outputs, in the order of the definition's `outputs`. */
  next(bar: Readonly<Bar>, out: Float64Array): void;
  /**
   * The same as `next` for every bar of the slots [from, to), written into one column per output; NaN for slots
   * without a bar. Only where it pays; `next` stays the definition.
   */
  fill?(candles: Candles, from: number, to: number, outputs: readonly Float64Array[]): void;
}

/** One line of the indicator catalog: how a name and parameters become a stream. */
export interface IndicatorDefinition {
  readonly name: string;
  /** Names of the outputs; the first is the default one. */
  readonly outputs: readonly string[];
  /** Parameter names with their defaults, in the order in which they are shown. */
  readonly parameters: Readonly<Record<string, number>>;
  /** Bars after which the first output has a value, e.g. `period` for an SMA. */
  warmupBars(params: Readonly<Record<string, number>>): number;
  create(params: Readonly<Record<string, number>>): Indicator;
}
