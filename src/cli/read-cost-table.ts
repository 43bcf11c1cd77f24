import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { type CostTable, costTableSchema } from '../core/domain/cost-table.js';
import { Problem } from '../core/domain/problem.js';
import { median } from '../core/metrics/median.js';

export interface MeasuredCosts {
  readonly halfSpreadBps: number;
  readonly slippageBps: number;
}

/**
 * The two costs of an arena that a table of measured ones gives: medians over those of its symbols that the arena names, or over
 * all where it names none, since an arena has one cost model.
 */
export function costsOfTable(path: string, symbols?: readonly string[]): MeasuredCosts {
  const table = readCostTable(resolve(path));
  const rows =
    symbols === undefined ? table.symbols : table.symbols.filter((row) => symbols.includes(row.symbol));
  if (rows.length === 0)
    throw new Problem(
      'input',
      `${path} has costs of ${listed(table.symbols.map(({ symbol }) => symbol))}, and of no symbol that this arena trades (${listed(symbols ?? [])})`,
      { hint: 'name its symbols with --symbols, or measure these: npm run paper -- slippage --export FILE' },
    );
  const middle = (of: (row: CostTable['symbols'][number]) => number): number =>
    Math.round((median(rows.map(of)) ?? 0) * 1e4) / 1e4;
  return {
    halfSpreadBps: middle((row) => row.halfSpreadBps),
    // A price that moved in favour of the orders is luck, and no cost to count on.
    slippageBps: Math.max(
      0,
      middle((row) => row.slippageBps),
    ),
  };
}

const HOW = 'npm run paper -- slippage --export FILE writes one';
const versionSchema = z.looseObject({ schemaVersion: z.unknown() });

function readCostTable(path: string): CostTable {
  const content = parsed(path, textOf(path));
  const version = versionSchema.safeParse(content).data?.schemaVersion;
  if (version === undefined) throw new Problem('input', `${path} is no table of costs`, { hint: HOW });
  if (version !== 1)
    throw new Problem(
      'input',
      `${path} is a table of costs of version ${JSON.stringify(version).slice(0, 20)}`,
      {
        hint: `this program reads version 1; ${HOW}`,
      },
    );
  const table = costTableSchema.safeParse(content);
  if (table.success) return table.data;
  const issue = table.error.issues[0];
  throw new Problem(
    'input',
    `${path} is a broken table of costs, at ${issue?.path.join('.') ?? 'top'}: ${issue?.message ?? ''}`,
    { hint: HOW },
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Problem('input', `${path}: there is no such table of costs to read`, {
      hint: HOW,
      cause: error,
    });
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem('input', `${path} is no table of costs: it is not JSON`, { hint: HOW, cause: error });
  }
}

function listed(symbols: readonly string[]): string {
  const shown = symbols.slice(0, 5).join(', ');
  return symbols.length > 5 ? `${shown} and ${String(symbols.length - 5)} more` : shown;
}
