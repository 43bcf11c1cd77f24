import { mean } from './deviation.js';
import { placeboPercentile } from './placebo-percentile.js';
import type { ShareRange } from './share-range.js';
import { type StudyPlacebo, type StudyTrial, windowOf } from './study-trial.js';
import { studyWindows, windowMeans } from './study-units.js';
import { measured } from './measurable.js';

/** A percentile from fewer random traders than this is a rough one. */
export const ENOUGH_PLACEBOS = 1000;

export interface PlaceboStanding {
  readonly group: string;
  /** Share of random traders whose return, over the same windows, is below the configuration's mean. Undefined where none has them all. */
  readonly beatenByMean: ShareRange | undefined;
  /** Chance that a trial beats a random trader of its window: the mean percentile of the trials. */
  readonly beatenByTrial: number | undefined;
  /** Random traders that have all windows of the configuration: those that its mean is compared with. */
  readonly placebos: number;
}

/** One group after the other, in the order in which they first come. */
export function standAmongPlacebos(
  trials: readonly StudyTrial[],
  placebos: readonly StudyPlacebo[],
): PlaceboStanding[] {
  return [...new Set(placebos.map(groupOf))].map((group) =>
    standInGroup(
      group,
      trials,
      placebos.filter((placebo) => groupOf(placebo) === group),
    ),
  );
}

function groupOf({ group }: StudyPlacebo): string {
  return group ?? 'random';
}

function standInGroup(
  group: string,
  trials: readonly StudyTrial[],
  placebos: readonly StudyPlacebo[],
): PlaceboStanding {
  const windows = studyWindows(trials);
  const own = mean([...windowMeans(trials).values()]) ?? NaN;
  const bySeed = new Map<number, Map<string, number>>();
  for (const placebo of placebos) {
    const known = bySeed.get(placebo.seed) ?? new Map<string, number>();
    known.set(windowOf(placebo), placebo.returnFraction);
    bySeed.set(placebo.seed, known);
  }
  const means = [...bySeed.values()]
    .filter((of) => windows.every((name) => of.has(name)))
    .map((of) => mean(windows.map((name) => of.get(name) ?? NaN)) ?? NaN);
  return {
    group,
    beatenByMean: placeboPercentile(own, means),
    beatenByTrial: meanPercentile(trials, placebos),
    placebos: means.length,
  };
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
