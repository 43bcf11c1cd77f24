/** Regimes at the command line: what contestants take the market for, and asking their models again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalOf } from '../../src/cli/wire.js';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);
const contestants = join(root, 'contestants');
const state = join(root, 'arena');
/** No key and no choice of a model from outside: the formula stands in. */
const env = { OPENAI_API_KEY: '', LLM_PROVIDER: '', LLM_MODEL: '' };

const arena = (...args: string[]): CliResult =>
  runCli(['arena', ...args, '--state', state, '--contestants', contestants], { env });
const regime = (...args: string[]): CliResult =>
  runCli(['regime', ...args, '--state', state], { env: { ...env, ARENA_CONTESTANTS: contestants } });

interface Shown {
  readonly name: string;
  readonly decisions: number;
  readonly onHeuristic: number;
  readonly symbols: readonly { symbol: string; source: string; ageMs: number; nextDueAt: string | null }[];
}

beforeAll(() => {
  mkdirSync(contestants);
  writeFileSync(
    join(contestants, 'a.json'),
    JSON.stringify([
      { title: 'rules', kind: 'regime-rules' },
      { title: 'hybrid', kind: 'regime-hybrid', symbols: 'majors' },
      { title: 'crossing', kind: 'sma-cross' },
    ]),
  );
  const played = arena('--days', '5', '--quiet');
  expect(played.code, played.stderr).toBe(0);
});

describe('regime', () => {
  it('show tells what every contestant takes the market for, and where that came from', () => {
    const { code, stdout } = regime('show');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rules \([0-9a-f]{8}\), after the bar that closed 2026-01-\d\d/);
    expect(stdout).toMatch(/symbol +regime +trend +volatility +risk +conf +age h +source +asked next\n/);
    expect(stdout).toMatch(/(MOMENTUM|RANGING|TRANSITIONAL) .* heuristic +no model\n/);
    expect(stdout).toMatch(
      /heuristic +at the next bar\n[\s\S]*stood in for the model in (\d+) of \1 decisions/,
    );
    expect(stdout).not.toContain('crossing');
  });

  it('show of one contestant, for machines', () => {
    const shown = JSON.parse(regime('show', 'hybrid', '--json').stdout) as Shown[];
    expect(shown.map(({ name }) => name)).toEqual(['hybrid']);
    expect(shown[0]?.symbols).toHaveLength(2);
    expect(shown[0]?.symbols[0]).toMatchObject({ source: 'heuristic', ageMs: 0 });
    expect(shown[0]?.decisions).toBe(shown[0]?.onHeuristic);
    expect(regime('show', 'crossing').stderr).toContain('does not trade by regimes');
    expect(regime('show', 'nobody').code).toBe(2);
  });

  it('the model that a contestant left open is part of its identity', () => {
    const store = journalOf(state, true);
    try {
      const row = store.contestants().find(({ name }) => name === 'hybrid');
      expect(row?.body).toContain('"model":"gpt-4o-mini"');
      expect(row?.body).toContain('"provider":"openai"');
    } finally {
      store.close();
    }
  });

  it('invalidate and refresh are requests that the journal keeps and a replay plays again', () => {
    const [first] = (JSON.parse(regime('show', 'hybrid', '--json').stdout) as Shown[])[0]?.symbols ?? [];
    const symbol = first?.symbol ?? '';
    expect(regime('refresh', 'hybrid').stdout).toMatch(/^filed regime-invalidate-.*the arena is not running/);
    expect(regime('invalidate', 'hybrid', '--symbol', symbol, '--reason', 'a test').code).toBe(0);
    expect(arena('--days', '2', '--quiet').code).toBe(0);
    const store = journalOf(state, true);
    const events: string[] = [];
    try {
      for (const round of store.rounds(1)) events.push(...round.events);
    } finally {
      store.close();
    }
    const invalidated = events.filter((line) => line.includes('"event":"regime-invalidated"'));
    expect(invalidated.map((line) => JSON.parse(line) as object)).toEqual([
      { event: 'regime-invalidated', c: 1, reason: 'by hand' },
      { event: 'regime-invalidated', c: 1, symbol, reason: 'a test' },
    ]);
    expect(events.some((line) => line.includes(`asks its model again about ${symbol} at the next bar`))).toBe(
      true,
    );
    const verified = arena('verify', '--replay');
    expect(verified.stdout + verified.stderr).toContain('replay gives the same hashes');
    expect(verified.code, verified.stdout).toBe(0);
    expect(arena('explain', 'hybrid').code).toBe(0);
  });

  it('says what is wrong with a request before it files one', () => {
    const wrong = regime('invalidate', 'rules');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('keeps no answers of a model: it is of the kind regime-rules');
    const symbol = regime('invalidate', 'hybrid', '--symbol', 'DOGE');
    expect(symbol.code).toBe(2);
    expect(symbol.stderr).toMatch(/does not trade DOGE\n.*it trades /s);
    expect(runCli(['regime', 'shows']).stderr).toContain('regime has no subcommand "shows"');
    expect(runCli(['regime', 'show', '--state', join(root, 'empty')]).code).not.toBe(0);
  });
});
