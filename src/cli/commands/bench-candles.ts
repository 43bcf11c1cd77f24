import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MarketTable } from '../../core/domain/market-table.js';
import { recordedTable } from '../wire-candles.js';

const REPETITIONS = 5;

export interface CandlesResult {
  readonly bars: number;
  readonly parseMs: number;
  readonly cacheMs: number;
  readonly ratio: number;
}

/** Loads a folder's hourly candles from its files and from the cache in turn: medians of the load alone, in one process. */
export function benchCandles(market: string): CandlesResult {
  const cache = mkdtempSync(join(tmpdir(), 'arena-bench-cache-'));
  try {
    const table = recordedTable(market, '1h', undefined, cache);
    const parse: number[] = [];
    const cached: number[] = [];
    for (let k = 0; k < REPETITIONS; k++) {
      parse.push(msOf(() => recordedTable(market, '1h', undefined, 'off')));
      cached.push(msOf(() => recordedTable(market, '1h', undefined, cache)));
    }
    const parseMs = median(parse);
    const cacheMs = median(cached);
    return { bars: barsOf(table), parseMs, cacheMs, ratio: parseMs / cacheMs };
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

function barsOf({ candles }: MarketTable): number {
  return candles.reduce((sum, { close }) => sum + close.filter((price) => !Number.isNaN(price)).length, 0);
}

function msOf(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
