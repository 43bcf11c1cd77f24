import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli, temporaryFolder } from '../support/cli.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly rank: number | null;
  readonly status: string;
  readonly reason: string;
  readonly cloneOf: string | null;
}

describe('pruning', () => {
  const { path: root, remove } = temporaryFolder();
  const state = join(root, 'state');
  const config = join(root, 'config.json');
  writeFileSync(config, JSON.stringify({ pruning: { everyHours: 24 } }));
  const arena = (...args: string[]): ReturnType<typeof runCli> =>
    runCli(['arena', ...args, '--state', state, '--config', config]);
  const rows = (): Row[] =>
    (JSON.parse(readFileSync(join(state, 'leaderboard.json'), 'utf8')) as { rows: Row[] }).rows;

  it('A-19: retires the worst with a reason; the same configuration does not enter again with a new clock', () => {
    onTestFinished(remove);
    expect(arena('--days', '14', '--quiet').code).toBe(0);
    const retired = rows().filter((row) => row.status === 'retired');
    expect(retired.length).toBeGreaterThan(0);
    for (const row of retired) expect(row.reason).toMatch(/^pruned: return .* Sharpe/);
    expect(retired.every((row) => row.rank === null)).toBe(true);

    // A run reads the same contestant files again, and a person may file one by hand.
    const again = join(root, 'again.json');
    const default_ = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../contestants/default-roster.json'), 'utf8'),
    ) as object;
    writeFileSync(again, JSON.stringify(default_));
    expect(runCli(['arena', 'add', again, '--state', state]).code).toBe(0);
    const next = arena('--days', '2');
    expect(next.stdout).toContain('a retired configuration does not enter again');
    const before = new Set(retired.map((row) => row.id));
    const after = rows();
    expect(after.filter((row) => before.has(row.id)).every((row) => row.status === 'retired')).toBe(true);
    expect(new Set(after.map((row) => row.id)).size).toBe(after.length);

    const verified = runCli(['arena', 'verify', '--replay', '--state', state]);
    expect(verified.stdout).not.toContain('FAILED');
    expect(verified.code).toBe(0);
  });
});
