import type { TimeMs } from '../../../src/core/domain/time.js';
import { alignDown } from './candle-book.js';
import type { VenueMarket } from './venue-market.js';
import type { VenueWorld } from './venue-world.js';

/** A position that the venue closed. */
export interface ForcedClose {
  readonly timeMs: TimeMs;
  readonly side: 'buy' | 'sell';
  readonly price: number;
  readonly quantity: number;
}

/** A bar that moves so far from its open somewhere liquidates somebody there. */
const MOVE_FRACTION = 0.01;
/** How much of the bar's volume that is. */
const VOLUME_SHARE = 0.001;

/** Forced closes in (fromMs, toMs], made of the data: longs are sold at a far low, shorts bought at a far high. */
export function forcedCloses(
  world: VenueWorld,
  market: VenueMarket,
  fromMs: TimeMs,
  toMs: TimeMs,
): readonly ForcedClose[] {
  const { barMs } = world.data;
  const closes: ForcedClose[] = [];
  for (let openMs = alignDown(fromMs, barMs); openMs <= toMs; openMs += barMs) {
    const bar = world.book.bar(market, barMs, openMs, openMs + barMs);
    if (bar === undefined) continue;
    const rises = bar.close >= bar.open;
    // The path of prices visits the low at a third of a rising bar and at two thirds of a falling one.
    const lowMs = openMs + Math.round((barMs * (rises ? 1 : 2)) / 3);
    const highMs = openMs + Math.round((barMs * (rises ? 2 : 1)) / 3);
    const quantity = Math.max(
      market.lotSize,
      Number((Math.floor((bar.volume * VOLUME_SHARE) / market.lotSize) * market.lotSize).toFixed(8)),
    );
    const found: ForcedClose[] = [];
    if (1 - bar.low / bar.open >= MOVE_FRACTION)
      found.push({ timeMs: lowMs, side: 'sell', price: bar.low, quantity });
    if (bar.high / bar.open - 1 >= MOVE_FRACTION)
      found.push({ timeMs: highMs, side: 'buy', price: bar.high, quantity });
    closes.push(...found.filter(({ timeMs }) => timeMs > fromMs && timeMs <= toMs));
  }
  return closes.sort((a, b) => a.timeMs - b.timeMs);
}
