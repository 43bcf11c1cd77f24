import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { nearest } from '../../core/domain/nearest.js';
import { Problem } from '../../core/domain/problem.js';
import { parseJsonFile } from '../parse-json-file.js';
import { type ArenaConfig, configSchema } from './schema.js';
import { ENVIRONMENT, SETTINGS } from './settings.js';

export type Origin = 'default' | 'file' | 'environment' | 'flag';

export interface LoadedConfig {
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

type Tree = Record<string, unknown>;

/** Defaults, then the file, then the environment, then flags; each later one wins. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const file = fileOf(sources);
  const tree: Tree = file === undefined ? {} : readFile(file);
  const origins: Record<string, Origin> = {};
  for (const { path } of SETTINGS) origins[path] = valueAt(tree, path) === undefined ? 'default' : 'file';
  if (file !== undefined) parse(tree, (path) => `${file}: ${path}`);

  for (const [variable, path] of Object.entries(ENVIRONMENT)) {
    const text = sources.env[variable];
    if (text === undefined || text === '') continue;
    setAt(tree, path, fromText(path, text, variable));
    origins[path] = 'environment';
  }
  for (const [path, text] of Object.entries(sources.flags)) {
    if (text === undefined) continue;
    setAt(tree, path, fromText(path, text, `--${path.split('.').at(-1) ?? path}`));
    origins[path] = 'flag';
  }
  const values = parse(tree, (path) => path);
  return { values, origins, ...(file === undefined ? {} : { file }) };
}

function fileOf(sources: ConfigSources): string | undefined {
  if (sources.file !== undefined) {
    const file = resolve(sources.cwd, sources.file);
    if (!existsSync(file))
      throw new Problem('input', `${file}: there is no such settings file`, { hint: 'check --config' });
    return file;
  }
  const file = join(sources.cwd, DEFAULT_FILE);
  return existsSync(file) ? file : undefined;
}

function readFile(file: string): Tree {
  const content = parseJsonFile(readFileSync(file, 'utf8'), file);
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new Problem('input', `${file}: expected an object of settings, got ${describe(content)}`, {
      hint: 'write { "cashUsd": 10000 }, for example',
    });
  return structuredClone(content) as Tree;
}

function parse(tree: Tree, where: (path: string) => string): ArenaConfig {
  const parsed = configSchema.safeParse(tree);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw new Problem('input', where('settings are wrong'));
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const unknown = [...issue.path, issue.keys[0] ?? ''].join('.');
    const known = [...SETTINGS.map((setting) => setting.path), ...Object.keys(configSchema.shape)];
    throw new Problem('input', `${where(unknown)}: there is no such setting`, {
      hint: `did you mean "${nearest(unknown, known)}"? \`npm run arena -- config\` lists all of them`,
    });
  }
  const value = valueAt(tree, path);
  throw new Problem('input', `${where(path)}: ${issue.message}, got ${describe(value)}`, {
    hint: SETTINGS.find((setting) => setting.path === path)?.description ?? 'see `npm run arena -- config`',
  });
}

/** A flag or variable as the setting's own type: numbers for numbers, lists at commas. */
function fromText(path: string, text: string, source: string): unknown {
  const setting = SETTINGS.find((candidate) => candidate.path === path);
  if (setting === undefined) throw new Error(`no setting ${path}`);
  const candidates: unknown[] = [text, Number(text), text.split(',').map((part) => part.trim())];
  let problem: z.ZodError | undefined;
  for (const candidate of candidates) {
    const parsed = setting.schema.safeParse(candidate);
    if (parsed.success) return candidate;
    // The most telling message is the one about a value of the right type.
    if (problem === undefined || parsed.error.issues[0]?.code !== 'invalid_type') problem = parsed.error;
  }
  throw new Problem('usage', `${source} "${text}": ${problem?.issues[0]?.message ?? 'is not usable'}`, {
    hint: setting.description,
  });
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
    const child = node[key];
    if (typeof child === 'object' && child !== null) node = child as Tree;
    else {
      const created: Tree = {};
      node[key] = created;
      node = created;
    }
  }
  node[last] = value;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
