/** Tests of means against scipy 1.17.1 (numpy 2.4.6), each golden number by the call that is named beside it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniformAt } from '../domain/rng.js';
import { cliffsDelta, hedgesG } from './effect-size.js';
import { holm } from './holm.js';
import { minimumDetectableEffect } from './minimum-detectable-effect.js';
import { oneSampleTest } from './one-sample-test.js';
import { type Sample, sampleOf } from './sample.js';
import { normalQuantile, studentTUpperTail } from './special-functions.js';
import { studentTCritical } from './student-t-critical.js';
import { welchTest } from './welch-test.js';

const A = [-12.5, 3.1, 0.4, -7.7, 5.2, -1.9, 2.2, -4.6];
const B = [6.3, 1.8, 9.9, -0.7, 4.4, 12.1, 7.0, 3.3, 2.6, 5.5];

function expectRelative(actual: number | undefined, expected: number, tolerance = 1e-10): void {
  const away = Math.abs((actual ?? NaN) - expected);
  expect(away, `${String(actual)} is not ${String(expected)}`).toBeLessThanOrEqual(
    tolerance * Math.abs(expected),
  );
}

const values = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 2, maxLength: 12 });

describe('critical values of t', () => {
  // scipy.stats.t.ppf(1 - tail, degrees)
  it.each([
    [0.025, 1, 12.706204736174694],
    [0.025, 9, 2.262157162798205],
    [0.025, 18, 2.1009220402410382],
    [0.025, 13.37, 2.154306952430865],
    [0.0001, 2.5, 34.867969321116306],
    [0.4, 7, 0.2631668613520229],
    [0.025, 1094, 1.9621347828467008],
  ])('at a tail of %d with %d degrees is %d', (tail, degrees, expected) => {
    expectRelative(studentTCritical(tail, degrees), expected);
  });

  it('undo the tail', () => {
    const degrees = fc.double({ min: 1, max: 2000, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 0.5, noNaN: true }), degrees, (tail, of) => {
        expectRelative(studentTUpperTail(studentTCritical(tail, of), of), tail, 1e-9);
      }),
    );
  });

  it('do not exist beyond one half and at zero', () => {
    expect(() => studentTCritical(0.6, 5)).toThrow('upper tail');
    expect(() => studentTCritical(0, 5)).toThrow('upper tail');
  });
});

describe('the one-sample t test', () => {
  // scipy.stats.ttest_1samp and its confidence_interval()
  it('is that of scipy, interval included', () => {
    const found = oneSampleTest(sampleOf(A));
    expectRelative(found?.t, -0.9333323363437079);
    expectRelative(found?.twoSidedP, 0.3817149869526419);
    expectRelative(found?.low, -6.9787191630912595);
    expectRelative(found?.high, 3.02871916309126);
    expect(found?.degrees).toBe(7);
    expectRelative(oneSampleTest(sampleOf(B), 5)?.twoSidedP, 0.8596740313394818);
  });

  it('rejects a value at five in a hundred exactly when it lies outside the interval', () => {
    fc.assert(
      fc.property(values, fc.double({ min: -60, max: 60, noNaN: true }), (of, asked) => {
        const found = oneSampleTest(sampleOf(of), asked);
        fc.pre(found !== undefined && Math.abs(found.twoSidedP - 0.05) > 1e-9);
        expect(asked < found.low || asked > found.high).toBe(found.twoSidedP < 0.05);
      }),
    );
  });

  it('measures nothing of one value, of equal values and with a gap', () => {
    for (const of of [[], [3], [0.07, 0.07, 0.07], [1, NaN, 2], [0.1 + 0.2, 0.3, 0.3]])
      expect(oneSampleTest(sampleOf(of)), String(of)).toBeUndefined();
  });
});

describe("Welch's test", () => {
  // scipy.stats.ttest_ind(A, B, equal_var=False) and its confidence_interval()
  it('is that of scipy, with the degrees of Satterthwaite', () => {
    const found = welchTest(sampleOf(A), sampleOf(B));
    expectRelative(found?.t, -2.9521025475433604);
    expectRelative(found?.twoSidedP, 0.01273471074819469);
    expectRelative(found?.degrees, 11.375230790840163);
    expectRelative(found?.low, -12.537831776554041);
    expectRelative(found?.high, -1.8521682234459593);
    expectRelative(found?.estimate, -7.195);
  });

  it('turns its sign with the samples, and only that', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [there, back] = [welchTest(sampleOf(a), sampleOf(b)), welchTest(sampleOf(b), sampleOf(a))];
        fc.pre(there !== undefined && back !== undefined);
        expect(back.estimate).toBe(-there.estimate);
        expect(back.twoSidedP).toBe(there.twoSidedP);
        expect([back.low, back.high]).toEqual([-there.high, -there.low]);
      }),
    );
  });

  it('does not know the unit', () => {
    fc.assert(
      fc.property(values, values, fc.double({ min: -20, max: 20, noNaN: true }), (a, b, shift) => {
        const moved = (of: number[]): Sample | undefined => sampleOf(of.map((value) => 100 * value + shift));
        const [plain, other] = [welchTest(sampleOf(a), sampleOf(b)), welchTest(moved(a), moved(b))];
        // Spreads near rounding noise are not kept by a shift.
        fc.pre(plain !== undefined && plain.error > 1e-6);
        expectRelative(other?.twoSidedP, plain.twoSidedP, 1e-6);
        expectRelative(other?.degrees, plain.degrees, 1e-6);
      }),
    );
  });

  it('compares a sample without spread with one that has some, and no two without', () => {
    expect(welchTest(sampleOf([2, 2, 2]), sampleOf([1, 2, 5]))?.degrees).toBe(2);
    expect(welchTest(sampleOf([2, 2, 2]), sampleOf([5, 5, 5]))).toBeUndefined();
    expect(welchTest(sampleOf([2]), sampleOf([1, 2, 5]))).toBeUndefined();
  });
});

describe('four published configurations of ten trials each', () => {
  // Returns in percent of two models at two temperatures, as published: rounded, so that p values differ from those of the trials by a unit of the fourth place.
  const MEANS = [-10.92, 3.6, 1.4, -0.3];
  const DEVIATIONS = [14.14, 35.51, 7.34, 6.21];
  const samples = MEANS.map((mean, i) => ({ count: 10, mean, deviation: DEVIATIONS[i] ?? NaN }));
  const pairs = samples.flatMap((a, i) => samples.slice(i + 1).map((b) => welchTest(a, b)));
  const welch = pairs.map((pair) => pair?.twoSidedP ?? NaN);
  // With ten trials on both sides the pooled test has the same t, and 18 degrees.
  const pooled = pairs.map((pair) => 2 * studentTUpperTail(Math.abs(pair?.t ?? NaN), 18));
  const rising = (ps: readonly number[]): number[] => [...ps].sort((a, b) => a - b);

  it('B-42: two of all six pairs are below .05 by the pooled test and by that of Welch, and none survives Holm', () => {
    const [first = NaN, second = NaN, ...others] = rising(pooled);
    expect(Math.abs(first - 0.025)).toBeLessThan(1.5e-4);
    expect(Math.abs(second - 0.0433)).toBeLessThan(1.5e-4);
    const [firstWelch = NaN, secondWelch = NaN, ...othersWelch] = rising(welch);
    expect(Math.abs(firstWelch - 0.0289)).toBeLessThan(1.5e-4);
    expect(Math.abs(secondWelch - 0.0498)).toBeLessThan(1.5e-4);
    expect(Math.min(...others, ...othersWelch)).toBeGreaterThan(0.2);
    expect(Math.abs(Math.min(...holm(pooled, 6)) - 0.15)).toBeLessThan(1e-3);
    expect(Math.min(...holm(welch, 6))).toBeGreaterThan(0.17);
  });

  it('B-42: the three other published p values are those of the pooled test', () => {
    // Pairs in order: 1-2, 1-3, 1-4, 2-3, 2-4, 3-4.
    expect(pooled.map((p) => Number(p.toFixed(3)))).toEqual([0.245, 0.025, 0.043, 0.85, 0.736, 0.583]);
  });

  it('could have shown a difference of 15 points between the two that differ most clearly, or 20 among six', () => {
    const pair = welchTest(samples[0], samples[2]);
    const detectable = (alpha: number): number =>
      minimumDetectableEffect(pair?.error ?? NaN, pair?.degrees ?? NaN, alpha) ?? NaN;
    expect(Math.round(detectable(0.05))).toBe(15);
    expect(Math.round(detectable(0.05 / 6))).toBe(20);
  });
});

describe('effect sizes', () => {
  it('are those of their formulas', () => {
    // numpy: d = -1.4717983651374742, times 1 - 3 / (4 * 16 - 1); the exact factor is 0.9522538.
    expectRelative(hedgesG(sampleOf(A), sampleOf(B)), -1.4717983651374742 * 0.9523809523809523);
    // numpy.mean(numpy.sign(numpy.subtract.outer(A, B)))
    expectRelative(cliffsDelta(A, B), -0.725);
  });

  it('turn their sign with the samples and stay within their bounds', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const delta = cliffsDelta(a, b) ?? NaN;
        expect(Math.abs(delta)).toBeLessThanOrEqual(1);
        expect(cliffsDelta(b, a)).toBe(delta === 0 ? 0 : -delta);
        const g = hedgesG(sampleOf(a), sampleOf(b));
        fc.pre(g !== undefined);
        expect((hedgesG(sampleOf(b), sampleOf(a)) ?? NaN) + g).toBeCloseTo(0, 12);
      }),
    );
  });

  it('do not exist without values, without spread and with a gap', () => {
    expect(cliffsDelta([], [1])).toBeUndefined();
    expect(cliffsDelta([NaN, 1], [1])).toBeUndefined();
    expect(hedgesG(sampleOf([1, 1]), sampleOf([2, 2]))).toBeUndefined();
    expect(hedgesG(sampleOf([1]), sampleOf([2, 3]))).toBeUndefined();
  });
});

describe('the smallest detectable difference', () => {
  // Root of the power, integrated over the chi-squared law with scipy.integrate.quad; scipy.stats.nct gives .8 (.9) there.
  it.each([
    [18, 0.05, 2.962672436418241],
    [18, 0.05 / 6, 3.858430132055362],
    [9, 0.05, 3.149632886450618],
    [1, 0.05, 16.334008869922148],
    [2.5, 0.05, 4.741038050149007],
    [1000, 0.01, 3.423130458487288],
  ])('with %d degrees at a level of %d is %d errors', (degrees, alpha, expected) => {
    expectRelative(minimumDetectableEffect(1, degrees, alpha), expected, 1e-9);
  });

  it('is found four times in five by the test it is meant for', () => {
    // Ten and ten Normal values of deviation 1 have 18 degrees.
    const apart = minimumDetectableEffect(Math.sqrt(2 / 10), 18, 0.05) ?? NaN;
    const drawn = (run: number, from: number): number[] =>
      Array.from({ length: 10 }, (_, i) => normalQuantile(uniformAt(run, (from + i) * 60_000, 3) || 0.5));
    let found = 0;
    const runs = 1500;
    for (let run = 0; run < runs; run++) {
      const test = welchTest(
        sampleOf(drawn(run, 0).map((value) => value + apart)),
        sampleOf(drawn(run, 500)),
      );
      if ((test?.twoSidedP ?? NaN) <= 0.05) found++;
    }
    // Four standard errors.
    expect(Math.abs(found / runs - 0.8)).toBeLessThan(0.042);
  });

  it('grows with the error in proportion, and shrinks as degrees or the level grow', () => {
    const degrees = fc.double({ min: 1, max: 60, noNaN: true });
    fc.assert(
      fc.property(degrees, fc.double({ min: 0.001, max: 0.2, noNaN: true }), (of, alpha) => {
        const one = minimumDetectableEffect(1, of, alpha) ?? NaN;
        expectRelative(minimumDetectableEffect(7, of, alpha), 7 * one, 1e-12);
        expect(minimumDetectableEffect(1, of + 1, alpha)).toBeLessThan(one);
        expect(minimumDetectableEffect(1, of, alpha * 1.1)).toBeLessThan(one);
      }),
      { numRuns: 30 },
    );
  });

  it('does not exist without an error or degrees', () => {
    expect(minimumDetectableEffect(0, 5, 0.05)).toBeUndefined();
    expect(minimumDetectableEffect(NaN, 5, 0.05)).toBeUndefined();
    expect(minimumDetectableEffect(1, 0, 0.05)).toBeUndefined();
  });
});
