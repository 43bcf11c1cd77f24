/**
 * Trades as people count them: from flat to flat in one symbol, with everything that was bought and sold between. What
 * such a trade earned is the sum of its cash flows, whichever way parts of it are matched, so that it agrees with the
 * account's own books fill for fill.
 */
import type { BookedFill } from './booked-fill.js';

export interface RoundTrip {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly entryMs: number;
  /** Undefined while it is open. */
  readonly exitMs: number | undefined;
  /** Average fill price of everything that enlarged the position. */
  readonly entryPrice: number;
  /** Average fill price of everything that reduced it; undefined before the first of them. */
  readonly exitPrice: number | undefined;
  /** All that was entered, base units. */
  readonly quantity: number;
  readonly fills: number;
  /** At reference prices, before all costs; undefined where the source has no reference prices. */
  readonly grossUsd: number | undefined;
  readonly feesUsd: number;
  readonly spreadUsd: number | undefined;
  readonly slippageUsd: number | undefined;
  readonly fundingUsd: number;
  /** Of a trade that is still open: what it took so far. */
  readonly netUsd: number;
  /** Why it was entered and why it ended. */
  readonly entryReason: string;
  readonly exitReason: string | undefined;
}

/** Less than this share of what was entered is rounding, not a position. */
const DUST_FRACTION = 1e-9;

interface Trip {
  readonly first: BookedFill;
  readonly sign: number;
  last: BookedFill;
  held: number;
  entered: number;
  enteredUsd: number;
  left: number;
  leftUsd: number;
  fills: number;
  referenceUsd: number;
  feesUsd: number;
  spreadUsd: number;
  slippageUsd: number;
  fundingUsd: number;
  absorbedUsd: number;
}

/** Closed trades in the order of their ends, and those still open. Fills are in the order of time. */
export function roundTrips(fills: Iterable<BookedFill>): {
  readonly closed: readonly RoundTrip[];
  readonly open: readonly RoundTrip[];
} {
  const open = new Map<string, Trip>();
  const closed: RoundTrip[] = [];
  for (const fill of fills) {
    let trip = open.get(fill.symbol);
    if (fill.quantity === 0) {
      if (trip !== undefined) trip.fundingUsd += fill.fundingUsd;
      continue;
    }
    let rest = fill;
    const through = trip === undefined ? 0 : Math.abs(fill.quantity) - Math.abs(trip.held);
    if (trip !== undefined && fill.quantity * trip.sign < 0 && through > DUST_FRACTION * trip.entered) {
      // It ends one trade and begins the opposite one.
      const share = Math.abs(trip.held / fill.quantity);
      take(trip, part(fill, share));
      closed.push(told(trip, true));
      open.delete(fill.symbol);
      rest = part(fill, 1 - share);
      trip = undefined;
    }
    if (trip === undefined) {
      trip = begin(rest);
      open.set(fill.symbol, trip);
    }
    take(trip, rest);
    if (Math.abs(trip.held) > DUST_FRACTION * trip.entered) continue;
    closed.push(told(trip, true));
    open.delete(fill.symbol);
  }
  return { closed, open: [...open.values()].map((trip) => told(trip, false)) };
}

function begin(first: BookedFill): Trip {
  return {
    first,
    sign: Math.sign(first.quantity),
    last: first,
    held: 0,
    entered: 0,
    enteredUsd: 0,
    left: 0,
    leftUsd: 0,
    fills: 0,
    referenceUsd: 0,
    feesUsd: 0,
    spreadUsd: 0,
    slippageUsd: 0,
    fundingUsd: 0,
    absorbedUsd: 0,
  };
}

function part(fill: BookedFill, share: number): BookedFill {
  const of = (value: number | undefined): number | undefined =>
    value === undefined ? undefined : value * share;
  return {
    ...fill,
    quantity: fill.quantity * share,
    feeUsd: fill.feeUsd * share,
    spreadUsd: of(fill.spreadUsd),
    slippageUsd: of(fill.slippageUsd),
    absorbedUsd: fill.absorbedUsd * share,
  };
}

function take(trip: Trip, fill: BookedFill): void {
  const size = Math.abs(fill.quantity);
  if (fill.quantity * trip.sign > 0) {
    trip.entered += size;
    trip.enteredUsd += size * fill.price;
  } else {
    trip.left += size;
    trip.leftUsd += size * fill.price;
  }
  trip.held += fill.quantity;
  trip.last = fill;
  trip.fills++;
  trip.referenceUsd -= fill.quantity * (fill.referencePrice ?? NaN);
  trip.feesUsd += fill.feeUsd;
  trip.spreadUsd += fill.spreadUsd ?? NaN;
  trip.slippageUsd += fill.slippageUsd ?? NaN;
  trip.absorbedUsd += fill.absorbedUsd;
}

function told(trip: Trip, ended: boolean): RoundTrip {
  const { first, last, sign } = trip;
  const entryPrice = trip.enteredUsd / trip.entered;
  const known = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);
  // What is still held costs its average price; of a closed trade nothing is held.
  const heldUsd = ended ? 0 : trip.held * entryPrice;
  return {
    symbol: first.symbol,
    side: sign > 0 ? 'long' : 'short',
    entryMs: first.timeMs,
    exitMs: ended ? last.timeMs : undefined,
    entryPrice,
    exitPrice: trip.left === 0 ? undefined : trip.leftUsd / trip.left,
    quantity: trip.entered,
    fills: trip.fills,
    grossUsd: ended ? known(trip.referenceUsd) : undefined,
    feesUsd: trip.feesUsd,
    spreadUsd: known(trip.spreadUsd),
    slippageUsd: known(trip.slippageUsd),
    fundingUsd: trip.fundingUsd,
    netUsd:
      sign * (trip.leftUsd - trip.enteredUsd) + heldUsd + trip.absorbedUsd - trip.feesUsd - trip.fundingUsd,
    entryReason: first.reason,
    exitReason: ended ? last.reason : undefined,
  };
}
