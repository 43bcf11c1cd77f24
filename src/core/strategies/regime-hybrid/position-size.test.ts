import { describe, expect, it } from 'vitest';
import type { Regime } from './regime.js';
import { positionWeight } from './position-size.js';
import { ruleConfidence } from './rule-confidence.js';
import type { MarketReading } from './market-reading.js';

const CERTAIN: Regime = {
  regime: 'MOMENTUM',
  trend: 'STRONG_BULL',
  volatility: 'NORMAL',
  riskMode: 'NORMAL',
  confidence: 1,
  reasoning: '',
};

describe('the size of a position', () => {
  it('is its share of equity times the size of the rule when the regime is certain and normal', () => {
    expect(positionWeight(0.1, 0.75, CERTAIN)).toBeCloseTo(0.075, 12);
  });

  it('C-8: follows risk mode, volatility and confidence, each by its factor', () => {
    const of = (change: Partial<Regime>): number => positionWeight(0.1, 1, { ...CERTAIN, ...change });
    expect(of({ riskMode: 'DEFENSIVE' })).toBeCloseTo(0.05, 12);
    expect(of({ riskMode: 'AGGRESSIVE' })).toBeCloseTo(0.125, 12);
    expect(of({ volatility: 'HIGH' })).toBeCloseTo(0.075, 12);
    expect(of({ volatility: 'LOW' })).toBeCloseTo(0.1, 12);
    expect(of({ confidence: 0 })).toBeCloseTo(0.05, 12);
    expect(of({ confidence: 0.7 })).toBeCloseTo(0.085, 12);
  });
});

describe('the confidence of a rule', () => {
  const PLAIN: MarketReading = {
    price: 100,
    priceVsMa20: 0.001,
    priceVsMa50: 0.001,
    ma20VsMa50: 0.001,
    rsi: 50,
    histogramAtr: 0,
    bandPosition: 0.5,
    atrFraction: 0.01,
    volumeRatio: 1,
    return10: 0,
    return24: 0,
  };
  const of = (side: 'long' | 'short', idea: 'follow' | 'revert', change: Partial<MarketReading>): number =>
    ruleConfidence({ side, idea }, { ...PLAIN, ...change });

  it('begins at one half', () => {
    expect(of('long', 'follow', {})).toBe(0.5);
  });

  it('C-7: counts RSI with the move for a rule that follows it, against it for one that reverts', () => {
    expect(of('long', 'follow', { rsi: 64 })).toBeCloseTo(0.56, 12);
    expect(of('long', 'follow', { rsi: 45 })).toBe(0.5);
    expect(of('short', 'follow', { rsi: 36 })).toBeCloseTo(0.56, 12);
    expect(of('long', 'revert', { rsi: 30 })).toBeCloseTo(0.56, 12);
    expect(of('short', 'revert', { rsi: 70 })).toBeCloseTo(0.56, 12);
    expect(of('short', 'revert', { rsi: 30 })).toBe(0.5);
    expect(of('long', 'follow', { rsi: 100 })).toBeCloseTo(0.65, 12);
  });

  it('counts volume, distance and histogram, and takes a little in a wild market', () => {
    expect(of('long', 'follow', { volumeRatio: 1.01 })).toBeCloseTo(0.55, 12);
    expect(of('long', 'follow', { volumeRatio: 1.51 })).toBeCloseTo(0.6, 12);
    expect(of('long', 'follow', { priceVsMa20: -0.016 })).toBeCloseTo(0.55, 12);
    expect(of('long', 'follow', { priceVsMa20: 0.031 })).toBeCloseTo(0.6, 12);
    expect(of('long', 'follow', { histogramAtr: -0.11 })).toBeCloseTo(0.55, 12);
    expect(of('long', 'follow', { atrFraction: 0.031 })).toBeCloseTo(0.45, 12);
  });
});
