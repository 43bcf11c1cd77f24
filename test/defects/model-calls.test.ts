/** Known defects in how language models were called. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  CALL_RULES,
  type ModelAccount,
  createLanguageModel,
} from '../../src/adapters/language-models/create-language-model.js';
import type { LanguageModel, ModelRequest } from '../../src/ports/language-model.js';
import { startAnthropicServer } from '../support/anthropic-server.js';
import type { ModelServer, Script, ServerFault } from '../support/model-server.js';
import { startOpenaiServer } from '../support/openai-server.js';
import { type QuickWaiting, quickWaiting } from '../support/quick-waiting.js';

const PROTOCOLS = ['openai', 'anthropic'] as const;
const running = new AbortController().signal;

const request = (temperature: number): ModelRequest => ({
  setup: { provider: 'local', model: 'm', temperature, maxTokens: 50 },
  system: 'You trade.',
  user: 'What now?',
});

describe.each(PROTOCOLS)('calls in the protocol of %s', (protocol) => {
  let server: ModelServer | undefined;
  afterEach(async () => {
    await server?.close();
  });

  const ask = async (
    script: Script,
    world: QuickWaiting = quickWaiting(),
    changes: Partial<ModelAccount> = {},
  ): Promise<LanguageModel> => {
    await server?.close();
    server =
      protocol === 'openai'
        ? await startOpenaiServer({ script, reasoning: ['m'] })
        : await startAnthropicServer({ script, noTemperature: ['m'] });
    return createLanguageModel(
      {
        ...CALL_RULES,
        provider: 'local',
        protocol,
        baseUrl: server.baseUrl,
        apiKey: 'sk-some-key-0123',
        keyVariable: 'LOCAL_API_KEY',
        concurrency: 1,
        requestsPerMinute: null,
        tokensPerMinute: null,
        ...changes,
      },
      world,
    );
  };

  it('B-2: a failed call is repeated, with chance in the wait, and limits of a minute are kept', async () => {
    const waits: number[][] = [];
    for (const random of [0, 0.9]) {
      const world = quickWaiting(0, random);
      const model = await ask(({ nth }) => (nth < 2 ? { fault: 'server-error' } : 'Hold.'), world);
      expect(await model.ask(request(0.1), running)).toMatchObject({ kind: 'answered', text: 'Hold.' });
      waits.push(world.waits);
    }
    expect(waits).toEqual([
      [500, 1000],
      [950, 1900],
    ]);
    const world = quickWaiting();
    const model = await ask(() => 'Hold.', world, { requestsPerMinute: 6 });
    // The first one learns what the model takes, which are requests too.
    for (let i = 0; i < 10; i++) await model.ask(request(0.1), running);
    const sent = server?.requests() ?? 0;
    expect(world.nowMs()).toBeGreaterThanOrEqual((sent - 6) * 10_000 - 1e-6);
  });

  it('B-15: a call that failed is a failure with its reason, never an empty answer', async () => {
    const faults: ServerFault[] = [
      'bad-key',
      'server-error',
      'overloaded',
      'reset-in-body',
      'truncated-json',
      'web-page',
    ];
    for (const fault of faults) {
      const model = await ask(() => ({ fault }));
      const reply = await model.ask(request(0.1), running);
      expect(reply.kind, fault).toBe('failed');
      expect(reply).not.toHaveProperty('text');
    }
  });

  it('B-16: two temperatures of a model that takes none are told apart from two that count', async () => {
    const model = await ask(() => 'Hold.');
    for (const temperature of [0.1, 0.7])
      expect(await model.ask(request(temperature), running)).toMatchObject({
        kind: 'answered',
        withoutTemperature: true,
      });
    expect(server?.asked.map(({ body }) => body['temperature'])).toEqual([undefined, undefined]);
  });
});
