import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MarketTable } from '../domain/market-table.js';
import { DAY_MS, HOUR_MS, TIMEFRAMES, timeframeMs } from '../domain/time.js';
import { GENERATED_SYMBOLS, type GeneratedMarketOptions, generateMarket } from './generate-market.js';

const MONDAY_MS = Date.UTC(2026, 0, 5);
const THREE = GENERATED_SYMBOLS.slice(0, 3);

const options = fc.record<GeneratedMarketOptions>({
  seed: fc.nat(4_294_967_295),
  symbols: fc.uniqueArray(fc.oneof(fc.constantFrom(...GENERATED_SYMBOLS), fc.string({ minLength: 1 })), {
    minLength: 1,
    maxLength: 3,
  }),
  timeframe: fc.constantFrom(...TIMEFRAMES),
  startMs: fc.integer({ min: 0, max: 40_000 }).map((days) => days * DAY_MS + 90 * 60_000),
  length: fc.nat(400),
  perpetual: fc.boolean(),
});

/** All numbers of a table's first `length` bars, as plain arrays that `toEqual` compares bit for bit. */
function numbersOf(table: MarketTable, length = table.length): number[][] {
  const columns = table.candles.flatMap((c) => [c.open, c.high, c.low, c.close, c.volume]);
  return [table.openTimesMs, ...columns].map((column) => [...column.subarray(0, length)]);
}

function fundingBefore(table: MarketTable, endMs: number): (number[][] | undefined)[] {
  return table.funding.map((series) => {
    if (series === undefined) return undefined;
    const count = series.timesMs.filter((time) => time < endMs).length;
    return [[...series.timesMs.subarray(0, count)], [...series.rates.subarray(0, count)]];
  });
}

describe('a generated market', () => {
  it('has only valid bars, on a full grid, whatever the seed, symbols and timeframe', () => {
    fc.assert(
      fc.property(options, (asked) => {
        const table = generateMarket(asked);
        expect(table.length).toBe(asked.length);
        expect(table.candles.length).toBe(asked.symbols.length);
        const faults: string[] = [];
        table.candles.forEach((candles, s) => {
          let lastClose = NaN;
          for (let t = 0; t < table.length; t++) {
            const { open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN } = barAt(candles, t);
            const valid =
              low > 0 &&
              low <= open &&
              low <= close &&
              high >= open &&
              high >= close &&
              volume > 0 &&
              high < Infinity;
            // Four of the gap's standard deviations, and a tick of rounding on either side.
            const nearLast = t === 0 || Math.abs(open / lastClose - 1) < 0.0002 * 6 + 0.0001;
            const inTime = table.openTimesMs[t] === asked.startMs + t * timeframeMs(asked.timeframe);
            if (!valid || !nearLast || !inTime) faults.push(`${String(s)} at ${String(t)}`);
            lastClose = close;
          }
        });
        expect(faults).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('begins with the very same bars and funding when it is longer', () => {
    fc.assert(
      fc.property(options, fc.nat(100), (asked, more) => {
        const short = generateMarket(asked);
        const long = generateMarket({ ...asked, length: asked.length + more });
        expect(numbersOf(long, asked.length)).toEqual(numbersOf(short));
        const endMs = asked.startMs + asked.length * timeframeMs(asked.timeframe);
        expect(fundingBefore(long, endMs)).toEqual(fundingBefore(short, Infinity));
      }),
      { numRuns: 60 },
    );
  });

  it('gives a symbol the same bars whichever others are asked for, in whatever order', () => {
    const base = { seed: 4, timeframe: '1h', startMs: MONDAY_MS, length: 300 } as const;
    const [first = '', second = '', third = ''] = THREE;
    const all = generateMarket({ ...base, symbols: [first, second, third] });
    const turned = generateMarket({ ...base, symbols: [third, first] });
    expect(turned.candles).toEqual([all.candles[2], all.candles[0]]);
  });

  it('is another market with another seed, also when seeds are neighbours', () => {
    const close = (seed: number): readonly number[] =>
      numbersOf(
        generateMarket({ seed, symbols: THREE, timeframe: '1h', startMs: MONDAY_MS, length: 50 }),
      )[4] ?? [];
    const markets = [0, 1, 2, 3, 4_294_967_295].map(close);
    for (let t = 5; t < 50; t++)
      expect(new Set(markets.map((closes) => closes[t])).size, `bar ${String(t)}`).toBe(markets.length);
  });

  it('remembers these prices: a change here would make every stored arena a stranger to its market', () => {
    const table = generateMarket({
      seed: 1,
      symbols: THREE,
      timeframe: '1h',
      startMs: MONDAY_MS,
      length: 1_000,
    });
    expect(table.candles.map((candles) => barAt(candles, 999))).toEqual([
      { open: 48867, high: 49357, low: 48814, close: 49227, volume: 1685.2727 },
      { open: 2709.2, high: 2737.5, low: 2705.9, close: 2730.3, volume: 14662.0982 },
      { open: 112.85, high: 115.09, low: 112.82, close: 114.87, volume: 119806.191 },
    ]);
  });

  it('starts at prices of very different size', () => {
    const table = generateMarket({
      seed: 1,
      symbols: GENERATED_SYMBOLS,
      timeframe: '1m',
      startMs: MONDAY_MS,
      length: 1,
    });
    const opens = table.candles.map((candles) => candles.open[0] ?? NaN);
    expect(Math.max(...opens)).toBe(60_000);
    expect(Math.min(...opens)).toBeLessThan(0.05);
    expect(new Set(GENERATED_SYMBOLS).size).toBe(12);
  });

  it('has spot without funding, or perpetuals with a rate at every eighth hour of its bars', () => {
    const base = { seed: 2, symbols: THREE, startMs: MONDAY_MS + HOUR_MS, length: 30 } as const;
    const spot = generateMarket({ ...base, timeframe: '4h' });
    expect(spot.funding).toEqual([undefined, undefined, undefined]);
    expect(spot.instruments.map((instrument) => instrument.type)).toEqual(['spot', 'spot', 'spot']);
    for (const timeframe of ['1h', '4h', '1d'] as const) {
      const table = generateMarket({ ...base, timeframe, perpetual: true });
      const endMs = base.startMs + base.length * timeframeMs(timeframe);
      const expected: number[] = [];
      for (let time = MONDAY_MS + 8 * HOUR_MS; time < endMs; time += 8 * HOUR_MS) expected.push(time);
      expect(table.funding.map((series) => [...(series?.timesMs ?? [])])).toEqual([
        expected,
        expected,
        expected,
      ]);
      expect(table.instruments.every((instrument) => instrument.type === 'perpetual')).toBe(true);
    }
  });

  it('charges longs more after rises, and most often the interest component alone', () => {
    const table = generateMarket({
      seed: 3,
      symbols: THREE,
      timeframe: '1h',
      startMs: MONDAY_MS,
      length: 17_532,
      perpetual: true,
    });
    table.funding.forEach((series, s) => {
      const close = table.candles[s]?.close ?? new Float64Array();
      const afterRise: number[] = [];
      const afterFall: number[] = [];
      series?.timesMs.forEach((time, k) => {
        const bar = (time - MONDAY_MS) / HOUR_MS;
        if (bar < 169) return;
        const weekReturn = (close[bar - 1] ?? NaN) / (close[bar - 169] ?? NaN) - 1;
        (weekReturn > 0 ? afterRise : afterFall).push(series.rates[k] ?? NaN);
      });
      const mean = (rates: readonly number[]): number => rates.reduce((a, b) => a + b, 0) / rates.length;
      expect(mean(afterRise)).toBeGreaterThan(mean(afterFall) + 0.00002);
      const all = [...afterRise, ...afterFall];
      // Eight large perpetuals, 2023-04 to 2025-11: 27 to 46 % of the rates are exactly 0.01 %.
      const calm = all.filter((rate) => rate === 0.0001).length / all.length;
      expect(calm).toBeGreaterThan(0.27);
      expect(calm).toBeLessThan(0.46);
      expect(Math.max(...all.map(Math.abs))).toBeLessThanOrEqual(0.003);
    });
  });
});

function barAt(candles: MarketTable['candles'][number], t: number): Record<string, number | undefined> {
  return {
    open: candles.open[t],
    high: candles.high[t],
    low: candles.low[t],
    close: candles.close[t],
    volume: candles.volume[t],
  };
}
