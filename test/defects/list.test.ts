/** The documented defects of other systems that this product is tested against: none may lose its test unnoticed. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';

const COVERED = `
  A-1 A-2 A-3 A-4 A-10 A-12 A-13 A-14 A-15 A-16 A-17 A-18 A-19 A-20 A-21 A-22 A-23 A-24 A-25 A-27 A-28 A-29 A-30 A-31 A-32 A-33 A-34
  A-35 A-36 A-37 A-38 A-39 A-41 A-42 A-43 A-44 A-45 A-50 A-51 A-52 A-53 A-58 A-59 A-60 A-61 A-62 A-63 A-64
  B-2 B-3 B-4 B-5 B-6 B-7 B-8 B-9 B-10 B-11 B-12 B-13 B-14 B-15 B-16 B-17 B-18 B-19 B-20 B-21 B-22 B-23 B-24 B-25 B-26 B-27 B-28 B-29
  B-30 B-32 B-33 B-34 B-35 B-36 B-37 B-38 B-40 B-41 B-42 B-43 B-44 B-45 B-46 B-47
  C-1 C-2 C-3 C-4 C-5 C-6 C-7 C-8 C-9 C-10 C-11
  D-1 D-2 D-4 D-5 D-6 D-7 D-9 D-10
  E-1 E-4 E-5 E-6 E-8 E-10 E-11 E-13 E-14
`
  .trim()
  .split(/\s+/);

/** A title is a string that begins with ids: `A-4: ...` or `C-2, C-3: ...`. */
const TITLE = /['"`]([A-E]-\d+(?:, [A-E]-\d+)*): /g;

function idsOf(text: string): string[] {
  return [...text.matchAll(TITLE)].flatMap((match) => (match[1] ?? '').split(', '));
}

const TEST_FILES = ['src', 'test'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && name !== 'defects/list.test.ts')
    .map((name) => `${folder}/${name}`),
);
const idsByFile = new Map(TEST_FILES.map((name) => [name, idsOf(readFileSync(join(ROOT, name), 'utf8'))]));

/** Rows of docs/defects.md: `| A-4 | what went wrong | files of tests |`. */
const rows = readFileSync(join(ROOT, 'docs/defects.md'), 'utf8')
  .split('\n')
  .map((line) => /^\| ([A-E]-\d+) +\| .* \| (.*) \|$/.exec(line))
  .filter((match) => match !== null)
  .map((match) => ({
    id: match[1] ?? '',
    files: [...(match[2] ?? '').matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? ''),
  }));

describe('the list of defects', () => {
  it('reads titles, and nothing that merely looks like an id', () => {
    expect(idsOf("it('A-4: x', ...); it.each(y)(\"C-2, C-3: %s\"); 'A-1h-2025.csv'; a < B-2: 0")).toEqual([
      'A-4',
      'C-2',
      'C-3',
    ]);
  });

  it('has a test for every id', () => {
    const named = new Set([...idsByFile.values()].flat());
    expect(COVERED.filter((id) => !named.has(id))).toEqual([]);
  });

  it('is the table in docs/defects.md, whose files hold the tests', () => {
    expect(rows.map((row) => row.id)).toEqual(COVERED);
    const wrong = rows.flatMap(({ id, files }) =>
      files.length === 0
        ? [`${id}: no file`]
        : files.filter((name) => idsByFile.get(name)?.includes(id) !== true).map((name) => `${id}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});
