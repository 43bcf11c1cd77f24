import type { TimeMs } from '../../../src/core/domain/time.js';
import type { VenueMarket } from './venue-market.js';
import type { VenueWorld } from './venue-world.js';

/** The best bid and ask around the last price: a tick, or a basis point where that is more. */
export interface BookTop {
  readonly bid: number;
  readonly ask: number;
  readonly bidQuantity: number;
  readonly askQuantity: number;
}

export function bookTop(world: VenueWorld, market: VenueMarket, atMs: TimeMs): BookTop | undefined {
  const last = world.book.price(market, atMs);
  if (last === undefined) return undefined;
  const half = Math.max(market.tickSize, last * 0.5e-4);
  const tick = (value: number): number =>
    Number((Math.round(value / market.tickSize) * market.tickSize).toFixed(10));
  const size = (share: number): number =>
    Number((Math.ceil((share * 100_000) / last / market.lotSize) * market.lotSize).toFixed(10));
  return { bid: tick(last - half), ask: tick(last + half), bidQuantity: size(1), askQuantity: size(0.8) };
}
