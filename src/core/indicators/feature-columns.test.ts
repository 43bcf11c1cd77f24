import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../domain/market-table.js';
import { Problem } from '../domain/problem.js';
import { INDICATORS } from './catalog.js';
import { type FeatureSpec, createFeatureStore, featureKey } from './feature-columns.js';
import { runOutput, tableOf, tickBars, walkBars } from '../../../test/support/indicator-streams.js';

/** Every output of every indicator, with its default parameters. */
const ALL_SPECS: readonly FeatureSpec[] = Object.values(INDICATORS).flatMap((definition) =>
  definition.outputs.map((output) => ({ indicator: definition.name, output })),
);

describe('a feature key', () => {
  it('is the same for every way to write the same feature', () => {
    const key = 'BTC-USD:bollinger(period=20,k=2).middle';
    expect(featureKey('BTC-USD', { indicator: 'bollinger' })).toBe(key);
    expect(featureKey('BTC-USD', { indicator: 'bollinger', params: { k: 2 }, output: 'middle' })).toBe(key);
    expect(featureKey('BTC-USD', { indicator: 'bollinger', params: { k: 2, period: 20 } })).toBe(key);
    expect(featureKey('BTC-USD', { indicator: 'vwap-session' })).toBe('BTC-USD:vwap-session().value');
  });

  it('is refused for what does not exist', () => {
    expect(() => featureKey('X', { indicator: 'hma' })).toThrow(Problem);
    expect(() => featureKey('X', { indicator: 'sma', params: { periods: 5 } })).toThrow(
      'indicator sma: parameter periods is 5, expected one of the parameters period',
    );
    expect(() => featureKey('X', { indicator: 'sma', output: 'upper' })).toThrow('no output "upper"');
  });
});

describe('the feature store', () => {
  it('fills a column with the values of the stream on the table axis', () => {
    const bars = walkBars(1, 60);
    const store = createFeatureStore(tableOf({ A: walkBars(2, 60), B: bars }));
    const column = store.column(1, { indicator: 'macd', params: { slow: 20 }, output: 'signal' });
    expect(Array.from(column.values)).toEqual(
      runOutput('macd', { fast: 12, slow: 20, signal: 9 }, bars, 'signal'),
    );
    expect(column.key).toBe('B:macd(fast=12,slow=20,signal=9).signal');
    expect(column.warmupBars).toBe(28);
  });

  it('shares one column among all who ask for the same feature, and one pass among outputs', () => {
    const store = createFeatureStore(tableOf({ A: walkBars(1, 60) }));
    const upper = store.column(0, { indicator: 'bollinger', output: 'upper' });
    expect(store.column(0, { indicator: 'bollinger', params: { k: 2 }, output: 'upper' })).toBe(upper);
    const lower = store.column(0, { indicator: 'bollinger', output: 'lower' });
    expect(lower).not.toBe(upper);
    store.extend(tableOf({ A: walkBars(1, 61) }));
    expect([upper, lower].map((column) => Number.isFinite(column.values[60]))).toEqual([true, true]);
  });

  it('E-8: extended in any pieces holds bit for bit what one pass holds', () => {
    const pieces = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 8 });
    const gaps = fc.infiniteStream(fc.boolean());
    fc.assert(
      fc.property(tickBars(1, 120), pieces, gaps, fc.nat(7), (bars, lengths, present, askedAt) => {
        const withGaps = bars.map((bar) => (present.next().value === false ? undefined : bar));
        const whole = createFeatureStore(tableOf({ A: withGaps }));
        let length = 0;
        const stops = [
          ...lengths.map((piece) => (length = Math.min(length + piece, bars.length))),
          bars.length,
        ];
        const store = createFeatureStore(tableOf({ A: withGaps }, 0));
        stops.forEach((stop, index) => {
          // Some columns exist from the beginning, others are asked for when the table has already grown.
          const asked = ALL_SPECS.filter((_, spec) => index >= (spec * askedAt) % 3);
          for (const spec of asked) store.column(0, spec);
          store.extend(tableOf({ A: withGaps }, stop));
        });
        for (const spec of ALL_SPECS) {
          const values = store.column(0, spec).values.subarray(0, bars.length);
          expect(bitsOf(values), featureKey('A', spec)).toEqual(bitsOf(whole.column(0, spec).values));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('A-4: a gap stays NaN and does not disturb the values after it', () => {
    const bars = walkBars(3, 90);
    const gapped: (Bar | undefined)[] = [
      undefined,
      ...bars.slice(0, 50),
      undefined,
      undefined,
      ...bars.slice(50),
    ];
    const store = createFeatureStore(tableOf({ A: gapped }));
    for (const spec of ALL_SPECS) {
      // The session VWAP depends on the time of day, which gaps move: give each bar the time of its slot.
      const timed = gapped.flatMap((bar, slot) =>
        bar === undefined ? [] : [{ ...bar, openTimeMs: store.table.openTimesMs[slot] ?? NaN }],
      );
      const { values } = store.column(0, spec);
      const present = Array.from(values).filter((_, slot) => gapped[slot] !== undefined);
      expect(present).toEqual(runOutput(spec.indicator, {}, timed, spec.output));
      expect([0, 51, 52].map((slot) => values[slot])).toEqual([NaN, NaN, NaN]);
    }
  });

  it('keeps the column object and gives its array room for many more when the table outgrows it', () => {
    const bars = walkBars(4, 2500);
    const store = createFeatureStore(tableOf({ A: bars }, 50));
    const column = store.column(0, { indicator: 'sma' });
    const arrays = new Set([column.values]);
    for (let length = 51; length <= 2500; length += 1) {
      store.extend(tableOf({ A: bars }, length));
      arrays.add(column.values);
      expect(column.values[length - 1]).toBeGreaterThan(0);
      expect(column.values[length] ?? NaN, 'nothing is known beyond the table').toBeNaN();
    }
    expect(store.column(0, { indicator: 'sma' })).toBe(column);
    expect(arrays.size, 'arrays of 50, 1081, 2241 and 3546').toBe(4);
  });

  it('refuses a table that does not continue its own', () => {
    const bars = walkBars(5, 40);
    const store = createFeatureStore(tableOf({ A: bars }));
    expect(() => {
      store.extend(tableOf({ A: bars }, 39));
    }).toThrow('cannot continue');
    expect(() => {
      store.extend(tableOf({ B: bars }));
    }).toThrow('do not continue');
    expect(() => {
      store.extend(tableOf({ A: walkBars(6, 41) }));
    }).toThrow('slot 39');
    expect(() => store.column(1, { indicator: 'sma' })).toThrow('no symbol number 1');
  });
});

function bitsOf(values: Float64Array): bigint[] {
  // Any NaN is the same NaN: its payload has no meaning.
  return Array.from(new BigUint64Array(values.map((value) => (Number.isNaN(value) ? NaN : value)).buffer));
}
