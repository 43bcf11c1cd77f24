import { z } from 'zod';
import type { Liquidation } from '../../ports/venue.js';

/** As ccxt words one. Its side is that of the order with which the venue closed: longs are sold. */
const liquidationSchema = z.object({
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  timestamp: z.int().positive(),
  price: z.number().positive(),
  contracts: z.number().positive(),
});

/** A forced close and what tells it from others; undefined where it is none, or of a symbol that nobody asked for. */
export function parseLiquidation(
  told: unknown,
  symbols: ReadonlyMap<string, string>,
  contractSize: (symbol: string) => number,
): { readonly name: string; readonly liquidation: Liquidation } | undefined {
  const { data } = liquidationSchema.safeParse(told);
  const symbol = symbols.get(data?.symbol ?? '');
  if (data === undefined || symbol === undefined) return undefined;
  const { side, timestamp: timeMs, price, contracts } = data;
  // The currency of the quote is a dollar at every venue that is known here.
  const usd = contracts * contractSize(symbol) * price;
  return {
    name: [symbol, side, timeMs, price, contracts].join(' '),
    liquidation: { symbol, side: side === 'sell' ? 'long' : 'short', timeMs, usd },
  };
}
