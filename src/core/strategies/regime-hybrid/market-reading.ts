/** What the rules, the heuristic and the prompt see of one symbol: shares and ratios, nothing in units of price. */
import type { FeatureSpec } from '../../indicators/feature-columns.js';
import type { FeatureView, MarketView } from '../strategy.js';
import type { RegimeName } from './regime.js';

/** One layer of bars, all values finite. Fractions are of price: 0.01 = 1 %. */
export interface LayerReading {
  /** close / average - 1. */
  readonly priceVsMa20: number;
  readonly priceVsMa50: number;
  readonly ma20VsMa50: number;
  /** 0-100, Wilder. */
  readonly rsi: number;
  /** MACD histogram in average true ranges: the histogram itself is in units of price. */
  readonly histogramAtr: number;
  /** 0 lower, 1 upper Bollinger band; may leave that range. */
  readonly bandPosition: number;
  readonly atrFraction: number;
  /** Volume over its mean of 20 bars. */
  readonly volumeRatio: number;
  readonly return10: number;
}

/** The contestant's own bars. */
export interface MarketReading extends LayerReading {
  readonly price: number;
  readonly return24: number;
}

/** What a layer is computed from, in units of price where the indicator is. */
export interface LayerValues {
  readonly close: number;
  readonly ma20: number;
  readonly ma50: number;
  readonly rsi: number;
  readonly histogram: number;
  readonly bandPosition: number;
  readonly atr: number;
  readonly volumeRatio: number;
  readonly return10: number;
}

/** In the order in which `readMarket` takes them. */
export const READING_FEATURES: readonly FeatureSpec[] = [
  { indicator: 'sma', params: { period: 20 } },
  { indicator: 'sma', params: { period: 50 } },
  { indicator: 'rsi', params: { period: 14 } },
  { indicator: 'macd', params: { fast: 12, slow: 26, signal: 9 }, output: 'histogram' },
  { indicator: 'bollinger', params: { period: 20, k: 2 }, output: 'percentB' },
  { indicator: 'atr', params: { period: 14 } },
  { indicator: 'volume-ratio', params: { period: 20 } },
  { indicator: 'roc', params: { period: 10 } },
  { indicator: 'roc', params: { period: 24 } },
];

/** Undefined during warm-up, without a bar, and in a market that does not move: then nothing is known, and nothing is guessed. */
export function readMarket(
  features: FeatureView,
  market: MarketView,
  symbol: number,
): MarketReading | undefined {
  const value = (feature: number): number => features.value(symbol, feature);
  const price = market.close(symbol);
  const layer = layerOf({
    close: price,
    ma20: value(0),
    ma50: value(1),
    rsi: value(2),
    histogram: value(3),
    bandPosition: value(4),
    atr: value(5),
    volumeRatio: value(6),
    return10: value(7),
  });
  const return24 = value(8);
  return layer === undefined || !Number.isFinite(return24)
    ? undefined
    : { ...layer, price, return24: tidy(return24) };
}

export function layerOf(values: LayerValues): LayerReading | undefined {
  const { close, ma20, ma50, rsi, histogram, bandPosition, atr, volumeRatio, return10 } = values;
  if (!(atr > 0)) return undefined;
  const layer: LayerReading = {
    priceVsMa20: tidy(close / ma20 - 1),
    priceVsMa50: tidy(close / ma50 - 1),
    ma20VsMa50: tidy(ma20 / ma50 - 1),
    rsi: tidy(rsi),
    histogramAtr: tidy(histogram / atr),
    bandPosition: tidy(bandPosition),
    atrFraction: atr / close,
    volumeRatio: tidy(volumeRatio),
    return10: tidy(return10),
  };
  for (const value of Object.values(layer) as number[]) if (!Number.isFinite(value)) return undefined;
  return layer;
}

/** Bounds are inclusive, so that rounding noise of a sum must not decide on which side of one a value lies. */
function tidy(value: number): number {
  return Math.round(value * 1e9) / 1e9 + 0;
}

export type Direction = 'BULLISH' | 'BEARISH' | 'MIXED';

/** Above both averages, below both, or neither. */
export function directionOf({ priceVsMa20, priceVsMa50 }: LayerReading): Direction {
  if (priceVsMa20 > 0 && priceVsMa50 > 0) return 'BULLISH';
  return priceVsMa20 < 0 && priceVsMa50 < 0 ? 'BEARISH' : 'MIXED';
}

/** Of ten bars, if moves were independent: sqrt(10) average true ranges. */
const EXPECTED_MOVE_ATR = 3.16;

/** The move of ten bars over the one to be expected. */
export function normalisedReturn({ return10, atrFraction }: LayerReading): number {
  return Math.abs(return10) / (atrFraction * EXPECTED_MOVE_ATR);
}

export interface Momentum {
  readonly score: number;
  readonly regime: RegimeName;
}

/** Points for a move that is large, one-sided, at its band, on volume and along its averages. */
export function momentumOf(layer: LayerReading): Momentum {
  const { rsi, bandPosition, volumeRatio, return10 } = layer;
  const moved = normalisedReturn(layer);
  const direction = directionOf(layer);
  let score = 0;
  if (moved > 2) score += 2;
  else if (moved > 1) score += 1;
  if ((rsi > 60 && return10 > 0) || (rsi < 40 && return10 < 0)) score += 2;
  else if (rsi >= 30 && rsi <= 70) score -= 1;
  if (bandPosition > 0.8 || bandPosition < 0.2) score += moved > 1.5 ? 2 : -1;
  if (volumeRatio > 1.3) score += 1;
  else if (volumeRatio < 0.7) score -= 1;
  if (direction === 'MIXED') score -= 1;
  else if (moved > 0.5 && return10 !== 0 && return10 > 0 === (direction === 'BULLISH')) score += 1;
  return { score, regime: score >= 4 ? 'MOMENTUM' : score <= 1 ? 'RANGING' : 'TRANSITIONAL' };
}

export type Alignment =
  | 'ALIGNED'
  | 'PULLBACK'
  | 'CONSOLIDATING'
  | 'FALSE_BREAKOUT'
  | 'HTF_UNCLEAR'
  | 'HTF_OVERRIDE'
  /** The longer layer is not known: the own one stands alone. */
  | 'SINGLE';

export interface MergedRegime {
  readonly regime: RegimeName;
  readonly alignment: Alignment;
}

/** One regime of two layers; where they differ the longer one has the say. */
export function mergeLayers(own: RegimeName, longer: RegimeName | undefined): MergedRegime {
  if (longer === undefined) return { regime: own, alignment: 'SINGLE' };
  if (own === longer) return { regime: own, alignment: 'ALIGNED' };
  if (longer === 'TRANSITIONAL') return { regime: 'TRANSITIONAL', alignment: 'HTF_UNCLEAR' };
  if (longer === 'MOMENTUM')
    return own === 'TRANSITIONAL'
      ? { regime: 'MOMENTUM', alignment: 'PULLBACK' }
      : { regime: 'TRANSITIONAL', alignment: 'CONSOLIDATING' };
  return own === 'MOMENTUM'
    ? { regime: 'RANGING', alignment: 'FALSE_BREAKOUT' }
    : { regime: 'RANGING', alignment: 'HTF_OVERRIDE' };
}
