/** From trials to everything that a study says. Pure; the seed draws permutations and resamples. */
import { Problem } from '../domain/problem.js';
import type { Seed } from '../domain/rng.js';
import { type BenchmarkComparison, compareWithBenchmarks } from './study-benchmarks.js';
import { type StudyConfiguration, describeConfiguration } from './study-configuration.js';
import { type StudyGroup, type StudyPair, comparePairs } from './study-pairs.js';
import {
  MOST_FAILED_SHARE,
  type StudyBenchmark,
  type StudyPlacebo,
  type StudyTrial,
  windowOf,
} from './study-trial.js';
import { type StudyUnit, studyWindows } from './study-units.js';

export interface StudyInput {
  readonly trials: readonly StudyTrial[];
  readonly placebos: readonly StudyPlacebo[];
  readonly benchmarks: readonly StudyBenchmark[];
  readonly seed: Seed;
}

/** A trial that counts in no figure, and why. */
export interface ExcludedTrial {
  readonly trial: StudyTrial;
  readonly why:
    | { readonly kind: 'failed-decisions'; readonly failedShare: number }
    | { readonly kind: 'no-number'; readonly field: string };
}

export interface Study {
  readonly seed: Seed;
  readonly windows: readonly string[];
  /** What the tests count as one value. */
  readonly unit: StudyUnit;
  /** In the order in which they first come. */
  readonly configurations: readonly StudyConfiguration[];
  /** Of which no trial counts. */
  readonly withoutTrials: readonly string[];
  readonly pairs: readonly StudyPair[];
  readonly againstBenchmarks: readonly BenchmarkComparison[];
  readonly benchmarks: readonly StudyBenchmark[];
  readonly placebos: readonly StudyPlacebo[];
  readonly excluded: readonly ExcludedTrial[];
}

export function judgeStudy({ trials, placebos, benchmarks, seed }: StudyInput): Study {
  refuseTwice(trials);
  const excluded: ExcludedTrial[] = [];
  const counted: StudyTrial[] = [];
  for (const trial of trials) {
    const why = exclusionOf(trial);
    if (why === undefined) counted.push(trial);
    else excluded.push({ trial, why });
  }
  const names = [...new Set(trials.map(({ configuration }) => configuration))];
  const groups: StudyGroup[] = names
    .map((configuration) => ({
      configuration,
      trials: counted.filter((trial) => trial.configuration === configuration).sort(byWindowAndNumber),
    }))
    .filter((group) => group.trials.length > 0);
  const windows = studyWindows(counted);
  const unit = windows.length > 1 ? 'window' : 'trial';
  return {
    seed,
    windows,
    unit,
    configurations: groups.map((group) => describeConfiguration(group, unit, placebos, seed)),
    withoutTrials: names.filter((name) => !groups.some(({ configuration }) => configuration === name)),
    pairs: comparePairs(groups, unit, seed),
    againstBenchmarks: compareWithBenchmarks(groups, benchmarks, unit),
    benchmarks,
    placebos,
    excluded,
  };
}

/** Trials that ran side by side come in any order; a study must not depend on it. */
function byWindowAndNumber(a: StudyTrial, b: StudyTrial): number {
  const [left, right] = [windowOf(a), windowOf(b)];
  return left === right ? a.trial - b.trial : left < right ? -1 : 1;
}

/** A result that was read twice would count as two. */
function refuseTwice(trials: readonly StudyTrial[]): void {
  const seen = new Set<string>();
  for (const trial of trials) {
    const name = `${trial.configuration}, trial ${String(trial.trial)}, window ${windowOf(trial)}`;
    if (seen.has(name))
      throw new Problem('input', `the study has two results of ${name}`, {
        hint: 'Remove one of them: a trial counts once.',
      });
    seen.add(name);
  }
}

function exclusionOf(trial: StudyTrial): ExcludedTrial['why'] | undefined {
  const { failedShare, returnFraction } = trial;
  if (!Number.isFinite(returnFraction)) return { kind: 'no-number', field: 'return' };
  if (!Number.isFinite(failedShare)) return { kind: 'no-number', field: 'share of failed decisions' };
  return failedShare > MOST_FAILED_SHARE ? { kind: 'failed-decisions', failedShare } : undefined;
}
