/** What may not be in the source: code that runs from data, and secrets. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';

/** Ways to run what was data a moment ago, and to read objects with their code: with an example of each. */
const RUNS_DATA: readonly (readonly [pattern: RegExp, example: string])[] = [
  [/\beval\s*\(/, 'eval(text)'],
  [/\bFunction\s*\(/, 'new Function(text)'],
  [/['"](?:node:)?vm['"]/, "import { runInThisContext } from 'node:vm'"],
  [/['"](?:node:)?v8['"]/, "import { deserialize } from 'node:v8'"],
  [/\bimport\s*\((?!\s*['"])/, 'await import(path)'],
  [/\brequire\s*\(/, 'require(path)'],
  [/\.loadExtension\s*\(/, 'db.loadExtension(path)'],
];

/**
 * Code that somebody put there to be run: the user's own kinds, by name, one file of ccxt beside its own entry, a thread
 * whose text is a constant of ours, and the program itself, as the build left it.
 */
const MEANT: readonly string[] = [
  `src/adapters/market-data/gunzip-in-thread.ts: ${String(/\brequire\s*\(/)}`,
  `src/adapters/venues/load-ccxt-class.ts: ${String(/\bimport\s*\((?!\s*['"])/)}`,
  `src/cli/load-kinds.ts: ${String(/\bimport\s*\((?!\s*['"])/)}`,
  `src/cli/load-program.ts: ${String(/['"](?:node:)?vm['"]/)}`,
  `src/cli/load-program.ts: ${String(/\bimport\s*\((?!\s*['"])/)}`,
];

const SECRETS: readonly (readonly [pattern: RegExp, example: string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, ['-----BEGIN', 'EC', 'PRIVATE', 'KEY-----'].join(' ')],
  [/\bsk-[A-Za-z0-9_-]{20,}/, `sk-${'a1'.repeat(12)}`],
  [/\bAKIA[0-9A-Z]{16}\b/, `AKIA${'Q7'.repeat(8)}`],
  [/\bgh[pousr]_[A-Za-z0-9]{30,}/, `ghp_${'x9'.repeat(18)}`],
  [/discord(?:app)?\.com\/api\/webhooks\/\d+\//, `https://discord.com/api/webhooks/${'12'.repeat(9)}/token`],
  [
    /(?:API_KEY|API_SECRET|SECRET_KEY|PRIVATE_KEY)\s*=\s*['"]?[A-Za-z0-9/+_-]{8,}/,
    `API_KEY=${'k3'.repeat(8)}`,
  ],
];

/** Files of the repository, new ones too, without those that are ignored. */
const FILES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((name) => name !== '' && name !== 'package-lock.json');

function findings(
  files: readonly string[],
  patterns: readonly (readonly [RegExp, string])[],
): { found: string[]; read: number } {
  const found: string[] = [];
  let read = 0;
  for (const name of files) {
    const text = readFileSync(join(ROOT, name), 'utf8');
    read++;
    for (const [pattern] of patterns) if (pattern.test(text)) found.push(`${name}: ${String(pattern)}`);
  }
  return { found, read };
}

describe('the source', () => {
  it('E-14, A-61: never runs data as code, and reads no format that would', () => {
    for (const [pattern, example] of RUNS_DATA) expect(example).toMatch(pattern);
    const product = FILES.filter((name) => name.startsWith('src/') && !name.endsWith('.test.ts'));
    const { found, read } = findings(product, RUNS_DATA);
    expect(read).toBeGreaterThan(100);
    expect(found.toSorted()).toEqual(MEANT);
  });

  it('E-14, A-60: holds no secret, in samples neither', () => {
    for (const [pattern, example] of SECRETS) expect(example).toMatch(pattern);
    const { found, read } = findings(FILES, SECRETS);
    expect(read).toBeGreaterThan(200);
    expect(found).toEqual([]);
    const settings = readFileSync(join(ROOT, '.env.example'), 'utf8').split('\n');
    const active = settings.filter((line) => line.trim() !== '' && !line.startsWith('#'));
    expect(active, 'a sample sets nothing').toEqual([]);
  });
});
