/** Turns what the schema says about wrong settings into one message a person can act on. */
import type { z } from 'zod';
import { editDistance, nearest } from '../../core/domain/nearest.js';
import { Problem } from '../../core/domain/problem.js';
import { configSchema } from './schema.js';
import { SETTINGS } from './settings.js';

type Issue = z.core.$ZodIssue;

const LIST_ALL = '`npm run arena -- config` lists all settings';
const LONGEST_VALUE = 60;

/** The first mistake of a settings file in full, and how many more there are. */
export function explainIssues(issues: readonly Issue[], tree: unknown, file: string): Problem {
  const [issue] = issues;
  if (issue === undefined) throw new Error('a refused file has at least one issue');
  const count = issues.reduce(
    (sum, each) => sum + (each.code === 'unrecognized_keys' ? each.keys.length : 1),
    0,
  );
  const more = count === 1 ? '' : ` (and ${String(count - 1)} more in this file)`;

  if (issue.code === 'unrecognized_keys') {
    const unknown = [...issue.path, issue.keys[0] ?? ''].join('.');
    return new Problem('input', `${file}: ${unknown}: there is no such setting${more}`, {
      hint: suggestionFor(unknown),
    });
  }
  if (issue.path.length === 0)
    return new Problem('input', `${file}: expected an object of settings, got ${shown(tree)}`, {
      hint: 'write { "cashUsd": 10000 }, for example',
    });
  const path = issue.path.join('.');
  return new Problem(
    'input',
    `${file}: ${path}: ${expectation(issue)}, got ${shown(valueAt(tree, issue.path))}${more}`,
    {
      hint: descriptionOf(path) ?? LIST_ALL,
    },
  );
}

/** A flag or variable that does not fit its setting. */
export function explainText(
  issues: readonly Issue[],
  text: string,
  source: string,
  description: string,
): Problem {
  const [issue] = issues;
  const why = issue === undefined ? 'is not usable' : expectation(issue);
  return new Problem('usage', `${source} ${shown(text)}: ${why}`, { hint: description });
}

/** A setting of that name elsewhere, else the one that is the fewest edits away, if it is near at all. */
function suggestionFor(unknown: string): string {
  const known = [...SETTINGS.map((setting) => setting.path), ...Object.keys(configSchema.shape)];
  const misplaced = SETTINGS.find((setting) => lastWord(setting.path) === lastWord(unknown));
  const best = misplaced?.path ?? nearest(unknown, known);
  // Half of the last word may be wrong; beyond that any suggestion is a guess.
  const reach = Math.max(2, Math.ceil(lastWord(unknown).length / 2));
  if (misplaced === undefined && editDistance(unknown.toLowerCase(), best.toLowerCase()) > reach)
    return LIST_ALL;
  return `did you mean "${best}"? ${LIST_ALL}`;
}

function lastWord(path: string): string {
  return (path.split('.').at(-1) ?? path).toLowerCase();
}

/** The schema's words without what the message says itself. */
function expectation(issue: Issue): string {
  return issue.message
    .replace(/^(Invalid (input|option)|Too (small|big)): /, '')
    .replace(/, received .*$/, '')
    .replace(/\bint\b/, 'a whole number');
}

/** An element of a list has the description of its list. */
function descriptionOf(path: string): string | undefined {
  return SETTINGS.find((setting) => path === setting.path || path.startsWith(`${setting.path}.`))
    ?.description;
}

function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  let value = tree;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON has no word for Infinity, which is what 1e999 is read as.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 3)}...` : text;
}
