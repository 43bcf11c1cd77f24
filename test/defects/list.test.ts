import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** Ids in the first column of the table in docs/defects.md. */
function listed(): string[] {
  const text = readFileSync(join(ROOT, 'docs/defects.md'), 'utf8');
  return [...text.matchAll(/^\| ([A-E]-\d+) /gm)].map((match) => match[1] ?? '');
}

/** Ids in the titles of tests: the text between the call of `it` or the first cell of a table and its quote. */
function tested(): Set<string> {
  const ids = new Set<string>();
  for (const folder of ['src', 'test'])
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.test.ts')) continue;
      const text = readFileSync(join(ROOT, folder, name), 'utf8');
      for (const [, title = ''] of text.matchAll(/(?:it\(|^\s*\[?|\[)\s*'((?:[A-E]-\d+(?:, )?)+:[^']*)/gm))
        for (const [id] of title.matchAll(/[A-E]-\d+(?=[,:])/g)) ids.add(id);
    }
  return ids;
}

describe('the list of defects', () => {
  it('names each once, and every one has a test whose title names it', () => {
    const ids = listed();
    expect(ids.length).toBeGreaterThan(40);
    expect(new Set(ids).size).toBe(ids.length);
    const titles = tested();
    expect(ids.filter((id) => !titles.has(id))).toEqual([]);
    expect(
      [...titles].filter((id) => !ids.includes(id)),
      'a tested id is listed',
    ).toEqual([]);
  });
});

describe('the source', () => {
  it('E-14: executes no text and no pickle, and holds no key', () => {
    const forbidden = /\beval\(|new Function\(|node:vm|pickle|(?:sk|pk|xox[bp])-[A-Za-z0-9]{16,}|-----BEGIN/;
    const found: string[] = [];
    for (const name of readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const match = forbidden.exec(readFileSync(join(ROOT, 'src', name), 'utf8'));
      if (match !== null) found.push(`${name}: ${match[0]}`);
    }
    expect(found).toEqual([]);
  });
});
