/** The house rules that eslint enforces, each tried on a line that breaks it. */
import { join, resolve } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

const PROJECT = resolve(import.meta.dirname, '..');
const IN_CORE = 'src/core/domain/time.ts';
const IN_APP = 'src/app/run-arena.ts';
const ODD_NAME = 'src/app/Odd_Name.ts';

/** The rule, where the text stands, and the text that breaks it. Only the file's name is taken from the tree. */
const BAD_LINES: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['no-restricted-syntax', IN_APP, 'export default 1;'],
  ['no-restricted-syntax', IN_APP, 'const a = 1; export { a as default };'],
  ['no-restricted-syntax', IN_APP, "export * from './arena-settings.js';"],
  ['no-restricted-syntax', IN_APP, "export { parseSettings } from './arena-settings.js';"],
  ['no-restricted-syntax', IN_CORE, 'export const now = Date.now();'],
  ['no-restricted-syntax', IN_CORE, 'export const now = new Date();'],
  ['no-restricted-syntax', IN_CORE, 'export const now = Date();'],
  ['no-restricted-syntax', IN_CORE, 'export const luck = Math.random();'],
  ['no-restricted-syntax', IN_CORE, "export const later = import('./price.js');"],
  ['no-restricted-globals', IN_CORE, 'export const folder = process.cwd();'],
  ['no-restricted-globals', IN_CORE, "export const page = fetch('http://localhost');"],
  ['no-restricted-globals', IN_CORE, 'setTimeout(() => undefined, 1);'],
  ['no-restricted-globals', IN_CORE, 'export const all = globalThis;'],
  ['no-restricted-imports', IN_CORE, "import { readFileSync } from 'node:fs'; readFileSync('x');"],
  ['unicorn/prefer-node-protocol', IN_APP, "import { readFileSync } from 'fs'; readFileSync('x');"],
  ['unicorn/filename-case', ODD_NAME, 'export const a = 1;'],
  ['@typescript-eslint/no-floating-promises', IN_APP, 'Promise.resolve(1);'],
  [
    '@typescript-eslint/no-misused-promises',
    IN_APP,
    '[1].forEach(async () => { await Promise.resolve(); });',
  ],
  ['@typescript-eslint/no-explicit-any', IN_APP, 'export const a: any = 1;'],
  ['@typescript-eslint/no-non-null-assertion', IN_APP, 'export const a = (x?: number): number => x!;'],
  [
    '@typescript-eslint/switch-exhaustiveness-check',
    IN_APP,
    "export function f(x: 'a' | 'b'): void { switch (x) { case 'a': return; } }",
  ],
];

const GOOD_LINES: readonly (readonly [file: string, text: string])[] = [
  [IN_APP, 'export const now = Date.now();'],
  [IN_CORE, 'export const start = new Date(0);'],
  [IN_CORE, 'export const next = (process: number): number => process + 1;'],
];

describe('the lint rules', () => {
  const eslint = new ESLint({
    cwd: PROJECT,
    // No file of this name exists, so there are no types to look up for it.
    overrideConfig: { ...tseslint.configs.disableTypeChecked, files: [ODD_NAME] },
  });
  const rulesBrokenBy = async (file: string, text: string): Promise<(string | null)[]> => {
    const results = await eslint.lintText(`${text}\n`, { filePath: join(PROJECT, file) });
    return results.flatMap((result) => result.messages.map((message) => message.ruleId));
  };

  it.each(BAD_LINES)('%s stands against this in %s: %s', async (rule, file, text) => {
    expect(await rulesBrokenBy(file, text)).toContain(rule);
  });

  it.each(GOOD_LINES)('allow this in %s: %s', async (file, text) => {
    expect(await rulesBrokenBy(file, text)).toEqual([]);
  });
});
