/**
 * `npm run build`: the sources as a few files in `dist`. Loading hundreds of modules takes Node longer than most commands
 * take to work, so the program is one file, and what V8 makes of it is kept beside it. Threads and tests load modules by
 * their name, in a format of their own. Types are not looked at here: `npm run check` does.
 */
import { execFileSync } from 'node:child_process';
import { readFile, readdir, rm } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { type BuildOptions, type Metafile, type Plugin, build } from 'esbuild';
import { z } from 'zod';

const OUT = 'dist';

/** Bundled into one file, started by LAUNCHERS. */
const PROGRAM = 'cli/program';
const LAUNCHERS = ['cli/main', 'cli/arena'];

/** What is loaded by its name. Only these names last: all else is in chunks named after their content. */
const THREADS = ['cli/job-thread', 'cli/simulate-arenas-worker'];

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

/** They come as modules alone, which a program in the older format could not ask for. */
const MODULES_ALONE = ['p-queue'];

/**
 * As zod's own guide has it for bundlers: of a namespace import, unused parts are left out, and three quarters of zod are.
 * Through the `z` that zod exports itself all of it would come along, locales included.
 */
const zodInParts = (text: string): string =>
  text.replace("import { z } from 'zod'", "import * as z from 'zod'");

/** What comes late from outside comes through the loader's own import (`load-program.ts` says why). */
const lateByLoader = (text: string): string => text.replace(/await import\((?!'\.)/g, 'await importModule(');

function rewriting(...changes: readonly ((text: string) => string)[]): Plugin {
  return {
    name: 'rewriting',
    setup(building) {
      building.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => ({
        contents: changes.reduce((text, change) => change(text), await readFile(path, 'utf8')),
        loader: 'ts',
      }));
    },
  };
}

const { dependencies } = z
  .object({ dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(await readFile('package.json', 'utf8')));

const common = {
  outbase: 'src',
  outdir: OUT,
  bundle: true,
  // The same bytes wherever the packages really lie: workers compare them (`program-version.ts`).
  preserveSymlinks: true,
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  legalComments: 'none',
  // Among others: numbers that a module exports as constants go into the code that uses them (`lane-layout.ts`).
  minifySyntax: true,
  metafile: true,
} satisfies BuildOptions;

const asModules = {
  ...common,
  format: 'esm',
  external: outside(PUT_IN),
  plugins: [rewriting(zodInParts)],
  // Packages in the older format ask for Node's own modules by `require`, which files like these do not have.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
} satisfies BuildOptions;

const written = new Set<string>();

remember(
  await build({
    ...asModules,
    entryPoints: sources([...THREADS, ...FOR_TESTS]),
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
  }),
);

// In the older format, because V8 keeps compiled code for that alone on every Node that we support.
const program = await build({
  ...common,
  entryPoints: sources([PROGRAM]),
  entryNames: '[dir]/[name]-[hash]',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  external: outside([...PUT_IN, ...MODULES_ALONE]),
  plugins: [rewriting(zodInParts, lateByLoader)],
  // Small, because it is read at every start; and as ASCII, because V8 keeps that in half the room: all else is escaped.
  charset: 'ascii',
  minifyWhitespace: true,
  minifyIdentifiers: true,
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'importMetaUrl' },
  // All else of `import.meta` would be undefined in this format, and nobody would know before it is used.
  logOverride: { 'empty-import-meta': 'error' },
});
remember(program);
const file = Object.keys(program.metafile.outputs).find((path) => path.endsWith('.cjs'));
if (file === undefined) throw new Error('the program was not written');
const text = await readFile(file, 'utf8');
const foreign = /.{0,40}[^\0-\x7f]/.exec(text);
if (foreign !== null)
  throw new Error(`${file} is not ASCII; in a regular expression write \\u....: ${foreign[0]}`);
const late = /[^.\w]import\(.{0,80}/.exec(text);
if (late !== null) throw new Error(`${file} imports by itself: ${late[0]}`);
const compiled = file.replace(/\.cjs$/, '.compiled');
execFileSync(process.execPath, ['--import', 'tsx', 'scripts/compile-program.ts', file, compiled]);
written.add(resolve(compiled));

remember(
  await build({
    ...common,
    entryPoints: sources(LAUNCHERS),
    // A module would be loaded by the loader of modules, which takes a while to wake up.
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    define: { PROGRAM: JSON.stringify(basename(file, '.cjs')) },
  }),
);

// Only what is not written anew goes, so that a program that starts meanwhile finds one build or the other.
for (const entry of await readdir(OUT, { recursive: true, withFileTypes: true })) {
  const path = resolve(join(entry.parentPath, entry.name));
  const keeps = entry.isDirectory() ? [...written].some((file) => isIn(path, file)) : written.has(path);
  if (!keeps) await rm(path, { recursive: true, force: true });
}

function sources(names: readonly string[]): string[] {
  return names.map((name) => `src/${name}.ts`);
}

/** Packages that are not put in. */
function outside(putIn: readonly string[]): string[] {
  return Object.keys(dependencies).filter((name) => !putIn.some((put) => name.startsWith(put)));
}

function remember({ metafile }: { readonly metafile: Metafile }): void {
  for (const path of Object.keys(metafile.outputs)) written.add(resolve(path));
}

function isIn(folder: string, file: string): boolean {
  return !relative(folder, file).startsWith('..');
}
