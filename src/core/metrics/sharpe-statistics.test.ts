import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustedSharpe, aggregationFactor } from './aggregation-factor.js';
import { autocorrelations } from './autocorrelations.js';
import { deflatedSharpe, luckySharpe } from './deflated-sharpe.js';
import { expectedMaximum } from './expected-maximum.js';
import { minimumBacktestYears } from './minimum-backtest-years.js';
import { minimumTrackRecord } from './minimum-track-record.js';
import { probabilisticSharpe } from './probabilistic-sharpe.js';
import { sharpe } from './sharpe.js';
import { normalSharpeError, sharpeError, sharpeRange } from './sharpe-error.js';
import { type SharpeRecord, sharpeRecord } from './sharpe-record.js';

const NORMAL: SharpeRecord = { sharpe: 0.05, periods: 720, skewness: 0, kurtosis: 3 };

/** Moments that belong together: g4 >= 1 + g3^2. */
const records = fc
  .record({
    sharpe: fc.double({ min: -1, max: 1, noNaN: true }),
    periods: fc.integer({ min: 2, max: 9000 }),
    skewness: fc.double({ min: -5, max: 5, noNaN: true }),
    beyond: fc.double({ min: 0.5, max: 30, noNaN: true }),
  })
  .map(({ beyond, ...rest }): SharpeRecord => ({ ...rest, kurtosis: 1 + rest.skewness ** 2 + beyond }));

/** Series that have no Sharpe ratio. */
const UNMEASURABLE: Readonly<Record<string, readonly number[]>> = {
  'no returns': [],
  'one return': [0.01],
  'a constant': Array.from({ length: 50 }, () => 0.01),
  'a curve that grows evenly up to rounding': Array.from({ length: 50 }, (_, i) => 0.01 + (i % 2) * 1e-17),
  'a gap': [0.01, NaN, 0.02, -0.01],
  'an infinity': [0.01, Infinity, 0.02, -0.01],
};

describe('a record of returns', () => {
  it.each(Object.entries(UNMEASURABLE))('is undefined for %s', (_, returns) => {
    expect(sharpeRecord(returns)).toBeUndefined();
    expect(adjustedSharpe(returns, 8760, 2)).toBeUndefined();
  });

  it('exists for an account that lost everything', () => {
    const record = sharpeRecord([0.01, -1, 0, 0, 0]);
    expect(record?.sharpe).toBeLessThan(0);
    expect(record === undefined ? undefined : probabilisticSharpe(record)).toBeLessThan(0.5);
  });

  it('gives numbers or nothing, whatever the returns', () => {
    const anything = fc.array(fc.oneof(fc.double(), fc.constantFrom(0, -1, 0.01)), { maxLength: 40 });
    fc.assert(
      fc.property(anything, (returns) => {
        const record = sharpeRecord(returns);
        const figures =
          record === undefined
            ? [adjustedSharpe(returns, 8760, 3)]
            : [
                sharpeError(record),
                sharpeRange(record, 8760)?.low,
                probabilisticSharpe(record),
                minimumTrackRecord(record),
                deflatedSharpe(record, 10),
                minimumBacktestYears(10, record.sharpe),
                adjustedSharpe(returns, 8760, 3),
              ];
        for (const figure of figures) if (figure !== undefined) expect(Number.isFinite(figure)).toBe(true);
      }),
    );
  });
});

describe('the error of a Sharpe ratio', () => {
  it('is that of Normal returns for their moments, up to n or n - 1', () => {
    const general = sharpeError(NORMAL) ?? NaN;
    expect(general * Math.sqrt(719)).toBeCloseTo((normalSharpeError(0.05, 720) ?? NaN) * Math.sqrt(720), 12);
  });

  it('makes a range of 1.96 errors on each side, annual', () => {
    const range = sharpeRange(NORMAL, 8760);
    const root = Math.sqrt(8760);
    expect(((range?.high ?? NaN) + (range?.low ?? NaN)) / 2).toBeCloseTo(0.05 * root, 10);
    expect(((range?.high ?? NaN) - (range?.low ?? NaN)) / 2).toBeCloseTo(
      1.96 * root * (sharpeError(NORMAL) ?? NaN),
      10,
    );
  });

  it('is larger for losses in jumps than for gains in jumps', () => {
    const falls = sharpeError({ ...NORMAL, skewness: -2, kurtosis: 12 }) ?? NaN;
    const leaps = sharpeError({ ...NORMAL, skewness: 2, kurtosis: 12 }) ?? NaN;
    expect(falls).toBeGreaterThan(leaps);
  });

  it('does not exist below two returns, nor for moments that no series has', () => {
    expect(sharpeError({ ...NORMAL, periods: 1 })).toBeUndefined();
    expect(normalSharpeError(1, 1)).toBeUndefined();
    expect(sharpeError({ ...NORMAL, sharpe: 1, skewness: 9, kurtosis: 3 })).toBeUndefined();
    expect(sharpeRange({ ...NORMAL, periods: 1 }, 8760)).toBeUndefined();
  });
});

describe('the probabilistic Sharpe ratio', () => {
  it('is a probability, and a half at the ratio itself', () => {
    fc.assert(
      fc.property(records, fc.double({ min: -1, max: 1, noNaN: true }), (record, benchmark) => {
        const p = probabilisticSharpe(record, benchmark) ?? NaN;
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(probabilisticSharpe(record, record.sharpe)).toBeCloseTo(0.5, 12);
      }),
    );
  });

  it('falls as the benchmark rises', () => {
    const benchmarks = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(records, benchmarks, benchmarks, (record, x, y) => {
        const [low, high] = [Math.min(x, y), Math.max(x, y)];
        expect(probabilisticSharpe(record, low) ?? NaN).toBeGreaterThanOrEqual(
          probabilisticSharpe(record, high) ?? NaN,
        );
      }),
    );
  });

  // Its slope has the sign of 1 - skewness x ratio / 2: gains in jumps may make a higher ratio less certain.
  it('rises with the ratio against zero, while skewness times ratio is below 2', () => {
    fc.assert(
      fc.property(records, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (record, more) => {
        const higher = { ...record, sharpe: record.sharpe + more };
        fc.pre(record.skewness * record.sharpe < 2 && record.skewness * higher.sharpe < 2);
        expect(probabilisticSharpe(higher) ?? NaN).toBeGreaterThanOrEqual(probabilisticSharpe(record) ?? NaN);
      }),
    );
    const small = probabilisticSharpe(NORMAL) ?? NaN;
    expect(probabilisticSharpe({ ...NORMAL, sharpe: 0.06 })).toBeGreaterThan(small);
  });

  it('does not exist against a benchmark that is no number', () => {
    expect(probabilisticSharpe(NORMAL, NaN)).toBeUndefined();
  });
});

describe('the minimum track record', () => {
  it('is the length at which the probabilistic ratio reaches the probability', () => {
    fc.assert(
      fc.property(records, fc.double({ min: 0.6, max: 0.999, noNaN: true }), (record, probability) => {
        fc.pre(record.sharpe > 0.01);
        const periods = minimumTrackRecord(record, 0, probability) ?? NaN;
        fc.pre(periods >= 2);
        expect(probabilisticSharpe({ ...record, periods })).toBeCloseTo(probability, 9);
      }),
    );
  });

  it('does not exist for a ratio that is not above the benchmark', () => {
    expect(minimumTrackRecord(NORMAL, 0.05)).toBeUndefined();
    expect(minimumTrackRecord({ ...NORMAL, sharpe: -0.1 })).toBeUndefined();
    expect(minimumTrackRecord(NORMAL, 0, 1)).toBeUndefined();
    expect(minimumTrackRecord(NORMAL, NaN)).toBeUndefined();
    expect(minimumTrackRecord({ ...NORMAL, sharpe: 1, skewness: 9, kurtosis: 3 })).toBeUndefined();
  });

  it.each([
    [12, 0, 3, 2, 1, 3.24, 5e-3],
    [12, -0.72, 5.78, 2, 1, 4.99, 5e-3],
    [12, -0.72, 5.78, 3, 2.5, 27.3529, 5e-5],
  ])('at %d a year, skew %d, kurtosis %d: Sharpe %d against %d takes %d years', (...row) => {
    const [perYear, skewness, kurtosis, ratio, benchmark, years, tolerance] = row;
    const root = Math.sqrt(perYear);
    const record = { sharpe: ratio / root, periods: 2, skewness, kurtosis };
    const found = (minimumTrackRecord(record, benchmark / root) ?? NaN) / perYear;
    expect(Math.abs(found - years)).toBeLessThanOrEqual(tolerance);
  });
});

describe('the expected maximum', () => {
  it('is exact for one, and close to the exact 0.5642 for two and 3.2414 for a thousand', () => {
    expect(expectedMaximum(1)).toBe(0);
    expect(Math.abs((expectedMaximum(2) ?? NaN) - 0.5642)).toBeLessThan(0.06);
    expect(Math.abs((expectedMaximum(1000) ?? NaN) - 3.2414)).toBeLessThan(0.02);
  });

  it('never falls with the number of trials, a broken one included', () => {
    const count = fc.double({ min: 1, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(count, count, (a, b) => {
        const few = expectedMaximum(Math.min(a, b)) ?? NaN;
        expect(few).toBeGreaterThanOrEqual(0);
        expect(expectedMaximum(Math.max(a, b))).toBeGreaterThanOrEqual(few);
      }),
    );
  });

  it('does not exist for fewer than one', () => {
    expect([0, -3, NaN, Infinity].map(expectedMaximum)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('the deflated Sharpe ratio', () => {
  it('of one trial is the probabilistic one, and falls with their number', () => {
    expect(deflatedSharpe(NORMAL, 1, 0.002)).toBe(probabilisticSharpe(NORMAL));
    const values = [1, 2, 10, 100, 1000].map((trials) => deflatedSharpe(NORMAL, trials) ?? NaN);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(new Set(values).size).toBe(5);
  });

  it('takes 1/n for the variance where none is given', () => {
    expect(deflatedSharpe(NORMAL, 10)).toBe(deflatedSharpe(NORMAL, 10, 1 / 720));
  });

  // The paper's example: Normal returns, daily, 2.5 a year, variance 1/2 a year.
  it('passes 0.95 for 46 trials of the skewed example and for 88 of the Normal one', () => {
    const example = { sharpe: 2.5 / Math.sqrt(250), periods: 1250, skewness: -3, kurtosis: 10 };
    expect(Math.abs((deflatedSharpe(example, 46, 0.002) ?? NaN) - 0.9505)).toBeLessThanOrEqual(5e-5);
    const normal = { ...example, skewness: 0, kurtosis: 3 };
    expect(Math.abs((deflatedSharpe(normal, 88, 0.002) ?? NaN) - 0.9505)).toBeLessThanOrEqual(5e-5);
  });

  it('does not exist without trials or for a variance below zero', () => {
    expect(luckySharpe(0, 1)).toBeUndefined();
    expect(luckySharpe(10, -1)).toBeUndefined();
    expect(deflatedSharpe(NORMAL, 10, NaN)).toBeUndefined();
  });
});

describe('the minimum length of a backtest', () => {
  it('is five years for the best of 45 with a ratio of 1 (the paper)', () => {
    expect(minimumBacktestYears(45, 1)).toBeCloseTo(4.998087, 6);
  });

  it('does not exist for a ratio that is not above zero', () => {
    expect([0, -1, NaN].map((ratio) => minimumBacktestYears(45, ratio))).toEqual(
      Array.from({ length: 3 }, () => undefined),
    );
  });
});

describe('aggregation over time', () => {
  it('is the root of the periods for independent returns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (q) => {
        expect(aggregationFactor(q, [])).toBeCloseTo(Math.sqrt(q), 9);
      }),
    );
  });

  // Lo 2002, table 2.
  it('is 1.21 for twelve periods of a first-order autoregression with 0.9', () => {
    const rho = Array.from({ length: 11 }, (_, i) => 0.9 ** (i + 1));
    expect(Math.abs((aggregationFactor(12, rho) ?? NaN) - 1.21)).toBeLessThanOrEqual(5e-3);
  });

  it('does not exist where correlations leave no variance, nor for less than a period', () => {
    expect(aggregationFactor(2, [-1])).toBeUndefined();
    expect(aggregationFactor(3, [-1, -1])).toBeUndefined();
    expect(aggregationFactor(0, [])).toBeUndefined();
  });

  it('leaves a ratio over one period as it is', () => {
    const returns = [0.03, -0.03, 0.03, 0.01];
    expect(adjustedSharpe(returns, 8760, 1)).toBeCloseTo(sharpe(returns, 8760) ?? NaN, 9);
  });

  it('lowers the ratio of returns that go on, and raises that of those that turn', () => {
    const on = Array.from({ length: 100 }, (_, i) => (Math.floor(i / 5) % 2 === 0 ? 0.02 : -0.015));
    const turn = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 0.02 : -0.015) + (i % 7) * 0.001);
    expect(adjustedSharpe(on, 8760, 5) ?? NaN).toBeLessThan(sharpe(on, 8760) ?? NaN);
    expect(adjustedSharpe(turn, 8760, 5) ?? NaN).toBeGreaterThan(sharpe(turn, 8760) ?? NaN);
  });

  it('needs two whole spans', () => {
    const returns = Array.from({ length: 48 }, (_, i) => Math.sin(i * i) / 100);
    expect(adjustedSharpe(returns.slice(0, 47), 8760)).toBeUndefined();
    expect(adjustedSharpe(returns, 8760)).toBeDefined();
  });
});

describe('autocorrelations', () => {
  it('of four values, by hand', () => {
    // Centred 1, -1, 1, -1: products -3 and 2 over squares 4.
    expect(autocorrelations([2, 0, 2, 0], 2)).toEqual(Float64Array.of(-0.75, 0.5));
  });

  it('do not exist without spread, or for as many lags as values', () => {
    expect(autocorrelations([1, 1, 1], 1)).toBeUndefined();
    expect(autocorrelations([1, 2], 2)).toBeUndefined();
    expect(autocorrelations([1, NaN, 3], 1)).toBeUndefined();
  });
});
