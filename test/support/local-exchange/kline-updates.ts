import type { TimeMs } from '../../../src/core/domain/time.js';
import { type GivenBar, alignDown } from './candle-book.js';
import type { VenueMarket } from './venue-market.js';
import type { VenueWorld } from './venue-world.js';

/** How many bars can end between two looks at the clock; a longer jump tells the newest of them. */
const MOST_ENDED = 1000;

/** What a candle stream tells at `atMs`: bars that ended since `beforeMs`, then the one that goes on. */
export function klineUpdates(
  world: VenueWorld,
  market: VenueMarket,
  barMs: number,
  beforeMs: TimeMs,
  atMs: TimeMs,
): readonly GivenBar[] {
  const lateMs = world.latenessMs();
  const knownMs = atMs - lateMs;
  const openMs = alignDown(knownMs, barMs);
  const firstMs = Math.max(alignDown(beforeMs - lateMs, barMs), openMs - MOST_ENDED * barMs);
  const bars: GivenBar[] = [];
  for (let at = firstMs; at <= openMs; at += barMs) {
    const bar = world.book.bar(market, barMs, at, knownMs);
    if (bar !== undefined) bars.push(bar);
  }
  return bars;
}
