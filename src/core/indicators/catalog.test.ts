import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../domain/market-table.js';
import { HOUR_MS } from '../domain/time.js';
import { Problem } from '../domain/problem.js';
import { INDICATORS, findIndicator } from './catalog.js';
import { outputWarmupBars } from './output-warmup.js';
import { barsOf, runStream, tickBars, walkBars } from '../../../test/support/indicator-streams.js';

/** Small windows, so that short series pass through several of them. */
const SMALL_PARAMS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  macd: { fast: 3, slow: 6, signal: 4 },
  stochastic: { period: 5, smooth: 2, dPeriod: 3 },
  bollinger: { period: 5, k: 2 },
  'vwap-session': {},
};
const smallParams = (name: string): Readonly<Record<string, number>> => SMALL_PARAMS[name] ?? { period: 5 };
const NAMES = Object.keys(INDICATORS);

/** Outputs in units of price; all others do not depend on the unit. */
const PRICE_OUTPUTS = new Set([
  ...['sma.value', 'ema.value', 'vwma.value', 'vwap-session.value', 'atr.value', 'deviation.value'],
  ...['macd.macd', 'macd.signal', 'macd.histogram', 'bollinger.middle', 'bollinger.upper', 'bollinger.lower'],
  ...['upper', 'lower', 'middle', 'priorUpper', 'priorLower'].map((output) => `donchian.${output}`),
]);

const times = (bars: readonly Bar[], factor: number): Bar[] =>
  bars.map((bar) => ({
    ...bar,
    open: bar.open * factor,
    high: bar.high * factor,
    low: bar.low * factor,
    close: bar.close * factor,
  }));

describe('every indicator of the catalog', () => {
  it('B-8: is listed under its own name and has one default per parameter', () => {
    expect(Object.values(INDICATORS).map((definition) => definition.name)).toEqual(NAMES);
    for (const definition of Object.values(INDICATORS)) definition.create(definition.parameters);
  });

  it.each(NAMES)('%s has its first value exactly after its warm-up', (name) => {
    const definition = findIndicator(name);
    for (const params of [smallParams(name), definition.parameters]) {
      const rows = runStream(name, params, walkBars(1, 200));
      definition.outputs.forEach((output, index) => {
        const first = rows.findIndex((row) => !Number.isNaN(row[index] ?? NaN));
        expect(first + 1, output).toBe(outputWarmupBars(definition, output, params));
        const later = rows.slice(first).map((row) => row[index] ?? NaN);
        expect(later.every(Number.isFinite), `${output} has no holes`).toBe(true);
      });
      const firstOutput = definition.outputs[0] ?? '';
      expect(definition.warmupBars(params)).toBe(outputWarmupBars(definition, firstOutput, params));
    }
  });

  it.each(NAMES)('%s never looks ahead: another future changes no present value', (name) => {
    fc.assert(
      fc.property(tickBars(2, 60), tickBars(0, 30), fc.nat(), (bars, future, cut) => {
        const known = bars.slice(0, 1 + (cut % bars.length));
        const rows = runStream(name, smallParams(name), [...known, ...future]);
        expect(rows.slice(0, known.length)).toEqual(
          runStream(name, smallParams(name), bars).slice(0, known.length),
        );
      }),
      { numRuns: 50 },
    );
  });

  it.each(NAMES)('%s in another unit of price is the same number or scales with it', (name) => {
    const { outputs } = findIndicator(name);
    const factor = 1e-6;
    fc.assert(
      fc.property(tickBars(20, 80), (bars) => {
        const rows = runStream(name, smallParams(name), bars);
        const scaledRows = runStream(name, smallParams(name), times(bars, factor));
        rows.forEach((row, at) => {
          row.forEach((value, index) => {
            const unit = PRICE_OUTPUTS.has(`${name}.${outputs[index] ?? ''}`) ? factor : 1;
            const scaled = (scaledRows[at]?.[index] ?? NaN) / unit;
            const where = `${outputs[index] ?? ''} of bar ${String(at)}`;
            if (Number.isNaN(value)) expect(scaled, where).toBeNaN();
            // Differences of prices near zero carry the rounding of the prices: 1e-12 beside the 1e-9 of the value.
            else
              expect(Math.abs(scaled - value), where).toBeLessThanOrEqual(
                1e-9 * Math.abs(value) + 1e-12 * 300,
              );
          });
        });
      }),
      { numRuns: 50 },
    );
  });

  const STILL: Readonly<Record<string, (price: number) => readonly number[]>> = {
    sma: (p) => [p],
    ema: (p) => [p],
    vwma: (p) => [p],
    'vwap-session': (p) => [p],
    rsi: () => [50],
    macd: () => [0, 0, 0],
    stochastic: () => [50, 50],
    roc: () => [0],
    adx: () => [0, 0, 0, 0],
    donchian: (p) => [p, p, p, p, p],
    bollinger: (p) => [p, p, p, 0.5, 0],
    zscore: () => [0],
    atr: () => [0],
    deviation: () => [0],
    volatility: () => [0],
    'volume-ratio': () => [1],
  };

  it.each(NAMES)('%s of a price that stands still is exact', (name) => {
    const price = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    const volume = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(price, volume, fc.integer({ min: 2, max: 60 }), (p, v, period) => {
        const params = Object.hasOwn(SMALL_PARAMS, name) ? smallParams(name) : { period };
        const length = 150;
        const bars = barsOf({ close: Array<number>(length).fill(p), volume: Array<number>(length).fill(v) });
        expect(runStream(name, params, bars).at(-1)).toEqual(STILL[name]?.(p));
      }),
    );
  });

  const FORGETFUL = NAMES.filter((name) => !['ema', 'macd', 'rsi', 'atr', 'adx'].includes(name));
  it.each(FORGETFUL)('%s is exact again one window after a price has come to rest', (name) => {
    fc.assert(
      fc.property(tickBars(1, 60), fc.double({ min: 1e-3, max: 1e5, noNaN: true }), (bars, p) => {
        const still = barsOf({ close: Array<number>(48).fill(p), volume: Array<number>(48).fill(0.3) });
        const resting = still.map((bar) => ({
          ...bar,
          openTimeMs: bar.openTimeMs + bars.length * HOUR_MS,
        }));
        expect(runStream(name, smallParams(name), [...bars, ...resting]).at(-1)).toEqual(STILL[name]?.(p));
      }),
      { numRuns: 50 },
    );
  });

  it.each(NAMES.filter((name) => 'period' in (INDICATORS[name]?.parameters ?? {})))(
    '%s refuses a period that is not a whole number in its range, and says so',
    (name) => {
      for (const period of [0, -3, 2.5, NaN, Infinity, 1e9]) {
        const create = (): unknown => findIndicator(name).create({ ...smallParams(name), period });
        expect(create).toThrow(Problem);
        expect(create).toThrow(
          new RegExp(
            `^indicator ${name}: parameter period is ${String(period).replace('+', '\\+')}, expected a whole`,
          ),
        );
      }
    },
  );

  it('other parameters are checked as well', () => {
    const refusal = (name: string, params: Readonly<Record<string, number>>): (() => unknown) => {
      return () => findIndicator(name).create(params);
    };
    expect(refusal('macd', { fast: 26, slow: 26 })).toThrow(
      /macd: parameter fast is 26, expected .* below slow/,
    );
    expect(refusal('macd', { signal: 0 })).toThrow(/macd: parameter signal is 0/);
    expect(refusal('bollinger', { k: 0 })).toThrow(/bollinger: parameter k is 0, expected a number above 0/);
    expect(refusal('stochastic', { dPeriod: 0 })).toThrow(/stochastic: parameter dPeriod is 0/);
    expect(refusal('volatility', { period: 1 })).toThrow(/volatility: parameter period is 1/);
  });

  it('an unknown name is refused, also one that every object has', () => {
    expect(() => findIndicator('smaa')).toThrow(/no indicator "smaa"/);
    expect(() => findIndicator('constructor')).toThrow(Problem);
  });
});
