import { growingReadings } from '../domain/growing-readings.js';
import { READING_KINDS, type ReadingKind } from '../domain/market-readings.js';
import type { MarketTable } from '../domain/market-table.js';
import { type Seed, uniformAt } from '../domain/rng.js';
import { timeframeMs } from '../domain/time.js';

/** One bar in ten has no reading of a kind. */
const MISSING = 0.1;
const HALF_SPREAD = 0.0002;
const OPEN_INTEREST_USD = 1e8;
const LIQUIDATED_USD = 1e6;

/**
 * A market with figures beside its bars, for looking at strategies that read them: nothing is said about markets by them. Those of a
 * bar depend on the seed and on that bar alone, so that a market that is cut off has the same ones up to there.
 */
export function withMadeReadings(table: MarketTable, seed: Seed): MarketTable {
  const barMs = timeframeMs(table.timeframe);
  const beside = growingReadings(table.symbols.length, barMs);
  for (let t = 0; t < table.length; t++) {
    const closeMs = (table.openTimesMs[t] ?? NaN) + barMs;
    table.candles.forEach(({ close }, symbol) => {
      READING_KINDS.forEach((series, k) => {
        const draw = (n: number): number => uniformAt(seed, closeMs + symbol, 2 * k + n);
        const value = madeValue(series, close[t] ?? NaN, draw(0));
        if (Number.isNaN(value) || draw(1) < MISSING) return;
        beside.add(symbol, { series, timeMs: closeMs, arrivedMs: closeMs, value });
      });
    });
  }
  return { ...table, readings: beside.readings };
}

function madeValue(kind: ReadingKind, price: number, uniform: number): number {
  switch (kind) {
    case 'openInterestUsd':
      return OPEN_INTEREST_USD * (0.5 + uniform);
    case 'bid':
      return price * (1 - HALF_SPREAD);
    case 'ask':
      return price * (1 + HALF_SPREAD);
    case 'longLiquidationsUsd':
    case 'shortLiquidationsUsd':
      return uniform < 0.5 ? 0 : LIQUIDATED_USD * (uniform - 0.5);
  }
}
