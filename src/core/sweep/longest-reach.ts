import { uniformAt } from '../domain/rng.js';
import { MINUTE_MS } from '../domain/time.js';
import type { StrategyKind } from '../strategies/strategy.js';
import { takeParams } from './nth-run.js';
import { type ParameterSets, countSets, nthSet } from './parameter-sets.js';

/** A kind is asked about so many sets, and about all of them where there are not more. */
const LOOKED_AT = 1000;

/** Numbers of the sets that stand for all: the first ones, and as many drawn from all. No step: it would meet a length of the grid. */
export function setsLookedAt(sets: ParameterSets): number[] {
  const count = countSets(sets);
  const first = Array.from({ length: Math.min(count, LOOKED_AT) }, (_, n) => n);
  if (count <= LOOKED_AT) return first;
  return [...first, ...first.map((n) => Math.floor(uniformAt(0, n * MINUTE_MS, 0) * count))];
}

/**
 * Bars that a set looks back or may hold, at most: exact for up to a thousand sets. Of more, from the furthest of those
 * looked at on, each axis is set to its ends, and again until no end of any goes further: what looks back as far as
 * its longest window does so at an end. Of random sets it may be further than any that was drawn.
 */
export function longestReach(
  sets: ParameterSets,
  kind: StrategyKind,
  instrument: 'spot' | 'perpetual',
): number {
  let longest = 0;
  let furthest: Readonly<Record<string, unknown>> | undefined;
  const goesFurther = (raw: Readonly<Record<string, unknown>>): boolean => {
    const taken = takeParams(kind, raw, instrument);
    if (taken.kind === 'invalid') return false;
    const reach = reachOf(kind, taken.params);
    if (furthest !== undefined && reach <= longest) return false;
    longest = reach;
    furthest = raw;
    return true;
  };
  for (const n of setsLookedAt(sets)) goesFurther(nthSet(sets, n));
  if (countSets(sets) <= LOOKED_AT) return longest;
  for (let further = true; further;) {
    further = false;
    for (const axis of sets.axes)
      for (const end of endsOf(axis)) further = goesFurther({ ...furthest, [axis.name]: end }) || further;
  }
  return longest;
}

function reachOf(kind: StrategyKind, params: unknown): number {
  const { maxHoldBars } = params as { readonly maxHoldBars?: unknown };
  return Math.max(kind.warmupBars(params), typeof maxHoldBars === 'number' ? maxHoldBars : 0);
}

/** The least and the greatest number; whatever is no number has no ends. */
function endsOf(axis: ParameterSets['axes'][number]): unknown[] {
  if (!('values' in axis)) return [axis.min, axis.max];
  const numbers = axis.values.filter((value) => typeof value === 'number');
  const others = axis.values.filter((value) => typeof value !== 'number').slice(0, LOOKED_AT);
  if (numbers.length === 0) return others;
  return [...others, numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
}
