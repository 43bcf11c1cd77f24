import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../domain/time.js';
import { compareCandles } from './compare-candles.js';
import { type RawCandles, inspectCandles } from './inspect-candles.js';

const START_MS = Date.UTC(2024, 0, 1);

/** Hourly bars in these slots; closes wander by less than anybody doubts. */
function candles(slots: readonly number[], closeOf = (slot: number): number => 100 + (slot % 3)): RawCandles {
  const column = (of: (slot: number) => number): Float64Array => Float64Array.from(slots, of);
  return {
    openTimesMs: column((slot) => START_MS + slot * HOUR_MS),
    open: column(closeOf),
    high: column((slot) => closeOf(slot) + 1),
    low: column((slot) => closeOf(slot) - 1),
    close: column(closeOf),
    volume: column(() => 5),
  };
}
const upTo = (length: number): number[] => Array.from({ length }, (_, slot) => slot);

describe('a look at candles', () => {
  it('finds nothing wrong with sound ones', () => {
    const { findings, missing, due, bars } = inspectCandles(candles(upTo(500)), '1h');
    expect({ findings, missing, due, bars }).toEqual({ findings: [], missing: 0, due: 500, bars: 500 });
  });

  it('counts every bar that is missing between the first and the last, once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 98 }), { maxLength: 60 }), (holes) => {
        const { missing, due, counts, longestGapBars } = inspectCandles(
          candles(upTo(100).filter((slot) => !holes.includes(slot))),
          '1h',
        );
        expect({ missing, due }).toEqual({ missing: holes.length, due: 100 });
        expect(counts.gap).toBe(holes.filter((slot) => !holes.includes(slot - 1)).length);
        expect(longestGapBars).toBeLessThanOrEqual(holes.length);
      }),
    );
  });

  it('counts bars that come again and those that stand too late, and measures gaps without them', () => {
    const { counts, missing } = inspectCandles(candles([0, 1, 1, 2, 5, 3, 6]), '1h');
    expect(counts).toMatchObject({ twice: 1, order: 1, gap: 1 });
    expect(missing).toBe(2);
  });

  it('names bars off the grid, prices that cannot be, and moves without a trade', () => {
    const raw = candles(upTo(10));
    raw.openTimesMs[4] = START_MS + 4.5 * HOUR_MS;
    raw.high[6] = 50;
    raw.low[7] = -1;
    raw.volume[8] = 0;
    const { counts, findings, withoutVolume } = inspectCandles(raw, '1h');
    expect(counts).toMatchObject({ grid: 1, gap: 1, wrong: 2, volume: 1 });
    expect(withoutVolume).toBe(1);
    expect(findings.map(({ text }) => text)).toContain('low is -1');
  });

  it('doubts a spike that goes back and believes a jump that stays', () => {
    const spike = inspectCandles(
      candles(upTo(100), (slot) => (slot === 60 ? 200 : 100)),
      '1h',
    );
    expect(spike.findings).toMatchObject([{ fault: 'outlier', openMs: START_MS + 60 * HOUR_MS }]);
    const jump = inspectCandles(
      candles(upTo(100), (slot) => (slot >= 60 ? 200 : 100)),
      '1h',
    );
    expect(jump.findings).toEqual([]);
  });

  it('of a coin that runs away in its first hours it doubts no bar for ever', () => {
    const runaway = inspectCandles(
      candles(upTo(100), (slot) => 100 * 1.2 ** Math.min(slot, 6)),
      '1h',
    );
    expect(runaway.counts.outlier).toBeLessThan(7);
  });
});

describe('two exchanges side by side', () => {
  it('agree with themselves, whatever is missing', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 1 }), (slots) => {
        const raw = candles([...slots].sort((a, b) => a - b));
        expect(compareCandles(raw, raw, 0.02)).toMatchObject({
          common: slots.length,
          onlyFirst: 0,
          onlySecond: 0,
          mostApartFraction: 0,
          beyond: 0,
        });
      }),
    );
  });

  it('count what only one of them has, within the time that both cover', () => {
    const first = candles([0, 1, 2, 3, 4, 5, 6]);
    const second = candles([2, 3, 5, 6, 7, 8]);
    expect(compareCandles(first, second, 0.02)).toMatchObject({ common: 4, onlyFirst: 1, onlySecond: 0 });
    expect(compareCandles(second, first, 0.02)).toMatchObject({ common: 4, onlyFirst: 0, onlySecond: 1 });
  });

  it('disagree where closes are further apart than the limit, the widest first', () => {
    const second = candles(upTo(10), (slot) => (slot === 4 ? 110 : slot === 7 ? 150 : 100 + (slot % 3)));
    const { beyond, disagreements } = compareCandles(candles(upTo(10)), second, 0.02);
    expect(beyond).toBe(2);
    expect(disagreements.map(({ openMs }) => (openMs - START_MS) / HOUR_MS)).toEqual([7, 4]);
  });

  it('without a bar in common there is no distance', () => {
    const { common, medianApartFraction } = compareCandles(candles([0, 1]), candles([5, 6]), 0.02);
    expect({ common, medianApartFraction }).toEqual({ common: 0, medianApartFraction: undefined });
  });
});
