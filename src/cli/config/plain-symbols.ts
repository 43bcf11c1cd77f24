import { Problem } from '../../core/domain/problem.js';
import type { ArenaConfig } from './schema.js';

/** ccxt's names of exchanges that have nothing but perpetuals, and the exchange that is meant. */
const PERPETUALS_OF: Readonly<Record<string, string>> = { binanceusdm: 'binance', krakenfutures: 'kraken' };

/** The symbols as they are called here: ccxt's `BTC/USDT:USDT` is the perpetual `BTC/USDT`. Anything else that cannot be meant is refused. */
export function plainSymbols({
  exchange,
  instrument,
  symbols,
}: ArenaConfig['market']): readonly string[] | undefined {
  const meant = Object.hasOwn(PERPETUALS_OF, exchange) ? PERPETUALS_OF[exchange] : undefined;
  if (meant !== undefined && instrument === 'spot')
    throw new Problem('usage', `${exchange} has perpetuals only, and the instrument is spot`, {
      hint: `for its perpetuals: --exchange ${meant} --instrument perpetual; for spot: --exchange ${meant}`,
    });
  return symbols?.map((symbol) => {
    const [pair = '', settle] = symbol.split(':');
    if (settle === undefined) return symbol;
    if (instrument === 'spot')
      throw new Problem('usage', `${symbol} is a perpetual, and the instrument is spot`, {
        hint: `for the perpetual: --instrument perpetual --symbols ${pair}; for spot: --symbols ${pair}`,
      });
    if (settle !== pair.split('/')[1])
      throw new Problem('usage', `${symbol} is no linear perpetual: it is settled in ${settle}`, {
        hint: 'perpetuals that are settled in what they are quoted in are traded here, e.g. BTC/USDT',
      });
    return pair;
  });
}
