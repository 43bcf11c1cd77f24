/**
 * The statistics against numbers of others: numpy and scipy, Bacon's book, empyrical's test suite. Every case
 * of a file is either computed or listed with the reason why it is not.
 */
import { describe, expect, it } from 'vitest';
import { describeShared } from '../../../test/support/shared-files.js';
import { adjustedSharpe, aggregationFactor } from './aggregation-factor.js';
import { autocorrelations } from './autocorrelations.js';
import { calmar } from './calmar.js';
import { annualVolatility, deviation, mean } from './deviation.js';
import { drawdown } from './drawdown.js';
import { minimumTrackRecord } from './minimum-track-record.js';
import { type MarketComparison, compareWithMarket } from './market-comparison.js';
import { kurtosis, skewness } from './moments.js';
import { omega } from './omega.js';
import { downsideDeviation, upsideDeviation } from './one-sided-deviation.js';
import { probabilisticSharpe } from './probabilistic-sharpe.js';
import { annualReturn, equityToReturns, totalReturn } from './returns.js';
import { openScorecard, recordMark, recordSample } from './scorecard.js';
import { sharpe } from './sharpe.js';
import { normalSharpeError, sharpeError } from './sharpe-error.js';
import { type SharpeRecord, sharpeRecord } from './sharpe-record.js';
import { sortino } from './sortino.js';
import { normalQuantile, studentTUpperTail } from './special-functions.js';
import { summarise } from './summarise.js';
import { profitFactor, winRate } from './trade-results.js';
import { zeroTradeTotals } from './trade-totals.js';
import { valueAtRisk } from './value-at-risk.js';

function expectRelative(actual: number | undefined, expected: number | undefined, what: string): void {
  const [a, b] = [actual ?? NaN, expected ?? NaN];
  expect(Math.abs(a - b), `${what}: ${String(a)} is not ${String(b)}`).toBeLessThanOrEqual(
    1e-9 * Math.abs(b),
  );
}

interface ProjectSeries {
  readonly name: string;
  readonly periods_per_year: number;
  readonly returns: readonly number[];
  readonly expected: Readonly<Record<string, number | null>>;
}

/** Non-overlapping blocks of eight hours, from the start; a short tail is dropped. */
function blocksOf8(returns: readonly number[]): number[] {
  return Array.from({ length: Math.floor(returns.length / 8) }, (_, i) =>
    returns.slice(8 * i, 8 * i + 8).reduce((sum, r) => sum + r, 0),
  );
}

function ofRecord(
  returns: readonly number[],
  statistic: (record: SharpeRecord) => number | undefined,
): number | undefined {
  const record = sharpeRecord(returns);
  return record === undefined ? undefined : statistic(record);
}

const PROJECT: Readonly<Record<string, (r: readonly number[], periods: number) => number | undefined>> = {
  n: (r) => r.length,
  total_return: (r) => totalReturn(r),
  cagr: (r, periods) => annualReturn(r, periods),
  mean: (r) => mean(r),
  sd_ddof1: (r) => deviation(r),
  annual_volatility: (r, periods) => annualVolatility(r, periods),
  sharpe_per_period: (r) => sharpe(r, 1),
  sharpe_annual: (r, periods) => sharpe(r, periods),
  sortino_annual: (r, periods) => sortino(r, periods),
  max_drawdown: (r) => drawdown(r)?.depth,
  max_drawdown_duration_periods: (r) => drawdown(r)?.longestPeriods,
  calmar: (r, periods) => calmar(r, periods),
  omega_0: (r) => omega(r),
  win_rate_periods: (r) => winRate(r.filter((value) => value !== 0)),
  profit_factor_periods: (r) => profitFactor(r),
  skew_population: (r) => skewness(r),
  kurtosis_population: (r) => kurtosis(r),
  excess_kurtosis: (r) => (kurtosis(r) ?? NaN) - 3,
  var_95_historical: (r) => valueAtRisk(r, 0.05)?.quantile,
  cvar_95_historical: (r) => valueAtRisk(r, 0.05)?.tailMean,
  // Shown nowhere, since returns have fat tails; its parts are.
  var_95_gaussian_ddof1: (r) => (mean(r) ?? NaN) + normalQuantile(0.05) * (deviation(r) ?? NaN),
  lo_se_sharpe_iid: (r) => normalSharpeError(sharpe(r, 1) ?? NaN, r.length),
  mertens_se_sharpe: (r) => ofRecord(r, sharpeError),
  psr_0: (r) => ofRecord(r, probabilisticSharpe),
  min_trl_0_95: (r) => ofRecord(r, minimumTrackRecord),
  lo_eta_24: (r) => aggregationFactor(24, autocorrelations(r, 23) ?? []),
  sharpe_24_aggregated: (r) => adjustedSharpe(r, 24),
  // The t statistic of a mean is the ratio over n periods.
  block8_t: (r) => sharpe(blocksOf8(r), blocksOf8(r).length),
  block8_p_one_sided: (r) =>
    studentTUpperTail(sharpe(blocksOf8(r), blocksOf8(r).length) ?? NaN, blocksOf8(r).length - 1),
  block8_n: (r) => blocksOf8(r).length,
};

describeShared('vectors/metrics_project.json', 'metrics of the project series (numpy, scipy)', (content) => {
  const { series } = content as { series: readonly ProjectSeries[] };

  it.each(series)('$name: every metric', ({ returns, periods_per_year: periods, expected }) => {
    for (const [name, value] of Object.entries(expected)) {
      const metric = PROJECT[name];
      if (metric === undefined) throw new Error(`the file has a metric ${name} that nobody computes`);
      const found = metric(returns, periods);
      if (value === null) expect(found, name).toBeUndefined();
      else expectRelative(found, value, name);
    }
  });

  it.each(series)('$name: through the running scorecard', ({ returns, periods_per_year, expected: e }) => {
    const card = openScorecard(10_000);
    let equityUsd = 10_000;
    for (const r of returns) {
      equityUsd *= 1 + r;
      recordMark(card, equityUsd, 1);
      recordSample(card, equityUsd);
    }
    const m = summarise(card, zeroTradeTotals(), periods_per_year);
    expectRelative(m.totalReturnPct, 100 * (e['total_return'] ?? NaN), 'total return');
    expectRelative(m.annualVolatilityPct, 100 * (e['annual_volatility'] ?? NaN), 'volatility');
    expectRelative(m.sharpe, e['sharpe_annual'] ?? NaN, 'Sharpe');
    expectRelative(m.sortino, e['sortino_annual'] ?? NaN, 'Sortino');
    expectRelative(m.maxDrawdownPct, 100 * (e['max_drawdown'] ?? NaN), 'drawdown');
    expectRelative(m.calmar, e['calmar'] ?? NaN, 'Calmar');
  });
});

interface BaconCase {
  readonly metric: string;
  readonly params: { readonly mar?: number };
  readonly expected: number;
  readonly digits: number;
  readonly checked?: number;
}

const BACON: Readonly<Record<string, (r: readonly number[], mar: number) => number>> = {
  downside_deviation: (r, mar) => downsideDeviation(r, mar) ?? NaN,
  downside_frequency: (r, mar) => winRate(r.map((value) => mar - value)) ?? NaN,
  upside_risk: (r, mar) => upsideDeviation(r, mar) ?? NaN,
  kappa: (r, mar) => sortino(r, 1, mar) ?? NaN,
  omega_sharpe_ratio: (r, mar) => (omega(r, mar) ?? NaN) - 1,
  skewness_kurtosis_ratio: (r) => (skewness(r) ?? NaN) / (kurtosis(r) ?? NaN),
  variability_skewness: (r, mar) => (upsideDeviation(r, mar) ?? NaN) / (downsideDeviation(r, mar) ?? NaN),
  // From the population's kurtosis k to the sample's: (k - 3 + 6 / (n + 1)) (n^2 - 1) / ((n - 2)(n - 3)) + 3,
  // where Bacon has the 3 of the sample as well: 3 (n - 1)^2 / ((n - 2)(n - 3)).
  kurtosis_sample: (r) => {
    const n = r.length;
    return ((kurtosis(r) ?? NaN) * (n * n - 1)) / ((n - 2) * (n - 3));
  },
};
const BACON_NOT_COMPUTED: Readonly<Record<string, string>> = {
  pain_ratio: 'the product has no mean of drawdowns',
  burke_ratio: 'the product has no sum of squared drawdowns, and upstream cuts the record into other ones',
  prospect_ratio: 'the product has no utility function',
};

describeShared('vectors/metrics_bacon.json', 'downside and upside statistics of Bacon 2008', (content) => {
  const { portfolio, cases } = content as {
    portfolio: readonly number[];
    cases: readonly BaconCase[];
  };
  const computed = cases.filter((c) => BACON_NOT_COMPUTED[c.metric] === undefined);

  it('has eight cases that are computed and three that are not', () => {
    expect([computed.length, cases.length - computed.length]).toEqual([8, 3]);
  });

  it.each(computed)('$metric is $expected', ({ metric, params, expected, digits, checked }) => {
    const value = BACON[metric]?.(portfolio, params.mar ?? 0) ?? NaN;
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(0.5 * 10 ** -digits);
    if (checked !== undefined) expectRelative(value, checked, metric);
  });
});

type Series = readonly (number | null)[];
interface EmpyricalCase {
  readonly metric: string;
  readonly returns?: { readonly series: string } | readonly number[];
  readonly prices?: { readonly series: string };
  readonly period?: string;
  readonly risk_free?: unknown;
  readonly required_return?: unknown;
  readonly factor_returns?: unknown;
  readonly benchmark?: { readonly series: string };
  readonly starting_value?: number;
  readonly window?: number;
  readonly cutoff?: number;
  readonly decimal_places?: number;
  readonly expected: unknown;
}
interface EmpyricalFile {
  readonly series: Readonly<Record<string, Series | Readonly<Record<string, Series>>>>;
  readonly periods_per_year: Readonly<Record<string, number>>;
  readonly decimals: Readonly<Record<string, number>>;
  readonly cases: readonly EmpyricalCase[];
}

/** One column of one case, ready to compute. */
interface Inputs {
  /** Observed returns; what is missing upstream is dropped. */
  readonly returns: readonly number[];
  /** The same less the risk-free, required or benchmark return of the period, where the case names one. */
  readonly excess: readonly number[];
  readonly benchmark: readonly number[];
  /** Returns beside the market's, of the periods that both have. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly periods: number;
  /** The same, for metrics where upstream counts a missing first observation as a period of the record. */
  readonly periodsOverAll: number;
  readonly benchmarkPeriodsOverAll: number;
  readonly of: EmpyricalCase;
}
type Answer = number | undefined | readonly (number | undefined)[];

const EMPYRICAL: Readonly<Record<string, (input: Inputs) => Answer>> = {
  simple_returns: ({ returns }) => Array.from(equityToReturns(returns)),
  // The first entry is the missing observation: nothing has happened yet.
  cum_returns: ({ returns }) => [0, ...returns.map((_, i) => totalReturn(returns.slice(0, i + 1)))],
  cum_returns_final: ({ returns, of }) => {
    const total = totalReturn(returns) ?? NaN;
    return of.starting_value === 0 ? total : (of.starting_value ?? NaN) * (1 + total);
  },
  max_drawdown: ({ returns }) => drawdown(returns)?.depth,
  annual_ret: ({ returns, periods }) => annualReturn(returns, periods),
  annual_volatility: ({ returns, periods }) => annualVolatility(returns, periods),
  calmar: ({ returns, periodsOverAll }) => calmar(returns, periodsOverAll),
  cagr: ({ returns, periodsOverAll }) => annualReturn(returns, periodsOverAll),
  // Upstream takes the required return of a year, here it is one of a period.
  omega: ({ excess, of }) => omega(excess, (1 + (of.required_return as number)) ** (1 / 252) - 1),
  sharpe_ratio: ({ excess, periods }) => sharpe(excess, periods),
  excess_sharpe: ({ excess }) => sharpe(excess, 1),
  downside_risk: ({ excess, periods }) => {
    const downside = downsideDeviation(excess);
    return downside === undefined ? undefined : downside * Math.sqrt(periods);
  },
  sortino: ({ excess, periods }) => sortino(excess, periods),
  roll_max_drawdown: ({ returns, of }) => windows(returns, of).map((r) => drawdown(r)?.depth),
  roll_sharpe_ratio: ({ returns, periods, of }) => windows(returns, of).map((r) => sharpe(r, periods)),
  capture_ratio: ({ returns, benchmark, periodsOverAll, benchmarkPeriodsOverAll }) => {
    const own = annualReturn(returns, periodsOverAll);
    const other = annualReturn(benchmark, benchmarkPeriodsOverAll);
    return own === undefined || other === undefined ? undefined : own / other;
  },
  value_at_risk: ({ returns, of }) => valueAtRisk(returns, of.cutoff ?? NaN)?.quantile,
  alpha_beta: (input) => [marketOf(input).alphaAnnualFraction, marketOf(input).beta],
  alpha: (input) => marketOf(input).alphaAnnualFraction,
  beta: (input) => marketOf(input).beta,
};
const EMPYRICAL_NOT_COMPUTED: Readonly<Record<string, string>> = {
  stability_of_timeseries: 'the product does not show how straight a curve is',
  tail_ratio: 'the product shows one tail, with the number of returns it rests on',
};

function marketOf({ pairs, periods }: Inputs): MarketComparison {
  return compareWithMarket(
    pairs.map(([own]) => own),
    pairs.map(([, market]) => market),
    periods,
  );
}

function windows(returns: readonly number[], of: EmpyricalCase): (readonly number[])[] {
  const length = of.window ?? NaN;
  const count = Math.max(0, returns.length - length + 1);
  return Array.from({ length: count }, (_, i) => returns.slice(i, i + length));
}

function seriesNamed(file: EmpyricalFile, name: string, column: string | undefined): Series {
  const found = file.series[name];
  if (found === undefined) throw new Error(`the file has no series ${name}`);
  if (isSeries(found)) return found;
  const inside = found[column ?? ''];
  if (inside === undefined) throw new Error(`series ${name} has no column ${String(column)}`);
  return inside;
}

function isSeries(value: Series | Readonly<Record<string, Series>>): value is Series {
  return Array.isArray(value);
}

function columnsOf(file: EmpyricalFile, of: EmpyricalCase): (string | undefined)[] {
  const name = of.returns !== undefined && 'series' in of.returns ? of.returns.series : '';
  const found = file.series[name];
  return found === undefined || isSeries(found) ? [undefined] : Object.keys(found);
}

/** A number, or the values of a series, or nothing: per period. */
function perPeriod(file: EmpyricalFile, value: unknown, length: number): Series {
  if (typeof value === 'object' && value !== null && 'series' in value)
    return seriesNamed(file, String(value.series), undefined);
  return Array.from({ length }, () => (typeof value === 'number' ? value : 0));
}

function inputsOf(file: EmpyricalFile, of: EmpyricalCase, column: string | undefined): Inputs {
  const source = of.returns ?? of.prices ?? [];
  const raw = 'series' in source ? seriesNamed(file, source.series, column) : source;
  // Omega's required return is its target, every other one is a hurdle to subtract period by period.
  const hurdle = of.metric === 'omega' ? undefined : of.required_return;
  const less = perPeriod(file, of.risk_free ?? hurdle ?? of.factor_returns, raw.length);
  const benchmark = perPeriod(file, of.factor_returns, raw.length);
  const periods = file.periods_per_year[of.period ?? 'daily'] ?? NaN;
  const overAll = (all: Series): number => (periods * observed(all).length) / Math.max(1, all.length);
  return {
    returns: observed(raw),
    excess: observed(raw.map((r, i) => (r === null ? null : r - (less[i] ?? NaN)))),
    benchmark: observed(benchmark),
    pairs: pairsOf(raw, of.benchmark === undefined ? [] : marketSeries(file, of.benchmark.series)),
    periods,
    periodsOverAll: overAll(raw),
    benchmarkPeriodsOverAll: overAll(benchmark),
    of,
  };
}

/** A frame of one column is that column. */
function marketSeries(file: EmpyricalFile, name: string): Series {
  const found = file.series[name];
  const column = found === undefined || isSeries(found) ? undefined : Object.keys(found)[0];
  return seriesNamed(file, name, column);
}

/** Upstream pairs by date: a series that lacks its first ones ends on the same day. */
function pairsOf(own: Series, market: Series): [number, number][] {
  return own.flatMap((r, i): [number, number][] => {
    const m = market[i - own.length + market.length] ?? null;
    return r === null || m === null ? [] : [[r, m]];
  });
}

function observed(series: Series): number[] {
  return series.filter((value) => value !== null);
}

describeShared('vectors/metrics_empyrical.json', 'metrics of the empyrical test suite', (content) => {
  const file = content as EmpyricalFile;
  const computed = file.cases.filter((c) => EMPYRICAL_NOT_COMPUTED[c.metric] === undefined);

  it('has 72 cases that are computed and four that are not', () => {
    expect([computed.length, file.cases.length - computed.length]).toEqual([72, 4]);
  });

  it.each(computed.map((of, i) => ({ of, i, metric: of.metric })))('case $i: $metric', ({ of, metric }) => {
    const compute = EMPYRICAL[metric];
    if (compute === undefined) throw new Error(`the file has a metric ${metric} that nobody computes`);
    const columns = columnsOf(file, of);
    const actual = columns.flatMap((column) => compute(inputsOf(file, of, column)));
    const expected = Array.isArray(of.expected) ? (of.expected as unknown[]) : [of.expected];
    expect(actual).toHaveLength(expected.length);
    const decimals = of.decimal_places ?? file.decimals[metric] ?? file.decimals['default'] ?? NaN;
    // A case with places of its own expects the true slope of a noisy series, within the 1.5 that numpy allows.
    const units = of.decimal_places === undefined ? 0.5 : 1.5;
    expected.forEach((value, i) => {
      // What upstream calls NaN or infinite cannot be measured here.
      if (typeof value !== 'number') expect(actual[i]).toBeUndefined();
      else expect(Math.abs((actual[i] ?? NaN) - value)).toBeLessThanOrEqual(units * 10 ** -decimals);
    });
  });
});

describe('the golden files', () => {
  it('are compared metric by metric: no name is both computed and left out', () => {
    expect(Object.keys(EMPYRICAL_NOT_COMPUTED).filter((name) => name in EMPYRICAL)).toEqual([]);
    expect(Object.keys(BACON_NOT_COMPUTED).filter((name) => name in BACON)).toEqual([]);
  });
});
