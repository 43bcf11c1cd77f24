import type { VenueCandle } from './venue-data.js';

/** What happened in a part of a bar. */
export interface PathPiece {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * The way of the price through a bar: from the open by straight lines to one extreme, the other, the close. A bar that
 * rises visits its low first. A whole bar is given back exactly; parts in between are rounded to the tick.
 */
export function pathPiece(
  bar: VenueCandle,
  fromFraction: number,
  toFraction: number,
  tickSize: number,
): PathPiece {
  const open = priceAt(bar, fromFraction, tickSize);
  const close = priceAt(bar, toFraction, tickSize);
  let high = Math.max(open, close);
  let low = Math.min(open, close);
  for (const [fraction, price] of knotsOf(bar)) {
    if (fraction < fromFraction || fraction > toFraction) continue;
    high = Math.max(high, price);
    low = Math.min(low, price);
  }
  return { open, high, low, close };
}

export function priceAt(bar: VenueCandle, fraction: number, tickSize: number): number {
  const knots = knotsOf(bar);
  for (let k = 1; k < knots.length; k++) {
    const [fromFraction, fromPrice] = knots[k - 1] ?? [0, bar.open];
    const [toFraction, toPrice] = knots[k] ?? [1, bar.close];
    if (fraction > toFraction) continue;
    if (fraction === toFraction) return toPrice;
    if (fraction === fromFraction) return fromPrice;
    const share = (fraction - fromFraction) / (toFraction - fromFraction);
    return toTick(fromPrice + share * (toPrice - fromPrice), tickSize, bar);
  }
  return bar.close;
}

function knotsOf(bar: VenueCandle): readonly (readonly [fraction: number, price: number])[] {
  const rises = bar.close >= bar.open;
  return [
    [0, bar.open],
    [1 / 3, rises ? bar.low : bar.high],
    [2 / 3, rises ? bar.high : bar.low],
    [1, bar.close],
  ];
}

/** Rounded to a tick, but never out of the bar. */
function toTick(price: number, tickSize: number, bar: VenueCandle): number {
  const rounded = Number((Math.round(price / tickSize) * tickSize).toFixed(10));
  return Math.min(bar.high, Math.max(bar.low, rounded));
}
