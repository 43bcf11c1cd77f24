/** `llm check`, `costs`, `show` and `import` at the command line, on an arena that asked local servers. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';
import { startAnthropicServer } from '../support/anthropic-server.js';
import { madeTrader } from '../support/made-trader.js';
import type { ModelServer } from '../support/model-server.js';
import { startOpenaiServer } from '../support/openai-server.js';
import { runCliBeside } from '../support/run-cli-beside.js';

const KEY = 'sk-made-llm-7713';
const { path: root, remove } = temporaryFolder();
const contestants = join(root, 'contestants');
const recordings = join(root, 'calls.sqlite');
const config = join(root, 'settings.json');
let openai: ModelServer;
let anthropic: ModelServer;
let changesTo: string | undefined;

beforeAll(async () => {
  openai = await startOpenaiServer({
    script: async (asked) => {
      const said = await madeTrader(asked);
      return changesTo === undefined || typeof said !== 'string' ? said : { text: said, servedBy: changesTo };
    },
    key: KEY,
  });
  anthropic = await startAnthropicServer({ script: madeTrader });
  mkdirSync(join(contestants, 'llm'), { recursive: true });
  writeFileSync(join(contestants, 'roster.json'), JSON.stringify([{ kind: 'buy-and-hold' }]));
  writeFileSync(
    join(contestants, 'llm', 'mini.json'),
    JSON.stringify({ title: 'mini', model: 'gpt-4o-mini', temperature: 0.1, interval: '1d', trials: 2 }),
  );
  writeFileSync(
    join(contestants, 'llm', 'haiku.json'),
    JSON.stringify({ title: 'haiku', provider: 'anthropic', model: 'claude-haiku-4-5', interval: '1d' }),
  );
  const fast = { requestsPerMinute: null, tokensPerMinute: null };
  writeFileSync(
    config,
    JSON.stringify({ llm: { retries: 0, providers: { openai: fast, anthropic: fast } } }),
  );
});
afterAll(async () => {
  await openai.close();
  await anthropic.close();
  remove();
});

/** Anthropic has neither key nor address: whoever is of it is not running. */
function environment(key: string): Record<string, string> {
  return {
    OPENAI_API_KEY: key,
    OPENAI_BASE_URL: openai.baseUrl,
    ANTHROPIC_API_KEY: '',
    ANTHROPIC_BASE_URL: '',
    LLM_PROVIDER: '',
    LLM_MODEL: '',
    CANDLE_CACHE: 'off',
  };
}

const places = (state = 'played', file = recordings): string[] => [
  ...['--contestants', contestants, '--config', config],
  ...['--recordings', file, '--state', join(root, state)],
];
const play = (state: string, more: readonly string[], key = KEY, file = recordings): Promise<CliResult> =>
  runCliBeside(['arena', ...places(state, file), '--quiet', ...more], environment(key));
const llm = (...args: string[]): CliResult => runCli(['llm', ...args, ...places()], { env: environment('') });
const dump = (state: string): string =>
  runCli(['arena', 'journal', 'dump', '--state', join(root, state)]).stdout;

const costsSchema = z.object({
  contestants: z.array(
    z.looseObject({
      name: z.string(),
      calls: z.int(),
      costUsd: z.number(),
      perDayUsd: z.number(),
      perWeekUsd: z.number(),
    }),
  ),
  totalUsd: z.number(),
});
const boardSchema = z.object({
  rows: z.array(
    z.looseObject({
      name: z.string(),
      modelCostUsd: z.number(),
      models: z.looseObject({ costUsd: z.number(), costPerWeekUsd: z.number() }).nullable(),
    }),
  ),
});

describe('npm run llm', { timeout: 180_000 }, () => {
  it('check asks each model one tiny question and says what is wrong with the others', async () => {
    const { code, stdout, stderr } = await runCliBeside(['llm', 'check', ...places()], environment(KEY));
    expect(code, 'one of them has no key').toBe(1);
    expect(openai.requests(), 'two trials are one model').toBe(1);
    expect(stdout).toMatch(/openai\/gpt-4o-mini +fine/);
    expect(stdout).toMatch(/anthropic\/claude-haiku-4-5 +no-key/);
    expect(stdout).toContain('ANTHROPIC_API_KEY');
    expect(stdout + stderr).not.toContain(KEY);
    const wrong = await runCliBeside(['llm', 'check', ...places()], environment('sk-made-wrong-key'));
    expect(wrong.stdout).toMatch(/openai\/gpt-4o-mini +auth/);
    expect(wrong.stdout + wrong.stderr).not.toContain('sk-made-wrong-key');
  });

  it('costs before anything was played says so', () => {
    const result = llm('costs');
    expect(result.code).toBe(5);
    expect(result.stderr).toContain('no arena state in');
  });

  it('costs are those of the board, to the day and to the week', async () => {
    expect((await play('played', ['--days', '5'])).code).toBe(0);
    const { contestants: rows, totalUsd } = costsSchema.parse(JSON.parse(llm('costs', '--json').stdout));
    const board = boardSchema.parse(
      JSON.parse(readFileSync(join(root, 'played', 'leaderboard.json'), 'utf8')),
    ).rows;
    expect(rows.map(({ name }) => name)).toEqual(['mini #1', 'mini #2']);
    for (const { name, calls, costUsd, perDayUsd, perWeekUsd } of rows) {
      const row = board.find((one) => one.name === name);
      expect(calls).toBe(5);
      expect(costUsd).toBe(row?.modelCostUsd);
      expect(perDayUsd, 'five daily decisions are five days').toBeCloseTo(costUsd / 5, 12);
      expect(perWeekUsd).toBeCloseTo(row?.models?.costPerWeekUsd ?? NaN, 12);
    }
    expect(totalUsd).toBeCloseTo(
      rows.reduce((sum, { costUsd }) => sum + costUsd, 0),
      12,
    );
    expect(llm('costs').stdout).toMatch(/^mini #1 +5 +0 /m);
  });

  it('show has the prompt, the reply, how it was read and what came of it', () => {
    const shown = llm('show', 'mini #1');
    expect(shown.code).toBe(0);
    for (const part of [
      '--- SYSTEM',
      '--- PROMPT',
      'current_price',
      '--- REPLY',
      '--- READ AS',
      '--- OUTCOME',
    ])
      expect(shown.stdout).toContain(part);
    const first = llm('show', 'mini #1', '--at', '2026-01-06T12:00Z');
    expect(first.stdout).toContain('mini #1 at 2026-01-06 00:00');
    const early = llm('show', 'mini #1', '--at', '2025-12-01');
    expect(early.code).toBe(2);
    expect(early.stderr).toContain('has asked no model up to');
    expect(llm('show', 'nobody').code).toBe(2);
    const without = runCli(['llm', 'show', 'mini #1', ...places('played', join(root, 'gone.sqlite'))]);
    expect(without.code).toBe(0);
    expect(without.stdout).toContain('(not in the recording)');
  });

  it('who had no key when an arena was recorded is not there when it is replayed, with the same words', async () => {
    expect(dump('played')).toContain('no key: set ANTHROPIC_API_KEY');
    const before = openai.requests();
    expect((await play('replayed', ['--days', '5', '--llm', 'replay'], '')).code).toBe(0);
    expect(openai.requests()).toBe(before);
    expect(dump('replayed')).toBe(dump('played'));
  });

  it('a key that is lost between two starts is in the replay as well', async () => {
    expect((await play('lost', ['--days', '2'], KEY, join(root, 'lost.sqlite'))).code).toBe(0);
    const { OPENAI_BASE_URL: _own, ...keyless } = environment('');
    const alone = { ...keyless, OPENAI_BASE_URL: '' };
    const args = ['arena', ...places('lost', join(root, 'lost.sqlite')), '--quiet', '--days', '2'];
    expect((await runCliBeside(args, alone)).code).toBe(0);
    expect(dump('lost')).toContain('"fault":"no-key"');
    const replay = [
      'arena',
      ...places('lost-again', join(root, 'lost.sqlite')),
      '--quiet',
      '--llm',
      'replay',
    ];
    expect((await runCliBeside([...replay, '--days', '2'], alone)).code).toBe(0);
    expect((await runCliBeside([...replay, '--days', '2'], alone)).code).toBe(0);
    expect(dump('lost-again')).toBe(dump('lost'));
  });

  it('budgets refuse the same decisions in a replay', async () => {
    const spent = costsSchema.parse(JSON.parse(llm('costs', '--json').stdout)).totalUsd;
    const tight = join(root, 'tight.json');
    const { llm: settings } = JSON.parse(readFileSync(config, 'utf8')) as { llm: object };
    writeFileSync(tight, JSON.stringify({ llm: { ...settings, budgetUsdTotal: spent } }));
    const args = (state: string): string[] =>
      ['arena', ...places(state, join(root, 'tight.sqlite')), '--quiet', '--days', '5'].map((arg) =>
        arg === config ? tight : arg,
      );
    expect((await runCliBeside(args('tight'), environment(KEY))).code).toBe(0);
    expect(dump('tight')).toContain('"fault":"budget"');
    expect(dump('tight')).toContain('"reply":');
    expect((await runCliBeside([...args('tight-again'), '--llm', 'replay'], environment(''))).code).toBe(0);
    expect(dump('tight-again')).toBe(dump('tight'));
  });

  it('a model that changes behind its name retires and is followed, in the journal, its verification and its replay', async () => {
    const file = join(root, 'changed.sqlite');
    expect((await play('changed', ['--days', '3'], KEY, file)).code).toBe(0);
    changesTo = 'gpt-4o-mini-of-tomorrow';
    expect((await play('changed', ['--days', '3'], KEY, file)).code).toBe(0);
    changesTo = undefined;
    const journal = dump('changed');
    expect(journal.match(/"event":"model-changed"/g)).toHaveLength(2);
    expect(journal).toContain('mini #1 (gpt-4o-mini-of-tomorrow)');
    const verified = runCli([
      ...['arena', 'verify', '--replay', '--state', join(root, 'changed'), '--recordings', file],
    ]);
    expect(verified.stdout + verified.stderr).toContain('replay gives the same hashes');
    expect(verified.code).toBe(0);
    for (let part = 0; part < 2; part++)
      expect((await play('changed-again', ['--days', '3', '--llm', 'replay'], '', file)).code).toBe(0);
    expect(dump('changed-again')).toBe(journal);
  });

  it('import takes a run in, and a contestant repeats it; a file that is none is refused', async () => {
    const START_MS = Date.parse('2026-01-05T00:00:00Z');
    const iterations = Array.from({ length: 3 }, (_, i) => ({
      iteration: i + 1,
      timestamp: new Date(START_MS + i * 86_400_000).toISOString().slice(0, 19),
      model: 'theirs',
      raw_response: '{"decisions": []}',
    }));
    const file = join(root, 'run.json');
    const info = { checkpoint_id: 'their-run', interval: '1d' };
    writeFileSync(file, JSON.stringify({ backtest_info: info, iterations }));
    const imported = llm('import', file, '--timeframe', '1d');
    expect(imported.stderr + imported.stdout).toContain('their-run');
    expect(imported.code).toBe(0);
    expect(llm('import', file, '--timeframe', '1d').code, 'twice is once').toBe(0);
    expect(llm('import', file, '--timeframe', 'daily').code).toBe(2);
    expect(llm('import', join(root, 'none.json'), '--timeframe', '1d').stderr).toContain(
      'there is no such file',
    );
    writeFileSync(join(root, 'torn.json'), '{"backtest_info"');
    expect(llm('import', join(root, 'torn.json'), '--timeframe', '1d').code).toBe(2);

    const theirs = join(root, 'theirs');
    mkdirSync(join(theirs, 'llm'), { recursive: true });
    writeFileSync(join(theirs, 'roster.json'), JSON.stringify([{ kind: 'buy-and-hold' }]));
    writeFileSync(
      join(theirs, 'llm', 'a.json'),
      JSON.stringify({ title: 'theirs', provider: 'recorded', model: 'their-run', interval: '1d' }),
    );
    const before = openai.requests();
    const args = ['arena', ...places('theirs-played'), '--quiet', '--days', '4'].map((arg) =>
      arg === contestants ? theirs : arg,
    );
    expect((await runCliBeside(args, environment(''))).code).toBe(0);
    expect(openai.requests()).toBe(before);
    const journal = dump('theirs-played');
    expect(journal.match(/"servedBy":"theirs"/g)?.length).toBe(3);
    expect(journal.match(/"fault":"not-recorded"/g)?.length).toBe(1);
  });

  it('a recording that cannot be written ends the run with its name, and the state goes on where it was', async () => {
    const file = join(root, 'locked', 'calls.sqlite');
    expect((await play('locked-state', ['--days', '2'], KEY, file)).code).toBe(0);
    const before = dump('locked-state');
    writeFileSync(join(root, 'text'), 'no recording '.repeat(200));
    const broken = await play('locked-state', ['--days', '1'], KEY, join(root, 'text'));
    expect(broken.code).not.toBe(0);
    expect(broken.stderr).toContain(join(root, 'text'));
    expect(dump('locked-state')).toBe(before);
    expect((await play('locked-state', ['--days', '1'], KEY, file)).code).toBe(0);
    const verified = runCli([
      ...['arena', 'verify', '--replay', '--state', join(root, 'locked-state'), '--recordings', file],
    ]);
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  });

  it('lets no key into a file', () => {
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = readFileSync(join(entry.parentPath, entry.name)).toString('latin1');
      expect(bytes.includes(KEY) || bytes.includes('sk-made-wrong-key'), entry.name).toBe(false);
    }
  });
});
