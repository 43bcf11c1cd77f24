import type { MarketTable } from './market-table.js';

/** The slots [from, to) as a table of its own, on the same memory. */
export function sliceMarket(table: MarketTable, from: number, to: number): MarketTable {
  const start = Math.max(0, from);
  const end = Math.min(table.length, to);
  return {
    ...table,
    openTimesMs: table.openTimesMs.subarray(start, end),
    length: Math.max(0, end - start),
    candles: table.candles.map((candles) => ({
      open: candles.open.subarray(start, end),
      high: candles.high.subarray(start, end),
      low: candles.low.subarray(start, end),
      close: candles.close.subarray(start, end),
      volume: candles.volume.subarray(start, end),
    })),
  };
}
