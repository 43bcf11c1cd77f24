import { type LayerReading, type Momentum, directionOf, mergeLayers, momentumOf } from './market-reading.js';
import type { Regime, Trend } from './regime.js';

/** Beyond this distance from the average of 20 bars a trend is strong. */
const STRONG_FRACTION = 0.02;
/** Volatility by average true range over price. */
const HIGH_ATR_FRACTION = 0.025;
const LOW_ATR_FRACTION = 0.01;

/** Names the regime without a model: what stands in when no answer is to be had, and all that `regime-rules` knows. */
export function heuristicRegime(own: LayerReading, longer: Momentum | undefined): Regime {
  const merged = mergeLayers(momentumOf(own).regime, longer?.regime);
  return {
    regime: merged.regime,
    trend: trendOf(own),
    volatility:
      own.atrFraction > HIGH_ATR_FRACTION ? 'HIGH' : own.atrFraction < LOW_ATR_FRACTION ? 'LOW' : 'NORMAL',
    riskMode: 'NORMAL',
    confidence: 0.7,
    reasoning: `heuristic: ${merged.alignment}`,
  };
}

function trendOf(own: LayerReading): Trend {
  const strong = Math.abs(own.priceVsMa20) > STRONG_FRACTION;
  switch (directionOf(own)) {
    case 'BULLISH':
      return strong ? 'STRONG_BULL' : 'WEAK_BULL';
    case 'BEARISH':
      return strong ? 'STRONG_BEAR' : 'WEAK_BEAR';
    case 'MIXED':
      return 'NEUTRAL';
  }
}
