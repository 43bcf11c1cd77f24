import { cpSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadProgram } from '../../src/cli/load-program.js';
import { ROOT, runCli, temporaryFolder } from '../support/cli.js';

/** The build leaves one program, and what V8 compiled of it. */
describe('the program that was built', () => {
  const folder = temporaryFolder();
  afterAll(() => {
    folder.remove();
  });
  const built = readdirSync(join(ROOT, 'dist/cli'));
  const compiled = built.filter((name) => name.endsWith('.compiled'));

  it('has one compiled form, and this Node takes it', () => {
    expect(compiled).toHaveLength(1);
    const file = join(ROOT, 'dist/cli', compiled[0]?.replace('.compiled', '.cjs') ?? '');
    expect(loadProgram(file, readFileSync(join(ROOT, 'dist/cli', compiled[0] ?? ''))).wasCompiled).toBe(true);
    expect(loadProgram(file, undefined).wasCompiled).toBe(false);
  });

  it('makes no code out of text', () => {
    const hook = join(folder.path, 'hook.cjs');
    writeFileSync(
      hook,
      `globalThis.Function = new Proxy(Function, {
        construct(made, [...text]) { process.stderr.write('code out of text\\n'); return new made(...text); },
      });`,
    );
    const { code, stderr } = runCli(['arena', '--once', '--state', join(folder.path, 'state')], {
      env: { NODE_OPTIONS: `--require ${hook}` },
    });
    expect(stderr).not.toContain('code out of text');
    expect(code, stderr).toBe(0);
  });

  it.each([
    [
      'cut short',
      (file: string) => {
        truncateSync(file, 1000);
      },
    ],
    [
      'empty',
      (file: string) => {
        writeFileSync(file, '');
      },
    ],
    [
      'rubbish',
      (file: string) => {
        writeFileSync(file, Buffer.alloc(100_000, 7));
      },
    ],
  ])('runs the same without it: %s', (_what, spoil) => {
    cpSync(join(ROOT, 'package.json'), join(folder.path, 'package.json'));
    cpSync(join(ROOT, 'dist/cli'), join(folder.path, 'dist/cli'), { recursive: true });
    spoil(join(folder.path, 'dist/cli', compiled[0] ?? ''));
    const args = ['backtest', '--market', 'generated', '--days', '20', '--kind', 'sma-cross', '--json'];
    const run = (root: string): string =>
      execFileSync(process.execPath, [join(root, 'dist/cli/main.cjs'), ...args], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(run(folder.path)).toBe(run(ROOT));
  });
});
