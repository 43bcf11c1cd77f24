import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type TrialMapping, trialMappingSchema } from '../core/deployment/trial-mapping.js';
import { Problem } from '../core/domain/problem.js';
import type { ArenaConfig } from './config/schema.js';
import { parseJsonFile } from './parse-json-file.js';
import type { TrialFlags } from './trial-flags.js';
import { trialFileForm } from './wire.js';

/** A mapping is a page of text. */
const MAX_MAPPING_BYTES = 1_000_000;

/** Which trials of a named file are meant, and how they become contestants. */
export interface NamedTrials {
  readonly path: string;
  readonly study?: string | undefined;
  /** What that study is called here. */
  readonly as?: string | undefined;
  /** Undefined for JSON, whose trials say it themselves. */
  readonly mapping?: TrialMapping;
}

/** From the flags; what they leave open the settings may say, where they name the same file. */
export function namedTrials(path: string, flags: TrialFlags, values: ArenaConfig): NamedTrials {
  const { study } = flags;
  const given = flags.kind ?? flags.mapping;
  if (flags.kind !== undefined && flags.mapping !== undefined)
    throw new Problem('usage', '--kind and --mapping both say what the trials become', {
      hint: 'a mapping names its kind itself: leave --kind away',
    });
  if (formOf(path) === 'json') {
    if (given !== undefined)
      throw new Problem('usage', `${path}: trials as JSON say themselves what contestant they are`, {
        hint: 'leave --kind and --mapping away; they are for Optuna storages',
      });
    return { path, study };
  }
  if (flags.kind !== undefined)
    return { path, study, mapping: { kind: flags.kind, params: 'same', others: 'ignore' } };
  if (flags.mapping !== undefined) return { path, study, mapping: readMapping(resolve(flags.mapping)) };
  const source = values.trials.sources.find(
    (one) => resolve(one.path) === path && (study === undefined || (one.study ?? study) === study),
  );
  if (source !== undefined) return { ...source, path, study: source.study ?? study };
  throw new Problem('usage', `${path}: an Optuna storage does not say which contestants its trials are`, {
    hint: '--kind KIND where the parameters have its names, or --mapping FILE; see npm run trials -- --help',
  });
}

function formOf(path: string): 'json' | 'optuna' {
  try {
    return trialFileForm(path);
  } catch (error) {
    throw new Problem('input', `${path}: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'name a file with trials: JSON, an Optuna SQLite database or an Optuna JournalFile',
      cause: error,
    });
  }
}

function readMapping(path: string): TrialMapping {
  if (!existsSync(path) || !statSync(path).isFile())
    throw new Problem('input', `${path}: there is no such mapping`, { hint: 'check --mapping' });
  if (statSync(path).size > MAX_MAPPING_BYTES)
    throw new Problem('input', `${path}: larger than ${String(MAX_MAPPING_BYTES)} bytes`, {
      hint: 'a mapping names a kind and its parameters',
    });
  const parsed = trialMappingSchema.safeParse(parseJsonFile(readFileSync(path, 'utf8'), path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? '' : ` ${issue.path.join('.')}:`;
  throw new Problem('input', `${path}:${at} ${issue?.message ?? 'has the wrong shape'}`, {
    hint: 'npm run trials -- --help has an example',
  });
}
