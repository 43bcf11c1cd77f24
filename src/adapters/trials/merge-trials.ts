import { isDeepStrictEqual } from 'node:util';
import type { RichTrial, TrialArchive, TrialReading, TrialRubbish } from '../../ports/trial-source.js';

/**
 * Several sources as one. A trial is its study and its number: what an earlier source has counts, the same again is
 * passed over, something else under the same name is said. With `study` only that study's trials are given.
 */
export function mergeTrials(sources: readonly TrialArchive[], study?: string): TrialArchive {
  return {
    read() {
      return onlyStudy(merge(withoutNamesakes(sources.map((source) => source.read()))), study);
    },
  };
}

/** Values are compared within one study: two storages whose studies share a name by chance must not become one. */
function withoutNamesakes(readings: readonly TrialReading[]): readonly TrialReading[] {
  const owners = new Map<string, string>();
  return readings.map((reading) => {
    const rubbish = [...reading.rubbish];
    const studies = reading.studies.map((summary) => {
      if (summary.form !== 'optuna' || summary.refused !== undefined) return summary;
      const owner = owners.get(summary.study);
      if (owner === undefined) owners.set(summary.study, summary.storage);
      if (owner === undefined || owner === summary.storage) return summary;
      const refused = `a study of this name comes from ${owner} already; give one of them another name with "study" and "as" in trials.sources`;
      rubbish.push({ where: `${summary.storage}: study "${summary.study}"`, why: refused });
      return { ...summary, refused };
    });
    const refused = new Set(
      studies
        .filter((summary) => summary.refused !== undefined)
        .map(({ study, storage }) => `${storage}\n${study}`),
    );
    const counts = ({ study, storage }: { study: string; storage: string }): boolean =>
      !refused.has(`${storage}\n${study}`);
    return { studies, rubbish, trials: reading.trials.filter(counts), unfit: reading.unfit.filter(counts) };
  });
}

/** Clashes told one by one; two storages of one name can have thousands. */
const CLASHES_TOLD = 3;

function merge(readings: readonly TrialReading[]): TrialReading {
  const known = new Map<string, RichTrial>();
  const clashes: TrialRubbish[] = [];
  for (const trial of readings.flatMap((reading) => reading.trials)) {
    const key = JSON.stringify([trial.study, trial.number]);
    const before = known.get(key);
    if (before === undefined) known.set(key, trial);
    else if (before.value !== trial.value || !isDeepStrictEqual(before.contestant, trial.contestant))
      clashes.push({
        where: trial.where,
        why: `trial ${String(trial.number)} of "${trial.study}" stands in ${before.where} with other content; that one counts`,
      });
  }
  const left = clashes.length - CLASHES_TOLD;
  return {
    trials: [...known.values()],
    unfit: readings.flatMap((reading) => reading.unfit),
    studies: readings.flatMap((reading) => reading.studies),
    rubbish: [
      ...readings.flatMap((reading) => reading.rubbish),
      ...clashes.slice(0, CLASHES_TOLD),
      ...(left > 0
        ? [{ where: clashes[0]?.where ?? '', why: `and ${String(left)} more trials like it` }]
        : []),
    ],
  };
}

function onlyStudy(reading: TrialReading, study: string | undefined): TrialReading {
  if (study === undefined) return reading;
  const names = [...new Set(reading.studies.map((summary) => summary.study))];
  return {
    trials: reading.trials.filter((trial) => trial.study === study),
    unfit: reading.unfit.filter((trial) => trial.study === study),
    studies: reading.studies.filter((summary) => summary.study === study),
    rubbish: names.includes(study)
      ? reading.rubbish
      : [
          ...reading.rubbish,
          {
            where: `--study "${study}"`,
            why:
              names.length === 0
                ? 'there is no study at all yet'
                : `there is no such study; there are ${names
                    .slice(0, 10)
                    .map((name) => `"${name}"`)
                    .join(', ')}`,
          },
        ],
  };
}
