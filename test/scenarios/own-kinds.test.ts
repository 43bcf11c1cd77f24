import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';

/** The worked example of the README, so that it cannot rot. */
function readmeExample(): string {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1];
  if (example === undefined) throw new Error('the README has no example of a kind');
  return example;
}

function folders(kindText: string, contestant: object): { state: string; contestants: string } {
  const { path: root, remove } = temporaryFolder();
  onTestFinished(remove);
  const contestants = join(root, 'contestants');
  mkdirSync(join(contestants, 'kinds'), { recursive: true });
  writeFileSync(join(contestants, 'kinds', 'mine.mjs'), kindText);
  writeFileSync(join(contestants, 'mine.json'), JSON.stringify([contestant, { kind: 'flat' }]));
  return { state: join(root, 'state'), contestants };
}

const run = (where: { state: string; contestants: string }, ...more: string[]): CliResult =>
  runCli(['arena', '--state', where.state, '--contestants', where.contestants, ...more]);

describe('a kind of the user', () => {
  it('enters the arena as the README shows it, and replays', () => {
    const where = folders(readmeExample(), { kind: 'dip-buyer', params: { bars: 12 } });
    const first = run(where, '--days', '10');
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('dip-buyer');
    const verified = runCli([
      'arena',
      'verify',
      '--replay',
      '--state',
      where.state,
      '--contestants',
      where.contestants,
    ]);
    expect(verified.stdout).toContain('replay gives the same hashes');
    expect(verified.code).toBe(0);
  });

  it('that has changed leaves its contestant holding, and joins as another one', () => {
    const where = folders(readmeExample(), { kind: 'dip-buyer' });
    expect(run(where, '--days', '5').code).toBe(0);
    const file = join(where.contestants, 'kinds', 'mine.mjs');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n// another version\n`);
    const second = run(where, '--days', '2');
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('1 new contestants join');
    const board = JSON.parse(readFileSync(join(where.state, 'leaderboard.json'), 'utf8')) as object;
    expect(JSON.stringify(board)).toContain('is gone or has changed');
  });

  it.each([
    ['no default export', 'export const kind = 1;', 'default export'],
    ['no decide', "export default { manifest: { kind: 'dip-buyer' } };", 'decide'],
    ['a bad name', "export default { manifest: { kind: 'Dip Buyer' }, decide() {} };", 'manifest.kind'],
    ['a name that is taken', "export default { manifest: { kind: 'flat' }, decide() {} };", 'two kinds'],
    ['text that is no module', 'export default {', 'mine.mjs'],
    [
      'dice of its own',
      "export default { manifest: { kind: 'dip-buyer' }, decide: () => ({ intents: [], why: { code: String(Math.random()) } }) };",
      'run again',
    ],
  ])('is refused with %s', (_name, text, words) => {
    const refused = run(folders(text, { kind: 'dip-buyer' }), '--days', '1');
    expect(refused.stderr).toContain(words);
    expect(refused.code).toBe(2);
  });
});
