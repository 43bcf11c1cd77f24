import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniformAt } from '../domain/rng.js';
import { permutationTest, signFlipTest } from './permutation-test.js';
import { normalQuantile } from './special-functions.js';

// Golden numbers: every split counted in whole numbers with Python's itertools.combinations. (scipy.stats.permutation_test doubles the
// smaller tail, which for samples of two sizes is another two-sided test: .0063 where the size of the difference says .0051.)
const A = [-12.5, 3.1, 0.4, -7.7, 5.2, -1.9, 2.2, -4.6];
const B = [6.3, 1.8, 9.9, -0.7, 4.4, 12.1, 7.0, 3.3, 2.6, 5.5];

const cents = fc.integer({ min: -4000, max: 4000 }).map((n) => n / 100);
const samples = fc.array(cents, { minLength: 2, maxLength: 6 });

function normals(seed: number, count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, i) =>
    normalQuantile(uniformAt(seed, 60_000 * (from + i), 7) || 0.5),
  );
}

describe('a permutation test', () => {
  it('looks at every split where they are few: 43,758 of 8 and 10 values', () => {
    const found = permutationTest(A, B, 1);
    expect(found).toMatchObject({ exact: true, splits: 43_758 });
    expect(found?.twoSidedP).toBe(222 / 43_758);
  });

  it('counts ties as at least as large: 10 of 70', () => {
    expect(permutationTest([1, 2, 3, 4], [3, 4, 5, 9], 1)).toEqual({
      twoSidedP: 10 / 70,
      exact: true,
      splits: 70,
    });
    expect(permutationTest([0.1, 0.2, 0.3], [0.3, 0.2, 0.1], 1)?.twoSidedP).toBe(1);
  });

  it('draws splits where they are many, near what all 184,756 of them say, and the same for the same seed', () => {
    const a = [-9, -6.5, -4, -1.2, 0.3, 1.1, 2.2, 3.9, 6, 14];
    const b = [-2, 0.5, 1.9, 2.2, 4.1, 5, 7.7, 8, 11, 23];
    const all = 0.08998895841001105;
    const found = [1, 2, 3].map((seed) => permutationTest(a, b, seed));
    for (const one of found) {
      expect(one).toMatchObject({ exact: false, splits: 19_999 });
      // Four standard errors of a share among so many.
      expect(Math.abs((one?.twoSidedP ?? NaN) - all)).toBeLessThan(4 * Math.sqrt((all * (1 - all)) / 19_999));
    }
    expect(permutationTest(a, b, 1)).toEqual(found[0]);
    expect(found[1]).not.toEqual(found[0]);
  });

  it('never says 0: what was seen is one of the splits', () => {
    const far = permutationTest(
      normals(1, 12),
      normals(2, 12).map((value) => value + 50),
      1,
    );
    expect(far?.twoSidedP).toBe(1 / 20_000);
    expect(permutationTest([1, 2, 3], [10, 11, 12], 1)?.twoSidedP).toBe(2 / 20);
  });

  it('is the same whichever sample comes first, in whatever order and unit', () => {
    fc.assert(
      fc.property(samples, samples, fc.nat(), (a, b, seed) => {
        const plain = permutationTest(a, b, seed);
        expect(permutationTest(b, a, seed)).toEqual(plain);
        expect(
          permutationTest(
            [...a].reverse(),
            [...b].sort((x, y) => x - y),
            seed,
          ),
        ).toEqual(plain);
        const moved = (of: number[]): number[] => of.map((value) => -8 * value + 5);
        expect(permutationTest(moved(a), moved(b), seed)).toEqual(plain);
      }),
    );
    const [a, b] = [normals(5, 11), normals(6, 13)];
    expect(permutationTest(b, a, 9)).toEqual(permutationTest(a, b, 9));
  });

  it('rejects equal laws as often as it says, drawn and exact, also where spreads differ', () => {
    const shareBelow = (p: number, sizeA: number, sizeB: number, spread: number, runs: number): number => {
      let hits = 0;
      for (let run = 0; run < runs; run++) {
        const a = normals(run, sizeA).map((value) => spread * value);
        if ((permutationTest(a, normals(run, sizeB, 100), run)?.twoSidedP ?? NaN) <= p) hits++;
      }
      return hits / runs;
    };
    // Four standard errors of 600 (150) runs at 10 %; 5 and 5 values have 252 splits, of which 24 are 9.5 %.
    expect(Math.abs(shareBelow(0.1, 5, 5, 1, 600) - 24 / 252)).toBeLessThan(0.05);
    expect(Math.abs(shareBelow(0.1, 10, 10, 1, 150) - 0.1)).toBeLessThan(0.1);
    expect(shareBelow(0.1, 10, 10, 5, 150)).toBeLessThan(0.2);
  });

  it('measures nothing of one value, nor with a gap', () => {
    expect(permutationTest([1], [1, 2], 1)).toBeUndefined();
    expect(permutationTest([1, NaN], [1, 2], 1)).toBeUndefined();
    expect(permutationTest([1, 2], [Infinity, 2], 1)).toBeUndefined();
  });
});

describe('a sign-flip test', () => {
  const D = [1.2, -0.4, 3.3, 2.1, 0.9, -1.5, 4.0];

  it('looks at all signs where they are few: 16 of 128', () => {
    // scipy.stats.permutation_test((D,), mean, permutation_type='samples')
    expect(signFlipTest(D, 1)).toEqual({ twoSidedP: 0.125, exact: true, splits: 128 });
  });

  it('does not know the sign, the order or the unit', () => {
    fc.assert(
      fc.property(samples, (of) => {
        const plain = signFlipTest(of, 1);
        expect(signFlipTest(of.map((value) => -4 * value).reverse(), 1)).toEqual(plain);
      }),
    );
  });

  it('draws signs of more than 15 differences, near what all of 16 say', () => {
    const many = normals(3, 16).map((value) => value + 0.4);
    const found = signFlipTest(many, 1);
    expect(found).toMatchObject({ exact: false, splits: 19_999 });
    const sum = Math.abs(many.reduce((total, value) => total + value, 0));
    let asLarge = 0;
    for (let bits = 0; bits < 2 ** 16; bits++) {
      let total = 0;
      for (let i = 0; i < 16; i++) total += (bits & (1 << i) ? -1 : 1) * (many[i] ?? NaN);
      if (Math.abs(total) >= sum - 1e-9) asLarge++;
    }
    const all = asLarge / 2 ** 16;
    expect(Math.abs((found?.twoSidedP ?? NaN) - all)).toBeLessThan(4 * Math.sqrt((all * (1 - all)) / 19_999));
  });

  it('measures nothing of one difference, nor with a gap', () => {
    expect(signFlipTest([1], 1)).toBeUndefined();
    expect(signFlipTest([1, NaN], 1)).toBeUndefined();
  });
});
