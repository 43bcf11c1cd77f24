/**
 * The rules about who imports whom are only worth something while their tool sees the tree: one that cannot
 * read TypeScript passes on zero files. So every rule has to catch a planted mistake.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve, sep } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const PROJECT = resolve(import.meta.dirname, '..');
const RULES = '.dependency-cruiser.cjs';

const cruiseSchema = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});
type Cruise = z.infer<typeof cruiseSchema>;

/** Runs the tool as `npm run check:architecture` does, for an answer that a test can read. */
function cruise(folder: string, roots: readonly string[]): Cruise {
  const tool = join(PROJECT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [tool, ...roots, '--config', RULES, '--output-type', 'json'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (stdout === '') throw new Error(`dependency-cruiser said nothing: ${stderr}`);
  return cruiseSchema.parse(JSON.parse(stdout));
}

function checkedRoots(): string[] {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')));
  const command = scripts['check:architecture'] ?? '';
  return command.split(' --')[0]?.split(' ').slice(1) ?? [];
}

function typescriptFilesBelow(roots: readonly string[]): string[] {
  return roots.flatMap((root) =>
    readdirSync(join(PROJECT, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => posix.join(root, ...name.split(sep))),
  );
}

/** One mistake for every rule: what is caught, the file with the import, what it imports. */
const MISTAKES: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['no-cycles', 'src/core/domain/egg.ts', 'src/core/domain/hen.ts'],
  ['no-unresolvable-imports', 'src/core/domain/lost.ts', './nowhere.js'],
  ['core-folders-are-known', 'src/core/deployment/plan.ts', 'src/core/elsewhere/thing.ts'],
  ['core-domain-imports-down', 'src/core/domain/price.ts', 'src/core/indicators/ema.ts'],
  ['core-indicators-imports-down', 'src/core/indicators/ema.ts', 'src/core/metrics/sharpe.ts'],
  ['core-simulation-imports-down', 'src/core/simulation/venue.ts', 'src/core/risk/limits.ts'],
  ['core-risk-imports-down', 'src/core/risk/limits.ts', 'src/core/session/session.ts'],
  ['core-metrics-imports-down', 'src/core/metrics/sharpe.ts', 'src/core/arena/board.ts'],
  ['core-market-imports-down', 'src/core/market/path.ts', 'src/core/metrics/sharpe.ts'],
  ['core-feed-imports-down', 'src/core/feed/settle.ts', 'src/core/metrics/sharpe.ts'],
  ['core-strategies-imports-down', 'src/core/strategies/trend/cross.ts', 'src/core/session/session.ts'],
  ['core-session-imports-down', 'src/core/session/session.ts', 'src/core/arena/board.ts'],
  ['core-kernel-imports-down', 'src/core/kernel/field.ts', 'src/core/arena/board.ts'],
  ['core-sweep-imports-down', 'src/core/sweep/windows.ts', 'src/core/arena/board.ts'],
  ['core-arena-imports-down', 'src/core/arena/board.ts', 'src/core/deployment/plan.ts'],
  ['core-promotion-imports-down', 'src/core/promotion/gate.ts', 'src/core/arena/board.ts'],
  ['core-deployment-imports-down', 'src/core/deployment/plan.ts', 'src/core/elsewhere/thing.ts'],
  ['core-is-pure', 'src/core/domain/file.ts', 'node:fs'],
  ['core-is-pure', 'src/core/domain/clock.ts', 'src/ports/clock.ts'],
  ['core-is-pure', 'src/core/arena/table.ts', 'commander'],
  ['distributions-in-metrics-only', 'src/core/arena/luck.ts', '@stdlib/stats-base-dists-t-cdf'],
  ['mathjs-in-formulas-only', 'src/core/strategies/trend/parse.ts', 'mathjs'],
  ['sdks-are-loaded-late', 'src/adapters/language-models/early.ts', 'openai'],
  ['sdks-are-loaded-late', 'src/adapters/language-models/early.ts', '@anthropic-ai/sdk'],
  ['queues-are-loaded-late', 'src/adapters/jobs/early.ts', 'bullmq'],
  ['queues-are-loaded-late', 'src/adapters/jobs/early.ts', 'ioredis'],
  ['queues-are-loaded-late', 'src/adapters/jobs/early.ts', 'piscina'],
  ['ccxt-is-loaded-late', 'src/adapters/venues/early.ts', 'ccxt'],
  ['logs-are-loaded-late', 'src/cli/early.ts', 'pino'],
  ['strategy-families-apart', 'src/core/strategies/trend/cross.ts', 'src/core/strategies/reversion/bands.ts'],
  ['ports-know-core-only', 'src/ports/store.ts', 'src/app/run.ts'],
  ['ports-know-core-only', 'src/ports/store.ts', 'better-sqlite3'],
  ['reporting-knows-core-only', 'src/reporting/table.ts', 'src/ports/store.ts'],
  ['app-knows-core-ports-and-reporting', 'src/app/run.ts', 'src/cli/wire.ts'],
  ['adapters-know-ports-and-domain', 'src/adapters/storage/store.ts', 'src/core/session/session.ts'],
  ['adapters-know-ports-and-domain', 'src/adapters/storage/store.ts', 'src/core/market/path.ts'],
  ['adapter-folders-apart', 'src/adapters/storage/store.ts', 'src/adapters/market-data/csv.ts'],
  ['dashboard-knows-no-cli', 'src/dashboard/page.ts', 'src/cli/wire.ts'],
  ['only-wire-chooses-adapters', 'src/cli/commands/run.ts', 'src/adapters/storage/store.ts'],
  ['only-wire-chooses-adapters', 'src/app/run.ts', 'src/adapters/storage/store.ts'],
  ['product-knows-no-tests-or-scripts', 'src/app/help.ts', 'test/support/made.ts'],
  ['product-ships-its-packages', 'src/app/oracle.ts', 'trading-signals'],
];

/** Imports of the same kinds that the map allows. */
const ALLOWED: readonly (readonly [from: string, to: string])[] = [
  ['src/core/strategies/catalog.ts', 'src/core/strategies/reversion/bands.ts'],
  ['src/core/strategies/llm/trader.ts', 'src/ports/language-model.ts'],
  ['src/core/strategies/ensemble/vote.ts', 'src/core/strategies/reversion/bands.ts'],
  ['src/core/session/observe.ts', 'src/core/strategies/strategy.ts'],
  ['src/core/metrics/luck.ts', '@stdlib/stats-base-dists-t-cdf'],
  ['src/core/domain/money.test.ts', 'node:fs'],
  ['src/core/domain/money.test.ts', 'src/core/session/observe.ts'],
  ['src/core/arena/parse.ts', 'zod'],
  ['src/adapters/storage/disk.ts', 'src/ports/language-model.ts'],
  ['src/adapters/storage/disk.ts', 'src/core/domain/time.ts'],
  ['src/adapters/storage/disk.ts', 'better-sqlite3'],
  ['src/cli/wire.ts', 'src/adapters/storage/disk.ts'],
  ['src/cli/commands/run.ts', 'src/app/show.ts'],
  ['src/app/show.ts', 'src/reporting/chart.ts'],
  ['src/reporting/chart.ts', 'src/core/domain/time.ts'],
];

const ORPHAN = 'src/app/alone.ts';

/** A project of planted files under the real rules. */
function plant(): string {
  const folder = mkdtempSync(join(tmpdir(), 'arena-architecture-'));
  for (const name of [RULES, 'tsconfig.json', 'package.json'])
    copyFileSync(join(PROJECT, name), join(folder, name));
  symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'), 'junction');

  const lines = new Map<string, string[]>([[ORPHAN, []]]);
  const linesOf = (file: string): string[] => {
    const known = lines.get(file) ?? [];
    lines.set(file, known);
    return known;
  };
  const wayBack = ['src/core/domain/hen.ts', 'src/core/domain/egg.ts'] as const;
  for (const [from, to] of [...MISTAKES.map(([, from, to]) => [from, to] as const), ...ALLOWED, wayBack]) {
    const inTree = /^(src|test)\//.test(to);
    if (inTree) linesOf(to);
    const path = inTree ? posix.relative(posix.dirname(from), to).replace(/\.ts$/, '.js') : to;
    linesOf(from).push(`import '${inTree && !path.startsWith('.') ? `./${path}` : path}';`);
  }
  for (const [file, content] of lines) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${content.join('\n')}\nexport const planted = true;\n`);
  }
  return folder;
}

/** The tool names packages by where they were found, built-ins without `node:`. */
function isNamed(found: string, asked: string): boolean {
  return found === asked || found === asked.replace(/^node:/, '') || found.includes(`node_modules/${asked}/`);
}

describe('the import rules', () => {
  const folder = plant();
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const planted = cruise(folder, ['src', 'test']);

  it('look at every TypeScript file of the product, its tests and its scripts', () => {
    const roots = checkedRoots();
    expect(roots, 'check:architecture names its folders').toEqual(['src', 'test', 'scripts']);
    const files = typescriptFilesBelow(roots);
    expect(files.length).toBeGreaterThan(100);
    const seen = new Set(cruise(PROJECT, roots).modules.map((module) => module.source));
    expect(files.filter((file) => !seen.has(file))).toEqual([]);
  });

  it.each(MISTAKES)('%s: %s may not import %s', (rule, from, to) => {
    const caught = planted.summary.violations.filter(
      (found) => found.rule.name === rule && found.from === from && isNamed(found.to, to),
    );
    expect(caught.length).toBeGreaterThan(0);
  });

  it.each(ALLOWED)('%s may import %s', (from, to) => {
    expect(planted.modules.map((module) => module.source)).toContain(from);
    const caught = planted.summary.violations.filter((found) => found.from === from && isNamed(found.to, to));
    expect(caught).toEqual([]);
  });

  it('find a file that nobody imports and that imports nothing', () => {
    const orphans = planted.summary.violations.filter((found) => found.rule.name === 'no-orphans');
    expect(orphans.map((found) => found.from)).toEqual([ORPHAN]);
  });

  it('are all tried by a planted mistake', () => {
    const { forbidden } = z
      .object({ forbidden: z.array(z.object({ name: z.string() })) })
      .parse(createRequire(import.meta.url)(join(PROJECT, RULES)));
    const tried = new Set(['no-orphans', ...MISTAKES.map(([rule]) => rule)]);
    expect(forbidden.map((rule) => rule.name).filter((name) => !tried.has(name))).toEqual([]);
  });
});
