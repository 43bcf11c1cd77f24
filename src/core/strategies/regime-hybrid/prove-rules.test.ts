import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BOX_NAMES, type Bounds, type Box, type BoxValues, boxesMeet, isInBox, isWithin } from './box.js';
import { findContradictions, proveRules } from './prove-rules.js';
import { RULES } from './rule-table.js';
import type { EntryRule, ExitRule } from './rule.js';

/** The widest that a value can be where a rule does not bound it. */
const RANGES: Readonly<Record<keyof BoxValues, readonly [number, number]>> = {
  rsi: [0, 100],
  priceVsMa20: [-0.3, 0.3],
  ma20VsMa50: [-0.3, 0.3],
  histogramAtr: [-3, 3],
  volumeRatio: [0, 12],
  bandPosition: [-0.5, 1.5],
  profit: [0, 0],
};

/** Values of an entry's box, its corners among them. */
function valuesOf(box: Box): fc.Arbitrary<BoxValues> {
  const axis = (name: keyof BoxValues): fc.Arbitrary<number> => {
    const bounds: Bounds = box[name] ?? {};
    const [least, most] = RANGES[name];
    const low = bounds.from ?? bounds.above ?? least;
    const high = bounds.to ?? bounds.below ?? most;
    return fc
      .oneof(fc.constantFrom(low, high), fc.double({ min: low, max: high, noNaN: true }))
      .filter((value) => isWithin(value, bounds));
  };
  return fc.record({
    rsi: axis('rsi'),
    priceVsMa20: axis('priceVsMa20'),
    ma20VsMa50: axis('ma20VsMa50'),
    histogramAtr: axis('histogramAtr'),
    volumeRatio: axis('volumeRatio'),
    bandPosition: axis('bandPosition'),
    profit: axis('profit'),
  });
}

function exitsMet({ exits, regime, trend }: EntryRule, values: BoxValues): string[] {
  return exits
    .filter(
      (exit) =>
        exit.regimes?.includes(regime) !== false &&
        exit.trends?.includes(trend) !== false &&
        isInBox(values, exit.box),
    )
    .map((exit) => exit.id);
}

/** The exits that the table came with: the same for every rule, whatever had opened the position. */
function originalExits({ side, regime }: EntryRule): ExitRule[] {
  const long = side === 'long';
  return [
    {
      id: 'regime',
      trends: long ? ['WEAK_BEAR', 'STRONG_BEAR'] : ['WEAK_BULL', 'STRONG_BULL'],
      box: {},
    },
    { id: 'transitional', regimes: ['TRANSITIONAL'], box: {} },
    { id: 'average', box: { priceVsMa20: long ? { below: -0.005 } : { above: 0.005 } } },
    { id: 'rsi', box: { rsi: long ? { below: 40 } : { above: 60 } } },
    { id: 'macd', box: { histogramAtr: long ? { below: -0.001 } : { above: 0.001 } } },
    ...(regime === 'RANGING' ? [{ id: 'profit', box: { profit: { above: 0.015 } } }] : []),
  ];
}

const ORIGINAL: readonly EntryRule[] = RULES.map((rule) => ({ ...rule, exits: originalExits(rule) }));

describe('the rule table', () => {
  it('has twelve rules, each of its own name, long and short alike', () => {
    expect(new Set(RULES.map((rule) => rule.id)).size).toBe(12);
    expect(RULES.filter((rule) => rule.side === 'long')).toHaveLength(6);
    const without = RULES.filter(
      ({ regime, trend }) =>
        (regime === 'MOMENTUM' && trend === 'NEUTRAL') ||
        (regime === 'RANGING' && trend.startsWith('STRONG')) ||
        (regime === 'TRANSITIONAL' && !trend.startsWith('STRONG')),
    );
    expect(without).toEqual([]);
  });

  it('mirrors long and short: the same stops, targets, sizes and confidence on both sides', () => {
    const figures = (side: string): string[] =>
      RULES.filter((rule) => rule.side === side)
        .map(
          (r) => `${r.regime} ${String([r.stopAtr, r.targetAtr, r.size, r.minConfidence, r.exits.length])}`,
        )
        .sort();
    expect(figures('long')).toEqual(figures('short'));
  });

  it('C-1: no entry meets its own exit, by arithmetic and by trying', () => {
    expect(findContradictions(RULES)).toEqual([]);
    for (const rule of RULES)
      fc.assert(
        fc.property(valuesOf(rule.box), (values) => {
          expect(exitsMet(rule, values), rule.id).toEqual([]);
        }),
        { numRuns: 300 },
      );
  });

  it('C-1: with the exits that it came with eight of the twelve always sell at once what they buy', () => {
    const contradicting = new Set(findContradictions(ORIGINAL).map(({ rule }) => rule));
    expect([...contradicting].sort()).toEqual(
      RULES.filter((rule) => rule.regime !== 'MOMENTUM')
        .map((rule) => rule.id)
        .sort(),
    );
    expect(contradicting.size).toBe(8);
    for (const rule of ORIGINAL)
      fc.assert(
        fc.property(valuesOf(rule.box), (values) => {
          expect(exitsMet(rule, values).length > 0, rule.id).toBe(contradicting.has(rule.id));
        }),
        { numRuns: 100 },
      );
    expect(() => proveRules(ORIGINAL, 'the original table')).toThrow(
      /^the original table contradicts itself: ranging-weak-bull-long meets its exit average/,
    );
  });
});

describe('a box', () => {
  const bounds: fc.Arbitrary<Bounds> = fc
    .record({
      low: fc.integer({ min: 0, max: 6 }),
      high: fc.integer({ min: 0, max: 6 }),
      open: fc.tuple(fc.boolean(), fc.boolean()),
      has: fc.tuple(fc.boolean(), fc.boolean()),
    })
    .map(({ low, high, open, has }) => ({
      ...(has[0] ? (open[0] ? { above: low } : { from: low }) : {}),
      ...(has[1] ? (open[1] ? { below: high } : { to: high }) : {}),
    }));

  it('meets another exactly when some value lies in both', () => {
    // All bounds are whole numbers: halves and the numbers themselves stand for every interval there is.
    const grid = Array.from({ length: 17 }, (_, i) => i / 2 - 1);
    fc.assert(
      fc.property(bounds, bounds, (one, other) => {
        const some = grid.some((value) => isWithin(value, one) && isWithin(value, other));
        expect(boxesMeet({ rsi: one }, { rsi: other })).toBe(some);
      }),
      { numRuns: 2000 },
    );
  });

  it('is missed as soon as one axis is', () => {
    const inside = { ...Object.fromEntries(BOX_NAMES.map((name) => [name, 1])) } as unknown as BoxValues;
    const all: Box = Object.fromEntries(BOX_NAMES.map((name) => [name, { from: 1, to: 1 }]));
    expect(isInBox(inside, all)).toBe(true);
    for (const name of BOX_NAMES) {
      expect(isInBox({ ...inside, [name]: 1.5 }, all), name).toBe(false);
      expect(boxesMeet(all, { [name]: { above: 1 } }), name).toBe(false);
    }
  });
});
