/** Defects of other systems' figures that are ruled out here; the ids are listed in docs/defects.md. */
import { describe, expect, it } from 'vitest';
import { type MarketTable, emptyCandles } from '../../src/core/domain/market-table.js';
import { uniformAt } from '../../src/core/domain/rng.js';
import { HOUR_MS, MINUTE_MS, type Timeframe, timeframeMs } from '../../src/core/domain/time.js';
import { createFeatureStore } from '../../src/core/indicators/feature-columns.js';
import { normalQuantile } from '../../src/core/metrics/special-functions.js';
import { summarise } from '../../src/core/metrics/summarise.js';
import { zeroTradeTotals } from '../../src/core/metrics/trade-totals.js';
import { advanceSession } from '../../src/core/session/session.js';
import { decideSession } from '../../src/core/session/decide.js';
import { createKinds } from '../../src/core/strategies/catalog.js';
import { spotInstrument } from '../../src/core/domain/instrument.js';
import { FREE, NO_LIMITS, sessionFor } from '../support/scripted-kind.js';
import { START_MS, bar, marketOf } from '../support/made-market.js';

const STEP_MS = 5 * MINUTE_MS;

/** One Gaussian path of so many days in 5-minute steps, cut into bars of a timeframe. */
function pathIn(timeframe: Timeframe, days: number, annualVolatility: number): MarketTable {
  const steps = (days * 24 * HOUR_MS) / STEP_MS;
  const perStep = annualVolatility * Math.sqrt(STEP_MS / (365 * 24 * HOUR_MS));
  const per = timeframeMs(timeframe) / STEP_MS;
  const length = steps / per;
  const candles = emptyCandles(length);
  const drift = 2e-5;
  let price = 100;
  for (let i = 0; i < steps; i++) {
    const t = Math.floor(i / per);
    if (i % per === 0) openBar(candles, t, price);
    price *= Math.exp(drift + perStep * normalQuantile(uniformAt(7, i * 60_000, 0)));
    candles.high[t] = Math.max(candles.high[t] ?? 0, price);
    candles.low[t] = Math.min(candles.low[t] ?? Infinity, price);
    candles.close[t] = price;
    candles.volume[t] = 1e9;
  }
  return {
    timeframe,
    calendar: 'continuous',
    symbols: ['A'],
    instruments: [spotInstrument('A')],
    openTimesMs: Float64Array.from({ length }, (_, t) => START_MS + t * timeframeMs(timeframe)),
    length,
    candles: [candles],
    funding: [undefined],
  };
}

function openBar(candles: ReturnType<typeof emptyCandles>, t: number, price: number): void {
  candles.open[t] = price;
  candles.high[t] = price;
  candles.low[t] = price;
}

describe('evaluation', () => {
  it('C-9: the Sharpe of one path does not depend on the bars that it is played in', () => {
    const sharpeIn = (timeframe: Timeframe): number => {
      const market = pathIn(timeframe, 60, 0.5);
      const kind = createKinds().find('buy-and-hold');
      if (kind === undefined) throw new Error('no kind');
      const session = sessionFor(kind, market, {
        params: kind.manifest.parameters.parse({}),
        costs: FREE,
        limits: NO_LIMITS,
      });
      for (let t = 0; t < market.length; t++) {
        advanceSession(session, t);
        decideSession(session, t, []);
      }
      const [card] = session.cards;
      if (card === undefined) throw new Error('no card');
      return summarise(card, zeroTradeTotals(), 8760).sharpe ?? NaN;
    };
    const hourly = sharpeIn('1h');
    expect(Math.abs(hourly)).toBeGreaterThan(1);
    expect(sharpeIn('5m') / hourly).toBeCloseTo(1, 1);
    expect(sharpeIn('15m') / hourly).toBeCloseTo(1, 1);
  });

  it('E-6: volatility is in its own units: 50 % a year reads as 50 % a year from bars of any length', () => {
    for (const timeframe of ['5m', '1h', '4h'] as const) {
      const market = pathIn(timeframe, 60, 0.5);
      const column = createFeatureStore(market).column(0, {
        indicator: 'volatility',
        params: { period: market.length - 1 },
      });
      const perBar = column.values[market.length - 1] ?? NaN;
      const annual = perBar * Math.sqrt((365 * 24 * HOUR_MS) / timeframeMs(timeframe));
      expect(annual, timeframe).toBeGreaterThan(0.46);
      expect(annual, timeframe).toBeLessThan(0.54);
    }
  });

  it('B-4: an indicator says nothing before its period is full, and reads the whole history afterwards', () => {
    const bars = Array.from({ length: 300 }, (_, i) => bar(100 + Math.sin(i)));
    const store = createFeatureStore(marketOf([bars]));
    for (const [indicator, period] of [
      ['ema', 50],
      ['rsi', 14],
      ['atr', 14],
    ] as const) {
      const { values, warmupBars } = store.column(0, { indicator, params: { period } });
      expect(
        [...values.subarray(0, warmupBars - 1)].every((value) => Number.isNaN(value)),
        indicator,
      ).toBe(true);
      expect(values[warmupBars - 1], indicator).not.toBeNaN();
      // Seeded inside a short window it would be another number.
      const short = createFeatureStore(marketOf([bars.slice(200)])).column(0, {
        indicator,
        params: { period },
      });
      expect(values[200 + short.warmupBars], indicator).not.toBe(short.values[short.warmupBars]);
    }
  });
});
