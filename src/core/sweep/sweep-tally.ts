/**
 * What a sweep remembers of all runs so far: counts, running moments, the best and a sample that nobody chose. Runs are
 * added in their order, so that the same doubles come out however they were cut into parts; nothing grows with their number.
 */
import { z } from 'zod';
import { uniformAt } from '../domain/rng.js';
import { MINUTE_MS } from '../domain/time.js';
import { STATUS, foldRatios, readRow } from './sweep-row.js';

/** So many of the best are kept: as many as anybody can ask to see. */
export const BEST_KEPT = 100;
/** So many runs speak for all where their curves are compared with each other: correlation, overfitting. */
export const SAMPLE_KEPT = 100;
/** Any seed would do, as long as it is always the same one. */
const SAMPLE_SEED = 20_140_930;

export interface KeptRun {
  readonly run: number;
  readonly row: Float64Array;
}

export interface FoldTally {
  /** The run with the highest ratio in training; undefined while there is none. */
  bestRun: number | undefined;
  bestTrain: number;
  bestTest: number;
  /** Runs with a ratio in the test, and how many of them were above zero. */
  tested: number;
  positive: number;
}

export interface SweepTally {
  /** Played, with or without a fault. */
  played: number;
  faulted: number;
  invalid: number;
  firstInvalid: number | undefined;
  firstFaulted: number | undefined;
  neverTraded: number;
  /** Ratios per sample of all runs that have one, by Welford (1962). */
  ratios: number;
  meanRatio: number;
  squaredDeviations: number;
  /** By ratio, the best first; of equal ones the earlier. */
  readonly best: KeptRun[];
  /** Those with the smallest draws among the runs that have a ratio. */
  readonly sample: { readonly run: number; readonly draw: number }[];
  readonly folds: FoldTally[];
}

export function openTally(folds: number): SweepTally {
  return {
    played: 0,
    faulted: 0,
    invalid: 0,
    firstInvalid: undefined,
    firstFaulted: undefined,
    neverTraded: 0,
    ratios: 0,
    meanRatio: 0,
    squaredDeviations: 0,
    best: [],
    sample: [],
    folds: Array.from({ length: folds }, () => ({
      bestRun: undefined,
      bestTrain: NaN,
      bestTest: NaN,
      tested: 0,
      positive: 0,
    })),
  };
}

/** The row is copied where it is kept. */
export function addRun(tally: SweepTally, run: number, row: Float64Array): void {
  const status = readRow(row, 'status');
  if (status === STATUS.invalid) {
    tally.invalid++;
    tally.firstInvalid ??= run;
    return;
  }
  tally.played++;
  if (status === STATUS.faulted) {
    tally.faulted++;
    tally.firstFaulted ??= run;
  }
  if (readRow(row, 'fills') === 0) tally.neverTraded++;
  tally.folds.forEach((fold, k) => {
    addFold(fold, run, foldRatios(row, k));
  });
  const ratio = readRow(row, 'sharpe');
  if (Number.isNaN(ratio)) return;
  tally.ratios++;
  const delta = ratio - tally.meanRatio;
  tally.meanRatio += delta / tally.ratios;
  tally.squaredDeviations += delta * (ratio - tally.meanRatio);
  keepBest(tally.best, run, row, ratio);
  keepSample(tally.sample, run);
}

/** Variance of the ratios over all runs (ddof 1); undefined for fewer than two. */
export function ratioVariance({ ratios, squaredDeviations }: SweepTally): number | undefined {
  return ratios < 2 ? undefined : squaredDeviations / (ratios - 1);
}

function addFold(fold: FoldTally, run: number, { train, test }: { train: number; test: number }): void {
  if (!Number.isNaN(test)) {
    fold.tested++;
    if (test > 0) fold.positive++;
  }
  if (Number.isNaN(train) || train <= fold.bestTrain) return;
  fold.bestRun = run;
  fold.bestTrain = train;
  fold.bestTest = test;
}

function keepBest(best: KeptRun[], run: number, row: Float64Array, ratio: number): void {
  const last = best.at(-1);
  if (best.length >= BEST_KEPT && last !== undefined && ratio <= readRow(last.row, 'sharpe')) return;
  const at = best.findIndex((kept) => readRow(kept.row, 'sharpe') < ratio);
  best.splice(at === -1 ? best.length : at, 0, { run, row: row.slice() });
  if (best.length > BEST_KEPT) best.pop();
}

function keepSample(sample: { readonly run: number; readonly draw: number }[], run: number): void {
  const draw = uniformAt(SAMPLE_SEED, run * MINUTE_MS, 0);
  const last = sample.at(-1);
  if (sample.length >= SAMPLE_KEPT && last !== undefined && draw >= last.draw) return;
  const at = sample.findIndex((kept) => kept.draw > draw);
  sample.splice(at === -1 ? sample.length : at, 0, { run, draw });
  if (sample.length > SAMPLE_KEPT) sample.pop();
}

const double = z.number().nullable();
const count = z.int().min(0);
/** The tally as JSON: shortest decimals, which give the same doubles back; null for NaN. */
export const savedTallySchema = z.strictObject({
  played: count,
  faulted: count,
  invalid: count,
  firstInvalid: count.nullable(),
  firstFaulted: count.nullable(),
  neverTraded: count,
  ratios: count,
  meanRatio: z.number(),
  squaredDeviations: z.number(),
  best: z.array(z.strictObject({ run: count, row: z.array(double) })).max(BEST_KEPT),
  sample: z.array(z.strictObject({ run: count, draw: z.number() })).max(SAMPLE_KEPT),
  folds: z.array(
    z.strictObject({
      bestRun: count.nullable(),
      bestTrain: double,
      bestTest: double,
      tested: count,
      positive: count,
    }),
  ),
});
export type SavedTally = z.infer<typeof savedTallySchema>;

export function saveTally(tally: SweepTally): SavedTally {
  const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return {
    ...tally,
    firstInvalid: tally.firstInvalid ?? null,
    firstFaulted: tally.firstFaulted ?? null,
    best: tally.best.map(({ run, row }) => ({ run, row: Array.from(row, orNull) })),
    folds: tally.folds.map((fold) => ({
      ...fold,
      bestRun: fold.bestRun ?? null,
      bestTrain: orNull(fold.bestTrain),
      bestTest: orNull(fold.bestTest),
    })),
  };
}

export function restoreTally(saved: SavedTally): SweepTally {
  return {
    ...saved,
    firstInvalid: saved.firstInvalid ?? undefined,
    firstFaulted: saved.firstFaulted ?? undefined,
    best: saved.best.map(({ run, row }) => ({ run, row: Float64Array.from(row, (value) => value ?? NaN) })),
    folds: saved.folds.map((fold) => ({
      ...fold,
      bestRun: fold.bestRun ?? undefined,
      bestTrain: fold.bestTrain ?? NaN,
      bestTest: fold.bestTest ?? NaN,
    })),
  };
}
