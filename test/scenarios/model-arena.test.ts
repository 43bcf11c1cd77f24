import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAnthropicServer } from '../support/anthropic-server.js';
import { type CliResult, ended, runCli, startCli, temporaryFolder } from '../support/cli.js';
import { sha256 } from '../support/made-arena.js';
import { madeTrader } from '../support/made-trader.js';
import type { ModelServer } from '../support/model-server.js';
import { startOpenaiServer } from '../support/openai-server.js';
import { until } from '../support/until.js';

const OPENAI_KEY = 'sk-made-4f1d9a77';
const ANTHROPIC_KEY = 'sk-ant-made-8c20e5b3';
const { path: root, remove } = temporaryFolder();
const contestants = join(root, 'contestants');
const recordings = join(root, 'calls.sqlite');
const config = join(root, 'settings.json');
let openai: ModelServer;
let anthropic: ModelServer;

beforeAll(async () => {
  openai = await startOpenaiServer({ script: madeTrader, key: OPENAI_KEY });
  anthropic = await startAnthropicServer({ script: madeTrader, key: ANTHROPIC_KEY });
  mkdirSync(join(contestants, 'llm'), { recursive: true });
  writeFileSync(
    join(contestants, 'roster.json'),
    JSON.stringify([{ kind: 'buy-and-hold' }, { kind: 'sma-cross', params: { fast: 10, slow: 30 } }]),
  );
  writeFileSync(
    join(contestants, 'llm', 'mini.json'),
    JSON.stringify({
      model: 'gpt-4o-mini',
      temperature: 0.1,
      interval: '4h',
      trials: 2,
      params: { probeShare: 0.2 },
    }),
  );
  writeFileSync(
    join(contestants, 'llm', 'haiku.json'),
    JSON.stringify({ provider: 'anthropic', model: 'claude-haiku-4-5', temperature: 0.7, interval: '1d' }),
  );
  const fast = { requestsPerMinute: null, tokensPerMinute: null };
  writeFileSync(config, JSON.stringify({ llm: { providers: { openai: fast, anthropic: fast } } }));
});
afterAll(async () => {
  await openai.close();
  await anthropic.close();
  remove();
});

function environment(keys: boolean): Record<string, string> {
  return {
    OPENAI_API_KEY: keys ? OPENAI_KEY : '',
    ANTHROPIC_API_KEY: keys ? ANTHROPIC_KEY : '',
    // A server on this machine needs no key, so without keys there is none either.
    OPENAI_BASE_URL: keys ? openai.baseUrl : '',
    ANTHROPIC_BASE_URL: keys ? anthropic.baseUrl : '',
    CANDLE_CACHE: 'off',
  };
}

function flags(state: string, more: readonly string[] = []): string[] {
  return [
    'arena',
    ...['--contestants', contestants, '--config', config, '--recordings', recordings],
    ...['--state', join(root, state), '--days', '12', '--quiet', ...more],
  ];
}

async function run(args: readonly string[], keys: boolean): Promise<CliResult> {
  const child = startCli(args, environment(keys));
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr?.on('data', (part: Buffer) => (stderr += part.toString()));
  const { code } = await ended(child);
  return { code, stdout, stderr };
}

function dump(state: string): string {
  const result = runCli(['arena', 'journal', 'dump', '--state', join(root, state)]);
  expect(result.code).toBe(0);
  return result.stdout;
}

function board(state: string): string {
  return readFileSync(join(root, state, 'leaderboard.txt'), 'utf8');
}

const requests = (): number => openai.requests() + anthropic.requests();

describe('an arena with language models', () => {
  it('without keys runs everything else, and the board names who is not running and why', async () => {
    const result = await run(flags('keyless'), false);
    expect(result.code).toBe(0);
    expect(requests()).toBe(0);
    expect(board('keyless')).toContain('not running: claude-haiku-4-5');
    expect(board('keyless')).toContain('no key: set ANTHROPIC_API_KEY');
    expect(board('keyless')).toContain('no key: set OPENAI_API_KEY');
    expect(board('keyless')).toContain('sma 10/30');
    expect(runCli(['arena', 'verify', '--replay', '--state', join(root, 'keyless')]).code).toBe(0);
  });

  it('trades, pays for its answers, and shows what they cost and how reliable they are', async () => {
    const result = await run(flags('recorded'), true);
    expect(result.stderr + result.stdout).not.toContain('not running');
    expect(result.code).toBe(0);
    const { rows } = JSON.parse(readFileSync(join(root, 'recorded', 'leaderboard.json'), 'utf8')) as {
      rows: {
        name: string;
        kind: string;
        trades: number;
        modelCostUsd: number;
        returnPct: number;
        models: { questions: number; costUsd: number; probes: number; grossReturnPct: number } | null;
      }[];
    };
    const traders = rows.filter(({ kind }) => kind === 'llm-trader');
    expect(traders).toHaveLength(3);
    for (const { trades, modelCostUsd, models, returnPct } of traders) {
      expect(trades).toBeGreaterThan(0);
      expect(modelCostUsd).toBeGreaterThan(0);
      expect(models?.costUsd).toBeCloseTo(modelCostUsd, 12);
      expect(models?.grossReturnPct).toBeCloseTo(returnPct + modelCostUsd / 100, 9);
    }
    const asked = traders.reduce((sum, { models }) => sum + (models?.questions ?? 0), 0);
    expect(requests()).toBe(asked);
    expect(traders.some(({ models }) => (models?.probes ?? 0) > 0)).toBe(true);
    expect(board('recorded')).toMatch(/MODELS: who asks language models/);
    const explained = runCli([
      'arena',
      'explain',
      'claude',
      '--recordings',
      recordings,
      '--state',
      join(root, 'recorded'),
    ]).stdout;
    expect(explained).toMatch(/npm run llm -- show [0-9a-f]{8} has what it was asked/);
  });

  it('replays with the servers gone and without keys: the same journal, and nobody was asked', async () => {
    const before = requests();
    const result = await run(flags('replayed', ['--llm', 'replay']), false);
    expect(result.code).toBe(0);
    expect(sha256(dump('replayed'))).toBe(sha256(dump('recorded')));
    expect(board('replayed')).toBe(board('recorded'));
    expect(requests()).toBe(before);
  });

  it('plays again in record mode without paying anybody twice', async () => {
    const before = requests();
    await run(flags('again', ['--llm', 'record']), true);
    expect(sha256(dump('again'))).toBe(sha256(dump('recorded')));
    expect(requests()).toBe(before);
  });

  it('is verified from its journal and the recording; without the recording that is said', () => {
    const state = ['--state', join(root, 'recorded')];
    const args = ['arena', 'verify', '--replay', ...state];
    const whole = runCli([...args, '--recordings', recordings]);
    expect(whole.stderr + whole.stdout).toContain('replay gives the same hashes');
    expect(whole.code).toBe(0);
    const without = runCli([...args, '--recordings', join(root, 'gone.sqlite')]);
    expect(without.code).not.toBe(0);
    expect(without.stderr + without.stdout).toContain('is not in the recording');
  });

  it('explains no decision without the recording, and blames neither contestant nor journal for it', () => {
    const explain = (file: string): CliResult =>
      runCli([
        ...['arena', 'explain', 'claude-haiku-4-5', '--state', join(root, 'recorded')],
        ...['--contestants', contestants, '--config', config, '--recordings', file],
      ]);
    const told = explain(recordings);
    expect(told.stdout, told.stderr).toContain('the journal says the same');
    expect(told.code).toBe(0);
    const without = explain(join(root, 'gone.sqlite'));
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('is not in the recording: name it with --recordings FILE');
    expect(without.stdout).toBe('');
  });

  it('killed in the middle of its answers goes on where it was, and pays for nothing twice', async () => {
    const mine = join(root, 'killed.sqlite');
    // `--days` counts from where a state stands, so the end is named as a date.
    const args = flags('killed')
      .map((arg) => (arg === recordings ? mine : arg))
      .filter((arg) => arg !== '--days' && arg !== '12');
    args.push('--to', lastBarOf('recorded'));
    const before = requests();
    for (const answers of [25, 60, 95]) {
      const child = startCli(args, environment(true));
      const over = ended(child);
      await until(`${String(answers)} answers`, () => requests() - before >= answers);
      child.kill('SIGKILL');
      const { signal } = await over;
      expect(signal).toBe('SIGKILL');
    }
    const result = await run(args, true);
    expect(result.code).toBe(0);
    expect(sha256(dump('killed'))).toBe(sha256(dump('recorded')));
    // What was under way when it died is asked again: at most the calls of one round for each death.
    const asked = requests() - before;
    const distinct = dump('recorded').match(/"event":"model-call"/g)?.length ?? 0;
    expect(asked).toBeGreaterThanOrEqual(distinct);
    expect(asked).toBeLessThanOrEqual(distinct + 3 * 5);
  });

  it('names a run that nobody has imported as not running, in a replay too', async () => {
    const elsewhere = join(root, 'elsewhere');
    mkdirSync(join(elsewhere, 'llm'), { recursive: true });
    copyFileSync(join(contestants, 'roster.json'), join(elsewhere, 'roster.json'));
    writeFileSync(
      join(elsewhere, 'llm', 'run.json'),
      JSON.stringify({ provider: 'recorded', model: 'run-7' }),
    );
    for (const mode of ['record', 'replay']) {
      const played = await run(
        [...flags(`elsewhere-${mode}`), '--contestants', elsewhere, '--llm', mode],
        false,
      );
      expect(played.code, played.stderr).toBe(0);
      expect(board(`elsewhere-${mode}`)).toContain('no imported run "run-7"');
    }
    expect(dump('elsewhere-replay')).toBe(dump('elsewhere-record'));
  });

  it('interrupted while a model thinks stops at once, answers for what is committed, and goes on', async () => {
    const silent = await startOpenaiServer({ script: () => new Promise(() => undefined), key: OPENAI_KEY });
    try {
      const folder = join(root, 'interrupted');
      const interrupted = async (contestantFiles: string): Promise<CliResult> => {
        const before = silent.requests();
        const child = startCli(
          [...flags('interrupted', ['--json']), '--contestants', contestantFiles, '--llm', 'live'],
          { ...environment(true), OPENAI_BASE_URL: silent.baseUrl },
        );
        let stdout = '';
        let stderr = '';
        child.stdout?.on('data', (part: Buffer) => (stdout += part.toString()));
        child.stderr?.on('data', (part: Buffer) => (stderr += part.toString()));
        const end = ended(child);
        await Promise.race([until('the model is asked', () => silent.requests() > before), end]);
        child.kill('SIGINT');
        const { code } = await end;
        return { code, stdout, stderr };
      };
      const beforeAnyRound = await interrupted(contestants);
      expect(beforeAnyRound.code, beforeAnyRound.stderr).toBe(0);
      expect(JSON.parse(beforeAnyRound.stdout)).toMatchObject({ seq: 0, stopped: true, leader: null });

      // The models join an arena that has been played: what they were about to do is not in the state.
      const rules = join(root, 'rules');
      mkdirSync(rules);
      copyFileSync(join(contestants, 'roster.json'), join(rules, 'roster.json'));
      const played = await run([...flags('interrupted', ['--once']), '--contestants', rules], false);
      expect(played.code, played.stderr).toBe(0);
      const joining = await interrupted(contestants);
      expect(joining.code, joining.stderr).toBe(0);
      expect(JSON.parse(joining.stdout)).toMatchObject({ rounds: 0, seq: 1, stopped: true });
      expect(JSON.parse(readFileSync(join(folder, '.heartbeat'), 'utf8'))).toMatchObject({
        status: 'stopped',
        rounds: 1,
      });
      expect(runCli(['arena', 'verify', '--replay', '--state', folder]).code).toBe(0);
      expect((await run([...flags('interrupted'), '--llm', 'replay'], false)).code).toBe(0);
    } finally {
      await silent.close();
    }
  });

  it('lets no key into any file', () => {
    for (const place of ['keyless', 'recorded', 'replayed', '.'])
      for (const name of readdirSync(join(root, place), { withFileTypes: true })) {
        if (!name.isFile()) continue;
        const bytes = readFileSync(join(root, place, name.name)).toString('latin1');
        expect(bytes.includes(OPENAI_KEY) || bytes.includes(ANTHROPIC_KEY), name.name).toBe(false);
      }
  });
});

/** The last bar that a state has played, as a date for --to. */
function lastBarOf(state: string): string {
  const last = dump(state)
    .split('\n')
    .findLast((line) => line.includes('"round":'));
  const { bar } = JSON.parse(last ?? '{}') as { bar: number };
  return new Date(bar).toISOString();
}
