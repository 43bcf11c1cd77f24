import { Problem } from '../core/domain/problem.js';
import {
  DEFAULT_MODEL,
  KINDS_WITH_MODEL_DEFAULTS,
  type ModelDefaults,
  withModelDefaults,
} from '../core/strategies/regime-hybrid/model-defaults.js';

/** Names of the environment variables; `.env.example` says what they are for. */
export const MODEL_VARIABLES = ['LLM_PROVIDER', 'LLM_MODEL'] as const;

type Env = Readonly<Partial<Record<string, string>>>;
type Fields = Readonly<Record<string, unknown>>;

/**
 * The contestants of a file, those that leave their model open with the one of this machine. It is filled in before
 * anything is checked or filed, so that a contestant's identity names its model wherever it is read again.
 */
export function withModelsOfThisMachine(content: unknown, env: Env): unknown {
  if (Array.isArray(content)) return content.map((entry: unknown) => withModel(entry, env));
  if (isFields(content) && Array.isArray(content['contestants']))
    return {
      ...content,
      contestants: content['contestants'].map((entry: unknown) => withModel(entry, env)),
    };
  return withModel(content, env);
}

function withModel(entry: unknown, env: Env): unknown {
  if (!isFields(entry) || !KINDS_WITH_MODEL_DEFAULTS.includes(String(entry['kind']))) return entry;
  const { params = {}, grid = {} } = entry;
  // What has another form than it should is left to the schema, which says so.
  if (!isFields(params) || !isFields(grid)) return entry;
  const filled = withModelDefaults({ ...params, ...grid }, modelOfThisMachine(env));
  const open = ['provider', 'model'].filter((name) => !(name in params) && !(name in grid) && name in filled);
  return {
    ...entry,
    params: { ...params, ...Object.fromEntries(open.map((name) => [name, filled[name]])) },
  };
}

/** A provider without a model says nothing, unless it is the default one. */
export function modelOfThisMachine(env: Env): ModelDefaults {
  const [providerName, modelName] = MODEL_VARIABLES;
  const provider = env[providerName]?.trim() ?? '';
  const model = env[modelName]?.trim() ?? '';
  if (model !== '') return { provider: provider === '' ? DEFAULT_MODEL.provider : provider, model };
  if (provider === '' || provider === DEFAULT_MODEL.provider) return DEFAULT_MODEL;
  throw new Problem('input', `${providerName} is "${provider}", and ${modelName} names no model of it`, {
    hint: `set ${modelName}, or give the contestant its own "provider" and "model"`,
  });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
