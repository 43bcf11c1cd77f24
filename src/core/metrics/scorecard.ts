/**
 * Running statistics of one equity curve, without its history: what a board needs at any moment. The values
 * agree with those computed from the whole curve. An account that is wiped out returns -100 % once and then
 * 0: no division by zero poisons later samples. A NaN does poison the card, on purpose: an equity that is not
 * a number is a bug, and `summarise` stops at it instead of ranking it.
 */
import { simpleReturn } from './returns.js';

export interface Scorecard {
  startEquityUsd: number;
  lastEquityUsd: number;
  lastSampleEquityUsd: number;
  peakEquityUsd: number;
  /** Zero or less. */
  maxDrawdownFraction: number;
  samples: number;
  meanReturn: number;
  squaredDeviations: number;
  downsideSquares: number;
  marks: number;
  exposureSum: number;
}

/** Order in which cards are saved as doubles. */
export const SCORECARD_FIELDS = [
  'startEquityUsd',
  'lastEquityUsd',
  'lastSampleEquityUsd',
  'peakEquityUsd',
  'maxDrawdownFraction',
  'samples',
  'meanReturn',
  'squaredDeviations',
  'downsideSquares',
  'marks',
  'exposureSum',
] as const satisfies readonly (keyof Scorecard)[];

export function openScorecard(equityUsd: number): Scorecard {
  return {
    startEquityUsd: equityUsd,
    lastEquityUsd: equityUsd,
    lastSampleEquityUsd: equityUsd,
    peakEquityUsd: equityUsd,
    maxDrawdownFraction: 0,
    samples: 0,
    meanReturn: 0,
    squaredDeviations: 0,
    downsideSquares: 0,
    marks: 0,
    exposureSum: 0,
  };
}

/** Every bar: peak, drawdown, exposure, last equity. In the innermost loop, so without allocation. */
export function recordMark(card: Scorecard, equityUsd: number, grossExposureFraction: number): void {
  card.marks++;
  card.exposureSum += grossExposureFraction;
  card.lastEquityUsd = equityUsd;
  if (equityUsd > card.peakEquityUsd) card.peakEquityUsd = equityUsd;
  else {
    const drawdown = equityUsd / card.peakEquityUsd - 1;
    if (drawdown < card.maxDrawdownFraction) card.maxDrawdownFraction = drawdown < -1 ? -1 : drawdown;
  }
}

/**
 * What `recordMark` and `recordSample` do for each value in turn, with the card in local variables: the same
 * operations in the same order, so the same bits. `sampled` has a 1 for every value that is a sample.
 */
export function recordStretch(
  card: Scorecard,
  equities: Float64Array,
  exposures: Float64Array,
  from: number,
  to: number,
  sampled: Uint8Array,
): void {
  let { exposureSum, peakEquityUsd, maxDrawdownFraction, samples, meanReturn, squaredDeviations } = card;
  let { downsideSquares, lastSampleEquityUsd } = card;
  let calm = calmAbove(peakEquityUsd, maxDrawdownFraction);
  for (let i = from; i < to; i++) {
    const equity = equities[i] ?? NaN;
    exposureSum += exposures[i] ?? NaN;
    if (equity > peakEquityUsd) {
      peakEquityUsd = equity;
      calm = calmAbove(peakEquityUsd, maxDrawdownFraction);
    } else if (!(equity > calm)) {
      const drawdown = equity / peakEquityUsd - 1;
      if (drawdown < maxDrawdownFraction) {
        maxDrawdownFraction = drawdown < -1 ? -1 : drawdown;
        calm = calmAbove(peakEquityUsd, maxDrawdownFraction);
      }
    }
    if (sampled[i] !== 1) continue;
    const periodReturn = simpleReturn(lastSampleEquityUsd, equity);
    lastSampleEquityUsd = equity;
    samples++;
    const delta = periodReturn - meanReturn;
    meanReturn += delta / samples;
    squaredDeviations += delta * (periodReturn - meanReturn);
    const loss = lossOf(periodReturn);
    downsideSquares += loss * loss;
  }
  card.marks += to - from;
  card.lastEquityUsd = equities[to - 1] ?? card.lastEquityUsd;
  card.exposureSum = exposureSum;
  card.peakEquityUsd = peakEquityUsd;
  card.maxDrawdownFraction = maxDrawdownFraction;
  card.samples = samples;
  card.meanReturn = meanReturn;
  card.squaredDeviations = squaredDeviations;
  card.downsideSquares = downsideSquares;
  card.lastSampleEquityUsd = lastSampleEquityUsd;
}

/**
 * An equity above this is no new drawdown; one that is not may be none either, and has to be divided to know. The slack
 * outweighs the rounding of three operations, so that the answer is that of the division, to the last bit.
 */
export function calmAbove(peakEquityUsd: number, maxDrawdownFraction: number): number {
  return peakEquityUsd * (1 + maxDrawdownFraction) * (1 + 1e-12);
}

/** The return where it is negative, else 0; without a branch, because nobody can foretell the sign of a return. */
export function lossOf(periodReturn: number): number {
  return (periodReturn - Math.abs(periodReturn)) / 2;
}

/** Every sampling period: mean and squared deviations by Welford (1962), and the downside. */
export function recordSample(card: Scorecard, equityUsd: number): void {
  const periodReturn = simpleReturn(card.lastSampleEquityUsd, equityUsd);
  card.lastSampleEquityUsd = equityUsd;
  card.samples++;
  const delta = periodReturn - card.meanReturn;
  card.meanReturn += delta / card.samples;
  card.squaredDeviations += delta * (periodReturn - card.meanReturn);
  const loss = lossOf(periodReturn);
  card.downsideSquares += loss * loss;
}
