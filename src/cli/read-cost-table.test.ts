import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/cli.js';
import { costTableText } from '../core/domain/cost-table.js';
import { Problem } from '../core/domain/problem.js';
import { costsOfTable } from './read-cost-table.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);

const row = (symbol: string, halfSpreadBps: number, slippageBps: number): object => ({
  symbol,
  fills: 30,
  halfSpreadBps,
  slippageBps,
});
const table = {
  schemaVersion: 1,
  kind: 'cost-table',
  source: 'test',
  from: '2026-01-25T07:00:00.000Z',
  to: '2026-01-26T07:00:00.000Z',
  symbols: [row('A', 1, 3), row('B', 2, -5), row('C', 9, -7)],
};

function file(name: string, content: unknown): string {
  const path = join(root, name);
  writeFileSync(path, typeof content === 'string' ? content : costTableText(content as never));
  return path;
}

function problemOf(path: string, symbols?: readonly string[]): Problem {
  try {
    costsOfTable(path, symbols);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe('a table of costs', () => {
  it('gives the medians of the symbols that an arena names, of all where it names none, and no gain', () => {
    const path = file('good.json', table);
    expect(costsOfTable(path)).toEqual({ halfSpreadBps: 2, slippageBps: 0 });
    expect(costsOfTable(path, ['A', 'X'])).toEqual({ halfSpreadBps: 1, slippageBps: 3 });
    expect(costsOfTable(path, ['A', 'C'])).toEqual({ halfSpreadBps: 5, slippageBps: 0 });
  });

  it.each<[string, unknown, string]>([
    ['is not there', undefined, 'there is no such table'],
    ['is not JSON', 'x', 'it is not JSON'],
    ['is something else', '{"a":1}', 'is no table of costs'],
    ['is of another version', { ...table, schemaVersion: 2 }, 'of version 2'],
    ['has no symbols', { ...table, symbols: [] }, 'broken table of costs, at symbols'],
    ['has a price that is none', { ...table, symbols: [row('A', -1, 0)] }, 'at symbols.0.halfSpreadBps'],
  ])('that %s is refused with what to do', (_what, content, words) => {
    const path = content === undefined ? join(root, 'none.json') : file('bad.json', content);
    const problem = problemOf(path);
    expect(problem.message).toContain(words);
    expect(problem.kind).toBe('input');
    expect(problem.hint).toContain('npm run paper -- slippage --export FILE');
  });

  it('of other symbols is refused with the names of both', () => {
    const { message } = problemOf(file('good.json', table), ['X/USDT']);
    expect(message).toContain('costs of A, B, C, and of no symbol that this arena trades (X/USDT)');
  });
});
