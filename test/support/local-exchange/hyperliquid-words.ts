import type { GivenBar } from './candle-book.js';
import type { VenueMarket } from './venue-market.js';
import type { VenueWorld } from './venue-world.js';

/** Hyperliquid's own name: a perpetual is its base, a spot pair its place in the list (`@0`). */
export function hyperliquidCoin(world: VenueWorld, market: VenueMarket): string {
  return market.type === 'perpetual' ? market.base : `@${String(spotMarkets(world).indexOf(market))}`;
}

export function marketOfCoin(world: VenueWorld, coin: unknown): VenueMarket | undefined {
  return world.markets.find((market) => hyperliquidCoin(world, market) === coin);
}

export function spotMarkets(world: VenueWorld): readonly VenueMarket[] {
  return world.markets.filter((market) => market.type === 'spot');
}

export function perpetualMarkets(world: VenueWorld): readonly VenueMarket[] {
  return world.markets.filter((market) => market.type === 'perpetual');
}

/** Numbers are texts with one decimal at least: `68674.0`. */
export function figure(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

export function candleEntry(
  world: VenueWorld,
  market: VenueMarket,
  interval: string,
  bar: GivenBar,
): Record<string, unknown> {
  return {
    t: bar.openMs,
    T: bar.lastMs,
    s: hyperliquidCoin(world, market),
    i: interval,
    o: figure(bar.open),
    c: figure(bar.close),
    h: figure(bar.high),
    l: figure(bar.low),
    v: figure(bar.volume),
    n: Math.round(bar.volume),
  };
}
