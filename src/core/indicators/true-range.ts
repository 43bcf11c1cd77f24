import type { Bar } from '../domain/market-table.js';

/** The largest of the bar's range and its distances from the previous close (Wilder 1978). */
export function trueRange(bar: Readonly<Bar>, previousClose: number): number {
  return Math.max(bar.high - bar.low, Math.abs(bar.high - previousClose), Math.abs(bar.low - previousClose));
}
