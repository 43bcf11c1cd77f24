import fc from 'fast-check';
import { type Instrument, spotInstrument } from '../../src/core/domain/instrument.js';
import { type FundingSeries, type MarketTable, emptyCandles } from '../../src/core/domain/market-table.js';
import { HOUR_MS } from '../../src/core/domain/time.js';

export const START_MS = Date.UTC(2025, 0, 6);

/** One made bar; undefined is a gap. */
export interface MadeBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A market of made hourly bars; symbols are named A, B, C. */
export function marketOf(
  bars: readonly (readonly (MadeBar | undefined)[])[],
  options: { instruments?: readonly Instrument[]; funding?: readonly (FundingSeries | undefined)[] } = {},
): MarketTable {
  const length = Math.max(...bars.map((column) => column.length));
  const symbols = bars.map((_, i) => String.fromCharCode(65 + i));
  return {
    timeframe: '1h',
    calendar: 'continuous',
    symbols,
    instruments: options.instruments ?? symbols.map((symbol) => spotInstrument(symbol)),
    openTimesMs: Float64Array.from({ length }, (_, i) => START_MS + i * HOUR_MS),
    length,
    candles: bars.map((column) => {
      const candles = emptyCandles(length);
      column.forEach((bar, i) => {
        if (bar === undefined) return;
        candles.open[i] = bar.open;
        candles.high[i] = bar.high;
        candles.low[i] = bar.low;
        candles.close[i] = bar.close;
        candles.volume[i] = bar.volume;
      });
      return candles;
    }),
    funding: options.funding ?? symbols.map(() => undefined),
  };
}

/** A bar around its open and close. */
export function bar(open: number, close = open, spread = 0, volume = 1e6): MadeBar {
  return {
    open,
    close,
    high: Math.max(open, close) * (1 + spread),
    low: Math.min(open, close) * (1 - spread),
    volume,
  };
}

export function flatBars(price: number, count: number): MadeBar[] {
  return Array.from({ length: count }, () => bar(price));
}

/** Perpetual without maintenance margin unless given. */
export function perpetual(symbol: string, overrides: Partial<Instrument> = {}): Instrument {
  return spotInstrument(symbol, { type: 'perpetual', maxLeverage: 50, ...overrides });
}

/** Moves are multiples of a basis point: markets have ticks, and a move of one ulp is noise. */
function tick(fraction: number): number {
  return Math.round(fraction * 1e4) / 1e4;
}

/** Random walks with gaps, jumps at the open and bars without volume. */
export function arbitraryBars(length: number, gaps = true): fc.Arbitrary<(MadeBar | undefined)[]> {
  const step = fc.record({
    gap: fc.double({ min: -0.15, max: 0.15, noNaN: true }),
    jumps: fc.integer({ min: 0, max: 9 }),
    move: fc.double({ min: -0.06, max: 0.06, noNaN: true }),
    up: fc.double({ min: 0, max: 0.05, noNaN: true }),
    down: fc.double({ min: 0, max: 0.05, noNaN: true }),
    missing: fc.integer({ min: 0, max: 19 }),
    quiet: fc.integer({ min: 0, max: 19 }),
  });
  return fc
    .tuple(
      fc.double({ min: 0.01, max: 50_000, noNaN: true }),
      fc.array(step, { minLength: length, maxLength: length }),
    )
    .map(([start, steps]) => {
      let price = start;
      return steps.map((s, i) => {
        const open = price * (1 + (s.jumps === 0 ? tick(s.gap) : 0));
        const close = open * (1 + tick(s.move));
        price = close;
        if (gaps && i > 0 && s.missing === 0) return undefined;
        return {
          open,
          close,
          high: Math.max(open, close) * (1 + tick(s.up)),
          low: Math.min(open, close) * (1 - tick(s.down)),
          volume: gaps && s.quiet === 0 ? 0 : 1e7 / price,
        };
      });
    });
}
