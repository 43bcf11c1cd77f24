/** Each configuration against each benchmark: the benchmark's return is known, so only the trials have an error. */
import { mean } from './deviation.js';
import { holm } from './holm.js';
import { oneSampleTest } from './one-sample-test.js';
import { sampleOf } from './sample.js';
import { STUDY_LEVEL, type StudyGroup } from './study-pairs.js';
import { type StudyBenchmark, windowOf } from './study-trial.js';
import { type StudyUnit, windowDifferences, windowMeans } from './study-units.js';
import type { TEstimate } from './t-estimate.js';

export interface BenchmarkComparison {
  readonly configuration: string;
  readonly benchmark: string;
  /** Values behind the test: trials, or windows that both have. */
  readonly values: number;
  /** Mean return less the benchmark's. */
  readonly differenceFraction: number | undefined;
  readonly tTest: TEstimate | undefined;
  /** Over all configurations and benchmarks. */
  readonly holmP: number | undefined;
  readonly verdict: 'better' | 'worse' | 'not-proven' | 'not-measurable';
}

export function compareWithBenchmarks(
  groups: readonly StudyGroup[],
  benchmarks: readonly StudyBenchmark[],
  unit: StudyUnit,
): BenchmarkComparison[] {
  const names = [...new Set(benchmarks.map(({ name }) => name))];
  const found = groups.flatMap((group) =>
    names.map((benchmark) => {
      const byWindow = new Map(
        benchmarks.filter(({ name }) => name === benchmark).map((of) => [windowOf(of), of.returnFraction]),
      );
      const differences = differencesFrom(group, byWindow, unit);
      return {
        configuration: group.configuration,
        benchmark,
        values: differences.length,
        differenceFraction: mean(differences),
        tTest: oneSampleTest(sampleOf(differences)),
      };
    }),
  );
  const known = found.filter(({ tTest }) => tTest !== undefined);
  const adjusted = holm(
    known.map(({ tTest }) => tTest?.twoSidedP ?? NaN),
    found.length,
  );
  return found.map((one) => {
    const holmP = adjusted[known.indexOf(one)];
    return { ...one, holmP, verdict: verdictOf(holmP, one.differenceFraction) };
  });
}

function differencesFrom(
  { trials }: StudyGroup,
  byWindow: ReadonlyMap<string, number>,
  unit: StudyUnit,
): number[] {
  if (unit === 'window') return windowDifferences(windowMeans(trials), byWindow);
  return trials.flatMap((trial) => {
    const same = byWindow.get(windowOf(trial));
    return same === undefined ? [] : [trial.returnFraction - same];
  });
}

function verdictOf(holmP: number | undefined, difference = NaN): BenchmarkComparison['verdict'] {
  if (holmP === undefined) return 'not-measurable';
  if (holmP > STUDY_LEVEL) return 'not-proven';
  return difference > 0 ? 'better' : 'worse';
}
