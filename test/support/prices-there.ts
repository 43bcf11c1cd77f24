import { join } from 'node:path';
import { loadRecordedMarket } from '../../src/adapters/market-data/recorded-market.js';
import { type MarketTable, emptyCandles, firstIndexAtOrAfter } from '../../src/core/domain/market-table.js';
import { type Timeframe, timeframeMs } from '../../src/core/domain/time.js';
import { perpetual } from './made-market.js';
import { type Closes, bnbCloses, xrpCloses } from './quoted-prices.js';
import { DECISION_MS, type RecordedRunDecisions } from './recorded-decisions.js';

const COINS = ['BTC', 'ETH', 'SOL', 'BNB', 'XRP', 'DOGE'];

/**
 * Closes that the recorded runs traded at, as far as they can be known, in a table of four-hour bars that have nothing
 * else: the venue's own candles where there are some, else what replies quote, else another venue's. `crypto` is a
 * folder of venues' candles.
 */
export function pricesThere(runs: readonly RecordedRunDecisions[], crypto: string): MarketTable {
  const closesOf = (venue: string, symbol: string, timeframe: Timeframe): Closes =>
    closesIn(join(crypto, venue), symbol, timeframe);
  const closes = [
    closesOf('hyperliquid-2025h2', 'BTC-USDC', '1h'),
    closesOf('hyperliquid-2025h2', 'ETH-USDC', '1h'),
    closesOf('hyperliquid-2025h2', 'SOL-USDC', '1h'),
    bnbCloses(runs, closesOf('binance', 'BNB-USDT', '1h')),
    xrpCloses(runs, closesOf('binance-perp', 'XRP-USDT', '1h')),
    closesOf('hyperliquid-2025h2', 'DOGE-USDC', '4h'),
  ];
  const times = [...new Set(runs.flatMap(({ decisions }) => [...decisions.keys()]))].sort((a, b) => a - b);
  return {
    timeframe: '4h',
    calendar: 'continuous',
    symbols: COINS,
    instruments: COINS.map((coin) => perpetual(coin)),
    openTimesMs: Float64Array.from(times, (time) => time - DECISION_MS),
    length: times.length,
    candles: closes.map((close) => ({
      ...emptyCandles(times.length),
      close: Float64Array.from(times, close),
    })),
    funding: COINS.map(() => undefined),
  };
}

/** Our market by the hour, from a folder in which spot candles stand as perpetuals. */
export function pricesHere(folder: string): MarketTable {
  const symbols = COINS.map((coin) => `${coin}-USDT`);
  return loadRecordedMarket({ folder, timeframe: '1h', symbols }).table;
}

function closesIn(folder: string, symbol: string, timeframe: Timeframe): Closes {
  const { table } = loadRecordedMarket({ folder, timeframe, symbols: [symbol] });
  return (closeMs) => {
    const openMs = closeMs - timeframeMs(timeframe);
    const t = firstIndexAtOrAfter(table, openMs);
    return table.openTimesMs[t] === openMs ? (table.candles[0]?.close[t] ?? NaN) : NaN;
  };
}
