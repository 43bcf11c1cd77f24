import { mean } from './deviation.js';
import { placeboPercentile } from './placebo-percentile.js';
import type { ShareRange } from './share-range.js';
import { type StudyPlacebo, type StudyTrial, windowOf } from './study-trial.js';
import { studyWindows, windowMeans } from './study-units.js';
import { measured } from './measurable.js';

/** A percentile from fewer random traders than this is a rough one. */
export const ENOUGH_PLACEBOS = 1000;

export interface PlaceboStanding {
  /** Share of random traders whose return, over the same windows, is below the configuration's mean. */
  readonly beatenByMean: ShareRange;
  /** Chance that a trial beats a random trader of its window: the mean percentile of the trials. */
  readonly beatenByTrial: number | undefined;
  readonly placebos: number;
}

/** A random trader that lacks one of the configuration's windows is left out of the comparison of means. Undefined without any. */
export function standAmongPlacebos(
  trials: readonly StudyTrial[],
  placebos: readonly StudyPlacebo[],
): PlaceboStanding | undefined {
  const windows = studyWindows(trials);
  const own = mean([...windowMeans(trials).values()]);
  const bySeed = new Map<number, Map<string, number>>();
  for (const placebo of placebos) {
    const known = bySeed.get(placebo.seed) ?? new Map<string, number>();
    known.set(windowOf(placebo), placebo.returnFraction);
    bySeed.set(placebo.seed, known);
  }
  const means = [...bySeed.values()]
    .filter((of) => windows.every((name) => of.has(name)))
    .map((of) => mean(windows.map((name) => of.get(name) ?? NaN)) ?? NaN);
  const beatenByMean = own === undefined ? undefined : placeboPercentile(own, means);
  if (beatenByMean === undefined) return undefined;
  return { beatenByMean, beatenByTrial: meanPercentile(trials, placebos), placebos: means.length };
}

/** Undefined where a trial's window has no random trader. */
function meanPercentile(
  trials: readonly StudyTrial[],
  placebos: readonly StudyPlacebo[],
): number | undefined {
  const shares = trials.map((trial) => {
    const same = placebos.filter((placebo) => windowOf(placebo) === windowOf(trial));
    const found = placeboPercentile(
      trial.returnFraction,
      same.map((placebo) => placebo.returnFraction),
    );
    return found?.share ?? NaN;
  });
  return measured(mean(shares) ?? NaN);
}
