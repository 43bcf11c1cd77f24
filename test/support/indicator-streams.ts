/** Made bars and ways to run an indicator over them, for the tests of this folder. */
import fc from 'fast-check';
import { type Bar, type MarketTable, emptyCandles } from '../../src/core/domain/market-table.js';
import { spotInstrument } from '../../src/core/domain/instrument.js';
import { uniformAt } from '../../src/core/domain/rng.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { findIndicator } from '../../src/core/indicators/catalog.js';

/** A Wednesday, 21:00 UTC: sessions change three bars later. */
export const FIRST_OPEN_MS = Date.UTC(2025, 0, 1, 21);

/** Hourly bars; high and low are the close and volume is 1 where they are not given. */
export function barsOf(columns: {
  close: readonly number[];
  high?: readonly number[];
  low?: readonly number[];
  volume?: readonly number[];
}): Bar[] {
  return columns.close.map((close, index) => ({
    openTimeMs: FIRST_OPEN_MS + index * HOUR_MS,
    open: close,
    high: columns.high?.[index] ?? close,
    low: columns.low?.[index] ?? close,
    close,
    volume: columns.volume?.[index] ?? 1,
  }));
}

/** Hourly bars of a geometric random walk without ticks, so that no two moves are equal. */
export function walkBars(seed: number, length: number, stepFraction = 0.01): Bar[] {
  let close = 100;
  return Array.from({ length }, (_, index) => {
    const draw = (n: number): number => uniformAt(seed, index * HOUR_MS, n);
    const open = close;
    close *= Math.exp(stepFraction * (draw(0) + draw(1) + draw(2) - 1.5));
    return {
      openTimeMs: FIRST_OPEN_MS + index * HOUR_MS,
      open,
      high: Math.max(open, close) * (1 + stepFraction * draw(3)),
      low: Math.min(open, close) * (1 - stepFraction * draw(4)),
      close,
      volume: 10 + 1000 * draw(5),
    };
  });
}

/** Bars in ticks of 0.1 with many equal moves, standstills and bars without volume. */
export function tickBars(minLength: number, maxLength: number): fc.Arbitrary<Bar[]> {
  const step = fc.record({
    move: fc.integer({ min: -3, max: 3 }),
    above: fc.nat(3),
    below: fc.nat(3),
    volume: fc.nat(20),
  });
  return fc.array(step, { minLength, maxLength, size: 'max' }).map((steps) => {
    let ticks = 3000;
    return steps.map(({ move, above, below, volume }, index) => {
      const open = ticks;
      ticks += move;
      return {
        openTimeMs: FIRST_OPEN_MS + index * HOUR_MS,
        open: open / 10,
        high: (Math.max(open, ticks) + above) / 10,
        low: (Math.min(open, ticks) - below) / 10,
        close: ticks / 10,
        volume: volume / 4,
      };
    });
  });
}

/** One row per bar with the outputs in the definition's order. */
export function runStream(
  name: string,
  params: Readonly<Record<string, number>>,
  bars: readonly Bar[],
): number[][] {
  const definition = findIndicator(name);
  const stream = definition.create(params);
  const out = new Float64Array(definition.outputs.length);
  return bars.map((bar) => {
    stream.next(bar, out);
    return Array.from(out);
  });
}

/** The values of one output, the first one unless named. */
export function runOutput(
  name: string,
  params: Readonly<Record<string, number>>,
  bars: readonly Bar[],
  output?: string,
): number[] {
  const index = output === undefined ? 0 : findIndicator(name).outputs.indexOf(output);
  return runStream(name, params, bars).map((row) => row[index] ?? NaN);
}

/** A table of `bars` per symbol; a gap is undefined. */
export function tableOf(
  symbols: Readonly<Record<string, readonly (Bar | undefined)[]>>,
  length = Math.max(...Object.values(symbols).map((bars) => bars.length)),
): MarketTable {
  const candles = Object.values(symbols).map((bars) => {
    const columns = emptyCandles(length);
    bars.slice(0, length).forEach((bar, slot) => {
      if (bar === undefined) return;
      columns.open[slot] = bar.open;
      columns.high[slot] = bar.high;
      columns.low[slot] = bar.low;
      columns.close[slot] = bar.close;
      columns.volume[slot] = bar.volume;
    });
    return columns;
  });
  return {
    timeframe: '1h',
    calendar: 'continuous',
    symbols: Object.keys(symbols),
    instruments: Object.keys(symbols).map((symbol) => spotInstrument(symbol)),
    openTimesMs: Float64Array.from({ length }, (_, slot) => FIRST_OPEN_MS + slot * HOUR_MS),
    length,
    candles,
    funding: candles.map(() => undefined),
  };
}
