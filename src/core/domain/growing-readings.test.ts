import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growingReadings } from './growing-readings.js';
import { columnsOfSeries } from './market-readings.js';
import { HOUR_MS } from './time.js';

describe('readings that grow', () => {
  it('keep what is newer than all before, in the order in which it arrived', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(500), fc.nat(500), fc.double({ noNaN: true })), { maxLength: 300 }),
        (told) => {
          const beside = growingReadings(1, HOUR_MS);
          let [time, arrived] = [-Infinity, -Infinity];
          const kept: (readonly [number, number, number])[] = [];
          for (const [timeMs, arrivedMs, value] of told) {
            beside.add(0, { series: 'bid', timeMs, arrivedMs, value });
            if (!(timeMs > time && arrivedMs >= arrived)) continue;
            kept.push([timeMs, arrivedMs, value]);
            [time, arrived] = [timeMs, arrivedMs];
          }
          const series = beside.readings.bySymbol[0]?.bid;
          const columns = series === undefined ? [[], [], []] : columnsOfSeries(series).map((c) => [...c]);
          expect(columns).toEqual([0, 1, 2].map((i) => kept.map((one) => one[i])));
        },
      ),
    );
  });

  it('are the same object for ever, also when they need more room', () => {
    const beside = growingReadings(2, HOUR_MS);
    beside.add(1, { series: 'ask', timeMs: 0, arrivedMs: 0, value: 1 });
    const series = beside.readings.bySymbol[1]?.ask;
    for (let i = 1; i < 1000; i++) beside.add(1, { series: 'ask', timeMs: i, arrivedMs: i, value: i });
    expect(beside.readings.bySymbol[1]?.ask).toBe(series);
    expect(series?.length).toBe(1000);
    expect(series?.values[999]).toBe(999);
    expect(beside.readings.bySymbol[0]).toEqual({});
  });
});
