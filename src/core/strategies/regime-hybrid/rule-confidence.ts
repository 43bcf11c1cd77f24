import type { MarketReading } from './market-reading.js';
import type { EntryRule } from './rule.js';

/** In average true ranges: a histogram beyond it speaks. */
const SPEAKING_HISTOGRAM_ATR = 0.1;

/**
 * How well the values fit the rule, 0-1: half, and up to .15 for RSI, .10 for volume, .10 for distance from the average,
 * .05 for the histogram, less .05 in a wild market. A rule that follows a move gains from RSI on its side, one that
 * reverts from RSI on the other.
 */
export function ruleConfidence(
  { side, idea }: Pick<EntryRule, 'side' | 'idea'>,
  reading: MarketReading,
): number {
  const { rsi, volumeRatio, histogramAtr, atrFraction } = reading;
  const up = side === 'long' ? rsi - 50 : 50 - rsi;
  const strength = idea === 'follow' ? up / 35 : -up / 50;
  const distance = Math.abs(reading.priceVsMa20);
  const confidence =
    0.5 +
    Math.min(0.15, Math.max(0, 0.15 * strength)) +
    (volumeRatio > 1.5 ? 0.1 : volumeRatio > 1 ? 0.05 : 0) +
    (distance > 0.03 ? 0.1 : distance > 0.015 ? 0.05 : 0) +
    (Math.abs(histogramAtr) > SPEAKING_HISTOGRAM_ATR ? 0.05 : 0) -
    (atrFraction > 0.03 ? 0.05 : 0);
  return Math.min(1, Math.max(0, confidence));
}
