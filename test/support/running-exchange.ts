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

/** Of the made prices, which are small. */
const TICK = 0.00001;

/**
 * Ninety days of hourly bars, of which thirty have been when the clock begins to run. Venues other than `binance` have perpetuals of
 * these symbols.
 */
export async function runningExchange(
  symbols: readonly string[],
  seed = 5,
  venue: 'binance' | 'binanceusdm' | 'hyperliquid' = 'binance',
): Promise<LocalExchange> {
  const perpetual = venue !== 'binance';
  const market = generateMarket({
    seed,
    symbols,
    timeframe: '1h',
    startMs: EXCHANGE_START_MS,
    length: 24 * 90,
    perpetual,
  });
  const clock = createExchangeClock(EXCHANGE_START_MS + 30 * DAY_MS + 300_000);
  const exchange = await openLocalExchange({
    venue,
    markets: symbols.map((symbol) =>
      listed(perpetual ? `${symbol}:${symbol.split('/')[1] ?? ''}` : symbol, { tickSize: TICK }),
    ),
    data: dataOfMarket(market, (name) => name.replace(/:.*/, '')),
    clock,
  });
  clock.run(CLOCK_FACTOR);
  return exchange;
}
