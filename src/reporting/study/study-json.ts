import type { Study } from '../../core/metrics/judge-study.js';
import { studyTradeFigures } from '../../core/metrics/study-trade-figures.js';
import { jsonText } from '../report/json-text.js';
import { DISCLAIMER } from '../report/page.js';
import type { StudyAbout } from './study-about.js';
import { studyConventions, studyLimits } from './study-limits.js';

/** Everything that the text says and what it was made of: fractions and USD as numbers, null for what cannot be measured. */
export function studyJson(study: Study, about: StudyAbout): string {
  return jsonText({
    schema_version: 1,
    generated: about.generated,
    market: about.market,
    disclaimer: DISCLAIMER,
    conventions: studyConventions(study),
    limits: studyLimits(study),
    seed: study.seed,
    windows: study.windows,
    unit: study.unit,
    configurations: study.configurations.map((of) => ({
      ...of,
      trials: of.trials.map((trial) => ({ ...trial, figures: studyTradeFigures(trial) })),
    })),
    withoutTrials: study.withoutTrials,
    pairs: study.pairs,
    benchmarks: study.benchmarks,
    againstBenchmarks: study.againstBenchmarks,
    placebos: study.placebos,
    excluded: study.excluded,
  });
}
