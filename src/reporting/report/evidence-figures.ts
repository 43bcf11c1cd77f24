/** Statistics about luck that are shown beside the gate's verdict and decide nothing (see the gate for what does). */
import { adjustedSharpe } from '../../core/metrics/aggregation-factor.js';
import { blockLength } from '../../core/metrics/block-length.js';
import { averageCorrelation } from '../../core/metrics/correlation-matrix.js';
import { deflatedSharpe } from '../../core/metrics/deflated-sharpe.js';
import { deviation } from '../../core/metrics/deviation.js';
import { eValue, openEProcess, stepEProcess } from '../../core/metrics/e-process.js';
import { effectiveTrials } from '../../core/metrics/effective-trials.js';
import { minimumTrackRecord } from '../../core/metrics/minimum-track-record.js';
import { probabilisticSharpe } from '../../core/metrics/probabilistic-sharpe.js';
import { type Overfitting, probabilityOfOverfitting } from '../../core/metrics/probability-of-overfitting.js';
import { sharpe } from '../../core/metrics/sharpe.js';
import { type SharpeRange, sharpeRange } from '../../core/metrics/sharpe-error.js';
import { sharpeRecord } from '../../core/metrics/sharpe-record.js';
import { bootstrapRange } from '../../core/metrics/stationary-bootstrap.js';

/** What was tried together: returns per sample of all contestants that lived through the window. */
export interface Trials {
  /** Contestants ever registered, retired and crashed ones too. */
  readonly registered: number;
  readonly returns: readonly Float64Array[];
}

export interface TrialFigures {
  readonly registered: number;
  readonly compared: number;
  readonly averageCorrelation: number | undefined;
  readonly effective: number | undefined;
  /** Of the ratios per sample, across the trials. */
  readonly sharpeVariance: number | undefined;
  readonly overfitting: Overfitting;
}

export interface EvidenceFigures {
  readonly trials: TrialFigures;
  readonly sharpe: number | undefined;
  readonly range: SharpeRange | undefined;
  readonly adjustedSharpe: number | undefined;
  readonly probabilistic: number | undefined;
  /** All that were registered; the spread of ratios across the field, and that of chance. */
  readonly deflated: number | undefined;
  readonly deflatedByChance: number | undefined;
  /** As many as move apart. */
  readonly deflatedEffective: number | undefined;
  /** Days; undefined where no record would be long enough. */
  readonly minimumRecordDays: number | undefined;
  readonly bootstrap:
    | {
        readonly low: number;
        readonly high: number;
        readonly blockSamples: number;
        readonly resamples: number;
      }
    | undefined;
  /** Against the champion's series, per sample; undefined where samples are no hours. */
  readonly eValues: Float64Array | undefined;
  /** What E has to reach: N / alpha. */
  readonly threshold: number;
  readonly alpha: number;
}

const ALPHA = 0.1;
const RESAMPLES = 1_000;
const HOURS_PER_YEAR = 8760;

export function trialFigures({ registered, returns }: Trials): TrialFigures {
  const ratios = returns.flatMap((series) => sharpe(series, 1) ?? []);
  const spread = deviation(ratios);
  const rho = averageCorrelation(returns);
  return {
    registered,
    compared: returns.length,
    averageCorrelation: rho,
    effective: registered === 0 ? undefined : effectiveTrials(registered, rho),
    sharpeVariance: spread === undefined ? undefined : spread * spread,
    overfitting: probabilityOfOverfitting(returns),
  };
}

/** `championReturns` are 0 while nobody was deployed: then the comparison is with doing nothing. */
export function evidenceFigures(
  returns: Float64Array,
  championReturns: Float64Array | undefined,
  trials: TrialFigures,
  samplesPerYear: number,
): EvidenceFigures {
  const record = sharpeRecord(returns);
  const { registered, effective, sharpeVariance } = trials;
  const periods = record === undefined ? undefined : minimumTrackRecord(record);
  const deflate = (count: number | undefined, variance?: number): number | undefined =>
    record === undefined || count === undefined ? undefined : deflatedSharpe(record, count, variance);
  return {
    trials,
    sharpe: sharpe(returns, samplesPerYear),
    range: record === undefined ? undefined : sharpeRange(record, samplesPerYear),
    adjustedSharpe: adjustedSharpe(returns, samplesPerYear),
    probabilistic: record === undefined ? undefined : probabilisticSharpe(record),
    deflated: sharpeVariance === undefined ? undefined : deflate(registered, sharpeVariance),
    deflatedByChance: deflate(registered),
    deflatedEffective: deflate(effective),
    minimumRecordDays: periods === undefined ? undefined : (periods * 365) / samplesPerYear,
    bootstrap: bootstrapOf(returns, samplesPerYear),
    eValues: samplesPerYear === HOURS_PER_YEAR ? eSeries(returns, championReturns) : undefined,
    threshold: Math.max(1, registered) / ALPHA,
    alpha: ALPHA,
  };
}

function bootstrapOf(returns: Float64Array, samplesPerYear: number): EvidenceFigures['bootstrap'] {
  const block = blockLength(returns)?.stationary;
  if (block === undefined) return undefined;
  const meanBlock = Math.max(1, block);
  const range = bootstrapRange(returns, { meanBlock, resamples: RESAMPLES, seed: 1 }, (resample) =>
    sharpe(resample, samplesPerYear),
  );
  return range === undefined
    ? undefined
    : { low: range.low, high: range.high, blockSamples: meanBlock, resamples: RESAMPLES };
}

function eSeries(returns: Float64Array, championReturns: Float64Array | undefined): Float64Array {
  const state = openEProcess();
  return returns.map((value, i) => {
    stepEProcess(state, value - (championReturns?.[i] ?? 0));
    return eValue(state);
  });
}
