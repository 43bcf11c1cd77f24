import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeShared } from '../../../test/support/shared-files.js';
import { HOUR_MS } from '../domain/time.js';
import { type AccountRecord, metricReport } from './metric-report.js';
import { qualityScore } from './quality-score.js';
import { type ClosedTrade, reportTrades } from './trade-report.js';

function trade(netUsd: number, hours = 1, symbol = 'BTC'): ClosedTrade {
  return { symbol, netUsd, openedMs: 0, closedMs: hours * HOUR_MS };
}

function recordOf(
  equityUsd: readonly number[],
  trades: readonly ClosedTrade[] = [],
  market?: readonly number[],
): AccountRecord {
  return { equityUsd, periodsPerYear: 8760, trades, exposureFraction: undefined, marketWorth: market };
}

/** Every number inside, wherever it stands. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

interface ProjectSeries {
  readonly name: string;
  readonly returns: readonly number[];
  readonly expected: Readonly<Record<string, number>>;
}

describeShared('vectors/metrics_project.json', 'the report of an account', (content) => {
  const { series } = content as { series: readonly ProjectSeries[] };

  it.each(series)('$name: says what numpy says', ({ returns, expected }) => {
    let equityUsd = 10_000;
    const report = metricReport(recordOf([equityUsd, ...returns.map((r) => (equityUsd *= 1 + r))]));
    const root = Math.sqrt(8760);
    const [ratio, error] = [expected['sharpe_per_period'] ?? NaN, expected['mertens_se_sharpe'] ?? NaN];
    const wanted: [number | undefined, number | undefined][] = [
      [report.periods, expected['n']],
      [report.totalReturnFraction, expected['total_return']],
      [report.annualReturnFraction, expected['cagr']],
      [report.meanReturnFraction, expected['mean']],
      [report.annualVolatilityFraction, expected['annual_volatility']],
      [report.skewness, expected['skew_population']],
      [report.kurtosis, expected['kurtosis_population']],
      [report.valueAtRisk95?.quantile, expected['var_95_historical']],
      [report.valueAtRisk95?.tailMean, expected['cvar_95_historical']],
      [report.sharpe, expected['sharpe_annual']],
      [report.sharpeRange?.low, root * (ratio - 1.96 * error)],
      [report.sharpeRange?.high, root * (ratio + 1.96 * error)],
      [report.adjustedSharpe, (expected['sharpe_24_aggregated'] ?? NaN) * Math.sqrt(365)],
      [report.sortino, expected['sortino_annual']],
      [report.calmar, expected['calmar']],
      [report.omega, expected['omega_0']],
      [report.drawdownFraction, expected['max_drawdown']],
      [report.longestUnderWaterPeriods, expected['max_drawdown_duration_periods']],
      [report.worstDrawdowns[0]?.depthFraction, expected['max_drawdown']],
    ];
    wanted.forEach(([found, value], i) => {
      const [a, b] = [found ?? NaN, value ?? NaN];
      // Returns that were made from equity have lost some digits of their own.
      expect(Math.abs(a - b), `figure ${String(i)}: ${String(a)}, ${String(b)}`).toBeLessThanOrEqual(
        1e-8 * Math.abs(b),
      );
    });
    expect(report.valueAtRisk95?.tailCount).toBe(Math.floor((returns.length - 1) * 0.05) + 1);
  });
});

describe('the report of an account', () => {
  it('names the deepest fall with its recovery and at most five falls', () => {
    const report = metricReport(
      recordOf([100, 90, 100, 80, 90, 100, 95, 101, 99, 102, 98, 103, 60, 104, 103]),
    );
    expect(report.worstDrawdowns.map((fall) => fall.peakPeriod)).toEqual([11, 2, 0, 5, 9]);
    expect(report.recoveryPeriods).toBe(1);
    expect(metricReport(recordOf([100, 90, 100, 80, 90])).recoveryPeriods).toBeUndefined();
    expect(metricReport(recordOf([100, 110])).recoveryPeriods).toBeUndefined();
  });

  it('compares with the market where there is one', () => {
    const market = [50, 51, 50, 52, 53, 51];
    const own = market.map((worth) => worth * 200);
    const report = metricReport({ ...recordOf(own, [], market), exposureFraction: 0.7 });
    expect(report.market?.beta).toBeCloseTo(1, 12);
    expect(report.market?.upCapture).toBeCloseTo(1, 12);
    expect(report.exposureFraction).toBe(0.7);
    expect(metricReport(recordOf(own)).market).toBeUndefined();
  });

  it('says nothing about a flat curve but that it is flat', () => {
    const report = metricReport(recordOf([100, 100, 100, 100]));
    expect(report).toMatchObject({
      totalReturnFraction: 0,
      annualVolatilityFraction: 0,
      drawdownFraction: 0,
      worstDrawdowns: [],
      quality: { kind: 'undefined', why: 'fewer-than-30-trades' },
    });
    const ratios = [report.sharpe, report.sharpeRange, report.sortino, report.calmar, report.omega];
    expect([...ratios, report.skewness, report.kurtosis, report.adjustedSharpe]).toEqual(
      Array.from({ length: 8 }, () => undefined),
    );
  });

  it('has no figure without returns', () => {
    for (const equity of [[], [100]]) {
      const report = metricReport(recordOf(equity, [], equity));
      expect(numbersIn(report).every((figure) => figure === 0)).toBe(true);
      expect(report.totalReturnFraction).toBeUndefined();
      expect(report.drawdownFraction).toBeUndefined();
      expect(report.valueAtRisk95).toBeUndefined();
    }
  });

  it('counts a loss of everything once', () => {
    const report = metricReport(recordOf([100, 110, 0, 0, 0]));
    expect(report.totalReturnFraction).toBe(-1);
    expect(report.drawdownFraction).toBe(-1);
    expect(report.recoveryPeriods).toBeUndefined();
    expect(report.sharpe).toBeLessThan(0);
  });

  it('is of numbers or of nothing, whatever comes in', () => {
    const money = fc.oneof(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.double(),
      fc.constantFrom(0, -1, NaN),
    );
    const trades = fc.array(
      fc.record({ symbol: fc.constantFrom('A', 'B'), netUsd: money, openedMs: money, closedMs: money }),
      { maxLength: 40 },
    );
    const curve = fc.array(money, { maxLength: 60 });
    fc.assert(
      fc.property(curve, trades, curve, (equity, closed, market) => {
        for (const figure of numbersIn(metricReport(recordOf(equity, closed, market))))
          expect(Number.isFinite(figure)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the trades of a report', () => {
  const TRADES = [trade(30, 1), trade(-10, 2, 'ETH'), trade(0, 3), trade(10, 10), trade(-20, 4)];

  it('by hand', () => {
    expect(reportTrades(TRADES)).toEqual({
      closed: 5,
      won: 2,
      lost: 2,
      winFraction: 0.4,
      profitFactor: 40 / 30,
      expectancyUsd: 2,
      averageWinUsd: 20,
      averageLossUsd: -15,
      riskReward: 20 / 15,
      largestWinUsd: 30,
      largestLossUsd: -20,
      meanHoldMs: 4 * HOUR_MS,
      medianHoldMs: 3 * HOUR_MS,
      bySymbol: [
        { symbol: 'BTC', closed: 4, winFraction: 0.5, netUsd: 20 },
        { symbol: 'ETH', closed: 1, winFraction: 0, netUsd: -10 },
      ],
    });
  });

  it('have the middle of two as the median of an even number', () => {
    expect(reportTrades(TRADES.slice(0, 4)).medianHoldMs).toBe(2.5 * HOUR_MS);
  });

  it('have no win without a win and no loss without a loss', () => {
    const won = reportTrades([trade(5), trade(7)]);
    expect([won.averageLossUsd, won.largestLossUsd, won.riskReward, won.profitFactor]).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
    const lost = reportTrades([trade(-5), trade(-7)]);
    expect([lost.averageWinUsd, lost.largestWinUsd, lost.riskReward]).toEqual(
      Array.from({ length: 3 }, () => undefined),
    );
    expect([lost.winFraction, lost.profitFactor, lost.largestLossUsd]).toEqual([0, 0, -7]);
  });

  it('have no risk and reward where only rounding made a loss', () => {
    expect(reportTrades([trade(1000), trade(-1e-13)]).riskReward).toBeUndefined();
  });

  it('have no figures of money where one of them is no number', () => {
    const report = reportTrades([trade(5), trade(NaN)]);
    expect([report.winFraction, report.expectancyUsd, report.bySymbol[0]?.netUsd]).toEqual(
      Array.from({ length: 3 }, () => undefined),
    );
    expect(report.closed).toBe(2);
  });
});

describe('the quality score', () => {
  const best = {
    closedTrades: 30,
    sharpe: 2.1,
    drawdownFraction: -0.04,
    profitFactor: 2.1,
    winFraction: 0.61,
  };

  it('is 100 at best, in four parts, and 0 at worst', () => {
    expect(qualityScore(best)).toEqual({
      kind: 'measured',
      points: 100,
      parts: { sharpe: 30, drawdown: 25, profitFactor: 25, winRate: 20 },
    });
    const worst = { ...best, sharpe: 0.5, drawdownFraction: -0.2, profitFactor: 1.1, winFraction: 0.45 };
    expect(qualityScore(worst)).toMatchObject({ kind: 'measured', points: 0 });
  });

  it('has insufficient data below 30 closed trades, and without a ratio or a result', () => {
    expect(qualityScore({ ...best, closedTrades: 29 })).toEqual({
      kind: 'undefined',
      why: 'fewer-than-30-trades',
    });
    expect(qualityScore({ ...best, sharpe: undefined })).toEqual({ kind: 'undefined', why: 'no-sharpe' });
    expect(qualityScore({ ...best, winFraction: undefined })).toEqual({
      kind: 'undefined',
      why: 'no-result',
    });
  });

  it('takes a record without a losing trade for a good one, not for one without profit', () => {
    expect(qualityScore({ ...best, profitFactor: undefined })).toMatchObject({ points: 100 });
    const idle = { ...best, profitFactor: undefined, winFraction: 0 };
    expect(qualityScore(idle)).toMatchObject({ points: 55 });
  });

  it('lies between 0 and 100 and never falls when a figure gets better', () => {
    const figures = fc.record({
      sharpe: fc.double({ min: -5, max: 5, noNaN: true }),
      drawdownFraction: fc.double({ min: -1, max: 0, noNaN: true }),
      profitFactor: fc.double({ min: 0, max: 5, noNaN: true }),
      winFraction: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const pointsOf = (input: Parameters<typeof qualityScore>[0]): number => {
      const score = qualityScore(input);
      return score.kind === 'measured' ? score.points : NaN;
    };
    fc.assert(
      fc.property(figures, figures, (a, b) => {
        const better = {
          closedTrades: 40,
          sharpe: Math.max(a.sharpe, b.sharpe),
          drawdownFraction: Math.max(a.drawdownFraction, b.drawdownFraction),
          profitFactor: Math.max(a.profitFactor, b.profitFactor),
          winFraction: Math.max(a.winFraction, b.winFraction),
        };
        const points = pointsOf({ ...a, closedTrades: 40 });
        expect(points).toBeGreaterThanOrEqual(0);
        expect(pointsOf(better)).toBeGreaterThanOrEqual(points);
        expect(pointsOf(better)).toBeLessThanOrEqual(100);
      }),
    );
  });
});
