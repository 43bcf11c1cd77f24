import type { MarketTable } from '../domain/market-table.js';

/**
 * Equal-weight buy and hold of all symbols, without rebalancing or costs, 1 at the open of slot `first`: the market that
 * contestants are compared with (DESIGN section 8). One value per slot from `first` on, at its close. A symbol without
 * a bar keeps its last price; one that begins later is bought at its first open with its share, held as cash until then.
 */
export function equalWeightIndex(market: MarketTable, first: number): Float64Array {
  const length = Math.max(0, market.length - first);
  const index = new Float64Array(length);
  const share = 1 / market.candles.length;
  for (const candles of market.candles) {
    let base = NaN;
    let worth = share;
    for (let i = 0; i < length; i++) {
      const close = candles.close[first + i] ?? NaN;
      if (!Number.isNaN(close)) {
        if (Number.isNaN(base)) base = candles.open[first + i] ?? NaN;
        if (base > 0) worth = (share * close) / base;
      }
      index[i] = (index[i] ?? 0) + worth;
    }
  }
  return index;
}
