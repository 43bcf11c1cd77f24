/** A local exchange on generated prices whose clock runs, for programs that follow it beside the test. */
import { generateMarket } from '../../src/core/market/generate-market.js';
import { DAY_MS } from '../../src/core/domain/time.js';
import { createExchangeClock } from './local-exchange/exchange-clock.js';
import { type LocalExchange, openLocalExchange } from './local-exchange/open-local-exchange.js';
import { dataOfMarket } from './local-exchange/venue-data.js';
import { listed } from './local-exchange/venue-market.js';

export const EXCHANGE_START_MS = Date.UTC(2026, 0, 5);
/** An hour in a second. */
export const CLOCK_FACTOR = 3600;

/** Ninety days of hourly bars, of which thirty have been when the clock begins to run. */
export async function runningExchange(symbols: readonly string[], seed = 5): Promise<LocalExchange> {
  const market = generateMarket({
    seed,
    symbols,
    timeframe: '1h',
    startMs: EXCHANGE_START_MS,
    length: 24 * 90,
  });
  const clock = createExchangeClock(EXCHANGE_START_MS + 30 * DAY_MS + 300_000);
  const exchange = await openLocalExchange({
    venue: 'binance',
    markets: symbols.map((symbol) => listed(symbol)),
    data: dataOfMarket(market),
    clock,
  });
  clock.run(CLOCK_FACTOR);
  return exchange;
}
