/**
 * What the best of so many runs is worth. Every run counts, those too that never traded: whoever looks at N results and
 * shows the best has chosen from N. The hurdle is what the best of N without skill reaches on average (expected maximum
 * times the deviation of the ratios over all runs); the deflated Sharpe ratio is the probability that the true ratio is
 * above it. Sets of one kind resemble each other, which makes their ratios lie close together and the hurdle too low,
 * so that the variance is never taken below 1/n: what chance alone gives to one ratio of n samples.
 */
import { averageCorrelation } from '../metrics/correlation-matrix.js';
import { deflatedSharpe, luckySharpe } from '../metrics/deflated-sharpe.js';
import { effectiveTrials } from '../metrics/effective-trials.js';
import { type Overfitting, probabilityOfOverfitting } from '../metrics/probability-of-overfitting.js';
import type { SharpeRecord } from '../metrics/sharpe-record.js';
import { readRow } from './sweep-row.js';
import { type KeptRun, type SweepTally, ratioVariance } from './sweep-tally.js';

/** A deflated ratio from here on is no luck: one in twenty. */
export const DEFLATED_LEVEL = 0.95;

export interface RankedRun extends KeptRun {
  /** Probability that its true ratio is above what the best of all runs reaches by luck. */
  readonly deflated: number | undefined;
  /** The same if only the effective number of runs counted. */
  readonly deflatedByEffective: number | undefined;
}

export interface SweepJudgement {
  readonly verdict: 'better-than-luck' | 'luck' | 'not-measurable';
  /** All runs that were played. */
  readonly runs: number;
  /** Of the ratios per sample over all runs. */
  readonly observedVariance: number | undefined;
  readonly usedVariance: number;
  /** Per sample: what the best of all runs without skill reaches on average. */
  readonly hurdle: number | undefined;
  readonly averageCorrelation: number | undefined;
  readonly effectiveRuns: number | undefined;
  readonly overfitting: Overfitting;
  /** How many runs speak for all in correlation and overfitting. */
  readonly sampled: number;
  /** By deflated ratio, then by ratio, then the earlier. */
  readonly best: readonly RankedRun[];
}

/** `sampleReturns`: of each run in the tally's sample, over the ranked part. */
export function judgeSweep(
  tally: SweepTally,
  samples: number,
  sampleReturns: readonly Float64Array[],
): SweepJudgement {
  const runs = tally.played;
  const observed = ratioVariance(tally);
  const used = Math.max(observed ?? 0, 1 / samples);
  const correlation = averageCorrelation(sampleReturns);
  const effective = effectiveTrials(runs, correlation);
  const best = tally.best
    .map((kept): RankedRun => {
      const record = recordOf(kept.row, samples);
      return {
        ...kept,
        deflated: deflatedSharpe(record, runs, used),
        deflatedByEffective: effective === undefined ? undefined : deflatedSharpe(record, effective, used),
      };
    })
    .sort(
      (a, b) =>
        (b.deflated ?? -1) - (a.deflated ?? -1) ||
        readRow(b.row, 'sharpe') - readRow(a.row, 'sharpe') ||
        a.run - b.run,
    );
  const deflated = best[0]?.deflated;
  return {
    verdict:
      deflated === undefined ? 'not-measurable' : deflated >= DEFLATED_LEVEL ? 'better-than-luck' : 'luck',
    runs,
    observedVariance: observed,
    usedVariance: used,
    hurdle: luckySharpe(runs, used),
    averageCorrelation: correlation,
    effectiveRuns: effective,
    overfitting: probabilityOfOverfitting(sampleReturns),
    sampled: sampleReturns.length,
    best,
  };
}

function recordOf(row: Float64Array, samples: number): SharpeRecord {
  return {
    sharpe: readRow(row, 'sharpe'),
    periods: samples,
    skewness: readRow(row, 'skewness'),
    kurtosis: readRow(row, 'kurtosis'),
  };
}
