/** Intervals over what a rule reads: a rule is data, so that two rules can be compared without trying values. */
import type { MarketReading } from './market-reading.js';

/** `from` and `to` belong to the interval, `above` and `below` do not; an absent side is open. */
export interface Bounds {
  readonly from?: number;
  readonly above?: number;
  readonly to?: number;
  readonly below?: number;
}

/** What rules are about: readings of the newest bar, and the open profit as a fraction of the entry price. */
export const BOX_NAMES = [
  'rsi',
  'priceVsMa20',
  'ma20VsMa50',
  'histogramAtr',
  'volumeRatio',
  'bandPosition',
  'profit',
] as const;
type BoxName = (typeof BOX_NAMES)[number];

/** All of these must hold; what is not named may be anything. */
export type Box = Readonly<Partial<Record<BoxName, Bounds>>>;
export type BoxValues = Pick<MarketReading, Exclude<BoxName, 'profit'>> & { readonly profit: number };

export function isWithin(value: number, { from, above, to, below }: Bounds): boolean {
  return (
    (from === undefined || value >= from) &&
    (above === undefined || value > above) &&
    (to === undefined || value <= to) &&
    (below === undefined || value < below)
  );
}

export function isInBox(values: BoxValues, box: Box): boolean {
  for (const name of BOX_NAMES) {
    const bounds = box[name];
    if (bounds !== undefined && !isWithin(values[name], bounds)) return false;
  }
  return true;
}

/** Whether some values lie in both: every axis on its own, which is exact for boxes. */
export function boxesMeet(one: Box, other: Box): boolean {
  return BOX_NAMES.every((name) => boundsMeet({ ...one[name] }, { ...other[name] }));
}

function boundsMeet(one: Bounds, other: Bounds): boolean {
  const least = Math.max(lowest(one), lowest(other));
  const most = Math.min(highest(one), highest(other));
  if (least !== most) return least < most;
  // The intervals share at most the point where one ends and the other begins.
  return isWithin(least, one) && isWithin(least, other);
}

function lowest({ from = -Infinity, above = -Infinity }: Bounds): number {
  return Math.max(from, above);
}

function highest({ to = Infinity, below = Infinity }: Bounds): number {
  return Math.min(to, below);
}
