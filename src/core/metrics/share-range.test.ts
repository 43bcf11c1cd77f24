import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupedShareRange, shareRange } from './share-range.js';

const counted = fc
  .tuple(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([trials, share]) => [Math.round(share * trials), trials] as const);

describe('the range of a share', () => {
  // Newcombe 1998, Statistics in Medicine 17, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %d of %d is that of the published table', (hits, trials, low, high) => {
    const range = shareRange(hits, trials);
    expect(range?.low).toBeCloseTo(low, 4);
    expect(range?.high).toBeCloseTo(high, 4);
  });

  it('holds the share, stays within 0 and 1 and mirrors that of the misses', () => {
    fc.assert(
      fc.property(counted, ([hits, trials]) => {
        const range = shareRange(hits, trials) ?? { share: NaN, low: NaN, high: NaN };
        expect(range.low).toBeGreaterThanOrEqual(0);
        expect(range.low).toBeLessThanOrEqual(range.share);
        expect(range.high).toBeGreaterThanOrEqual(range.share);
        expect(range.high).toBeLessThanOrEqual(1);
        expect(shareRange(trials - hits, trials)?.high).toBeCloseTo(1 - range.low, 12);
      }),
    );
  });

  it('cannot be measured without trials', () => {
    expect(shareRange(0, 0)).toBeUndefined();
    expect(groupedShareRange(0, 0, 0, 5)).toBeUndefined();
  });
});

describe('the range of a share in groups', () => {
  it('whose members always agree is that of the groups alone', () => {
    // 30 of 100 groups, each with all its 10.
    const grouped = groupedShareRange(300, 3_000, 100, 10);
    const alone = shareRange(30, 100);
    expect(grouped?.share).toBeCloseTo(0.3, 12);
    expect(grouped?.low).toBeCloseTo(alone?.low ?? NaN, 3);
    expect(grouped?.high).toBeCloseTo(alone?.high ?? NaN, 3);
  });

  it('of one member each is the plain one', () => {
    const grouped = groupedShareRange(30, 30, 100, 1);
    expect(grouped?.low).toBeCloseTo(shareRange(30, 100)?.low ?? NaN, 3);
  });

  it('is never narrower than that of all members taken as independent', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10), { minLength: 2, maxLength: 50 }), (hitsOf) => {
        const hits = hitsOf.reduce((sum, k) => sum + k, 0);
        const squares = hitsOf.reduce((sum, k) => sum + k * k, 0);
        const grouped = groupedShareRange(hits, squares, hitsOf.length, 10);
        const plain = shareRange(hits, 10 * hitsOf.length);
        const width = (range = { low: NaN, high: NaN }): number => range.high - range.low;
        expect(width(grouped)).toBeGreaterThanOrEqual(width(plain) - 1e-12);
      }),
    );
  });
});
