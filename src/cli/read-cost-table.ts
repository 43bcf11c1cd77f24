import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type CostTable, costTableSchema } from '../core/domain/cost-table.js';
import { Problem } from '../core/domain/problem.js';
import { median } from '../core/metrics/median.js';

/** The two costs of an arena that a table of measured ones gives: medians over its symbols, since an arena has one cost model. */
export function costsOfTable(path: string): { readonly halfSpreadBps: number; readonly slippageBps: number } {
  const { symbols } = readCostTable(resolve(path));
  const middle = (of: (row: CostTable['symbols'][number]) => number): number => median(symbols.map(of)) ?? 0;
  return {
    halfSpreadBps: middle((row) => row.halfSpreadBps),
    // A price that moved in favour of the orders is luck, and no cost to count on.
    slippageBps: Math.max(
      0,
      middle((row) => row.slippageBps),
    ),
  };
}

function readCostTable(path: string): CostTable {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Problem('input', `${path}: cannot be read as a table of costs`, {
      hint: 'npm run paper -- slippage --export FILE writes one',
      cause: error,
    });
  }
  const parsed = costTableSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Problem('input', `${path}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, {
    hint: 'a table of costs has schemaVersion 1, as npm run paper -- slippage --export FILE writes it',
  });
}
