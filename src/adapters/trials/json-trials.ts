import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type {
  RichTrial,
  StudySummary,
  TrialArchive,
  TrialReading,
  TrialRubbish,
} from '../../ports/trial-source.js';
import { type KeptReadings, keepReadings } from './keep-readings.js';
import { parseJson } from './parse-json.js';

/** A file larger than this is no list of trials. */
const MAX_BYTES = 20_000_000;

const trialSchema = z.strictObject({
  study: z.string().min(1).max(512).default('local'),
  number: z.int().min(0),
  value: z.number(),
  direction: z.enum(['maximize', 'minimize']).default('maximize'),
  state: z.string().max(40).default('COMPLETE'),
  contestant: z.record(z.string(), z.unknown()),
  /** What an import carries along; of no weight for the contestant. */
  params: z.record(z.string(), z.unknown()).default({}),
  attributes: z.record(z.string(), z.unknown()).default({}),
  storage: z.string().max(4096).optional(),
});
type ParsedTrial = z.infer<typeof trialSchema>;

/** What one file says. */
interface FileReading {
  readonly found: readonly FoundTrial[];
  readonly rubbish: readonly TrialRubbish[];
}

interface FoundTrial {
  readonly trial: ParsedTrial;
  readonly where: string;
  readonly storage: string;
}

/** Trials as JSON files in a folder: one trial or a list of them each. Only completed ones count. */
export function jsonTrials(folder: string): TrialArchive {
  const kept = keepReadings<FileReading>();
  return {
    read() {
      if (!existsSync(folder)) return { trials: [], unfit: [], studies: [], rubbish: [] };
      if (!statSync(folder).isDirectory())
        return { trials: [], unfit: [], studies: [], rubbish: [{ where: folder, why: 'it is no folder' }] };
      const paths = readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => join(folder, name));
      kept.keepOnly(paths);
      return together(paths.map((path) => readSafely(path, kept)));
    },
  };
}

/** The same for one file, wherever it lies. */
export function jsonTrialFile(path: string): TrialArchive {
  const kept = keepReadings<FileReading>();
  return { read: () => together([readSafely(path, kept)]) };
}

function together(files: readonly FileReading[]): TrialReading {
  const found = files.flatMap((file) => file.found);
  return {
    trials: found.filter(({ trial }) => isComplete(trial)).map(richTrial),
    unfit: [],
    studies: studiesOf(found),
    rubbish: files.flatMap((file) => file.rubbish),
  };
}

function readSafely(path: string, kept: KeptReadings<FileReading>): FileReading {
  try {
    return kept.of(path, () => readFile(path));
  } catch (error) {
    return {
      found: [],
      rubbish: [{ where: path, why: error instanceof Error ? error.message : String(error) }],
    };
  }
}

function readFile(path: string): FileReading {
  const found: FoundTrial[] = [];
  const rubbish: TrialRubbish[] = [];
  for (const [item, where] of itemsOf(path)) {
    const parsed = trialSchema.safeParse(item);
    if (parsed.success) found.push({ trial: parsed.data, where, storage: parsed.data.storage ?? path });
    else {
      const [issue] = parsed.error.issues;
      rubbish.push({
        where,
        why: `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'has the wrong shape'}`.trim(),
      });
    }
  }
  return { found, rubbish };
}

function itemsOf(path: string): [item: unknown, where: string][] {
  const stats = statSync(path);
  if (!stats.isFile()) throw new Error('it is no ordinary file');
  if (stats.size > MAX_BYTES) throw new Error(`larger than ${String(MAX_BYTES)} bytes`);
  const content = parseJson(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  return Array.isArray(content)
    ? content.map((item: unknown, i) => [item, `${path}[${String(i)}]`])
    : [[content, path]];
}

function isComplete({ state }: ParsedTrial): boolean {
  return state.toUpperCase() === 'COMPLETE';
}

function richTrial({ trial, where, storage }: FoundTrial): RichTrial {
  const { study, number, value: objective, direction, contestant, params, attributes } = trial;
  return {
    study,
    number,
    // Subtracted, because a negated zero would be another zero.
    value: direction === 'minimize' ? 0 - objective : objective,
    objective,
    direction,
    contestant,
    params,
    attributes,
    storage,
    where,
  };
}

function studiesOf(all: readonly FoundTrial[]): StudySummary[] {
  const studies = new Map<string, StudySummary>();
  for (const { trial, storage } of all) {
    const { study, direction } = trial;
    const state = trial.state.toUpperCase();
    const key = JSON.stringify([study, storage]);
    const before = studies.get(key);
    const states = { ...before?.states, [state]: (before?.states[state] ?? 0) + 1 };
    studies.set(key, { study, storage, form: 'json', direction, states });
  }
  return [...studies.values()];
}
