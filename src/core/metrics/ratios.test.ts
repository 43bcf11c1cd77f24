import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calmar } from './calmar.js';
import { annualVolatility, deviation, mean } from './deviation.js';
import { drawdown } from './drawdown.js';
import { kurtosis, skewness } from './moments.js';
import { omega } from './omega.js';
import { downsideDeviation, upsideDeviation } from './one-sided-deviation.js';
import { equityToReturns } from './returns.js';
import { sharpe } from './sharpe.js';
import { sortino } from './sortino.js';
import { valueAtRisk } from './value-at-risk.js';

/** Small enough to check by hand: mean 0.01, squared deviations 0.0004 + 0.0016 + 0.0004 + 0.0000. */
const RETURNS = [0.03, -0.03, 0.03, 0.01];

const EVERY_RATIO = {
  sharpe: (r: readonly number[]) => sharpe(r, 8760),
  sortino: (r: readonly number[]) => sortino(r, 8760),
  calmar: (r: readonly number[]) => calmar(r, 8760),
  omega: (r: readonly number[]) => omega(r),
  skewness: (r: readonly number[]) => skewness(r),
  kurtosis: (r: readonly number[]) => kurtosis(r),
};
const EVERY_METRIC = {
  ...EVERY_RATIO,
  mean,
  deviation,
  volatility: (r: readonly number[]) => annualVolatility(r, 8760),
  downside: (r: readonly number[]) => downsideDeviation(r),
  upside: (r: readonly number[]) => upsideDeviation(r),
  depth: (r: readonly number[]) => drawdown(r)?.depth,
  duration: (r: readonly number[]) => drawdown(r)?.longestPeriods,
  quantile: (r: readonly number[]) => valueAtRisk(r, 0.05)?.quantile,
  tailMean: (r: readonly number[]) => valueAtRisk(r, 0.05)?.tailMean,
};

describe('statistics of four returns, by hand', () => {
  it('A-16, B-43: divide deviations by n - 1', () => {
    expect(mean(RETURNS)).toBeCloseTo(0.01, 15);
    expect(deviation(RETURNS)).toBeCloseTo(Math.sqrt(0.0024 / 3), 15);
    expect(annualVolatility(RETURNS, 4)).toBeCloseTo(2 * Math.sqrt(0.0024 / 3), 15);
    expect(sharpe(RETURNS, 4)).toBeCloseTo((2 * 0.01) / Math.sqrt(0.0024 / 3), 12);
  });

  it('divide the downside by all periods, not by the losing one', () => {
    expect(downsideDeviation(RETURNS)).toBeCloseTo(Math.sqrt(0.0009 / 4), 15);
    expect(upsideDeviation(RETURNS)).toBeCloseTo(Math.sqrt(0.0019 / 4), 15);
    expect(sortino(RETURNS, 4)).toBeCloseTo((2 * 0.01) / Math.sqrt(0.0009 / 4), 12);
    expect(sortino(RETURNS, 4, 0.02)).toBeCloseTo((2 * -0.01) / Math.sqrt((0.0025 + 0.0001) / 4), 12);
  });

  it('sum gains over losses', () => {
    expect(omega(RETURNS)).toBeCloseTo(7 / 3, 12);
    expect(omega(RETURNS, 0.02)).toBeCloseTo(2 / 6, 12);
  });

  it('standardise moments by the population deviation', () => {
    const variance = 0.0024 / 4;
    expect(skewness(RETURNS)).toBeCloseTo((2 * 0.02 ** 3 - 0.04 ** 3) / 4 / variance ** 1.5, 12);
    expect(kurtosis(RETURNS)).toBeCloseTo((2 * 0.02 ** 4 + 0.04 ** 4) / 4 / variance ** 2, 12);
  });

  it('interpolate the quantile and count the tail', () => {
    // Sorted: -0.03, 0.01, 0.03, 0.03; a third of the way is exactly the second one.
    const risk = valueAtRisk(RETURNS, 1 / 3);
    expect(risk?.quantile).toBeCloseTo(0.01, 15);
    expect(risk?.tailCount).toBe(2);
    expect(risk?.tailMean).toBeCloseTo(-0.01, 15);
    expect(valueAtRisk(RETURNS, 1 / 6)?.quantile).toBeCloseTo(-0.01, 15);
    expect(valueAtRisk(RETURNS, 1 / 6)?.tailCount).toBe(1);
    expect(() => valueAtRisk(RETURNS, 5)).toThrow('tail probability');
  });

  it('rest on nine returns at 168 hours and 5 %', () => {
    const returns = Array.from({ length: 168 }, (_, i) => ((i * 61) % 168) / 1000 - 0.08);
    expect(valueAtRisk(returns, 0.05)?.tailCount).toBe(9);
  });
});

describe('a drawdown', () => {
  it('counts a loss in the first period, from the initial equity', () => {
    expect(drawdown([-0.1, 0.05])).toEqual({ depth: 0.9 - 1, longestPeriods: 2 });
  });

  it('is deepest from the highest peak before it, and longest where recovery takes longest', () => {
    const returns = equityToReturns([100, 120, 90, 100, 120, 110, 100, 110, 119, 130]);
    const found = drawdown(returns);
    expect(found?.depth).toBeCloseTo(90 / 120 - 1, 12);
    expect(found?.longestPeriods).toBe(4);
  });

  it('ends where the peak is reached again, even if products round below it', () => {
    const steps = fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(steps, (factors) => {
        const down = factors.map((f) => 1 / (1 + f) - 1);
        const up = factors.map((f) => f);
        const flat = Array.from({ length: 100 }, () => 0);
        expect(drawdown([...down, ...up, ...flat])?.longestPeriods).toBe(down.length + up.length - 1);
      }),
    );
  });

  it('is a total loss at most', () => {
    expect(drawdown([0.1, -4, -4])?.depth).toBe(-1);
  });
});

describe('what cannot be measured', () => {
  it.each(Object.entries(EVERY_METRIC))('is undefined without returns: %s', (_name, metric) => {
    expect(metric([])).toBeUndefined();
  });

  it.each(Object.entries(EVERY_METRIC))('is undefined with a gap in the returns: %s', (_name, metric) => {
    expect(metric([0.01, NaN, -0.01, 0.02])).toBeUndefined();
    expect(metric([0.01, -0.01, 0.02, NaN])).toBeUndefined();
    expect(metric([NaN, -1, 0.02])).toBeUndefined();
  });

  it.each(Object.entries(EVERY_RATIO))('is undefined on a flat curve: %s', (_name, ratio) => {
    expect(ratio([0, 0, 0, 0])).toBeUndefined();
  });

  it('has neither Sharpe nor Sortino on one return', () => {
    expect(sharpe([-0.01], 8760)).toBeUndefined();
    expect(sortino([-0.01], 8760)).toBeUndefined();
  });

  it('C-9: has no Sortino, Calmar or Omega where nothing was lost', () => {
    const rising = [0.01, 0.02, 0.03];
    expect([sortino(rising, 8760), calmar(rising, 8760), omega(rising)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(sharpe(rising, 1)).toBeCloseTo(2, 12);
  });

  it('is never NaN or infinite, whatever the returns', () => {
    const returns = fc.array(fc.double(), { maxLength: 20 });
    fc.assert(
      fc.property(returns, (series) => {
        for (const metric of Object.values(EVERY_METRIC)) {
          const value = metric(series);
          if (value !== undefined) expect(Number.isFinite(value)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('rounding is no risk', () => {
  const noise = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 2, maxLength: 100 });
  const level = fc.double({ min: 1e-6, max: 1e12, noNaN: true });

  it('a flat curve that flickers in its last digits has no ratio', () => {
    fc.assert(
      fc.property(level, noise, (equity, ulps) => {
        const returns = Array.from(equityToReturns(ulps.map((u) => equity * (1 + u * Number.EPSILON))));
        for (const [name, ratio] of Object.entries(EVERY_RATIO)) expect(ratio(returns), name).toBeUndefined();
        expect(drawdown(returns)).toEqual({ depth: 0, longestPeriods: 0 });
      }),
    );
  });

  it('a curve that grows by the same fraction every period has no Sharpe, however large the fraction', () => {
    const growth = fc.double({ min: -0.9, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(level, growth, fc.integer({ min: 2, max: 40 }), (start, g, periods) => {
        const equity = [start];
        for (let i = 0; i < periods; i++) equity.push((equity.at(-1) ?? NaN) * (1 + g));
        expect(sharpe(equityToReturns(equity), 8760)).toBeUndefined();
      }),
    );
  });

  it('a curve that moves by a billionth is measured', () => {
    expect(sharpe([1e-9, -1e-9, 2e-9], 1)).toBeCloseTo(0.4364, 3);
    expect(sortino([1e-9, -1e-9, 2e-9], 1)).toBeCloseTo(1.1547, 3);
  });
});
