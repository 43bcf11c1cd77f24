import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/domain/time.js';
import type { GivenBar } from './candle-book.js';
import { decimal, decimalsOf } from './decimals.js';
import type { VenueMarket } from './venue-market.js';

/** Binance's own name of a symbol: `BTCUSDT`. */
export function binanceId(market: VenueMarket): string {
  return market.base + market.quote;
}

const UNITS_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };
const INTERVALS = ['1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d'];

/** Undefined for an interval that the venue does not have. */
export function binanceIntervalMs(interval: string): number | undefined {
  if (!INTERVALS.includes(interval)) return undefined;
  return Number(interval.slice(0, -1)) * (UNITS_MS[interval.slice(-1)] ?? NaN);
}

export function price(market: VenueMarket, value: number): string {
  return decimal(value, market.type === 'spot' ? 8 : decimalsOf(market.tickSize));
}

export function quantity(market: VenueMarket, value: number): string {
  return decimal(value, market.type === 'spot' ? 8 : decimalsOf(market.lotSize));
}

/** Shares of a bar's volume and its count of trades are made up, but always the same for the same bar. */
export function klineRow(market: VenueMarket, bar: GivenBar): readonly unknown[] {
  const quote = bar.volume * ((bar.high + bar.low + bar.close) / 3);
  return [
    bar.openMs,
    price(market, bar.open),
    price(market, bar.high),
    price(market, bar.low),
    price(market, bar.close),
    quantity(market, bar.volume),
    bar.lastMs,
    quote.toFixed(8),
    Math.round(bar.volume),
    quantity(market, Number((bar.volume / 2).toFixed(8))),
    (quote / 2).toFixed(8),
    '0',
  ];
}
