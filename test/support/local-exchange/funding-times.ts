import { HOUR_MS, type TimeMs } from '../../../src/core/domain/time.js';
import { alignDown } from './candle-book.js';
import type { VenueMarket } from './venue-market.js';
import type { VenueWorld } from './venue-world.js';

export interface FundingPaid {
  readonly timeMs: TimeMs;
  readonly rate: number;
  readonly markPrice: number;
}

/** The interest part of a rate, which is all of it where perpetual and index agree. */
const USUAL_RATE = 0.0001;

/** The newest time at or before `timeMs` at which funding is paid. */
export function fundingTimeBefore(market: VenueMarket, timeMs: TimeMs): TimeMs {
  return alignDown(timeMs, market.fundingEveryHours * HOUR_MS);
}

export function fundingRateAt(world: VenueWorld, market: VenueMarket, timeMs: TimeMs): number {
  return world.data.fundingRate?.(market.symbol, timeMs) ?? USUAL_RATE;
}

/** What was paid in [fromMs, toMs], oldest first, at most `limit` of it. */
export function fundingPaid(
  world: VenueWorld,
  market: VenueMarket,
  fromMs: TimeMs,
  toMs: TimeMs,
  limit: number,
): readonly FundingPaid[] {
  const everyMs = market.fundingEveryHours * HOUR_MS;
  const paid: FundingPaid[] = [];
  const first = Math.max(fromMs, world.data.firstMs);
  for (let at = alignDown(first - 1, everyMs) + everyMs; at <= toMs && paid.length < limit; at += everyMs) {
    if (!world.tellsFunding(market, at, world.now())) continue;
    const markPrice = world.book.price(market, at);
    if (markPrice !== undefined) paid.push({ timeMs: at, rate: fundingRateAt(world, market, at), markPrice });
  }
  return paid;
}

/** Open interest in base units: made up, the same at the same time, in the order of a day's volume. */
export function openInterestAt(market: VenueMarket, timeMs: TimeMs): number {
  const hours = Math.floor(timeMs / HOUR_MS);
  const wave = Math.sin(hours / 17 + market.symbol.length) + 0.3 * Math.sin(hours / 3);
  return Number((10_000 * (1 + 0.2 * wave)).toFixed(3));
}
