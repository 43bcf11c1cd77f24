/** What a reader must know before believing a number of a study: how it was counted, and what it cannot say. */
import type { Study } from '../../core/metrics/judge-study.js';
import { STUDY_LEVEL, type StudyPair } from '../../core/metrics/study-pairs.js';
import { ENOUGH_PLACEBOS } from '../../core/metrics/study-placebos.js';
import { MOST_FAILED_SHARE, ONE_WINDOW, windowOf } from '../../core/metrics/study-trial.js';
import { fixed, grouped } from '../text-table.js';

export function studyConventions({ unit, pairs }: Study): string[] {
  return [
    'Returns are net of fees, spread, slippage, funding and what the models cost. Deviations have ddof 1. Ranges are 95 %: "t" is Student\'s interval, "bootstrap" BCa; shares have Wilson\'s.',
    unit === 'trial'
      ? "Pairs: Welch's t test and a permutation test of the difference of means, over trials."
      : 'Pairs: a t test and a sign-flip test of the differences per window; a window is one value, the mean of its trials.',
    `A pair counts only where both tests see it: Holm's adjustment takes the larger p of both, over ${pairs.length === 1 ? 'the one pair' : `all ${grouped(pairs.length)} pairs`}. Level ${fixed(STUDY_LEVEL, 2)}. Benchmarks are adjusted over all comparisons with them.`,
    "g is Hedges' (difference over pooled deviation), delta Cliff's (how much more often a trial of one beats a trial of the other), both of single trials.",
    '"Detectable" is the true difference that this study would find four times in five, were the pair the only one / among all pairs.',
    `A trial of which more than ${fixed(100 * MOST_FAILED_SHARE, 0)} % of the due decisions failed shows failures and not the model: it counts nowhere, and is named.`,
  ];
}

export function studyLimits(study: Study): string[] {
  const { windows, unit, configurations, pairs } = study;
  const limits: string[] = [];
  const named = windows.filter((name) => name !== ONE_WINDOW);
  limits.push(
    unit === 'trial'
      ? `All trials saw the same prices${named[0] === undefined ? '' : ` (${named[0]})`}. More trials measure the model's own noise more exactly, not what another market would do to it: every range and p value here is about asking again on these prices. Several windows would speak about the market.`
      : `Trials of one window saw the same prices, so that the ${grouped(windows.length)} windows are counted and not the trials. Windows that follow each other closely are less independent than that.`,
  );
  const single = configurations.filter(({ trials }) => trials.length < 2);
  for (const { configuration } of single)
    limits.push(`${configuration} has one trial that counts: nothing says how much chance is in it.`);
  if (
    configurations.some(({ trials, deviationFraction }) => trials.length > 1 && noSpread(deviationFraction))
  )
    limits.push(
      'Where all trials returned the same there is no spread to test by: asking again is no new evidence.',
    );
  if (
    pairs.some(({ permutation }) => permutation !== undefined) &&
    pairs.every((pair) => cannotDiffer(pair, pairs.length))
  )
    limits.push(
      'So few values have so few splits that no pair could have passed Holm, whatever was measured. More trials (or windows) are needed for an answer.',
    );
  return [...limits, ...comparisonLimits(study), ...ALWAYS];
}

const ALWAYS = [
  'A model may have read about these dates when it was trained; nothing here can tell that from skill. Who was chosen to be in the study, and what was tried before, is not in the p values.',
];

function comparisonLimits({ placebos, benchmarks, windows, configurations }: Study): string[] {
  const limits: string[] = [];
  const seeds = new Set(placebos.map(({ seed }) => seed)).size;
  if (seeds === 0)
    limits.push('No random traders ran on these prices: nothing says whether a return is more than chance.');
  else if (seeds < ENOUGH_PLACEBOS)
    limits.push(
      `Percentiles are among ${grouped(seeds)} random traders; ${grouped(ENOUGH_PLACEBOS)} are asked for.`,
    );
  if (configurations.some(({ placebos: of }) => of.some(({ beatenByMean }) => beatenByMean === undefined)))
    limits.push('Random traders do not cover the windows of every configuration; there the share is n/a.');
  if (benchmarks.length === 0) limits.push('No benchmark ran on these prices.');
  const missing = windows.filter((name) => !benchmarks.some((of) => windowOf(of) === name));
  if (benchmarks.length > 0 && missing.length > 0)
    limits.push(`No benchmark covers ${missing.join(', ')}: comparisons leave those trials out.`);
  return limits;
}

function noSpread(deviation: number | undefined): boolean {
  return deviation !== undefined && deviation < 1e-12;
}

/** The smallest p that the splits allow, times all pairs, is above the level. */
function cannotDiffer({ permutation, countA, countB }: StudyPair, pairs: number): boolean {
  if (permutation?.exact !== true) return permutation === undefined;
  // With equal sizes a split and its mirror image differ as much.
  const smallest = (countA === countB ? 2 : 1) / permutation.splits;
  return smallest * pairs > STUDY_LEVEL;
}
