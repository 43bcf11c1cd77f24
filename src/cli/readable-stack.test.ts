import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../test/support/cli.js';
import { readableStack } from './readable-stack.js';

const folder = join(ROOT, 'dist/cli');
const file = join(folder, readdirSync(folder).find((name) => /^program-[^v].*\.cjs$/.test(name)) ?? '');

/** Where these words stand in the program that was built. */
function placeOf(words: string): string {
  const before = readFileSync(file, 'latin1').split(words)[0] ?? '';
  const lines = before.split('\n');
  return `${file}:${String(lines.length)}:${String((lines.at(-1) ?? '').length + 1)}`;
}

it('places of a stack are those of the sources', () => {
  const place = placeOf('this is a bug in the program');
  const stack = `Error: x\n    at explain (${place})\n    at async ${place}\n    at node:internal/x:1:2`;
  const [head, ...rest] = readableStack(stack).split('\n');
  expect(head).toBe('Error: x');
  expect(rest[0]).toMatch(/^ {4}at explain \(src\/cli\/run-cli\.ts:\d+:\d+\)$/);
  expect(rest[1]).toMatch(/^ {4}at async src\/cli\/run-cli\.ts:\d+:\d+$/);
  expect(rest[2]).toBe('    at node:internal/x:1:2');
});

it('a stack without a map stays as it is', () => {
  const stack = 'Error: x\n    at f (/nowhere/program-1.cjs:3:4)\n    at g (src/a.ts:1:2)';
  expect(readableStack(stack)).toBe(stack);
});
