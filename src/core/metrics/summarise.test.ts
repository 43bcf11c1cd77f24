import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calmar } from './calmar.js';
import { annualVolatility, deviation } from './deviation.js';
import { drawdown } from './drawdown.js';
import { downsideDeviation } from './one-sided-deviation.js';
import { equityToReturns, totalReturn } from './returns.js';
import { type Scorecard, openScorecard, recordMark, recordSample } from './scorecard.js';
import { sharpe } from './sharpe.js';
import { sortino } from './sortino.js';
import { type Metrics, summarise } from './summarise.js';
import { expectancy, profitFactor, winRate } from './trade-results.js';
import { type TradeTotals, zeroTradeTotals } from './trade-totals.js';

const HOURS = 8760;

function cardOf([start, ...path]: readonly number[], exposure = 0.5): Scorecard {
  const card = openScorecard(start ?? NaN);
  for (const equityUsd of path) {
    recordMark(card, equityUsd, exposure);
    recordSample(card, equityUsd);
  }
  return card;
}

function totalsOf(netProfitsUsd: readonly number[]): TradeTotals {
  const totals = zeroTradeTotals();
  for (const netUsd of netProfitsUsd) {
    totals.fills += 2;
    totals.closedTrades++;
    if (netUsd > 0) {
      totals.wins++;
      totals.grossProfitUsd += netUsd;
    } else totals.grossLossUsd -= netUsd;
  }
  return totals;
}

function expectClose(actual: number | undefined, expected: number | undefined, what: string): void {
  if (actual === undefined || expected === undefined) expect(actual, what).toBe(expected);
  else expect(Math.abs(actual - expected), what).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

function percent(fraction: number | undefined): number | undefined {
  return fraction === undefined ? undefined : 100 * fraction;
}

/** Curves of positive equity, some of them flat for long. */
const equityPath = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: -0.2, max: 0.25, noNaN: true })), {
    minLength: 1,
    maxLength: 300,
  })
  .map((returns) => {
    let equity = 10_000;
    return [equity, ...returns.map((r) => (equity *= 1 + r))];
  });

describe('the metrics of a card', () => {
  it('B-35: agree with those of the whole curve', () => {
    fc.assert(
      fc.property(equityPath, (equity) => {
        const returns = equityToReturns(equity);
        const m = summarise(cardOf(equity), zeroTradeTotals(), HOURS);
        expectClose(m.totalReturnPct, percent(totalReturn(returns)), 'total return');
        expectClose(m.annualVolatilityPct, percent(annualVolatility(returns, HOURS)), 'volatility');
        expectClose(m.maxDrawdownPct, percent(drawdown(returns)?.depth), 'drawdown');
        // A ratio to nearly nothing magnifies rounding; where there is something to measure both agree.
        const measurable = (spread: number | undefined): boolean =>
          spread === undefined || spread === 0 || spread > 1e-6;
        if (measurable(deviation(returns))) expectClose(m.sharpe, sharpe(returns, HOURS), 'Sharpe');
        if (measurable(downsideDeviation(returns)))
          expectClose(m.sortino, sortino(returns, HOURS), 'Sortino');
        // Raising to 8760 / n magnifies the rounding of the product, so here over as many years as periods.
        const perYear = summarise(cardOf(equity), zeroTradeTotals(), 1);
        if (measurable(-(drawdown(returns)?.depth ?? 0)))
          expectClose(perYear.calmar, calmar(returns, 1), 'Calmar');
      }),
      { numRuns: 200 },
    );
  });

  it('agree with those of all closed trades', () => {
    const cents = fc.array(
      fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 100),
      { maxLength: 100 },
    );
    fc.assert(
      fc.property(cents, (netProfitsUsd) => {
        const m = summarise(cardOf([100, 101, 102]), totalsOf(netProfitsUsd), HOURS);
        expect(m.trades).toBe(netProfitsUsd.length);
        expectClose(m.winPct, percent(winRate(netProfitsUsd)), 'win rate');
        expectClose(m.profitFactor, profitFactor(netProfitsUsd), 'profit factor');
        expectClose(m.expectancyUsd, expectancy(netProfitsUsd), 'expectancy');
      }),
    );
  });

  it('annualise over whole samples: bars since the last one move the total return, not Calmar', () => {
    const card = cardOf([100, 90, 110]);
    const sampled = summarise(card, zeroTradeTotals(), 2);
    recordMark(card, 105, 0.5);
    const later = summarise(card, zeroTradeTotals(), 2);
    expect(sampled.calmar).toBeCloseTo(0.1 / 0.1, 12);
    expect(later.calmar).toBe(sampled.calmar);
    expect(later.totalReturnPct).toBeCloseTo(5, 12);
  });

  it('are finite or undefined for any path, total losses and debts included', () => {
    const start = fc.oneof(
      fc.double({ min: -1e6, max: 1e9, noNaN: true }).filter((usd) => Math.abs(usd) > 1e-15),
      // Nothing, dust left by rounding, and more than there is.
      fc.constantFrom(0, -0, 1e-15, -1e-15, 1e15),
    );
    const exposures = fc.double({ min: 0, max: 10, noNaN: true });
    fc.assert(
      fc.property(start, fc.array(start, { maxLength: 50 }), exposures, (first, rest, exposure) => {
        const m = summarise(cardOf([first, ...rest], exposure), totalsOf([1, -2, 3]), HOURS);
        for (const [name, value] of Object.entries(m) as [keyof Metrics, number | undefined][])
          if (value !== undefined) expect(Number.isFinite(value), name).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('A-44: do not change when equity is counted in another unit', () => {
    const unit = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(equityPath, unit, (equity, factor) => {
        const a = summarise(cardOf(equity), zeroTradeTotals(), HOURS);
        const b = summarise(cardOf(equity.map((usd) => usd * factor)), zeroTradeTotals(), HOURS);
        expectClose(b.totalReturnPct, a.totalReturnPct, 'total return');
        expectClose(b.maxDrawdownPct, a.maxDrawdownPct, 'drawdown');
        expectClose(b.annualVolatilityPct, a.annualVolatilityPct, 'volatility');
        const returns = equityToReturns(equity);
        if ((deviation(returns) ?? 0) > 1e-6) expectClose(b.sharpe, a.sharpe, 'Sharpe');
        if ((downsideDeviation(returns) ?? 0) > 1e-6) expectClose(b.sortino, a.sortino, 'Sortino');
      }),
    );
  });
});

describe('what a card cannot say', () => {
  it('is everything on a card without a bar', () => {
    const m = summarise(openScorecard(10_000), zeroTradeTotals(), HOURS);
    const ratios = [m.totalReturnPct, m.annualVolatilityPct, m.sharpe, m.sortino, m.calmar, m.maxDrawdownPct];
    expect([...ratios, m.winPct, m.profitFactor, m.expectancyUsd, m.exposurePct]).toEqual(
      Array.from({ length: 10 }, () => undefined),
    );
    expect([m.finalEquityUsd, m.samples, m.trades, m.turnover]).toEqual([10_000, 0, 0, 0]);
  });

  it('A-17: is the Sharpe and Sortino of one that never traded', () => {
    const m = summarise(cardOf([10_000, 10_000, 10_000, 10_000], 0), zeroTradeTotals(), HOURS);
    expect([m.sharpe, m.sortino, m.calmar, m.winPct, m.profitFactor]).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
    expect([m.totalReturnPct, m.maxDrawdownPct, m.annualVolatilityPct]).toEqual([0, 0, 0]);
  });

  it('is the Sharpe and Sortino of one that paid for a model and never traded', () => {
    const costs = { ...zeroTradeTotals(), modelCostUsd: 3 };
    const m = summarise(cardOf([10_000, 9_999, 9_999, 9_997], 0), costs, HOURS);
    expect([m.sharpe, m.sortino]).toEqual([undefined, undefined]);
    expect(m.totalReturnPct).toBeCloseTo(-0.03, 10);
  });

  it('is not the Sharpe of one that held a position and filled nothing since the card was opened', () => {
    const m = summarise(cardOf([10_000, 9_900, 10_100, 10_000], 1), zeroTradeTotals(), HOURS);
    expect(m.sharpe).toBeDefined();
  });

  it('A-17: is the Sortino of a curve without a falling hour, not 999', () => {
    expect(summarise(cardOf([100, 101, 103, 104]), zeroTradeTotals(), HOURS).sortino).toBeUndefined();
  });

  it('is the Sharpe and Sortino of fewer than two samples', () => {
    const m = summarise(cardOf([100, 99]), zeroTradeTotals(), HOURS);
    expect([m.sharpe, m.sortino, m.annualVolatilityPct]).toEqual([undefined, undefined, undefined]);
  });

  it('is any ratio of a flat curve that flickers in its last digits', () => {
    const flicker = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 2, maxLength: 100 });
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), flicker, (equity, ulps) => {
        const path = [equity, ...ulps.map((u) => equity * (1 + u * Number.EPSILON))];
        const m = summarise(cardOf(path), zeroTradeTotals(), HOURS);
        expect([m.sharpe, m.sortino, m.calmar]).toEqual([undefined, undefined, undefined]);
        expect(m.maxDrawdownPct).toBe(0);
      }),
    );
  });

  it('is a return on no money', () => {
    const m = summarise(cardOf([0, 0, 10, 5]), zeroTradeTotals(), HOURS);
    expect([m.totalReturnPct, m.maxDrawdownPct, m.calmar, m.turnover]).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
  });

  it('stops the board when equity or a total is not a number', () => {
    expect(() => summarise(cardOf([100, NaN]), zeroTradeTotals(), HOURS)).toThrow('Broken invariant');
    expect(() => summarise(cardOf([100, NaN, 100]), zeroTradeTotals(), HOURS)).toThrow('Broken invariant');
    const broken = { ...zeroTradeTotals(), feesUsd: NaN };
    expect(() => summarise(cardOf([100, 100]), broken, HOURS)).toThrow('feesUsd');
  });
});

describe('trades on a card', () => {
  it('A-15: count wins over closed trades, net of costs', () => {
    const totals = { ...totalsOf([30, -20, -20, -20]), tradedNotionalUsd: 250 };
    const m = summarise(cardOf([100, 99, 98]), totals, HOURS);
    expect([m.winPct, m.profitFactor, m.expectancyUsd, m.trades, m.fills]).toEqual([25, 0.5, -7.5, 4, 8]);
    expect(m.turnover).toBe(2.5);
    expect(m.exposurePct).toBe(50);
  });

  it('a wiped-out account has a Calmar ratio of -1: everything, over everything', () => {
    const m = summarise(cardOf([100, 50, 0, 0]), zeroTradeTotals(), HOURS);
    expect([m.totalReturnPct, m.maxDrawdownPct, m.calmar]).toEqual([-100, -100, -1]);
    expect(m.sharpe).toBeLessThan(0);
  });
});
