import { describe, expect, it } from 'vitest';
import { generateMarket } from '../../market/generate-market.js';
import { aggregateMarket } from '../../domain/aggregate-market.js';
import { HOUR_MS, timeframeMs } from '../../domain/time.js';
import { createFeatureStore } from '../../indicators/feature-columns.js';
import { bar, flatBars, marketOf } from '../../../../test/support/made-market.js';
import { sessionFor, scripted } from '../../../../test/support/scripted-kind.js';
import type { MarketTable } from '../../domain/market-table.js';
import { playSession } from '../../../../test/support/play-session.js';
import { heuristicRegime } from './heuristic-regime.js';
import { longerTimeframe, readLonger } from './longer-layer.js';
import {
  type LayerReading,
  type MarketReading,
  READING_FEATURES,
  layerOf,
  mergeLayers,
  momentumOf,
  readMarket,
} from './market-reading.js';
import type { RegimeName } from './regime.js';
import type { Observation } from '../strategy.js';

/** Nothing speaks: averages agree, RSI outside 30-70 but not with the move, volume as usual, a move half as large as expected. */
const SILENT: LayerReading = {
  priceVsMa20: 0.01,
  priceVsMa50: 0.01,
  ma20VsMa50: 0.01,
  rsi: 75,
  histogramAtr: 0,
  bandPosition: 0.5,
  atrFraction: 0.01,
  volumeRatio: 1,
  return10: -0.4 * 0.0316,
};
const scoreOf = (change: Partial<LayerReading>): number => momentumOf({ ...SILENT, ...change }).score;

describe('the momentum score', () => {
  it('begins at nothing', () => {
    expect(scoreOf({})).toBe(0);
  });

  it('counts the size of the move: one point beyond the expected one, two beyond twice', () => {
    expect(scoreOf({ return10: -1.1 * 0.0316 })).toBe(1);
    expect(scoreOf({ return10: -2.1 * 0.0316 })).toBe(2);
    expect(scoreOf({ return10: -1 * 0.0316 })).toBe(0);
  });

  it('counts RSI with the move, and takes a point for one in the middle', () => {
    expect(scoreOf({ return10: 0.4 * 0.0316 })).toBe(2);
    expect(scoreOf({ rsi: 25 })).toBe(2);
    expect(scoreOf({ rsi: 50 })).toBe(-1);
    expect(scoreOf({ rsi: 65 })).toBe(-1);
    expect(scoreOf({ rsi: 65, return10: 0.4 * 0.0316 })).toBe(2);
  });

  it('counts a band reached by a large move, and takes a point for one reached by a small one', () => {
    expect(scoreOf({ bandPosition: 0.85 })).toBe(-1);
    expect(scoreOf({ bandPosition: 0.15 })).toBe(-1);
    expect(scoreOf({ bandPosition: 0.15, return10: -1.6 * 0.0316 })).toBe(3);
  });

  it('counts volume, and takes a point for its absence', () => {
    expect(scoreOf({ volumeRatio: 1.31 })).toBe(1);
    expect(scoreOf({ volumeRatio: 0.69 })).toBe(-1);
  });

  it('counts a direction that agrees with the move, and takes a point where averages disagree', () => {
    expect(scoreOf({ priceVsMa20: -0.01, priceVsMa50: -0.01, return10: -0.6 * 0.0316 })).toBe(1);
    expect(scoreOf({ priceVsMa50: -0.01 })).toBe(-1);
    expect(scoreOf({ return10: -0.6 * 0.0316 })).toBe(0);
  });

  it('names the regime: four points are momentum, one or less a range', () => {
    const up = { return10: 0.4 * 0.0316 };
    expect(momentumOf({ ...SILENT, ...up })).toEqual({ score: 2, regime: 'TRANSITIONAL' });
    expect(momentumOf({ ...SILENT, return10: 1.1 * 0.0316 })).toEqual({ score: 4, regime: 'MOMENTUM' });
    expect(momentumOf({ ...SILENT, volumeRatio: 2 })).toEqual({ score: 1, regime: 'RANGING' });
  });
});

describe('two layers', () => {
  it.each<[RegimeName, RegimeName | undefined, RegimeName, string]>([
    ['MOMENTUM', 'MOMENTUM', 'MOMENTUM', 'ALIGNED'],
    ['RANGING', 'RANGING', 'RANGING', 'ALIGNED'],
    ['TRANSITIONAL', 'TRANSITIONAL', 'TRANSITIONAL', 'ALIGNED'],
    ['TRANSITIONAL', 'MOMENTUM', 'MOMENTUM', 'PULLBACK'],
    ['RANGING', 'MOMENTUM', 'TRANSITIONAL', 'CONSOLIDATING'],
    ['MOMENTUM', 'RANGING', 'RANGING', 'FALSE_BREAKOUT'],
    ['TRANSITIONAL', 'RANGING', 'RANGING', 'HTF_OVERRIDE'],
    ['MOMENTUM', 'TRANSITIONAL', 'TRANSITIONAL', 'HTF_UNCLEAR'],
    ['RANGING', 'TRANSITIONAL', 'TRANSITIONAL', 'HTF_UNCLEAR'],
    ['MOMENTUM', undefined, 'MOMENTUM', 'SINGLE'],
    ['RANGING', undefined, 'RANGING', 'SINGLE'],
    ['TRANSITIONAL', undefined, 'TRANSITIONAL', 'SINGLE'],
  ])('own %s and longer %s are %s, %s', (own, longer, regime, alignment) => {
    expect(mergeLayers(own, longer)).toEqual({ regime, alignment });
  });
});

describe('a layer', () => {
  const values = {
    close: 101,
    ma20: 100,
    ma50: 99,
    rsi: 60,
    histogram: 0.5,
    bandPosition: 0.7,
    atr: 2,
    volumeRatio: 1.2,
    return10: 0.03,
  };

  it('is in shares of price and of the average true range', () => {
    expect(layerOf(values)).toEqual({
      priceVsMa20: 0.01,
      priceVsMa50: 0.02020202,
      ma20VsMa50: 0.01010101,
      rsi: 60,
      histogramAtr: 0.25,
      bandPosition: 0.7,
      atrFraction: 2 / 101,
      volumeRatio: 1.2,
      return10: 0.03,
    });
  });

  it('C-6: is unknown as a whole while one value is, never a layer with holes', () => {
    for (const name of Object.keys(values)) expect(layerOf({ ...values, [name]: NaN }), name).toBeUndefined();
    expect(layerOf({ ...values, atr: 0 })).toBeUndefined();
  });
});

/** What `look` sees at every bar of a market. */
function seen<T>(market: MarketTable, look: (o: Observation) => T): T[] {
  const kind = scripted(() => []);
  const found: T[] = [];
  const session = sessionFor(
    {
      ...kind,
      features: () => READING_FEATURES,
      decide: (o) => {
        found.push(look(o));
        return { intents: [], why: { code: 'seen' } };
      },
    },
    market,
  );
  playSession(session);
  return found;
}

const MARKET = generateMarket({
  seed: 5,
  symbols: ['BTC-USD'],
  timeframe: '1h',
  startMs: Date.UTC(2025, 0, 6, 3),
  length: 700,
});

describe('a reading', () => {
  it('C-6: begins with the bar at which the slowest average is known, and is finite from there on', () => {
    const readings = seen(MARKET, (o) => readMarket(o.features, o.market, 0));
    const first = readings.findIndex((reading) => reading !== undefined);
    expect(first).toBe(49);
    for (const reading of readings.slice(first))
      expect(Object.values(reading ?? { missing: NaN }).every(Number.isFinite)).toBe(true);
  });

  it('is unknown in a market that stands still, and in a bar that is missing', () => {
    expect(
      seen(marketOf([flatBars(5, 80)]), (o) => readMarket(o.features, o.market, 0)).filter(Boolean),
    ).toEqual([]);
    const bars = Array.from({ length: 80 }, (_, i) =>
      i === 70 ? undefined : bar(100 + (i % 7), 100 + ((i * 3) % 7), 0.01),
    );
    const held = seen(marketOf([bars, flatBars(5, 80)]), (o) => readMarket(o.features, o.market, 0));
    expect([held[69], held[70], held[71]].map((reading) => reading !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('the longer layer', () => {
  it('C-6: is what the indicators say of closed 4h bars, once sixty of them are there', () => {
    const longer = aggregateMarket(MARKET, '4h');
    const store = createFeatureStore(longer.table);
    const value = (bars: number, feature: number): number => {
      const spec = READING_FEATURES[feature];
      return spec === undefined ? NaN : (store.column(0, spec).values[bars] ?? NaN);
    };
    const layers = seen(MARKET, (o) => ({ layer: readLonger(o.market, 0, o.nowMs), nowMs: o.nowMs }));
    const firstOpenMs = longer.table.openTimesMs[0] ?? NaN;
    let compared = 0;
    for (const { layer, nowMs } of layers) {
      const closed = Math.floor((nowMs - firstOpenMs) / (4 * HOUR_MS));
      if (closed < 60) expect(layer, `${String(closed)} bars`).toBeUndefined();
      // Beyond 120 bars the Wilder averages have forgotten a beginning that the columns still carry.
      if (closed < 60 || closed > 120) continue;
      const at = closed - 1;
      expect(layer).toEqual(
        layerOf({
          close: longer.table.candles[0]?.close[at] ?? NaN,
          ma20: value(at, 0),
          ma50: value(at, 1),
          rsi: value(at, 2),
          histogram: value(at, 3),
          bandPosition: value(at, 4),
          atr: value(at, 5),
          volumeRatio: value(at, 6),
          return10: value(at, 7),
        }),
      );
      compared++;
    }
    expect(compared).toBe(4 * 61);
  });

  it('is near to the columns when it has begun in the middle of them', () => {
    const longer = aggregateMarket(MARKET, '4h');
    const rsi = createFeatureStore(longer.table).column(0, { indicator: 'rsi', params: { period: 14 } });
    const last = seen(MARKET, (o) => readLonger(o.market, 0, o.nowMs)).at(-1);
    expect(last?.rsi).toBeCloseTo(rsi.values[longer.table.length - 1] ?? NaN, 1);
  });

  it('goes with every timeframe but the day', () => {
    expect(
      (['1m', '3m', '5m', '15m', '30m', '1h', '4h', '1d'] as const).map((own) =>
        longerTimeframe(timeframeMs(own)),
      ),
    ).toEqual(['5m', '15m', '15m', '1h', '4h', '4h', '1d', undefined]);
    const daily = generateMarket({
      seed: 5,
      symbols: ['A'],
      timeframe: '1d',
      startMs: Date.UTC(2025, 0, 6),
      length: 300,
    });
    expect(seen(daily, (o) => readLonger(o.market, 0, o.nowMs)).filter(Boolean)).toEqual([]);
  });
});

describe('the heuristic', () => {
  const of = (change: Partial<MarketReading>): string => {
    const { trend, volatility, regime } = heuristicRegime({ ...SILENT, ...change }, undefined);
    return `${regime} ${trend} ${volatility}`;
  };

  it('names trend and volatility by the table', () => {
    expect(of({})).toBe('RANGING WEAK_BULL NORMAL');
    expect(of({ priceVsMa20: 0.021 })).toBe('RANGING STRONG_BULL NORMAL');
    expect(of({ priceVsMa20: -0.01, priceVsMa50: -0.01 })).toContain('WEAK_BEAR');
    expect(of({ priceVsMa20: -0.03, priceVsMa50: -0.01 })).toContain('STRONG_BEAR');
    expect(of({ priceVsMa20: -0.03 })).toContain('NEUTRAL');
    expect(of({ atrFraction: 0.0251 })).toContain('HIGH');
    expect(of({ atrFraction: 0.0099 })).toContain('LOW');
  });

  it('takes the regime of both layers', () => {
    expect(heuristicRegime(SILENT, { score: 5, regime: 'MOMENTUM' })).toMatchObject({
      regime: 'TRANSITIONAL',
      reasoning: 'heuristic: CONSOLIDATING',
      riskMode: 'NORMAL',
      confidence: 0.7,
    });
  });
});
