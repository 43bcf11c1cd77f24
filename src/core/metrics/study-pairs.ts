/**
 * Every configuration against every other. The p value of a pair is the larger of two: Welch's t test, which is about means and
 * lets spreads differ, and the permutation test, which asks for no shape. Each is valid alone, so the larger one is (Berger 1982);
 * a pair counts only where both see it. Holm's adjustment is over all pairs of the study, measured or not.
 */
import type { Seed } from '../domain/rng.js';
import { type MeanRange, bootstrapDifferenceRange, bootstrapMeanRange } from './bootstrap-mean-range.js';
import { cliffsDelta, hedgesG } from './effect-size.js';
import { holm } from './holm.js';
import { minimumDetectableEffect } from './minimum-detectable-effect.js';
import { oneSampleTest } from './one-sample-test.js';
import { type PermutationResult, permutationTest, signFlipTest } from './permutation-test.js';
import { sampleOf } from './sample.js';
import type { StudyTrial } from './study-trial.js';
import { type StudyUnit, windowDifferences, windowMeans } from './study-units.js';
import type { TEstimate } from './t-estimate.js';
import { welchTest } from './welch-test.js';
import { measured } from './measurable.js';
import { mean } from './deviation.js';

/** A study says so much in all: the chance that any pair without a difference is said to have one. */
export const STUDY_LEVEL = 0.05;

export interface StudyGroup {
  readonly configuration: string;
  readonly trials: readonly StudyTrial[];
}

export interface StudyPair {
  readonly a: string;
  readonly b: string;
  /** Values on each side: trials, or windows that both have. */
  readonly countA: number;
  readonly countB: number;
  /** Mean return of a less that of b. */
  readonly differenceFraction: number | undefined;
  /** Welch's test of trials; over several windows the t test of differences per window. */
  readonly tTest: TEstimate | undefined;
  readonly permutation: PermutationResult | undefined;
  /** The larger of both p values. */
  readonly p: number | undefined;
  readonly holmP: number | undefined;
  readonly bootstrap: MeanRange | undefined;
  /** Of single trials, whatever the window. */
  readonly hedgesG: number | undefined;
  readonly cliffsDelta: number | undefined;
  /** The true difference that this many trials with this spread would show four times in five, were the pair the only one. */
  readonly detectableFraction: number | undefined;
  /** The same at the level that Holm asks of the first of all pairs. */
  readonly detectableAmongAllFraction: number | undefined;
  readonly verdict: 'differ' | 'not-proven' | 'not-measurable';
}

export function comparePairs(groups: readonly StudyGroup[], unit: StudyUnit, seed: Seed): StudyPair[] {
  const couples = groups.flatMap((a, i) => groups.slice(i + 1).map((b) => [a, b] as const));
  const level = STUDY_LEVEL / Math.max(1, couples.length);
  const found = couples.map(([a, b]) => comparePair(a, b, unit, seed, level));
  const known = found.filter(({ p }) => p !== undefined);
  const adjusted = holm(
    known.map(({ p }) => p ?? NaN),
    couples.length,
  );
  return found.map((pair) => {
    const holmP = adjusted[known.indexOf(pair)];
    const verdict = holmP === undefined ? 'not-measurable' : holmP <= STUDY_LEVEL ? 'differ' : 'not-proven';
    return { ...pair, holmP, verdict };
  });
}

type Compared = Omit<StudyPair, 'holmP' | 'verdict'>;

function comparePair(a: StudyGroup, b: StudyGroup, unit: StudyUnit, seed: Seed, level: number): Compared {
  const [ofA, ofB] = [returnsOf(a), returnsOf(b)];
  const tests = unit === 'trial' ? compareTrials(ofA, ofB, seed) : compareWindows(a, b, seed);
  const { tTest, permutation } = tests;
  const p =
    tTest === undefined || permutation === undefined
      ? undefined
      : Math.max(tTest.twoSidedP, permutation.twoSidedP);
  const detectable = (alpha: number): number | undefined =>
    tTest === undefined ? undefined : minimumDetectableEffect(tTest.error, tTest.degrees, alpha);
  return {
    a: a.configuration,
    b: b.configuration,
    ...tests,
    p,
    hedgesG: hedgesG(sampleOf(ofA), sampleOf(ofB)),
    cliffsDelta: cliffsDelta(ofA, ofB),
    detectableFraction: detectable(STUDY_LEVEL),
    detectableAmongAllFraction: detectable(level),
  };
}

type Tests = Pick<
  Compared,
  'countA' | 'countB' | 'differenceFraction' | 'tTest' | 'permutation' | 'bootstrap'
>;

function compareTrials(a: readonly number[], b: readonly number[], seed: Seed): Tests {
  return {
    countA: a.length,
    countB: b.length,
    differenceFraction: measured((mean(a) ?? NaN) - (mean(b) ?? NaN)),
    tTest: welchTest(sampleOf(a), sampleOf(b)),
    permutation: permutationTest(a, b, seed),
    bootstrap: bootstrapDifferenceRange(a, b, seed),
  };
}

function compareWindows(a: StudyGroup, b: StudyGroup, seed: Seed): Tests {
  const differences = windowDifferences(windowMeans(a.trials), windowMeans(b.trials));
  return {
    countA: differences.length,
    countB: differences.length,
    differenceFraction: mean(differences),
    tTest: oneSampleTest(sampleOf(differences)),
    permutation: signFlipTest(differences, seed),
    bootstrap: bootstrapMeanRange(differences, seed),
  };
}

function returnsOf({ trials }: StudyGroup): number[] {
  return trials.map((trial) => trial.returnFraction);
}
