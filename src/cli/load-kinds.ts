import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Problem } from '../core/domain/problem.js';
import { type Kinds, createKinds, erase } from '../core/strategies/catalog.js';
import { readUserKind } from '../core/strategies/read-user-kind.js';
import type { StrategyKind } from '../core/strategies/strategy.js';

/**
 * All kinds: those that ship with the product, formulas, and one for every module in `<contestants>/kinds`.
 * `withFormulas` is false where it is known that none is needed. A module runs with the rights of this process: it is code of the user's own, like the product's.
 */
export async function loadKinds(contestantsFolder: string, withFormulas = true): Promise<Kinds> {
  const own: StrategyKind[] = [];
  for (const file of kindFiles(join(resolve(contestantsFolder), 'kinds'))) own.push(await loadUserKind(file));
  if (!withFormulas) return createKinds(own);
  // Loaded here and not at the top: its parser takes a quarter of a second.
  const { formula } = await import('../core/strategies/formula/formula.js');
  return createKinds([erase(formula), ...own]);
}

function kindFiles(folder: string): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  return readdirSync(folder)
    .filter((name) => /\.m?js$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function loadUserKind(file: string): Promise<StrategyKind> {
  const code = createHash('sha256').update(readFileSync(file)).digest('hex');
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  } catch (error) {
    throw new Problem('input', `${file}: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'it must be an ES module whose default export is a kind; see the README',
      cause: error,
    });
  }
  return readUserKind(loaded.default, file, code);
}
