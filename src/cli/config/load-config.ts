/**
 * Settings come from four places; each later one wins: the defaults of the schema, `arena.config.json`, the
 * environment, flags. Whatever is wrong is named with where it stands, what was expected and what to do.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Problem } from '../../core/domain/problem.js';
import { parseJsonFile } from '../parse-json-file.js';
import { explainIssues, explainText } from './explain-issues.js';
import { type ArenaConfig, configSchema } from './schema.js';
import { ENVIRONMENT, SETTINGS, flagOf } from './settings.js';

export type Origin = 'default' | 'file' | 'environment' | 'flag';

export interface LoadedConfig {
  /** Frozen. */
  readonly values: ArenaConfig;
  /** By dotted path. */
  readonly origins: Readonly<Record<string, Origin>>;
  readonly file?: string;
}

export interface ConfigSources {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of command line flags by dotted path; undefined where not given. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** Another file than `arena.config.json`; it must exist. */
  readonly file?: string;
}

const DEFAULT_FILE = 'arena.config.json';

/** A number as people write it; `Number` alone would also take "", "0x10" and "Infinity". */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

type Tree = Record<string, unknown>;

export function loadConfig(sources: ConfigSources): LoadedConfig {
  const { file, tree } = readFile(sources);
  const origins: Record<string, Origin> = {};
  for (const { path } of SETTINGS) origins[path] = valueAt(tree, path) === undefined ? 'default' : 'file';

  for (const [variable, path] of Object.entries(ENVIRONMENT)) {
    const text = sources.env[variable];
    if (text === undefined || text === '') continue;
    setAt(tree, path, fromText(path, text, variable));
    origins[path] = 'environment';
  }
  for (const [path, text] of Object.entries(sources.flags)) {
    if (text === undefined) continue;
    setAt(tree, path, fromText(path, text, flagOf(path)));
    origins[path] = 'flag';
  }
  // File, variables and flags were checked one by one, so this cannot fail; it fills in the defaults.
  const values = deepFreeze(configSchema.parse(tree));
  return Object.freeze({ values, origins: Object.freeze(origins), ...(file === undefined ? {} : { file }) });
}

function readFile(sources: ConfigSources): { file?: string; tree: Tree } {
  const file =
    sources.file === undefined ? join(sources.cwd, DEFAULT_FILE) : resolve(sources.cwd, sources.file);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT' && sources.file === undefined) return { tree: {} };
    const what =
      code === 'ENOENT' ? 'there is no such settings file' : `the settings cannot be read (${code})`;
    throw new Problem('input', `${file}: ${what}`, {
      hint: sources.file === undefined ? `${DEFAULT_FILE} must be a readable file` : 'check --config',
      cause: error,
    });
  }
  // Some editors begin a file with a byte order mark, which JSON does not know.
  const tree = parseJsonFile(text.replace(/^\uFEFF/, ''), file);
  const parsed = configSchema.safeParse(tree);
  if (!parsed.success) throw explainIssues(parsed.error.issues, tree, file);
  return { file, tree: tree as Tree };
}

/** A flag or variable as the setting's own type. */
function fromText(path: string, text: string, source: string): unknown {
  const setting = SETTINGS.find((candidate) => candidate.path === path);
  if (setting === undefined) throw new Error(`no setting ${path}`);
  let value: unknown = text;
  if (setting.form === 'number' && DECIMAL.test(text.trim())) value = Number(text);
  if (setting.form === 'list') value = text.split(',').map((part) => part.trim());
  const parsed = setting.schema.safeParse(value);
  if (parsed.success) return value;
  throw explainText(parsed.error.issues, text, source, setting.description);
}

function valueAt(tree: Tree, path: string): unknown {
  let value: unknown = tree;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Tree)[key];
  }
  return value;
}

function setAt(tree: Tree, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? path;
  let node = tree;
  for (const key of keys) {
    const child = (node[key] ??= {});
    node = child as Tree;
  }
  node[last] = value;
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value) as unknown[])
    if (typeof child === 'object' && child !== null) deepFreeze(child);
  return Object.freeze(value);
}
