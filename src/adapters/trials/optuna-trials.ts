import { statSync } from 'node:fs';
import type {
  RichTrial,
  StudySummary,
  TrialArchive,
  TrialFacts,
  TrialReading,
  TrialRubbish,
  UnfitTrial,
} from '../../ports/trial-source.js';
import { keepReadings } from './keep-readings.js';
import { readOptunaJournal } from './optuna-journal.js';
import { readOptunaSqlite } from './optuna-sqlite.js';
import { type RecordedStudy, type RecordedTrial, StorageBusy, type StorageReading } from './optuna-study.js';
import { trialFileKind } from './trial-file.js';

export interface OptunaSource {
  readonly path: string;
  /** Only this one of the storage's studies. */
  readonly study?: string | undefined;
  /** What that study is called here: two storages may have one of the same name. */
  readonly as?: string | undefined;
  /** What a trial would be in the arena, or why it cannot be there. */
  map(trial: TrialFacts): { readonly contestant: unknown } | { readonly why: string };
}

const JUST_WRITTEN_MS = 2_000;
/** Several reasons for one study are told; beyond that their number. */
const REASONS_TOLD = 3;
/** Trials of an Optuna storage, SQLite or JournalFile. The file is read again only when it has changed. */
export function optunaTrials(source: OptunaSource): TrialArchive {
  const kept = keepReadings<TrialReading>();
  const { path } = source;
  return {
    read() {
      try {
        return kept.of(path, () => interpret(source, readStorage(path)));
      } catch (error) {
        // Caught between two writes it may look damaged; a moment later it is whole.
        const young = !(error instanceof StorageBusy) && wasJustWritten(path);
        const why = `${error instanceof Error ? error.message : String(error)}${young ? '; it will be looked at again' : ''}`;
        const rubbish = [{ where: path, why }];
        // What was read before is still true: a study only grows.
        const before = young || error instanceof StorageBusy ? kept.last(path) : undefined;
        return before === undefined
          ? { trials: [], unfit: [], studies: [], rubbish }
          : { ...before, rubbish: [...before.rubbish, ...rubbish] };
      }
    },
  };
}

function wasJustWritten(path: string): boolean {
  const writtenMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return writtenMs !== undefined && Date.now() - writtenMs < JUST_WRITTEN_MS;
}

function readStorage(path: string): StorageReading {
  switch (trialFileKind(path)) {
    case 'sqlite':
      return readOptunaSqlite(path);
    case 'journal':
      return readOptunaJournal(path);
    case 'json':
      throw new Error('it is JSON, but no Optuna storage: trials as JSON belong into deployments/trials');
    case 'empty':
      // Both storages begin as an empty file.
      return { studies: [], rubbish: [] };
  }
}

function interpret(source: OptunaSource, { studies, rubbish }: StorageReading): TrialReading {
  const trials: RichTrial[] = [];
  const unfit: UnfitTrial[] = [];
  const summaries: StudySummary[] = [];
  const complaints: TrialRubbish[] = [...rubbish];
  const wanted = studies.filter((study) => source.study === undefined || study.name === source.study);
  if (wanted.length === 0 && source.study !== undefined)
    complaints.push({
      where: source.path,
      why: `it has no study "${source.study}"; it has ${listed(studies.map((study) => study.name))}`,
    });
  for (const study of wanted) {
    const name = source.as ?? study.name;
    const where = `${source.path}: study "${study.name}"`;
    const refused = refusal(study);
    const [direction] = study.directions;
    summaries.push({
      study: name,
      storage: source.path,
      form: 'optuna',
      direction: direction === 'not set' ? undefined : direction,
      states: study.states,
      ...(refused === undefined ? {} : { refused }),
    });
    if (refused !== undefined) {
      complaints.push({ where, why: refused });
      continue;
    }
    const failed: UnfitTrial[] = [];
    for (const trial of study.trials) {
      const result = interpretTrial(source, name, direction === 'minimize', trial);
      if ('why' in result) failed.push(result);
      else trials.push(result);
    }
    unfit.push(...failed);
    complaints.push(...summarise(where, failed, study.trials.length));
  }
  return { trials, unfit, studies: summaries, rubbish: complaints };
}

function refusal({ directions }: RecordedStudy): string | undefined {
  if (directions.length > 1)
    return `it has ${String(directions.length)} objectives; only a study with one can be ranked`;
  return directions[0] === undefined || directions[0] === 'not set'
    ? 'it does not say whether high or low values are good'
    : undefined;
}

function interpretTrial(
  source: OptunaSource,
  study: string,
  minimise: boolean,
  trial: RecordedTrial,
): RichTrial | UnfitTrial {
  const [objective, ...more] = trial.values;
  const base = {
    study,
    number: trial.number,
    direction: minimise ? ('minimize' as const) : ('maximize' as const),
    params: trial.params,
    attributes: trial.attributes,
    storage: source.path,
    where: `${source.path}: ${study}/${String(trial.number)}`,
  };
  const unusable = (why: string): UnfitTrial => ({ ...base, value: undefined, objective: undefined, why });
  if (objective === undefined || objective === null) return unusable('it has no value');
  if (more.length > 0) return unusable(`it has ${String(more.length + 1)} values, expected one`);
  if (!Number.isFinite(objective)) return unusable(`its value is ${String(objective)}`);
  // Subtracted, because a negated zero would be another zero.
  const facts: TrialFacts = { ...base, objective, value: minimise ? 0 - objective : objective };
  if (trial.fault !== undefined) return { ...facts, why: trial.fault };
  const mapped = source.map(facts);
  return 'why' in mapped ? { ...facts, why: mapped.why } : { ...facts, contestant: mapped.contestant };
}

/** A few lines for a log, however many trials there are. */
function summarise(where: string, failed: readonly UnfitTrial[], completed: number): TrialRubbish[] {
  if (failed.length === 0) return [];
  const reasons = new Map<string, number[]>();
  for (const { why, number } of failed) reasons.set(why, [...(reasons.get(why) ?? []), number].slice(0, 3));
  const told = [...reasons]
    .slice(0, REASONS_TOLD)
    .map(([why, numbers]) => `${why} (trial ${numbers.join(', ')}${numbers.length === 3 ? ', …' : ''})`);
  const left = reasons.size - told.length;
  return [
    {
      where,
      why: `${String(failed.length)} of ${String(completed)} completed trials cannot be contestants: ${told.join('; ')}${left > 0 ? `; and ${String(left)} more reasons` : ''}`,
      summary: true,
    },
  ];
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none yet';
  const shown = names.slice(0, 10).map((name) => `"${name}"`);
  return `${shown.join(', ')}${names.length > shown.length ? `, and ${String(names.length - shown.length)} more` : ''}`;
}
