/** What the trials of one configuration came to. */
import type { Seed } from '../domain/rng.js';
import { type MeanRange, bootstrapMeanRange } from './bootstrap-mean-range.js';
import { mean } from './deviation.js';
import { isRoundingNoise, measured } from './measurable.js';
import { median } from './median.js';
import { oneSampleTest } from './one-sample-test.js';
import { sampleOf } from './sample.js';
import { type ShareRange, groupedShareRange, shareRange } from './share-range.js';
import { type PlaceboStanding, standAmongPlacebos } from './study-placebos.js';
import type { StudyGroup } from './study-pairs.js';
import { type StudySymbolFigures, studySymbolFigures } from './study-symbol-figures.js';
import { type StudyPlacebo, type StudyTrial, windowOf } from './study-trial.js';
import { type StudyUnit, studyValues } from './study-units.js';
import type { TEstimate } from './t-estimate.js';

/** Means are over trials that count and in which the figure could be measured; `undefined` where it could in none. */
export interface StudyConfiguration {
  readonly configuration: string;
  readonly model: string;
  readonly temperature: number | null;
  readonly trials: readonly StudyTrial[];
  /** Independent values behind the tests: trials, or windows. */
  readonly values: number;
  /** Over several windows each of them weighs the same. */
  readonly meanFraction: number | undefined;
  /** Between trials, ddof 1. */
  readonly deviationFraction: number | undefined;
  readonly minFraction: number | undefined;
  readonly maxFraction: number | undefined;
  readonly medianFraction: number | undefined;
  /** Deviation over the size of the mean: large and without meaning near a mean of zero. */
  readonly coefficientOfVariation: number | undefined;
  /** t test of the mean against 0 with its interval. */
  readonly againstZero: TEstimate | undefined;
  readonly bootstrap: MeanRange | undefined;
  /** Trials that made money. Of several windows the range counts what the trials of one window have in common. */
  readonly positive: ShareRange | undefined;
  readonly placebos: readonly PlaceboStanding[];
  readonly meanSharpe: number | undefined;
  readonly meanDrawdownFraction: number | undefined;
  readonly meanTrades: number | undefined;
  readonly meanFills: number | undefined;
  readonly meanFeesUsd: number | undefined;
  readonly meanModelCostUsd: number | undefined;
  readonly bySymbol: readonly StudySymbolFigures[];
}

export function describeConfiguration(
  { configuration, trials }: StudyGroup,
  unit: StudyUnit,
  placebos: readonly StudyPlacebo[],
  seed: Seed,
): StudyConfiguration {
  const returns = trials.map((trial) => trial.returnFraction);
  const values = studyValues(trials, unit);
  const meanFraction = mean(values);
  const deviationFraction = sampleOf(returns)?.deviation;
  const average = (of: (trial: StudyTrial) => number | undefined): number | undefined =>
    mean(trials.map(of).filter((value) => value !== undefined));
  return {
    configuration,
    model: trials[0]?.model ?? '',
    temperature: trials[0]?.temperature ?? null,
    trials,
    values: values.length,
    meanFraction,
    deviationFraction,
    minFraction: measured(Math.min(...returns)),
    maxFraction: measured(Math.max(...returns)),
    medianFraction: median(returns),
    coefficientOfVariation: coefficientOfVariation(meanFraction, deviationFraction),
    againstZero: oneSampleTest(sampleOf(values)),
    bootstrap: bootstrapMeanRange(values, seed),
    positive: shareOfGains(trials, unit),
    placebos: standAmongPlacebos(trials, placebos),
    meanSharpe: average((trial) => trial.sharpe),
    meanDrawdownFraction: average((trial) => trial.maxDrawdownFraction),
    meanTrades: average((trial) => trial.closedTrades),
    meanFills: average((trial) => trial.fills),
    meanFeesUsd: average((trial) => trial.feesUsd),
    meanModelCostUsd: average((trial) => trial.modelCostUsd),
    bySymbol: studySymbolFigures(trials),
  };
}

function coefficientOfVariation(centre: number | undefined, spread: number | undefined): number | undefined {
  if (centre === undefined || spread === undefined || isRoundingNoise(Math.abs(centre), 0)) return undefined;
  return measured(spread / Math.abs(centre));
}

/** Groups of one size are needed for the grouped range: with others the share has none. */
function shareOfGains(trials: readonly StudyTrial[], unit: StudyUnit): ShareRange | undefined {
  const gains = trials.filter((trial) => trial.returnFraction > 0).length;
  if (unit === 'trial') return shareRange(gains, trials.length);
  const groups = new Map<string, { trials: number; gains: number }>();
  for (const trial of trials) {
    const known = groups.get(windowOf(trial)) ?? { trials: 0, gains: 0 };
    known.trials++;
    if (trial.returnFraction > 0) known.gains++;
    groups.set(windowOf(trial), known);
  }
  const sizes = new Set([...groups.values()].map((group) => group.trials));
  const [size] = sizes;
  if (sizes.size !== 1 || size === undefined) return undefined;
  const squares = [...groups.values()].reduce((sum, group) => sum + group.gains ** 2, 0);
  return groupedShareRange(gains, squares, groups.size, size);
}
