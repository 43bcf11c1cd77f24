import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawdownEpisodes, worstDrawdowns } from './drawdown-episodes.js';
import { drawdown } from './drawdown.js';
import { equityToReturns } from './returns.js';

describe('falls of a curve', () => {
  it('are told from peak to peak, the last one open', () => {
    const found = drawdownEpisodes(equityToReturns([100, 120, 90, 108, 120, 110, 121, 100, 99, 100]));
    expect(found).toHaveLength(3);
    const [first, second, last] = found ?? [];
    expect(first).toMatchObject({ peakPeriod: 1, troughPeriod: 2, lengthPeriods: 2, recoveryPeriods: 2 });
    expect(first?.depthFraction).toBeCloseTo(90 / 120 - 1, 12);
    expect(second).toMatchObject({ peakPeriod: 4, troughPeriod: 5, lengthPeriods: 1, recoveryPeriods: 1 });
    expect(last).toMatchObject({ peakPeriod: 6, troughPeriod: 8, lengthPeriods: 3 });
    expect(last?.recoveryPeriods).toBeUndefined();
    expect(worstDrawdowns(found ?? [], 2)).toEqual([first, last]);
  });

  it('begin with the money at the start', () => {
    expect(drawdownEpisodes([-0.5, 1])).toEqual([
      { depthFraction: -0.5, peakPeriod: 0, troughPeriod: 1, lengthPeriods: 1, recoveryPeriods: 1 },
    ]);
  });

  it('agree with depth and length of the whole curve, and lie one after the other', () => {
    const value = fc.oneof(fc.double({ min: -0.5, max: 0.5, noNaN: true }), fc.constantFrom(0, -1, -3));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (returns) => {
        const episodes = drawdownEpisodes(returns) ?? [];
        const whole = drawdown(returns);
        expect(Math.min(0, ...episodes.map((e) => e.depthFraction))).toBe(whole?.depth);
        expect(Math.max(0, ...episodes.map((e) => e.lengthPeriods))).toBe(whole?.longestPeriods);
        let before = 0;
        for (const episode of episodes) {
          expect(episode.peakPeriod).toBeGreaterThanOrEqual(before);
          expect(episode.troughPeriod).toBeGreaterThan(episode.peakPeriod);
          before = episode.peakPeriod + episode.lengthPeriods + 1;
          expect(episode.troughPeriod).toBeLessThan(before);
        }
        for (const episode of episodes.slice(0, -1)) expect(episode.recoveryPeriods).toBeDefined();
      }),
    );
  });

  it('never end after a total loss', () => {
    expect(drawdownEpisodes([0.1, -1, 0, 0])).toEqual([
      { depthFraction: -1, peakPeriod: 1, troughPeriod: 2, lengthPeriods: 3, recoveryPeriods: undefined },
    ]);
  });

  it('are none on a rising or flat curve, and unknown without returns or with a gap', () => {
    expect(drawdownEpisodes([0, 0.1, 0])).toEqual([]);
    expect(drawdownEpisodes([])).toBeUndefined();
    expect(drawdownEpisodes([-0.1, NaN, 0.1])).toBeUndefined();
  });
});
