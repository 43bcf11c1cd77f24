/**
 * Running statistics of one equity curve, without its history: what a board needs at any moment. The values
 * agree with those computed from the whole curve. An account that is wiped out returns -100 % once and then
 * stays where it is: no division by zero poisons later samples.
 */
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

/** Every bar: drawdown, exposure, last equity. */
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

/** Every sampling period: mean and squared deviations by Welford (1962), and the downside. */
export function recordSample(card: Scorecard, equityUsd: number): void {
  const before = card.lastSampleEquityUsd;
  const wealth = equityUsd > 0 ? equityUsd : 0;
  const simpleReturn = before > 0 ? wealth / before - 1 : 0;
  card.lastSampleEquityUsd = wealth;
  card.samples++;
  const delta = simpleReturn - card.meanReturn;
  card.meanReturn += delta / card.samples;
  card.squaredDeviations += delta * (simpleReturn - card.meanReturn);
  if (simpleReturn < 0) card.downsideSquares += simpleReturn * simpleReturn;
}
