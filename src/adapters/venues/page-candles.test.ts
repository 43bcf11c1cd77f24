import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../core/domain/time.js';
import type { VenueCandle } from '../../ports/venue.js';
import { pageCandles } from './page-candles.js';
import type { CandlePaging } from './venue-profile.js';

const NOW_HOUR = 400;

function bar(hour: number): VenueCandle {
  return { openMs: hour * HOUR_MS, open: 1, high: 1, low: 1, close: 1, volume: hour };
}

/** A venue that has bars at these hours, and how often it was asked. */
function venueOf(hours: readonly number[], way: CandlePaging['way']) {
  const asked: number[] = [];
  const ask = (fromMs: number, count: number, untilMs: number): Promise<readonly VenueCandle[]> => {
    asked.push(count);
    const later = hours.filter((hour) => hour * HOUR_MS >= fromMs);
    const chosen =
      way === 'window' ? later.filter((hour) => hour * HOUR_MS < untilMs) : later.slice(0, count);
    return Promise.resolve(chosen.map(bar));
  };
  return { ask, asked };
}

describe('candles page by page', () => {
  it.each(['from-start', 'window'] as const)(
    'are the first so many that there are, ascending, each once, with gaps of any length (%s)',
    async (way) => {
      const hoursOf = fc.uniqueArray(fc.integer({ min: 0, max: NOW_HOUR }), { maxLength: 200 });
      await fc.assert(
        fc.asyncProperty(
          hoursOf,
          fc.integer({ min: -5, max: NOW_HOUR + 5 }),
          fc.integer({ min: 1, max: 150 }),
          fc.integer({ min: 1, max: 40 }),
          async (unsorted, fromHour, count, perPage) => {
            const hours = [...unsorted].sort((a, b) => a - b);
            const { ask, asked } = venueOf(hours, way);
            const found = await pageCandles(
              { timeframe: '1h', fromMs: fromHour * HOUR_MS, count, nowMs: NOW_HOUR * HOUR_MS },
              { perPage, way },
              ask,
            );
            expect(found).toEqual(
              hours
                .filter((hour) => hour >= fromHour)
                .slice(0, count)
                .map(bar),
            );
            expect(Math.max(0, ...asked)).toBeLessThanOrEqual(perPage);
          },
        ),
      );
    },
  );

  it.each(['from-start', 'window'] as const)(
    'are all there where the clock of this machine is hours behind (%s)',
    async (way) => {
      const hours = Array.from({ length: 50 }, (_, k) => NOW_HOUR + 6 + k);
      const { ask } = venueOf(hours, way);
      const range = { timeframe: '1h', fromMs: (NOW_HOUR + 6) * HOUR_MS, count: 40 } as const;
      const found = await pageCandles({ ...range, nowMs: NOW_HOUR * HOUR_MS }, { perPage: 15, way }, ask);
      expect(found).toEqual(hours.slice(0, 40).map(bar));
    },
  );

  it('beyond a long gap are found in windows of a page, however few are wanted', async () => {
    const { ask, asked } = venueOf([5, 390, 391], 'window');
    const range = { timeframe: '1h', fromMs: 5 * HOUR_MS, count: 3, nowMs: NOW_HOUR * HOUR_MS } as const;
    const found = await pageCandles(range, { perPage: 100, way: 'window' }, ask);
    expect(found).toEqual([bar(5), bar(390), bar(391)]);
    expect(asked).toEqual([3, 100, 100, 100, 100]);
  });

  it('are asked for once where the venue gives its newest whatever was asked', async () => {
    const { ask, asked } = venueOf([300, 301], 'newest-only');
    const range = { timeframe: '1h', fromMs: 0, count: 5_000, nowMs: NOW_HOUR * HOUR_MS } as const;
    expect(await pageCandles(range, { perPage: 720, way: 'newest-only' }, ask)).toEqual([bar(300), bar(301)]);
    expect(asked).toHaveLength(1);
  });
});
