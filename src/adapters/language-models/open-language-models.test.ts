import { afterEach, describe, expect, it } from 'vitest';
import { startAnthropicServer } from '../../../test/support/anthropic-server.js';
import type { ModelServer } from '../../../test/support/model-server.js';
import { startOpenaiServer } from '../../../test/support/openai-server.js';
import { quickWaiting } from '../../../test/support/quick-waiting.js';
import type { ModelRequest } from '../../ports/language-model.js';
import { openLanguageModels } from './open-language-models.js';

const running = new AbortController().signal;
const request: ModelRequest = {
  setup: { provider: 'local', model: 'm', temperature: null, maxTokens: 20 },
  system: '',
  user: 'Well?',
};

describe('language models by the name of their provider', () => {
  const servers: ModelServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it('are reached where environment and settings say', async () => {
    const openai = await startOpenaiServer({ key: 'sk-openai-1', script: () => 'From one.' });
    const anthropic = await startAnthropicServer({ key: 'sk-ant-2', script: () => 'From two.' });
    const local = await startOpenaiServer({ script: () => 'From three.' });
    servers.push(openai, anthropic, local);
    const find = openLanguageModels(
      { mine: { baseUrl: anthropic.baseUrl, protocol: 'anthropic', keyVariable: 'MY_KEY' } },
      {
        OPENAI_API_KEY: 'sk-openai-1',
        OPENAI_BASE_URL: openai.baseUrl,
        MY_KEY: 'sk-ant-2',
        LOCAL_BASE_URL: local.baseUrl,
      },
    );
    const said: unknown[] = [];
    for (const name of ['openai', 'mine', 'local']) {
      const reply = await find(name).model?.ask(request, running);
      said.push(reply?.kind === 'answered' && reply.text);
    }
    expect(said).toEqual(['From one.', 'From two.', 'From three.']);
    expect(find('local').keyVariable).toBeNull();
    expect(() => find('nobody')).toThrow('no address is known for the provider "nobody"');
    // Names of what every object has are names as well.
    expect(() => find('constructor')).toThrow('no address');
  });

  it('are none where the key is missing', () => {
    expect(openLanguageModels({}, {})('groq')).toEqual({ model: undefined, keyVariable: 'GROQ_API_KEY' });
  });

  it('share the limits of a key', async () => {
    const server = await startOpenaiServer({ script: () => 'Yes.' });
    servers.push(server);
    const world = quickWaiting();
    const find = openLanguageModels(
      { local: { baseUrl: server.baseUrl, requestsPerMinute: 1, concurrency: 1 } },
      {},
      {},
      world,
    );
    await find('local').model?.ask(request, running);
    await find('local').model?.ask(request, running);
    expect(world.waits).toEqual([60_000]);
  });
});
