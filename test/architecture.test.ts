import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, temporaryFolder } from './support/cli.js';

const DEPCRUISE = join(ROOT, 'node_modules/.bin/depcruise');

describe('the architecture rules', () => {
  it('see the whole tree', () => {
    const out = execFileSync(
      DEPCRUISE,
      ['src', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
      {
        cwd: ROOT,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      },
    );
    const { modules } = JSON.parse(out) as { modules: { source: string; dependencies: unknown[] }[] };
    const own = modules.filter((module) => module.source.startsWith('src/'));
    expect(own.length).toBeGreaterThan(100);
    expect(
      own.find((module) => module.source === 'src/core/arena/arena.ts')?.dependencies.length,
    ).toBeGreaterThan(10);
  });

  it.each([
    [
      'core knowing an adapter',
      'src/core/domain/bad.ts',
      "import { fileProblem } from '../../adapters/storage/atomic-file.js';\nexport const x = fileProblem;",
    ],
    [
      'core using Node',
      'src/core/domain/bad.ts',
      "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;",
    ],
    [
      'risk knowing the arena',
      'src/core/risk/bad.ts',
      "import { openArena } from '../arena/arena.js';\nexport const x = openArena;",
    ],
    [
      'an adapter knowing the app',
      'src/adapters/storage/bad.ts',
      "import { runArena } from '../../app/run-arena.js';\nexport const x = runArena;",
    ],
    [
      'a command choosing an adapter',
      'src/cli/commands/bad.ts',
      "import { openInbox } from '../../adapters/storage/folder-inbox.js';\nexport const x = openInbox;",
    ],
    [
      'a strategy family knowing another',
      'src/core/strategies/trend/bad.ts',
      "import { flat } from '../benchmark/flat.js';\nexport const x = flat;",
    ],
  ])('refuse %s', (_name, file, text) => {
    const folder = temporaryFolder();
    try {
      cpSync(join(ROOT, 'src'), join(folder.path, 'src'), { recursive: true });
      for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
        cpSync(join(ROOT, name), join(folder.path, name));
      symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
      mkdirSync(join(folder.path, 'test'), { recursive: true });
      // It imports something, so it is no orphan: only the rule in question can complain about it.
      writeFileSync(join(folder.path, file), `${text}\n`);
      const result = spawnSync(DEPCRUISE, ['src', '--config', '.dependency-cruiser.cjs'], {
        cwd: folder.path,
        encoding: 'utf8',
      });
      expect(result.status).not.toBe(0);
      expect(result.stdout).toContain(file);
    } finally {
      folder.remove();
    }
  });
});
