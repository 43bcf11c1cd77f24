/** Regimes at the command line: a model names them, fails, and is asked again; and a replay without it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalOf } from '../../src/cli/wire.js';
import { type CliResult, ended, runCli, startCli, temporaryFolder } from '../support/cli.js';
import type { ModelServer } from '../support/model-server.js';
import { startOpenaiServer } from '../support/openai-server.js';

const { path: root, remove } = temporaryFolder();
const contestants = join(root, 'contestants');
const recordings = join(root, 'calls.sqlite');
const config = join(root, 'settings.json');
let server: ModelServer;
let failing = false;

const REGIME = JSON.stringify({
  regime: 'TRANSITIONAL',
  trend: 'STRONG_BULL',
  volatility: 'NORMAL',
  risk_mode: 'DEFENSIVE',
  confidence: 0.8,
  reasoning: 'Made up.',
});

beforeAll(async () => {
  server = await startOpenaiServer({ script: () => (failing ? 'I would rather not say.' : REGIME) });
  mkdirSync(contestants);
  writeFileSync(
    join(contestants, 'a.json'),
    JSON.stringify([
      { title: 'rules', kind: 'regime-rules' },
      { title: 'hybrid', kind: 'regime-hybrid', symbols: 'majors' },
      { title: 'crossing', kind: 'sma-cross' },
    ]),
  );
  const fast = { requestsPerMinute: null, tokensPerMinute: null };
  writeFileSync(config, JSON.stringify({ llm: { providers: { openai: fast } } }));
});
afterAll(async () => {
  await server.close();
  remove();
});

/** The server lives in this process: while it may be asked, nothing here may wait without it. */
async function play(
  state: string,
  days: number,
  more: readonly string[] = [],
  key = 'sk-made',
): Promise<void> {
  const child = startCli(
    [
      ...['arena', '--state', join(root, state), '--contestants', contestants, '--config', config],
      ...['--recordings', recordings, '--days', String(days), '--quiet', ...more],
    ],
    { OPENAI_API_KEY: key, OPENAI_BASE_URL: server.baseUrl, LLM_PROVIDER: '', LLM_MODEL: '' },
  );
  let said = '';
  child.stderr?.on('data', (part: Buffer) => (said += part.toString()));
  const { code } = await ended(child);
  expect(code, said).toBe(0);
}

const regime = (...args: string[]): CliResult =>
  runCli(['regime', ...args, '--state', join(root, 'live')], { env: { ARENA_CONTESTANTS: contestants } });
const arena = (...args: string[]): CliResult => runCli(['arena', ...args]);

interface Shown {
  readonly name: string;
  readonly at: string;
  readonly decisions: number;
  readonly onHeuristic: number;
  readonly symbols: readonly {
    symbol: string;
    source: string;
    ageMs: number;
    failure?: string;
    nextDueAt: string | null;
  }[];
}
function shown(): Shown {
  const [hybrid] = JSON.parse(regime('show', 'hybrid', '--json').stdout) as Shown[];
  if (hybrid === undefined) throw new Error('no hybrid');
  return hybrid;
}

function events(): string[] {
  const store = journalOf(join(root, 'live'), true);
  try {
    return [...store.rounds(1)].flatMap((round) => round.events);
  } finally {
    store.close();
  }
}

const HOUR_MS = 3_600_000;

describe('regime', () => {
  it('show tells what every contestant takes the market for, who said so and when', async () => {
    await play('live', 5);
    const { code, stdout } = regime('show');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rules \([0-9a-f]{8}\), after the bar that closed 2026-01-10T00:00Z\n/);
    expect(stdout).toMatch(/symbol +regime +trend +volatility +risk +conf +age h +source +asked next\n/);
    expect(stdout).toMatch(/(MOMENTUM|RANGING|TRANSITIONAL) .* heuristic +no model\n/);
    expect(stdout).toMatch(
      /TRANSITIONAL +STRONG_BULL +NORMAL +DEFENSIVE +0\.80 +1\.0 +fresh +2026-01-10T01:00Z\n/,
    );
    expect(stdout).toMatch(/the heuristic stood in for the model in 0 of 120 decisions/);
    expect(stdout).not.toContain('crossing');
    // Every two hours, for two symbols.
    expect(server.requests()).toBe(2 * 60);
    expect(server.asked[0]?.schema, 'it is held to the six fields').toMatchObject({
      required: ['regime', 'trend', 'volatility', 'risk_mode', 'confidence', 'reasoning'],
    });
  });

  it('the model that a contestant left open is part of its identity', () => {
    const store = journalOf(join(root, 'live'), true);
    try {
      const row = store.contestants().find(({ name }) => name === 'hybrid');
      expect(row?.body).toContain('"model":"gpt-4o-mini"');
      expect(row?.body).toContain('"provider":"openai"');
    } finally {
      store.close();
    }
  });

  it('a replay without the model gives the same journal', async () => {
    const before = server.requests();
    await play('replayed', 5, ['--llm', 'replay'], '');
    expect(server.requests()).toBe(before);
    const dump = (state: string): string => arena('journal', 'dump', '--state', join(root, state)).stdout;
    expect(dump('replayed')).toBe(dump('live'));
    expect(dump('live').length).toBeGreaterThan(10_000);
  });

  it('C-4: a model that fails is stood in for, and asked again at every bar', async () => {
    failing = true;
    const before = server.requests();
    await play('live', 1);
    failing = false;
    const { symbols, decisions, onHeuristic, at } = shown();
    expect(symbols.map(({ source }) => source)).toEqual(['heuristic', 'heuristic']);
    expect(symbols[0]?.failure).toBe('unusable: no JSON object with a regime in it');
    expect(Date.parse(symbols[0]?.nextDueAt ?? '') - Date.parse(at)).toBe(HOUR_MS);
    // Fresh was over at the first of these bars, stale two bars later.
    expect({ decisions, onHeuristic }).toEqual({ decisions: 120 + 24, onHeuristic: 22 });
    expect(server.requests() - before).toBe(2 * 24);
    expect(regime('show').stdout).toContain(
      'last asked in vain, unusable: no JSON object with a regime in it',
    );
  });

  it('invalidate and refresh are requests that the journal keeps and a replay plays again', async () => {
    await play('live', 1);
    const first = shown().symbols[0];
    expect(first).toMatchObject({ source: 'fresh' });
    const before = server.requests();
    expect(regime('refresh', 'hybrid').stdout).toMatch(/^filed regime-invalidate-.*the arena is not running/);
    await play('live', 1, ['--once']);
    expect(server.requests() - before, 'both symbols at once').toBe(2);
    const symbol = first?.symbol ?? '';
    expect(regime('invalidate', 'hybrid', '--symbol', symbol, '--reason', 'a test').code).toBe(0);
    await play('live', 1, ['--once']);
    expect(server.requests() - before, 'and one of them').toBe(3);
    const invalidated = events().filter((line) => line.includes('"event":"regime-invalidated"'));
    expect(invalidated.map((line) => JSON.parse(line) as object)).toEqual([
      { event: 'regime-invalidated', c: 1, reason: 'by hand' },
      { event: 'regime-invalidated', c: 1, symbol, reason: 'a test' },
    ]);
    expect(events().join('\n')).toContain(`asks its model again about ${symbol} at the next bar`);
    const verified = arena('verify', '--replay', '--state', join(root, 'live'), '--recordings', recordings);
    expect(verified.stdout + verified.stderr).toContain('replay gives the same hashes');
    expect(verified.code, verified.stdout).toBe(0);
    const explained = arena('explain', 'hybrid', '--state', join(root, 'live'), '--recordings', recordings);
    expect(explained.code, explained.stderr).toBe(0);
    expect(explained.stdout).toContain('fresh: TRANSITIONAL STRONG_BULL');
  });

  it('says what is wrong with a request before it files one', () => {
    expect(regime('show', 'crossing').stderr).toContain('does not trade by regimes');
    expect(regime('show', 'nobody').code).toBe(2);
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
