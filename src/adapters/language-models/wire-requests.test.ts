/** What goes over the wire and comes back, where the two protocols and their dialects differ. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startAnthropicServer } from '../../../test/support/anthropic-server.js';
import type { ModelServer } from '../../../test/support/model-server.js';
import { startOpenaiServer } from '../../../test/support/openai-server.js';
import { quickWaiting } from '../../../test/support/quick-waiting.js';
import type { LanguageModel, ModelRequest } from '../../ports/language-model.js';
import { RefusedCall } from './bounded-fetch.js';
import { CALL_RULES, createLanguageModel } from './create-language-model.js';
import { readCompletion } from './openai-model.js';
import type { Protocol } from './providers.js';

const request = (model: string, temperature: number | null = 0.2): ModelRequest => ({
  setup: { provider: 'x', model, temperature, maxTokens: 50 },
  system: 'You are asked.',
  user: 'Answer.',
});
const running = new AbortController().signal;

const modelAt = (server: ModelServer, protocol: Protocol, provider: string = protocol): LanguageModel =>
  createLanguageModel(
    {
      ...CALL_RULES,
      provider,
      protocol,
      baseUrl: server.baseUrl,
      apiKey: 'sk-key-of-the-account',
      keyVariable: 'X_API_KEY',
      retries: 0,
      concurrency: 1,
      requestsPerMinute: null,
      tokensPerMinute: null,
    },
    quickWaiting(),
  );

describe('a request in OpenAI’s protocol', () => {
  let server: ModelServer | undefined;
  afterEach(async () => {
    vi.unstubAllEnvs();
    await server?.close();
  });

  it.each([
    ['gpt-4o-mini', 'max_tokens', true],
    ['llama-3.3-70b-versatile', 'max_tokens', true],
    ['openai/gpt-oss-120b', 'max_tokens', true],
    ['gpt-5', 'max_completion_tokens', false],
    ['gpt-5-mini-2025-08-07', 'max_completion_tokens', false],
    ['o3', 'max_completion_tokens', false],
    ['o4-mini', 'max_completion_tokens', false],
    ['gpt-5.4', 'max_completion_tokens', true],
    ['gpt-5-chat-latest', 'max_completion_tokens', true],
  ])('to %s limits the answer with %s; temperature: %s', async (model, field, temperature) => {
    server = await startOpenaiServer({ script: () => 'Yes.' });
    await modelAt(server, 'openai').ask(request(model), running);
    expect(server.asked[0]?.body[field]).toBe(50);
    expect('temperature' in (server.asked[0]?.body ?? {})).toBe(temperature);
  });

  it('learns both names of the limit', async () => {
    server = await startOpenaiServer({ script: () => 'Yes.', oldLimit: true });
    const old = modelAt(server, 'openai');
    for (const requests of [2, 3]) {
      expect(await old.ask(request('gpt-6'), running)).toMatchObject({ kind: 'answered' });
      expect(server.requests()).toBe(requests);
    }
    await server.close();
    server = await startOpenaiServer({ script: () => 'Yes.', reasoning: ['deep-thought'] });
    // Temperature first, then the limit: two objections, one answer.
    expect(await modelAt(server, 'openai').ask(request('deep-thought'), running)).toMatchObject({
      kind: 'answered',
      withoutTemperature: true,
      attempts: 3,
    });
  });

  it('does not go on for ever with a server that takes neither name', async () => {
    server = await startOpenaiServer({
      script: () => ({ status: 400, body: { error: { message: 'max_completion_tokens is wrong' } } }),
    });
    expect(await modelAt(server, 'openai').ask(request('any'), running)).toMatchObject({
      kind: 'failed',
      fault: 'bad-request',
      attempts: 2,
    });
  });

  it('tells only OpenAI the names of an organisation and a project', async () => {
    vi.stubEnv('OPENAI_ORG_ID', 'org-mine');
    vi.stubEnv('OPENAI_PROJECT_ID', 'proj-mine');
    server = await startOpenaiServer({ script: () => 'Yes.' });
    await modelAt(server, 'openai', 'openai').ask(request('gpt-4o'), running);
    await modelAt(server, 'openai', 'local').ask(request('gpt-4o'), running);
    expect(server.asked.map(({ headers }) => headers['openai-organization'])).toEqual([
      'org-mine',
      undefined,
    ]);
    expect(server.asked.map(({ headers }) => headers['openai-project'])).toEqual(['proj-mine', undefined]);
  });

  it('takes no key and no address from the environment', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-the-environment');
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/v1');
    server = await startOpenaiServer({ script: () => 'Yes.', key: 'sk-key-of-the-account' });
    expect(await modelAt(server, 'openai').ask(request('m'), running)).toMatchObject({ kind: 'answered' });
  });

  const completion = (usage: unknown, message: unknown = { content: 'Yes.' }): unknown => ({
    model: 'm',
    choices: [{ finish_reason: 'stop', message }],
    usage,
  });

  it.each([
    [
      'OpenAI',
      { prompt_tokens: 100, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 64 } },
      [36, 64, 9],
    ],
    [
      'DeepSeek',
      { prompt_tokens: 100, completion_tokens: 9, prompt_cache_hit_tokens: 80, prompt_cache_miss_tokens: 20 },
      [20, 80, 9],
    ],
    [
      'xAI, thoughts beside the answer',
      { prompt_tokens: 100, completion_tokens: 9, total_tokens: 409 },
      [100, 0, 309],
    ],
    [
      'nulls',
      { prompt_tokens: 100, completion_tokens: 9, total_tokens: null, prompt_tokens_details: null },
      [100, 0, 9],
    ],
    [
      'more from the cache than there was',
      { prompt_tokens: 5, completion_tokens: 1, prompt_cache_hit_tokens: 7 },
      [0, 5, 1],
    ],
  ])('counts tokens as %s does', (_who, usage, [input, cached, output]) => {
    expect(readCompletion(completion(usage))).toMatchObject({
      usage: { inputTokens: input, cachedInputTokens: cached, cacheWriteTokens: 0, outputTokens: output },
    });
  });

  it.each([
    [
      {
        content: [
          { type: 'text', text: 'Yes' },
          { type: 'text', text: '.' },
        ],
      },
      'Yes.',
    ],
    [{ content: null }, ''],
    [{}, ''],
  ])('reads the text out of %j', (message, text) => {
    expect(readCompletion(completion(undefined, message))).toMatchObject({ text, usage: undefined });
  });

  it('finds the error inside a success', () => {
    expect(() => readCompletion({ error: { code: 429, message: 'busy' } })).toThrow(RefusedCall);
    expect(() => readCompletion({ choices: [] })).toThrow('no completion');
  });

  it('is refused when a content filter withholds the answer', () => {
    const reply = { choices: [{ finish_reason: 'content_filter', message: { content: '' } }] };
    expect(readCompletion(reply)).toMatchObject({ kind: 'refused' });
  });
});

describe('a request in Anthropic’s protocol', () => {
  let server: ModelServer | undefined;
  afterEach(async () => {
    vi.unstubAllEnvs();
    await server?.close();
  });

  it('marks the part that stays the same for the cache', async () => {
    server = await startAnthropicServer({ script: () => 'Yes.' });
    await modelAt(server, 'anthropic').ask(request('claude-haiku-4-5'), running);
    expect(server.asked[0]?.body['system']).toEqual([
      { type: 'text', text: 'You are asked.', cache_control: { type: 'ephemeral' } },
    ]);
  });

  it('asks for the version of the API that still takes a temperature, and for the newest without one', async () => {
    server = await startAnthropicServer({ script: () => 'Yes.', noTemperature: ['claude-opus-5'] });
    const model = modelAt(server, 'anthropic');
    await model.ask(request('claude-haiku-4-5'), running);
    await model.ask(request('claude-haiku-4-5', null), running);
    await model.ask(request('claude-opus-5'), running);
    const seen = server.asked.map(({ headers, temperature }) => [headers['anthropic-version'], temperature]);
    expect(seen).toEqual([
      ['2023-06-01', 0.2],
      ['2026-10-21', undefined],
      ['2026-10-21', undefined],
    ]);
  });

  it('shows its key to servers made before and after the API’s newest version', async () => {
    for (const oldKeyHeader of [true, false]) {
      await server?.close();
      server = await startAnthropicServer({
        script: () => 'Yes.',
        key: 'sk-key-of-the-account',
        oldKeyHeader,
      });
      expect(await modelAt(server, 'anthropic').ask(request('m'), running)).toMatchObject({
        kind: 'answered',
      });
    }
  });

  it('takes no key and no address from the environment', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-of-the-environment');
    vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'token-of-the-environment');
    vi.stubEnv('ANTHROPIC_BASE_URL', 'http://127.0.0.1:9');
    server = await startAnthropicServer({ script: () => 'Yes.', key: 'sk-key-of-the-account' });
    expect(await modelAt(server, 'anthropic').ask(request('m'), running)).toMatchObject({ kind: 'answered' });
    expect(server.asked[0]?.headers['authorization']).toBe('Bearer sk-key-of-the-account');
  });

  it('leaves thoughts out of the text', async () => {
    server = await startAnthropicServer({
      script: () => ({
        status: 200,
        body: {
          type: 'message',
          model: 'm',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 's' },
            { type: 'text', text: 'Yes' },
            { type: 'text', text: '.' },
          ],
          stop_reason: 'pause_turn',
          usage: { input_tokens: 5, output_tokens: 7, cache_read_input_tokens: null },
        },
      }),
    });
    expect(await modelAt(server, 'anthropic').ask(request('m'), running)).toMatchObject({
      kind: 'answered',
      text: 'Yes.',
      stop: 'other',
      usage: { inputTokens: 5, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 7 },
    });
  });
});
