import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParameterSets, countSets, nthSet } from './parameter-sets.js';
import { readGrid, readSpace } from './read-sets.js';

const grid = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 0, maxLength: 4 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }).map((values) => ({
          name,
          values,
        })),
      ),
    ),
  )
  .map((axes): ParameterSets => ({ form: 'grid', fixed: { z: true }, axes }));

function allOf(sets: ParameterSets): Record<string, unknown>[] {
  return Array.from({ length: countSets(sets) }, (_, n) => nthSet(sets, n));
}

describe('sets of a grid', () => {
  it('come in the order of nested loops, the last list in the innermost', () => {
    const sets = readGrid({ slow: [50, 100], fast: [5, 10, 20] }, { stop: 0.1 });
    const nested: unknown[] = [];
    for (const slow of [50, 100]) for (const fast of [5, 10, 20]) nested.push({ stop: 0.1, slow, fast });
    expect(allOf(sets)).toEqual(nested);
  });

  it('are every combination exactly once', () => {
    fc.assert(
      fc.property(grid, (sets) => {
        const texts = allOf(sets).map((set) => JSON.stringify(set));
        const product = (sets.axes as { values: unknown[] }[]).reduce(
          (n, { values }) => n * values.length,
          1,
        );
        expect(texts).toHaveLength(product);
        expect(new Set(texts).size).toBe(product);
      }),
    );
  });

  it('need no list of all: the last of a million million is there at once', () => {
    const values = Array.from({ length: 1000 }, (_, i) => i);
    const axes = ['a', 'b', 'c', 'd'].map((name) => ({ name, values }));
    const sets: ParameterSets = { form: 'grid', fixed: {}, axes };
    expect(countSets(sets)).toBe(1e12);
    expect(nthSet(sets, 1e12 - 1)).toEqual({ a: 999, b: 999, c: 999, d: 999 });
    expect(nthSet(sets, 123_456_789_012)).toEqual({ a: 123, b: 456, c: 789, d: 12 });
  });
});

describe('drawn sets', () => {
  const space = { fast: [5, 50], stop: [0.01, 0.1], side: { values: ['long', 'both'] } };

  it('are a function of seed and number alone: a longer sweep begins with the same ones', () => {
    const few = readSpace(space, {}, 10, 7);
    const many = readSpace(space, {}, 1000, 7);
    expect(allOf(few)).toEqual(allOf(many).slice(0, 10));
    expect(allOf(readSpace(space, {}, 10, 8))).not.toEqual(allOf(few));
  });

  it('stay within their ranges, whole numbers whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 1e-6, max: 10, noNaN: true }),
        fc.boolean(),
        fc.integer({ min: 0, max: 4294967295 }),
        (least, width, low, log, seed) => {
          const sets = readSpace(
            { whole: [least, least + width], some: { min: low, max: low * 3 + 0.1, log } },
            {},
            50,
            seed,
          );
          for (const { whole, some } of allOf(sets) as { whole: number; some: number }[]) {
            expect(Number.isInteger(whole) && whole >= least && whole <= least + width, String(whole)).toBe(
              true,
            );
            expect(some >= low && some <= low * 3 + 0.1, String(some)).toBe(true);
          }
        },
      ),
    );
  });

  it('reach both ends of a range of whole numbers, each as often as the others', () => {
    const drawn = allOf(readSpace({ n: [1, 4] }, {}, 4000, 3)).map(({ n }) => n as number);
    for (const n of [1, 2, 3, 4]) {
      const times = drawn.filter((value) => value === n).length;
      // Four standard deviations of a count of 4,000 draws of one in four.
      expect(Math.abs(times - 1000), `${String(n)}: ${String(times)}`).toBeLessThan(
        4 * Math.sqrt(4000 * 0.25 * 0.75),
      );
    }
  });

  it('are even over the logarithm where that is asked: as many below the geometric middle as above', () => {
    const drawn = allOf(readSpace({ x: { min: 1, max: 100, log: true, whole: false } }, {}, 4000, 5));
    const below = drawn.filter(({ x }) => (x as number) < 10).length;
    expect(Math.abs(below - 2000)).toBeLessThan(4 * Math.sqrt(4000 * 0.25));
  });
});

describe('what a person writes for sets', () => {
  it.each([
    ['a list that is empty', () => readGrid({ fast: [] }, {}), '--grid.fast'],
    ['no lists', () => readGrid([1], {}), '--grid'],
    [
      'too many combinations',
      () => readGrid(Object.fromEntries('abcde'.split('').map((k) => [k, Array(60).fill(1)])), {}),
      '777,600,000 sets are more than',
    ],
    ['a range upside down', () => readSpace({ fast: [50, 5] }, {}, 10, 1), '--space.fast: 50 is not below 5'],
    [
      'a range of three',
      () => readSpace({ fast: [5, 6, 7] }, {}, 10, 1),
      '--space.fast: expected [LEAST, MOST]',
    ],
    [
      'a logarithm of nothing',
      () => readSpace({ x: { min: 0, max: 1, log: true } }, {}, 10, 1),
      '"log" needs a range above 0',
    ],
    [
      'whole numbers between fractions',
      () => readSpace({ x: { min: 0.5, max: 3, whole: true } }, {}, 10, 1),
      '"whole" needs whole numbers',
    ],
    ['nothing to draw from', () => readSpace({}, {}, 10, 1), '--space: nothing to draw from'],
    ['shared parameters that are no object', () => readGrid({ fast: [1] }, 3), '--params'],
  ])('%s is refused by name', (_what, read, message) => {
    expect(read).toThrow(message);
  });
});
