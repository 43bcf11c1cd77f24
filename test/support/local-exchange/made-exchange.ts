import { HOUR_MS, MINUTE_MS } from '../../../src/core/domain/time.js';
import { generateMarket } from '../../../src/core/market/generate-market.js';
import { createExchangeClock } from './exchange-clock.js';
import { type LocalExchange, type LocalVenue, openLocalExchange } from './open-local-exchange.js';
import { dataOfMarket } from './venue-data.js';
import { listed } from './venue-market.js';

/** 30 generated days of two symbols; `MADE_NOW_MS` lies twenty minutes into the bar with number 100. */
export const MADE_START_MS = Date.UTC(2025, 0, 6);
export const MADE_NOW_MS = MADE_START_MS + 100 * HOUR_MS + 20 * MINUTE_MS;
/** The two large ones of the generated symbols, under names that venues list. */
const DATA_OF: Readonly<Record<string, string>> = { BTC: 'ALDER-GEN', ETH: 'BIRCH-GEN' };

export const MADE_TABLE = generateMarket({
  seed: 5,
  symbols: Object.values(DATA_OF),
  timeframe: '1h',
  startMs: MADE_START_MS,
  length: 24 * 30,
  perpetual: true,
});

/** The bar of the data with this number, as ccxt gives it. */
export function madeBar(symbolIndex: number, number: number): readonly number[] {
  const candles = MADE_TABLE.candles[symbolIndex];
  const at = (column: Float64Array | undefined): number => column?.[number] ?? NaN;
  return [
    MADE_START_MS + number * HOUR_MS,
    at(candles?.open),
    at(candles?.high),
    at(candles?.low),
    at(candles?.close),
    at(candles?.volume),
  ];
}

/** An exchange with two spot markets and two perpetuals, in the quote currency of the venue. */
export async function openMadeExchange(
  venue: LocalVenue,
  options: { readonly quote?: string; readonly weightPerMinute?: number; readonly seed?: number } = {},
): Promise<LocalExchange> {
  const { quote = venue === 'hyperliquid' ? 'USDC' : 'USDT', ...rest } = options;
  const figures = venue === 'hyperliquid' ? { fundingEveryHours: 1 } : {};
  const bases = Object.keys(DATA_OF);
  return openLocalExchange({
    venue,
    markets: [
      ...bases.map((base) => listed(`${base}/${quote}`)),
      ...bases.map((base) => listed(`${base}/${quote}:${quote}`, figures)),
    ],
    data: dataOfMarket(MADE_TABLE, (symbol) => DATA_OF[symbol.split('/')[0] ?? ''] ?? symbol),
    clock: createExchangeClock(MADE_NOW_MS),
    ...rest,
  });
}
