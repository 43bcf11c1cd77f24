/** Annual figures: the same whatever the bars are, and however often something is repeated. */
import { describe, expect, it } from 'vitest';
import { aggregateMarket } from '../../src/core/domain/aggregate-market.js';
import { uniformAt } from '../../src/core/domain/rng.js';
import { HOUR_MS, timeframeMs } from '../../src/core/domain/time.js';
import { generateMarket } from '../../src/core/market/generate-market.js';
import { sharpe } from '../../src/core/metrics/sharpe.js';
import { sortino } from '../../src/core/metrics/sortino.js';
import type { Metrics } from '../../src/core/metrics/summarise.js';
import { START_MS, bar, marketOf } from '../support/made-market.js';
import { buy, metricsOf, playSession } from '../support/play-session.js';
import { scripted, sessionFor } from '../support/scripted-kind.js';

describe('units of time', () => {
  it('C-9, E-1, E-6: one holding on bars of 15 minutes, an hour and a day has one volatility and Sharpe', () => {
    const day = 24 * 4;
    const base = generateMarket({
      seed: 3,
      symbols: ['BTC-USD'],
      timeframe: '15m',
      startMs: START_MS,
      length: 400 * day,
    });
    const measured = (['15m', '1h', '1d'] as const).map((timeframe): Metrics => {
      const { table } = aggregateMarket(base, timeframe);
      const barsPerDay = (24 * HOUR_MS) / timeframeMs(timeframe);
      const kind = scripted((n, o) => (n === 0 ? [buy(o.symbols[0] ?? '', { weight: 1 })] : []));
      const session = sessionFor(kind, table);
      // All decide at the close of the first day and enter at the same open.
      playSession(session, barsPerDay - 1);
      return metricsOf(session, timeframe === '1d' ? 365 : 8760);
    });
    const [quarter, hour, daily] = measured;
    expect(quarter?.samples).toBe(hour?.samples);
    expect(quarter?.sharpe).toBeCloseTo(hour?.sharpe ?? NaN, 9);
    expect(quarter?.annualVolatilityPct).toBeCloseTo(hour?.annualVolatilityPct ?? NaN, 9);
    expect((daily?.annualVolatilityPct ?? NaN) / (hour?.annualVolatilityPct ?? NaN)).toBeGreaterThan(0.8);
    expect((daily?.annualVolatilityPct ?? NaN) / (hour?.annualVolatilityPct ?? NaN)).toBeLessThan(1.25);
    expect(Math.abs((daily?.sharpe ?? NaN) - (hour?.sharpe ?? NaN))).toBeLessThan(0.3);
  });

  it('E-6: moves of 1 % an hour are a volatility of 93.6 % a year', () => {
    let price = 100;
    const bars = Array.from({ length: 2_000 }, (_, i) => {
      const open = price;
      price *= uniformAt(1, i * HOUR_MS, 0) < 0.5 ? 1.01 : 0.99;
      return bar(open, price);
    });
    const session = sessionFor(
      scripted((n) => (n === 0 ? [buy('A', { weight: 1 })] : [])),
      marketOf([bars]),
    );
    playSession(session);
    expect((metricsOf(session).annualVolatilityPct ?? NaN) / (Math.sqrt(8760) * 1)).toBeCloseTo(1, 2);
  });

  it('B-40: the same months again change neither Sharpe nor Sortino, however many trades they add', () => {
    const once = Array.from({ length: 720 }, (_, i) => 0.02 * (uniformAt(2, i * HOUR_MS, 0) - 0.48));
    const often = Array.from({ length: 20 }, () => once).flat();
    expect(sortino(often, 8760)).toBeCloseTo(sortino(once, 8760) ?? NaN, 9);
    expect((sharpe(often, 8760) ?? NaN) / (sharpe(once, 8760) ?? NaN)).toBeCloseTo(1, 2);
  });
});
