import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeShared } from '../../../test/support/shared-files.js';
import { calmar, drawdown } from './drawdown.js';
import {
  annualReturn,
  deviation,
  downsideDeviation,
  equityToReturns,
  kurtosis,
  mean,
  omega,
  sharpe,
  skewness,
  sortino,
  totalReturn,
} from './returns.js';
import { type Scorecard, openScorecard, recordMark, recordSample } from './scorecard.js';
import { normalCdf, normalQuantile, studentTUpperTail } from './special-functions.js';
import { summarise } from './summarise.js';
import { zeroTradeTotals } from './trade-totals.js';
import { valueAtRisk } from './value-at-risk.js';

function close(actual: number | undefined, expected: number, tolerance: number): void {
  expect(actual).toBeDefined();
  expect(Math.abs((actual ?? NaN) - expected)).toBeLessThanOrEqual(
    tolerance * Math.max(1e-12, Math.abs(expected)),
  );
}

function cardOf(equity: readonly number[]): Scorecard {
  const card = openScorecard(equity[0] ?? NaN);
  for (const value of equity.slice(1)) {
    recordMark(card, value, 0.5);
    recordSample(card, value);
  }
  return card;
}

describeShared('vectors/special_functions.json', 'special functions against scipy', (content) => {
  const golden = content as Record<string, number[][]>;
  it.each(golden['normal_cdf'] ?? [])('normal CDF at %d is %d', (x, expected) => {
    close(normalCdf(x ?? NaN), expected ?? NaN, 1e-9);
  });
  it.each(golden['normal_quantile'] ?? [])('normal quantile at %d is %d', (p, expected) => {
    expect(Math.abs(normalQuantile(p ?? NaN) - (expected ?? NaN))).toBeLessThan(
      1e-9 * Math.max(1, expected ?? 0),
    );
  });
  it.each(golden['student_t_upper_tail'] ?? [])(
    't tail at %d with %d degrees is %d',
    (t, degrees, expected) => {
      close(studentTUpperTail(t ?? NaN, degrees ?? NaN), expected ?? NaN, 1e-9);
    },
  );
});

describeShared('vectors/metrics_project.json', 'metrics of the project series (numpy, scipy)', (content) => {
  const golden = content as {
    series: {
      name: string;
      periods_per_year: number;
      returns: number[];
      expected: Record<string, number>;
    }[];
  };
  it.each(golden.series)('$name', ({ returns, periods_per_year: periods, expected: e }) => {
    const tolerance = 1e-9;
    close(totalReturn(returns), e['total_return'] ?? NaN, tolerance);
    close(annualReturn(returns, periods), e['cagr'] ?? NaN, tolerance);
    close(mean(returns), e['mean'] ?? NaN, tolerance);
    close(deviation(returns), e['sd_ddof1'] ?? NaN, tolerance);
    close(sharpe(returns, periods), e['sharpe_annual'] ?? NaN, tolerance);
    close(sortino(returns, periods), e['sortino_annual'] ?? NaN, tolerance);
    close(drawdown(returns)?.depth, e['max_drawdown'] ?? NaN, tolerance);
    expect(drawdown(returns)?.longestPeriods).toBe(e['max_drawdown_duration_periods']);
    close(calmar(returns, periods), e['calmar'] ?? NaN, tolerance);
    close(omega(returns), e['omega_0'] ?? NaN, tolerance);
    close(skewness(returns), e['skew_population'] ?? NaN, tolerance);
    close(kurtosis(returns), e['kurtosis_population'] ?? NaN, tolerance);
    close(valueAtRisk(returns, 0.05)?.quantile, e['var_95_historical'] ?? NaN, tolerance);
    close(valueAtRisk(returns, 0.05)?.tailMean, e['cvar_95_historical'] ?? NaN, tolerance);
  });

  it.each(golden.series)(
    '$name through the running scorecard',
    ({ returns, periods_per_year: periods, expected: e }) => {
      const equity = [10_000];
      for (const r of returns) equity.push((equity.at(-1) ?? NaN) * (1 + r));
      const metrics = summarise(cardOf(equity), zeroTradeTotals(), periods);
      close(metrics.totalReturnPct, 100 * (e['total_return'] ?? NaN), 1e-9);
      close(metrics.annualVolatilityPct, 100 * (e['annual_volatility'] ?? NaN), 1e-9);
      close(metrics.sharpe, e['sharpe_annual'] ?? NaN, 1e-9);
      close(metrics.sortino, e['sortino_annual'] ?? NaN, 1e-9);
      close(metrics.maxDrawdownPct, 100 * (e['max_drawdown'] ?? NaN), 1e-9);
      close(metrics.calmar, e['calmar'] ?? NaN, 1e-9);
    },
  );
});

describeShared('vectors/metrics_bacon.json', 'downside statistics of Bacon 2008', (content) => {
  const golden = content as {
    portfolio: number[];
    cases: { metric: string; params: { mar: number }; checked: number }[];
  };
  const caseOf = (metric: string): { params: { mar: number }; checked: number } => {
    const found = golden.cases.find((candidate) => candidate.metric === metric);
    if (found === undefined) throw new Error(`no case ${metric}`);
    return found;
  };
  it('downside deviation counts every period in its denominator', () => {
    const { params, checked } = caseOf('downside_deviation');
    close(downsideDeviation(golden.portfolio, params.mar), checked, 1e-9);
  });
  it('kappa of order two is the Sortino ratio of one period', () => {
    const { params, checked } = caseOf('kappa');
    close(sortino(golden.portfolio, 1, params.mar), checked, 1e-9);
  });
  it('Omega minus one is the Omega-Sharpe ratio', () => {
    const { params, checked } = caseOf('omega_sharpe_ratio');
    close((omega(golden.portfolio, params.mar) ?? NaN) - 1, checked, 1e-9);
  });
});

interface EmpyricalCase {
  readonly metric: string;
  readonly returns?: { series: string };
  readonly required_return?: unknown;
  readonly risk_free?: unknown;
  readonly period?: string;
  readonly expected: number | string | null;
}

describeShared('vectors/metrics_empyrical.json', 'metrics of the empyrical test suite', (content) => {
  const golden = content as {
    series: Record<string, (number | null)[]>;
    periods_per_year: Record<string, number>;
    cases: EmpyricalCase[];
  };
  type Metric = (returns: number[], periods: number) => number | undefined;
  const METRICS: Record<string, Metric> = {
    max_drawdown: (returns) => drawdown(returns)?.depth,
    annual_volatility: (returns, periods) => {
      const sd = deviation(returns);
      return sd === undefined ? undefined : sd * Math.sqrt(periods);
    },
    calmar: (returns, periods) => calmar(returns, periods),
    sharpe_ratio: (returns, periods) => sharpe(returns, periods),
    cagr: (returns, periods) => annualReturn(returns, periods),
  };
  // Upstream counts the missing first observation of this series as a period when it annualises; here it is dropped.
  const otherCount = (c: EmpyricalCase): boolean =>
    c.returns?.series === 'mixed_returns' && (c.metric === 'calmar' || c.metric === 'cagr');
  const cases = golden.cases.filter(
    (c) =>
      !otherCount(c) &&
      METRICS[c.metric] !== undefined &&
      c.returns !== undefined &&
      typeof c.returns.series === 'string' &&
      (c.risk_free === undefined || c.risk_free === 0),
  );

  it('has cases for the metrics that the project shares with it', () => {
    expect(cases.length).toBeGreaterThan(15);
  });

  it.each(cases)('$metric of $returns.series', ({ metric, returns, period, expected }) => {
    const series = (golden.series[returns?.series ?? ''] ?? []).filter((value) => value !== null);
    const value = METRICS[metric]?.(series, golden.periods_per_year[period ?? 'daily'] ?? 252);
    // What upstream calls NaN or infinite is undefined here; a flat curve has no Sharpe ratio at all.
    if (typeof expected !== 'number') expect(value).toBeUndefined();
    else if (value === undefined) expect(Math.abs(expected)).toBeLessThan(1e-12);
    else expect(Math.abs(value - expected)).toBeLessThan(1e-7);
  });
});

const equityPath = fc
  .array(fc.double({ min: -0.2, max: 0.25, noNaN: true }), { minLength: 2, maxLength: 300 })
  .map((returns) => returns.reduce<number[]>((path, r) => [...path, (path.at(-1) ?? 1) * (1 + r)], [10_000]));

describe('the running scorecard', () => {
  it('agrees with the exact statistics of the whole curve', () => {
    fc.assert(
      fc.property(equityPath, (equity) => {
        const returns = equityToReturns(equity);
        const m = summarise(cardOf(equity), zeroTradeTotals(), 8760);
        const same = (a: number | undefined, b: number | undefined): void => {
          if (a === undefined || b === undefined) expect(a).toBe(b);
          else expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(b)));
        };
        same(m.totalReturnPct, 100 * (totalReturn(returns) ?? NaN));
        same(m.maxDrawdownPct, 100 * (drawdown(returns)?.depth ?? NaN));
        // Ratios to nearly nothing magnify rounding; both say the same where there is something to measure.
        if ((deviation(returns) ?? 0) > 1e-6) same(m.sharpe, sharpe(returns, 8760));
        if ((downsideDeviation(returns) ?? 0) > 1e-6) same(m.sortino, sortino(returns, 8760));
      }),
    );
  });

  it('has no Sharpe or Sortino for an account that never moved', () => {
    const m = summarise(cardOf([10_000, 10_000, 10_000, 10_000]), zeroTradeTotals(), 8760);
    expect([m.sharpe, m.sortino, m.calmar, m.winPct, m.profitFactor]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(m.totalReturnPct).toBe(0);
  });

  it('A-17: a curve without a falling hour has no Sortino, not 999', () => {
    expect(summarise(cardOf([100, 101, 103, 104]), zeroTradeTotals(), 8760).sortino).toBeUndefined();
  });

  it('gives finite numbers or undefined for any path, a total loss included', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e9, noNaN: true }), { maxLength: 50 }), (path) => {
        const m = summarise(cardOf([10_000, ...path]), zeroTradeTotals(), 8760);
        for (const value of Object.values(m) as (number | undefined)[])
          if (value !== undefined) expect(Number.isFinite(value)).toBe(true);
      }),
    );
  });

  it('does not change when equity is measured in another unit', () => {
    fc.assert(
      fc.property(equityPath, (equity) => {
        const a = summarise(cardOf(equity), zeroTradeTotals(), 8760);
        const b = summarise(cardOf(equity.map((value) => value * 1024)), zeroTradeTotals(), 8760);
        expect(b.sharpe).toBe(a.sharpe);
        expect(b.maxDrawdownPct).toBe(a.maxDrawdownPct);
        expect(b.totalReturnPct).toBe(a.totalReturnPct);
      }),
    );
  });

  it('A-15: counts wins over closed trades, net of costs', () => {
    const totals = {
      ...zeroTradeTotals(),
      closedTrades: 4,
      wins: 1,
      grossProfitUsd: 30,
      grossLossUsd: 60,
      fills: 8,
    };
    const m = summarise(cardOf([100, 99, 98]), totals, 8760);
    expect(m.winPct).toBe(25);
    expect(m.profitFactor).toBe(0.5);
    expect(m.expectancyUsd).toBe(-7.5);
  });
});
