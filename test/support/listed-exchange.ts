/** A local exchange that lists generated BTC and ETH, as spot and as perpetuals, with hourly bars. */
import { HOUR_MS } from '../../src/core/domain/time.js';
import { generateMarket } from '../../src/core/market/generate-market.js';
import { createExchangeClock } from './local-exchange/exchange-clock.js';
import { type LocalExchange, openLocalExchange } from './local-exchange/open-local-exchange.js';
import { dataOfMarket } from './local-exchange/venue-data.js';
import { listed } from './local-exchange/venue-market.js';

export const LISTED_START_MS = Date.UTC(2025, 0, 6);

/** `hours` bars are closed; the next one is 20 minutes old. Its time is `nowMs` where the machine's own shall be right. */
export function openListedExchange(hours: number, further = 0, nowMs?: number): Promise<LocalExchange> {
  const startMs =
    nowMs === undefined ? LISTED_START_MS : Math.floor(nowMs / HOUR_MS) * HOUR_MS - hours * HOUR_MS;
  const table = generateMarket({
    seed: 5,
    symbols: ['BTC', 'ETH'],
    timeframe: '1h',
    startMs,
    length: hours + further + 1,
    perpetual: true,
  });
  const clock = createExchangeClock(nowMs ?? startMs + hours * HOUR_MS + HOUR_MS / 3);
  return openLocalExchange({
    venue: 'binance',
    markets: ['BTC/USDT', 'ETH/USDT', 'BTC/USDT:USDT', 'ETH/USDT:USDT'].map((symbol) => listed(symbol)),
    data: dataOfMarket(table, (symbol) => symbol.split('/')[0] ?? symbol),
    clock,
  });
}
