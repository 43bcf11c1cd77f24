import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, runCli, temporaryFolder } from '../../test/support/cli.js';
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
  const stack = `Error: x\n    at Object.told (${place})\n    at q1 (${place})\n    at async ${place}\n    at node:internal/x:1:2`;
  const [head, ...rest] = readableStack(stack).split('\n');
  expect(head).toBe('Error: x');
  expect(rest[0]).toMatch(/^ {4}at Object\.told \(src\/cli\/run-cli\.ts:\d+:\d+\)$/);
  expect(rest[1], 'nobody knows what q1 was').toMatch(/^ {4}at src\/cli\/run-cli\.ts:\d+:\d+$/);
  expect(rest[2]).toMatch(/^ {4}at async src\/cli\/run-cli\.ts:\d+:\d+$/);
  expect(rest[3]).toBe('    at node:internal/x:1:2');
});

it('names of a stack are those of the sources, also in a bug that nobody has thought of', () => {
  const { path, remove } = temporaryFolder();
  const bug = join(path, 'bug.cjs');
  writeFileSync(bug, `Float64Array.prototype.set = () => { throw new RangeError('a bug'); };`);
  const { code, stderr } = runCli(['arena', '--once', '--state', join(path, 'state')], {
    env: { NODE_OPTIONS: `--require ${bug}`, NO_COLOR: '1' },
  });
  remove();
  expect(code).toBe(1);
  expect(stderr).toContain('this is a bug in the program: RangeError: a bug');
  const frames = stderr.split('\n').filter((line) => line.includes('(src/'));
  expect(frames.length).toBeGreaterThan(3);
  for (const frame of frames)
    expect(frame).toMatch(/^ {4}at (async )?[\w.]{4,} \(src\/[\w/-]+\.ts:\d+:\d+\)$/);
});

it('a stack without a map stays as it is', () => {
  const stack = 'Error: x\n    at f (/nowhere/program-1.cjs:3:4)\n    at g (src/a.ts:1:2)';
  expect(readableStack(stack)).toBe(stack);
});
