import { z } from 'zod';
import { VenueFault } from '../../ports/venue.js';

/** Rows that name whom they are about, as Binance (`symbol`) and Hyperliquid (`s`, `coin`) send them. */
const rowsSchema = z.array(
  z.object({ symbol: z.string().optional(), s: z.string().optional(), coin: z.string().optional() }),
);

/**
 * ccxt leaves rows about other symbols out, or takes them for ours: either way an answer about another symbol would look
 * like a quiet market. So the reply itself is looked at, where its rows say whom they are about.
 */
export function refuseForeignRows(what: string, reply: unknown, ids: readonly string[]): void {
  const rows = rowsSchema.safeParse(reply);
  for (const { symbol, s, coin } of rows.data ?? []) {
    const about = symbol ?? s ?? coin;
    if (about !== undefined && !ids.includes(about))
      throw new VenueFault('bad-reply', `${what}: the answer is about ${JSON.stringify(about.slice(0, 40))}`);
  }
}
