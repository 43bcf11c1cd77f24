/**
 * `npm run build`: the sources as a few files in `dist`. Loading hundreds of modules takes Node longer than most commands
 * take to work, so modules are put together; what a command imports late stays a file of its own, loaded late.
 * Types are not looked at here: `npm run check` does.
 */
import { readFile, readdir, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type Plugin, build } from 'esbuild';
import { z } from 'zod';

const OUT = 'dist';

/** What is started or loaded by its name. Only these names last: all else is in chunks named after their content. */
const PROGRAMS = ['cli/main', 'cli/arena', 'cli/job-thread', 'cli/simulate-arenas-worker'];

/** Modules that programs of the tests import, to run the compiled code in other ways. */
const FOR_TESTS = [
  'adapters/jobs/redis-address',
  'adapters/jobs/serve-jobs',
  'adapters/market-data/candle-cache',
  'adapters/market-data/growing-csv',
  'adapters/market-data/recorded-market',
  'adapters/storage/sqlite-recordings',
  'app/do-task',
  'cli/program-version',
  'cli/tasks',
];

/** Packages that go into the files: small, plain, and needed by nearly every command. Node loads all others from node_modules. */
const PUT_IN = ['commander', 'picocolors', 'zod', '@stdlib/'];

/**
 * As zod's own guide has it for bundlers: of a namespace import, unused parts are left out, and three quarters of zod are.
 * Through the `z` that zod exports itself all of it would come along, locales included.
 */
const zodInParts: Plugin = {
  name: 'zod-in-parts',
  setup(building) {
    building.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace("import { z } from 'zod'", "import * as z from 'zod'"),
      loader: 'ts',
    }));
  },
};

const { dependencies } = z
  .object({ dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(await readFile('package.json', 'utf8')));
const { metafile } = await build({
  entryPoints: [...PROGRAMS, ...FOR_TESTS].map((name) => `src/${name}.ts`),
  outbase: 'src',
  outdir: OUT,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  // The same bytes wherever the packages really lie: workers compare them (`program-version.ts`).
  preserveSymlinks: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  legalComments: 'none',
  external: Object.keys(dependencies).filter((name) => !PUT_IN.some((put) => name.startsWith(put))),
  // Packages in the older format ask for Node's own modules by `require`, which files like these do not have.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  plugins: [zodInParts],
  metafile: true,
});

// Only what is not written anew goes, so that a program that starts meanwhile finds one build or the other.
const written = new Set(Object.keys(metafile.outputs).map((path) => resolve(path)));
for (const entry of await readdir(OUT, { recursive: true, withFileTypes: true })) {
  const path = resolve(join(entry.parentPath, entry.name));
  const keeps = entry.isDirectory() ? [...written].some((file) => isIn(path, file)) : written.has(path);
  if (!keeps) await rm(path, { recursive: true, force: true });
}

function isIn(folder: string, file: string): boolean {
  return !relative(folder, file).startsWith('..');
}
