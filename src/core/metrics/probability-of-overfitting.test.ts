import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeShared } from '../../../test/support/shared-files.js';
import { uniformAt } from '../domain/rng.js';
import { type Overfitting, probabilityOfOverfitting } from './probability-of-overfitting.js';

interface Golden {
  readonly tolerance: number;
  readonly cases: readonly {
    readonly S: number;
    readonly K: number;
    readonly T: number;
    readonly returns_by_candidate: readonly (readonly number[])[];
    readonly expected: {
      readonly pbo: number;
      readonly n_combinations: number;
      readonly mean_logit: number;
    };
  }[];
}

function measuredOf(found: Overfitting): Extract<Overfitting, { kind: 'measured' }> {
  if (found.kind === 'undefined') throw new Error(found.why);
  return found;
}

/** Candidates of which nobody is better than another. */
function exchangeable(seed: number, candidates: number, rows: number): Float64Array[] {
  return Array.from({ length: candidates }, (_, c) =>
    Float64Array.from({ length: rows }, (__, i) => uniformAt(seed * 100 + c, i * 60_000, 0) - 0.5),
  );
}

describeShared('vectors/pbo_cscv.json', 'the probability of overfitting by its formula', (content) => {
  const { cases, tolerance } = content as Golden;

  it('has two cases', () => {
    expect(cases).toHaveLength(2);
  });

  it.each(cases)('$K candidates, $T rows, $S blocks', ({ S, returns_by_candidate: candidates, expected }) => {
    const found = measuredOf(probabilityOfOverfitting(candidates, S));
    expect(found.combinations).toBe(expected.n_combinations);
    expect(Math.abs(found.probability - expected.pbo)).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(found.meanLogit - expected.mean_logit)).toBeLessThanOrEqual(tolerance);
  });
});

describe('the probability of overfitting', () => {
  it('is about a half where nobody is better than another', () => {
    const seeds = 300;
    let sum = 0;
    for (let seed = 0; seed < seeds; seed++)
      sum += measuredOf(probabilityOfOverfitting(exchangeable(seed, 8, 80))).probability;
    // One measurement has a deviation of about 0.25. An odd number would count the median itself as below it.
    expect(Math.abs(sum / seeds - 0.5)).toBeLessThan(0.05);
  });

  it('is nought where one is far better than all others, and one where the halves contradict each other', () => {
    const noise = exchangeable(3, 5, 160);
    const better = noise.map((returns, c) => returns.map((r) => r + (c === 2 ? 1 : 0)));
    expect(measuredOf(probabilityOfOverfitting(better)).probability).toBe(0);

    // Everybody gains in blocks of his own and loses it all in the others: who was best will be worst.
    const turns = noise.map((returns, c) =>
      returns.map((r, i) => 0.001 * r + ((Math.floor(i / 20) + c) % 8 < 4 ? 0.1 : -0.1)),
    );
    expect(measuredOf(probabilityOfOverfitting(turns)).probability).toBeGreaterThan(0.9);
  });

  it('uses 16 blocks from 320 rows on, 8 before', () => {
    expect(measuredOf(probabilityOfOverfitting(exchangeable(1, 4, 320))).combinations).toBe(12_870);
    expect(measuredOf(probabilityOfOverfitting(exchangeable(1, 4, 319))).combinations).toBe(70);
  });

  it('does not look at rows that are left over', () => {
    const candidates = exchangeable(1, 5, 80);
    const longer = candidates.map((returns, c) => [...returns, c * 100]);
    expect(probabilityOfOverfitting(longer)).toEqual(probabilityOfOverfitting(candidates));
  });

  it('does not depend on the order of candidates nor on their unit', () => {
    const candidates = exchangeable(9, 6, 100);
    const found = measuredOf(probabilityOfOverfitting(candidates));
    const turned = measuredOf(
      probabilityOfOverfitting([...candidates].reverse().map((returns) => returns.map((r) => 100 * r))),
    );
    expect(turned.probability).toBe(found.probability);
    expect(turned.meanLogit).toBeCloseTo(found.meanLogit, 12);
  });

  it('puts a candidate without variance last and copies beside each other', () => {
    const candidates = exchangeable(4, 5, 80);
    const flat = new Float64Array(80);
    const found = measuredOf(probabilityOfOverfitting([...candidates.map((r) => r.map((x) => x - 5)), flat]));
    // Whoever is best in sample beats at least the flat one, although that lost nothing.
    expect(found.meanLogit).toBeGreaterThan(Math.log(1 / 6));
    const copies = measuredOf(probabilityOfOverfitting(Array.from({ length: 5 }, () => candidates[0] ?? [])));
    expect([copies.probability, copies.meanLogit]).toEqual([1, 0]);
  });

  it.each<[string, readonly ArrayLike<number>[], string]>([
    ['nobody', [], 'too-few-candidates'],
    ['three candidates', exchangeable(1, 3, 400), 'too-few-candidates'],
    ['79 rows', exchangeable(1, 4, 79), 'too-few-rows'],
    ['no rows', [[], [], [], []], 'too-few-rows'],
    ['unequal lengths', [...exchangeable(1, 4, 80), new Float64Array(81)], 'unequal-lengths'],
    ['flat curves', Array.from({ length: 4 }, () => new Float64Array(80)), 'no-variance'],
    ['even growth', Array.from({ length: 4 }, () => new Float64Array(80).fill(0.1)), 'no-variance'],
    ['a gap', [...exchangeable(1, 4, 80), new Float64Array(80).fill(NaN)], 'a-gap'],
    ['infinity', [...exchangeable(1, 4, 80), new Float64Array(80).fill(Infinity)], 'a-gap'],
  ])('is undefined for %s', (_, candidates, why) => {
    expect(probabilityOfOverfitting(candidates)).toEqual({ kind: 'undefined', why });
  });

  it('is a probability, whatever the returns', () => {
    const value = fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(0, -1, 1e100));
    const rows = fc.array(value, { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(rows, { minLength: 4, maxLength: 6 }), (candidates) => {
        const found = probabilityOfOverfitting(candidates, 2);
        if (found.kind === 'undefined') return;
        expect(found.probability).toBeGreaterThanOrEqual(0);
        expect(found.probability).toBeLessThanOrEqual(1);
        expect(Number.isFinite(found.meanLogit)).toBe(true);
      }),
    );
  });
});
