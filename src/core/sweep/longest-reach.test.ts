import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKinds } from '../strategies/catalog.js';
import type { StrategyKind } from '../strategies/strategy.js';
import { longestReach, setsLookedAt } from './longest-reach.js';
import { takeParams } from './nth-run.js';
import { countSets, nthSet } from './parameter-sets.js';
import { readGrid, readSpace } from './read-sets.js';

function kindOf(name: string): StrategyKind {
  const kind = createKinds().find(name);
  if (kind === undefined) throw new Error(`no ${name}`);
  return kind;
}

const SMA = kindOf('sma-cross');
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('how far the sets of a sweep look back', () => {
  it('is the same in whatever order the axes stand', () => {
    const axes = {
      fast: upTo(100).map((n) => n + 1),
      stop: upTo(10).map((n) => n / 100),
      slow: [110, 120, 130, 150, 200, 250, 300, 350, 400, 500],
    };
    const { fast, stop, slow } = axes;
    const orders = [
      { fast, stop, slow },
      { fast, slow, stop },
      { slow, fast, stop },
    ];
    // A step through 10,000 sets that meets the length of the last axis sees 110 alone.
    for (const grid of orders) expect(longestReach(readGrid(grid, {}), SMA, 'spot')).toBe(500);
  });

  it('is what the furthest of all sets does, in grids of any shape', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 2, max: 400 }), { minLength: 1, maxLength: 40 });
    const holds = fc.uniqueArray(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(numbers, numbers, holds, fc.boolean(), (fast, slow, maxHoldBars, first) => {
        const sets = readGrid(first ? { maxHoldBars, fast, slow } : { fast, slow, maxHoldBars }, {});
        let longest = 0;
        for (let n = 0; n < countSets(sets); n++) {
          const taken = takeParams(SMA, nthSet(sets, n), 'spot');
          if (taken.kind === 'invalid') continue;
          const { maxHoldBars: hold } = taken.params as { maxHoldBars?: number };
          longest = Math.max(longest, SMA.warmupBars(taken.params), hold ?? 0);
        }
        expect(longestReach(sets, SMA, 'spot')).toBe(longest);
      }),
      { numRuns: 25 },
    );
  });

  it('is the end of a range where sets are drawn, and exact where they are few', () => {
    const space = { fast: [2, 20], slow: [30, 900] };
    expect(longestReach(readSpace(space, {}, 5000, 1), SMA, 'spot')).toBe(900);
    const few = readSpace(space, {}, 5, 1);
    const slow = upTo(5).map((n) => nthSet(few, n - 1)['slow'] as number);
    expect(longestReach(few, SMA, 'spot')).toBe(Math.max(...slow));
  });

  it('is asked of sets from all over a grid, so that one whose first thousands are not taken is no refusal', () => {
    const grid = {
      fast: [50, 10],
      slow: [20, 100],
      stop: upTo(40).map((n) => n / 100),
      maxHoldBars: upTo(40),
    };
    const sets = readGrid(grid, {});
    const taken = setsLookedAt(sets).filter(
      (n) => takeParams(SMA, nthSet(sets, n), 'spot').kind === 'playable',
    );
    expect(taken.length).toBeGreaterThan(100);
    expect(Math.min(...taken)).toBeGreaterThanOrEqual(1600);
  });
});
