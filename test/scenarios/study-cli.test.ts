/** A study at the command line: recorded, stopped and gone on with, played again without a server. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startAnthropicServer } from '../support/anthropic-server.js';
import { type CliResult, temporaryFolder } from '../support/cli.js';
import { madeTrader } from '../support/made-trader.js';
import type { ModelServer } from '../support/model-server.js';
import { startOpenaiServer } from '../support/openai-server.js';
import { runCliBeside } from '../support/run-cli-beside.js';
import { until } from '../support/until.js';

const KEYS = { OPENAI_API_KEY: 'sk-made-study-51', ANTHROPIC_API_KEY: 'sk-ant-made-study-52' };
const { path: root, remove } = temporaryFolder();
const config = join(root, 'settings.json');
let openai: ModelServer;
let anthropic: ModelServer;

beforeAll(async () => {
  openai = await startOpenaiServer({ script: madeTrader, key: KEYS.OPENAI_API_KEY });
  anthropic = await startAnthropicServer({ script: madeTrader, key: KEYS.ANTHROPIC_API_KEY });
  const fast = { requestsPerMinute: null, tokensPerMinute: null };
  writeFileSync(config, JSON.stringify({ llm: { providers: { openai: fast, anthropic: fast } } }));
});
afterAll(async () => {
  await openai.close();
  await anthropic.close();
  remove();
});

const requests = (): number => openai.requests() + anthropic.requests();

function flags(out: string, recordings: string, more: readonly string[] = []): string[] {
  return [
    'study',
    ...['--models', 'openai:gpt-4o-mini,anthropic:claude-haiku-4-5', '--temperatures', '0.1,0.7'],
    ...['--trials', '3', '--interval', '4h', '--windows', '2', '--placebos', '40', '--seed', '5'],
    ...['--market', 'generated', '--timeframe', '1h', '--days', '6', '--config', config],
    ...['--out', join(root, out), '--recordings', join(root, recordings), ...more],
  ];
}

function environment(keys: boolean): Record<string, string> {
  const { OPENAI_API_KEY, ANTHROPIC_API_KEY } = KEYS;
  return {
    OPENAI_API_KEY: keys ? OPENAI_API_KEY : '',
    ANTHROPIC_API_KEY: keys ? ANTHROPIC_API_KEY : '',
    OPENAI_BASE_URL: openai.baseUrl,
    ANTHROPIC_BASE_URL: anthropic.baseUrl,
    LLM_PROVIDER: '',
    LLM_MODEL: '',
  };
}

const run = (args: readonly string[], keys = true): Promise<CliResult> =>
  runCliBeside(args, environment(keys));

/** Every file of a study, by name. */
function filesOf(out: string): Record<string, string> {
  const folder = join(root, out);
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

const countsSchema = z.looseObject({
  configurations: z.array(
    z.looseObject({
      configuration: z.string(),
      trials: z.array(z.looseObject({ fills: z.int(), modelCostUsd: z.number(), failedShare: z.number() })),
    }),
  ),
  withoutTrials: z.array(z.string()),
  excluded: z.array(z.unknown()),
});

describe('npm run study', { timeout: 240_000 }, () => {
  it('asks every trial at every decision, and its files say what came of it', async () => {
    const result = await run(flags('whole', 'whole.sqlite'));
    expect(result.stderr).not.toContain('Error');
    expect(result.code).toBe(0);
    // Four configurations of three trials, six decisions a day for six days; no call fails.
    expect(requests()).toBe(4 * 3 * 6 * 6);
    const files = filesOf('whole');
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['study.html', 'study.txt', 'study.json']));
    const { configurations, excluded } = countsSchema.parse(JSON.parse(files['study.json'] ?? '{}'));
    expect(configurations.map(({ configuration }) => configuration).sort()).toEqual([
      'anthropic claude-haiku-4-5 t0.1',
      'anthropic claude-haiku-4-5 t0.7',
      'openai gpt-4o-mini t0.1',
      'openai gpt-4o-mini t0.7',
    ]);
    const trials = configurations.flatMap((one) => one.trials);
    // In each of two windows. The made trader sometimes answers without a decision, which counts against a trial.
    expect(trials.length + excluded.length).toBe(2 * 4 * 3);
    expect(trials.length).toBeGreaterThan(12);
    expect(trials.every(({ modelCostUsd, failedShare }) => modelCostUsd > 0 && failedShare <= 0.05)).toBe(
      true,
    );
    expect(trials.reduce((sum, { fills }) => sum + fills, 0)).toBeGreaterThan(0);
  });

  it('stopped in the middle and gone on with is the same study, and pays for nothing twice', async () => {
    const before = requests();
    const stopped = await runCliBeside(flags('parts', 'parts.sqlite'), environment(true), (child) => {
      void until('a hundred answers', () => requests() - before >= 100).then(() => child.kill('SIGINT'));
    });
    expect(stopped.code).toBe(0);
    expect(stopped.stdout + stopped.stderr).toContain('the same command goes on from here');
    expect(() => filesOf('parts')).toThrow();
    const paid = requests() - before;
    expect(paid).toBeLessThan(4 * 3 * 6 * 6);
    const rest = await run(flags('parts', 'parts.sqlite'));
    expect(rest.code).toBe(0);
    expect(filesOf('parts')).toEqual(filesOf('whole'));
    // What was under way at the stop is asked again: one call for each of twelve trials at most.
    expect(requests() - before).toBeLessThanOrEqual(4 * 3 * 6 * 6 + 12);
  });

  it('cannot begin without a key, and says what to do', async () => {
    const before = requests();
    const result = await runCliBeside(flags('keyless', 'keyless.sqlite'), {
      ...environment(false),
      // With an address of one's own no key is needed.
      OPENAI_BASE_URL: '',
    });
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('openai gpt-4o-mini cannot be asked: no key: set OPENAI_API_KEY');
    expect(requests()).toBe(before);
  });

  it('is played again from the recording without keys and servers, every file the same', async () => {
    const before = requests();
    const result = await run(flags('replayed', 'whole.sqlite', ['--llm', 'replay']), false);
    expect(result.code).toBe(0);
    expect(filesOf('replayed')).toEqual(filesOf('whole'));
    expect(requests()).toBe(before);
  });

  it('with nothing recorded shows no result that is one of holding', async () => {
    const result = await run(
      flags('empty', 'whole.sqlite', ['--llm', 'replay', '--params', '{"maxPositions": 2}']),
      false,
    );
    expect(result.code).toBe(1);
    expect(result.stdout + result.stderr).toContain('no trial counts');
    const { configurations, withoutTrials } = countsSchema.parse(
      JSON.parse(filesOf('empty')['study.json'] ?? '{}'),
    );
    expect([configurations.length, withoutTrials.length]).toEqual([0, 4]);
  });

  it('says what is wrong with its flags', async () => {
    const wrong = async (more: readonly string[]): Promise<string> => {
      const result = await run(flags('wrong', 'wrong.sqlite', more));
      expect(result.code, more.join(' ')).toBe(2);
      return result.stderr;
    };
    expect(await wrong(['--temperatures', '0.1,hot'])).toContain('"hot" is no temperature');
    expect(await wrong(['--models', 'openai:a,openai:a'])).toContain('--models');
    expect(await wrong(['--models', 'openai:no-such-model'])).toContain('has no price');
    expect(await wrong(['--windows', '51'])).toContain('--windows 51');
    expect(await wrong(['--params', '[1]'])).toContain('--params is no JSON object');
    expect(await wrong(['--kind', 'nothing'])).toContain('there is no kind "nothing"');
  });

  it('lets no key into a file', () => {
    for (const name of readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const bytes = readFileSync(join(name.parentPath, name.name)).toString('latin1');
      for (const key of Object.values(KEYS)) expect(bytes.includes(key), name.name).toBe(false);
    }
  });
});
