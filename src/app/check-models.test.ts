import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAnthropicServer } from '../../test/support/anthropic-server.js';
import type { ModelServer } from '../../test/support/model-server.js';
import { startOpenaiServer } from '../../test/support/openai-server.js';
import { quickWaiting } from '../../test/support/quick-waiting.js';
import { CALL_RULES, createLanguageModel } from '../adapters/language-models/create-language-model.js';
import type { ModelSetup } from '../core/domain/model-call.js';
import type { LanguageModel } from '../ports/language-model.js';
import { checkedModelsText } from '../reporting/checked-models-text.js';
import { type ModelToCheck, allAnswer, checkModels } from './check-models.js';

const KEY = 'sk-made-key-no-1';
const PRICE = { inputUsdPerMTok: 1, cachedInputUsdPerMTok: 0.1, outputUsdPerMTok: 10 };
const running = new AbortController().signal;

const setup = (provider: string, model: string): ModelSetup => ({
  provider,
  model,
  temperature: 0.7,
  maxTokens: 4000,
});

describe('a check of the configured models', () => {
  const servers: ModelServer[] = [];
  const models: ModelToCheck[] = [];
  const account = (server: ModelServer, protocol: 'openai' | 'anthropic', apiKey = KEY): LanguageModel =>
    createLanguageModel(
      {
        ...CALL_RULES,
        provider: 'local',
        protocol,
        baseUrl: server.baseUrl,
        apiKey,
        keyVariable: 'LOCAL_API_KEY',
        concurrency: 4,
        requestsPerMinute: null,
        tokensPerMinute: null,
      },
      quickWaiting(),
    );

  beforeAll(async () => {
    const usage = { prompt: 100, answer: 20 };
    const openai = await startOpenaiServer({
      key: KEY,
      models: ['good', 'deep', 'silent'],
      reasoning: ['deep'],
      script: ({ model }) =>
        model === 'silent'
          ? { text: '', stop: 'length', usage: null }
          : { text: '{"ok": true}', usage, servedBy: `${model}-2026-01-01` },
    });
    const anthropic = await startAnthropicServer({
      key: KEY,
      script: () => ({ text: '{"ok": true}', usage }),
    });
    servers.push(openai, anthropic);
    const keyVariable = 'LOCAL_API_KEY';
    const add = (name: string, model: string, at: LanguageModel | undefined, price?: typeof PRICE): number =>
      models.push({ name, setup: setup('local', model), model: at, price, keyVariable });
    add('good one', 'good', account(openai, 'openai'), PRICE);
    add('claude', 'claude-x', account(anthropic, 'anthropic'), PRICE);
    add('deep one', 'deep', account(openai, 'openai'), PRICE);
    add('silent one', 'silent', account(openai, 'openai'), PRICE);
    add('keyless', 'good', undefined, PRICE);
    add('priceless', 'good', account(openai, 'openai'));
    add('wrong key', 'good', account(openai, 'openai', 'sk-made-key-no-2'), PRICE);
    add('misspelt', 'god', account(openai, 'openai'), PRICE);
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  it('tells what works, what it costs, and what is wrong', async () => {
    const checked = await checkModels(models, running);
    expect(checked.map(({ name }) => name)).toEqual(models.map(({ name }) => name));
    expect(allAnswer(checked)).toBe(false);
    expect(allAnswer(checked.slice(0, 4))).toBe(true);
    expect(
      checked.map(({ outcome }) =>
        outcome.kind === 'fine' ? [outcome.structured, outcome.servedBy] : outcome.fault,
      ),
    ).toEqual([
      [true, 'good-2026-01-01'],
      [true, 'claude-x'],
      [true, 'deep-2026-01-01'],
      [false, 'silent'],
      'no-key',
      'no-price',
      'auth',
      'unknown-model',
    ]);
    const costs = checked.map(({ outcome }) => outcome.costUsd);
    expect(costs[0]).toBeCloseTo(100e-6 + 200e-6, 12);
    expect(costs[3]).toBeGreaterThan(0);
    expect(costs.slice(4)).toEqual([0, 0, 0, 0]);
    const notes = checked.map(({ outcome }) => (outcome.kind === 'fine' ? outcome.notes.join(' ') : ''));
    expect(notes[0]).toBe('');
    expect(notes[2]).toContain('takes no temperature: 0.7 is ignored');
    expect(notes[3]).toContain('raise maxTokens');
    expect(notes[3]).toContain('does not count tokens');
    expect(JSON.stringify(checked)).not.toContain('sk-key');
  });

  it('asks nobody who has no key or no price, and everybody else for few tokens', async () => {
    const [openai] = servers;
    const before = openai?.requests() ?? 0;
    await checkModels(models.slice(4, 6), running);
    expect(openai?.requests()).toBe(before);
    for (const { maxTokens } of servers.flatMap(({ asked }) => asked)) expect(maxTokens).toBe(1000);
  });

  it('reads as a table with advice below', async () => {
    const text = checkedModelsText(await checkModels(models, running));
    expect(text[0]).toMatch(/^Name +Model +Result +ms +USD +Schema +Served by$/);
    expect(text[1]).toMatch(/^good one +local\/good +fine +\d+ +0\.000300 +yes +good-2026-01-01$/);
    expect(text[5]).toMatch(/^keyless +local\/good +no-key +n\/a +0\.000000 +n\/a +n\/a$/);
    const all = text.join('\n');
    expect(all).toContain('keyless: there is no key for local\n  set LOCAL_API_KEY');
    expect(all).toContain('misspelt: local does not know the model "god"');
    expect(text.at(-1)).toBe('4 of 8 answer; the others hold until this is mended');
    expect(Math.max(...text.slice(0, 9).map(({ length }) => length))).toBeLessThanOrEqual(120);
    expect(checkedModelsText([])).toEqual(['no language models are configured']);
  });

  it('ends when it is stopped', async () => {
    const checked = await checkModels(models.slice(0, 1), AbortSignal.abort('stop'));
    expect(checked[0]?.outcome).toMatchObject({ kind: 'failed', fault: 'stopped', attempts: 0 });
  });
});
