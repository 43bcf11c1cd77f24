import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bar, marketOf } from '../../../test/support/made-market.js';
import { DAY_MS, HOUR_MS } from '../domain/time.js';
import { dailyReturns, monthlyReturns, weekdayReturns } from './calendar-returns.js';
import { equalWeightIndex } from './equal-weight-index.js';
import { DIRECTIONS, FORCES, marketWeather } from './market-weather.js';
import { quantileBand } from './quantile-band.js';
import { rankStability } from './rank-stability.js';
import { rollingSharpe } from './rolling-sharpe.js';
import { sharpe } from './sharpe.js';
import { weatherAttribution } from './weather-attribution.js';

const START_MS = Date.UTC(2026, 0, 5);
const moves = (least: number, most: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: least, maxLength: most });

function equityOf(steps: readonly number[]): {
  timesMs: Float64Array;
  equityUsd: Float64Array;
  startUsd: number;
} {
  let worth = 10_000;
  return {
    timesMs: Float64Array.from(steps, (_, i) => START_MS + (i + 1) * HOUR_MS),
    equityUsd: Float64Array.from(steps, (step) => (worth *= 1 + step)),
    startUsd: 10_000,
  };
}

describe('returns by calendar', () => {
  it('compound to the whole, by day and by month', () => {
    fc.assert(
      fc.property(moves(1, 1500), (steps) => {
        const series = equityOf(steps);
        const whole = (series.equityUsd.at(-1) ?? NaN) / series.startUsd;
        for (const periods of [dailyReturns(series), monthlyReturns(series)]) {
          const product = periods.reduce((worth, { fraction }) => worth * (1 + fraction), 1);
          expect(Math.abs(product / whole - 1)).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('count a close at midnight to the day that it ends', () => {
    const series = equityOf(Array.from({ length: 48 }, (_, i) => (i === 23 ? 0.1 : i === 24 ? -0.5 : 0)));
    const [first, second, ...more] = dailyReturns(series);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ startMs: START_MS });
    expect(first?.fraction).toBeCloseTo(0.1, 12);
    expect(second).toMatchObject({ startMs: START_MS + DAY_MS, fraction: -0.5 });
  });

  it('of weekdays that never were are undefined, not zero', () => {
    const [monday, tuesday] = weekdayReturns([{ startMs: START_MS, fraction: 0.02 }]);
    expect(monday).toMatchObject({ weekday: 0, days: 1, won: 1, meanFraction: 0.02, worstFraction: 0.02 });
    expect(tuesday).toMatchObject({ days: 0, meanFraction: undefined, bestFraction: undefined });
  });
});

describe('the rolling Sharpe ratio', () => {
  it('is that of its window, everywhere', () => {
    fc.assert(
      fc.property(moves(30, 1200), fc.integer({ min: 2, max: 25 }), (steps, window) => {
        const returns = Float64Array.from(steps, (step) => step + 1e-4);
        const rolling = rollingSharpe(returns, window, 8760);
        for (const at of [window - 1, returns.length - 1]) {
          const whole = sharpe(returns.slice(at + 1 - window, at + 1), 8760);
          expect(rolling[at]).toBe(whole ?? NaN);
        }
        expect([...rolling.subarray(0, window - 1)].every(Number.isNaN)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('is not there on a flat curve, nor while a gap is in the window', () => {
    expect([...rollingSharpe(new Float64Array(9), 3, 8760)].every(Number.isNaN)).toBe(true);
    const gap = rollingSharpe(Float64Array.of(0.1, 0.2, NaN, 0.1, 0.3, 0.2), 2, 8760);
    expect([...gap].map(Number.isNaN)).toEqual([true, false, true, true, false, false]);
  });
});

describe('the market of equal weights', () => {
  it('is bought once, and a symbol that begins late is held as cash until its first open', () => {
    const market = marketOf([
      [bar(100, 110), bar(110, 120)],
      [undefined, bar(50, 100)],
    ]);
    expect([...equalWeightIndex(market, 0)]).toEqual([0.55 + 0.5, 0.6 + 1]);
  });

  it('keeps the last price of a symbol that has a gap', () => {
    const market = marketOf([[bar(100, 200), undefined, bar(200, 300)]]);
    expect([...equalWeightIndex(market, 0)]).toEqual([2, 2, 3]);
  });
});

describe("the market's weather", () => {
  const index = (steps: readonly number[]): Float64Array => {
    let worth = 1;
    return Float64Array.from(steps, (step) => (worth *= 1 + step / 10));
  };

  it('is told from closes before the slot alone', () => {
    fc.assert(
      fc.property(moves(700, 900), fc.integer({ min: 1, max: 650 }), (steps, at) => {
        const changed = steps.map((step, i) => (i >= at ? -step : step));
        const before = marketWeather(index(steps), '1h').slice(0, at + 1);
        expect(marketWeather(index(changed), '1h').slice(0, at + 1)).toEqual(before);
      }),
      { numRuns: 25 },
    );
  });

  it('is up in a rise, down in a fall, wild after a jump, and unknown without a past', () => {
    const noise = (i: number): number => (i % 2 === 0 ? 0.002 : -0.002);
    const rise = index(Array.from({ length: 1500 }, (_, i) => noise(i) + (i > 1000 ? 0.01 : 0)));
    const fall = index(Array.from({ length: 1500 }, (_, i) => noise(i) - (i > 1000 ? 0.01 : 0)));
    const jump = index(Array.from({ length: 1500 }, (_, i) => (i > 1440 ? 5 : 1) * noise(i)));
    expect(marketWeather(rise, '1h').at(-1)?.direction).toBe('up');
    expect(marketWeather(fall, '1h').at(-1)?.direction).toBe('down');
    expect(marketWeather(jump, '1h').at(-1)).toEqual({ direction: 'sideways', force: 'wild' });
    expect(marketWeather(jump, '1h')[1400]).toEqual({ direction: 'sideways', force: 'calm' });
    expect(marketWeather(rise, '1h')[400]).toEqual({ direction: undefined, force: undefined });
    expect(marketWeather(new Float64Array(1500).fill(1), '1h').at(-1)).toEqual({
      direction: undefined,
      force: undefined,
    });
  });

  it('shares all of the return among its words', () => {
    fc.assert(
      fc.property(moves(600, 900), (steps) => {
        const returns = Float64Array.from(steps);
        const weather = marketWeather(index(steps), '1h');
        const sum = steps.reduce((total, step) => total + step, 0);
        for (const rows of [
          weatherAttribution(returns, returns, weather, DIRECTIONS, (w) => w.direction, 8760),
          weatherAttribution(returns, returns, weather, FORCES, (w) => w.force, 8760),
        ]) {
          expect(rows.reduce((total, row) => total + row.samples, 0)).toBe(steps.length);
          expect(Math.abs(rows.reduce((total, row) => total + row.returnSum, 0) - sum)).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('a band of quantiles', () => {
  it('lies between the least and the most, and passes over series that have ended', () => {
    const band = quantileBand(
      [Float64Array.of(1, 2), Float64Array.of(3, NaN), Float64Array.of(2, NaN)],
      0,
      1,
    );
    expect(band).toMatchObject({ series: 3 });
    expect([[...band.low], [...band.middle], [...band.high]]).toEqual([
      [1, 2],
      [2, 2],
      [3, 2],
    ]);
    expect([...quantileBand([Float64Array.of(NaN)], 0.1, 0.9).middle]).toEqual([NaN]);
  });
});

describe('how firm a ranking is', () => {
  it('tells the best and the worst rank of everybody when one part is left out', () => {
    // The leader made everything on the first day.
    const daily = [
      [5, 0, 0],
      [1, 1, 1],
      [0, 0, 1],
    ];
    const scores = daily.map((days) => days.reduce((sum, value) => sum + value, 0));
    const firm = rankStability(scores, 3, (c, day) => (scores[c] ?? NaN) - (daily[c]?.[day] ?? NaN), 2);
    expect(firm).toEqual([
      { contestant: 0, rank: 1, keepsFraction: 2 / 3, bestRank: 1, worstRank: 3 },
      { contestant: 1, rank: 2, keepsFraction: 2 / 3, bestRank: 1, worstRank: 2 },
    ]);
  });

  it('without parts says nothing, and what cannot be told without a part ranks last', () => {
    expect(rankStability([2, 1], 0, () => NaN, 5)[0]).toMatchObject({ keepsFraction: undefined });
    expect(rankStability([2, 1], 1, (c) => (c === 0 ? NaN : 1), 5)[0]).toMatchObject({ worstRank: 2 });
  });
});
