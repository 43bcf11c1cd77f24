/** The part of `wire.ts` that reads recorded candles, by itself: a backtest needs no journal, no notes and no models. */
import { type CandleCache, openCandleCache } from '../adapters/market-data/candle-cache.js';
import { loadRecordedMarket } from '../adapters/market-data/recorded-market.js';
import type { MarketTable } from '../core/domain/market-table.js';
import type { Timeframe } from '../core/domain/time.js';
import { CANDLE_CACHE, candleCacheFolder } from './candle-cache-folder.js';

/** All candles of a folder, before anything is cut. `cacheSetting` is a value of CANDLE_CACHE. */
export function recordedTable(
  folder: string,
  timeframe: Timeframe,
  symbols?: readonly string[],
  cacheSetting = process.env[CANDLE_CACHE],
): MarketTable {
  const cache = candleCache(cacheSetting);
  return loadRecordedMarket({ folder, timeframe, cache, ...(symbols === undefined ? {} : { symbols }) })
    .table;
}

function candleCache(setting: string | undefined): CandleCache | undefined {
  const folder = candleCacheFolder({ ...process.env, [CANDLE_CACHE]: setting });
  return folder === undefined ? undefined : openCandleCache({ folder });
}
