import { type MarketTable, firstIndexAtOrAfter } from './market-table.js';

/** The last close of every symbol in the bars that open before `timeMs`; NaN for one that had none yet. */
export function pricesBefore(market: MarketTable, timeMs: number): Float64Array {
  const end = firstIndexAtOrAfter(market, timeMs);
  return Float64Array.from(market.candles, ({ close }) => {
    for (let t = end - 1; t >= 0; t--) {
      const price = close[t] ?? NaN;
      if (!Number.isNaN(price)) return price;
    }
    return NaN;
  });
}
