import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START_MS, flatBars, marketOf } from '../../../test/support/made-market.js';
import { scripted, sessionFor } from '../../../test/support/scripted-kind.js';
import { playSession } from '../../../test/support/play-session.js';
import { growingReadings } from '../domain/growing-readings.js';
import { READING_KINDS, type Reading, type ReadingKind } from '../domain/market-readings.js';
import type { MarketTable } from '../domain/market-table.js';
import { HOUR_MS, MINUTE_MS, type Timeframe, timeframeMs } from '../domain/time.js';

const BARS = 24;
const END_MS = START_MS + BARS * HOUR_MS;
const OF_A_MOMENT = ['openInterestUsd', 'bid', 'ask'] as const;
const OF_A_BAR = ['longLiquidationsUsd', 'shortLiquidationsUsd'] as const;

function marketWith(readings: readonly Reading[]): MarketTable {
  const beside = growingReadings(1, HOUR_MS);
  for (const one of readings) beside.add(0, one);
  return { ...marketOf([flatBars(100, BARS)]), readings: beside.readings };
}

interface Seen {
  readonly nowMs: number;
  readonly values: Readonly<Record<ReadingKind, number>>;
  readonly ages: Readonly<Record<ReadingKind, number>>;
  /** The same as two bars ago. */
  readonly before: Readonly<Record<ReadingKind, number>>;
}

function byKind(read: (kind: ReadingKind) => number): Record<ReadingKind, number> {
  return Object.fromEntries(READING_KINDS.map((kind) => [kind, read(kind)])) as Record<ReadingKind, number>;
}

/** Everything that a strategy sees of the readings, at each of its decisions. */
function seenOf(readings: readonly Reading[], timeframe: Timeframe): Seen[] {
  const seen: Seen[] = [];
  const kind = scripted((_decision, { nowMs, market }) => {
    seen.push({
      nowMs,
      values: byKind((one) => market.reading(0, one)),
      ages: byKind((one) => market.readingAgeMs(0, one)),
      before: byKind((one) => market.reading(0, one, 2)),
    });
    return [];
  });
  playSession(sessionFor(kind, marketWith(readings), { timeframe }));
  return seen;
}

/** In the order in which they arrive; some arrive long after the time they are of, some after the last bar. */
const arbitraryMoments = fc
  .array(
    fc.record({
      series: fc.constantFrom(...OF_A_MOMENT),
      minute: fc.integer({ min: -300, max: BARS * 60 + 300 }),
      delayMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 * HOUR_MS })),
      value: fc.double({ min: 0.001, max: 1e12, noNaN: true }),
    }),
    { maxLength: 60 },
  )
  .map((some) =>
    some
      .map(({ series, minute, delayMs, value }): Reading => {
        const timeMs = START_MS + minute * MINUTE_MS;
        return { series, timeMs, arrivedMs: timeMs + delayMs, value };
      })
      .sort((a, b) => a.arrivedMs - b.arrivedMs),
  );

/** Sums of some of the hours. */
const arbitrarySums = fc
  .array(fc.option(fc.tuple(fc.nat(1e6), fc.nat(1e6)), { freq: 4, nil: undefined }), {
    minLength: BARS,
    maxLength: BARS,
  })
  .map((hours) =>
    hours.flatMap((sums, hour) =>
      OF_A_BAR.flatMap((series, i): Reading[] => {
        const closeMs = START_MS + (hour + 1) * HOUR_MS;
        return sums === undefined
          ? []
          : [{ series, timeMs: closeMs, arrivedMs: closeMs, value: sums[i] ?? NaN }];
      }),
    ),
  );

describe('what a strategy sees beside the bars', () => {
  it('is what had arrived when its bar closed, and nothing else, whatever comes afterwards', () => {
    fc.assert(
      fc.property(
        arbitraryMoments,
        arbitrarySums,
        fc.constantFrom<Timeframe>('1h', '4h'),
        (moments, sums, timeframe) => {
          const all = [...moments, ...sums];
          const whole = seenOf(all, timeframe);
          for (const [i, { nowMs, values, ages, before }] of whole.entries()) {
            const arrived = all.filter(({ arrivedMs }) => arrivedMs <= nowMs);
            const cut = seenOf(arrived, timeframe)[i];
            expect(cut, 'without what arrives later').toEqual({ nowMs, values, ages, before });
            for (const kind of OF_A_MOMENT) {
              const newest = arrived
                .filter(({ series }) => series === kind)
                .reduce<Reading | undefined>(
                  (best, one) => (best === undefined || one.timeMs > best.timeMs ? one : best),
                  undefined,
                );
              expect(values[kind]).toBe(newest?.value ?? NaN);
              expect(ages[kind]).toBe(nowMs - (newest?.timeMs ?? NaN));
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is a sum over its own bar, or nothing where an hour of it is not known', () => {
    fc.assert(
      fc.property(arbitrarySums, fc.constantFrom<Timeframe>('1h', '4h'), (sums, timeframe) => {
        const barMs = timeframeMs(timeframe);
        for (const { nowMs, values, ages } of seenOf(sums, timeframe))
          for (const kind of OF_A_BAR) {
            const parts = sums.filter(
              ({ series, timeMs }) => series === kind && timeMs > nowMs - barMs && timeMs <= nowMs,
            );
            const isWhole = parts.length === barMs / HOUR_MS;
            expect(values[kind]).toBe(isWhole ? parts.reduce((sum, { value }) => sum + value, 0) : NaN);
            expect(ages[kind]).toBe(isWhole ? 0 : NaN);
          }
      }),
      { numRuns: 30 },
    );
  });

  it('is what it was some bars ago, when that is asked for', () => {
    const at = (minute: number, value: number): Reading => {
      const timeMs = START_MS + minute * MINUTE_MS;
      return { series: 'bid', timeMs, arrivedMs: timeMs, value };
    };
    const seen = seenOf([at(59, 1), at(60, 2), at(61, 3), at(180, 4), at(181, 5)], '1h');
    expect(seen.slice(0, 5).map(({ values }) => values.bid)).toEqual([2, 3, 4, 5, 5]);
    expect(seen.slice(0, 5).map(({ before }) => before.bid)).toEqual([NaN, NaN, 2, 3, 4]);
    expect(seen.at(-1)?.nowMs).toBe(END_MS);
  });

  it('is not there on a market of which nobody asked for any', () => {
    const kind = scripted((_decision, { market }) => {
      for (const one of READING_KINDS) {
        expect(market.reading(0, one)).toBeNaN();
        expect(market.readingAgeMs(0, one)).toBeNaN();
      }
      return [];
    });
    const session = sessionFor(kind, marketOf([flatBars(100, 3)]));
    playSession(session);
    expect(session.fault).toBe('');
  });

  it('has names, and a name that is none is a fault that lists them', () => {
    const kind = scripted((_decision, { market }) => {
      market.reading(0, 'openInterest' as ReadingKind);
      return [];
    });
    const session = sessionFor(kind, marketOf([flatBars(100, 3)]));
    playSession(session);
    expect(session.fault).toMatch(/there is no reading "openInterest": openInterestUsd, bid/);
  });
});
