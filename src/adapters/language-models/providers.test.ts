import { describe, expect, it } from 'vitest';
import { Problem } from '../../core/domain/problem.js';
import { PROVIDER_NAMES, findProvider, keyOf, providerSettingsSchema } from './providers.js';

describe('providers', () => {
  it('are known by name, with their protocol and the variable of their key', () => {
    expect(PROVIDER_NAMES).toEqual([
      'openai',
      'anthropic',
      'groq',
      'deepseek',
      'xai',
      'openrouter',
      'ollama',
      'vllm',
    ]);
    for (const name of PROVIDER_NAMES) {
      const provider = findProvider(name, undefined, {});
      expect(provider.protocol).toBe(name === 'anthropic' ? 'anthropic' : 'openai');
      const own = name === 'ollama' || name === 'vllm';
      expect(provider.keyVariable).toBe(own ? null : `${name.toUpperCase()}_API_KEY`);
      expect(provider.baseUrl.startsWith(own ? 'http://127.0.0.1:' : 'https://')).toBe(true);
    }
  });

  it('are moved by the environment, and by settings before that', () => {
    const environment = { OPENAI_BASE_URL: 'http://127.0.0.1:9000/v1/' };
    expect(findProvider('openai', undefined, environment).baseUrl).toBe('http://127.0.0.1:9000/v1');
    expect(findProvider('openai', { baseUrl: 'http://localhost:1/x' }, environment).baseUrl).toBe(
      'http://localhost:1/x',
    );
    expect(findProvider('openai', undefined, { OPENAI_BASE_URL: ' ' }).baseUrl).toBe(
      'https://api.openai.com/v1',
    );
    expect(findProvider('openai', { tokensPerMinute: null }, {})).toMatchObject({
      tokensPerMinute: null,
      requestsPerMinute: 60,
    });
  });

  it('can be a user’s own, by an address', () => {
    expect(findProvider('my-box', undefined, { MY_BOX_BASE_URL: 'http://gpu.local:8080/v1' })).toMatchObject({
      name: 'my-box',
      protocol: 'openai',
      baseUrl: 'http://gpu.local:8080/v1',
      keyVariable: null,
      requestsPerMinute: null,
    });
    expect(
      findProvider(
        'local',
        { baseUrl: 'http://127.0.0.1:5/', protocol: 'anthropic' },
        { LOCAL_API_KEY: 'k' },
      ),
    ).toMatchObject({ protocol: 'anthropic', keyVariable: 'LOCAL_API_KEY' });
  });

  it.each([
    ['', 'no address is known'],
    ['nowhere', 'is not a URL'],
    ['ftp://127.0.0.1/', 'neither http nor https'],
    ['http://api.example.com/v1', 'does not begin with https://'],
    ['https://me:hidden-word@api.example.com/v1', 'a user name or a password'],
    ['https://api.example.com/v1?key=hidden-word', 'something behind the path'],
  ])('are refused at an address like %j, without quoting it', (address, what) => {
    let said = '';
    try {
      findProvider('local', undefined, { LOCAL_BASE_URL: address });
    } catch (error) {
      if (error instanceof Problem) said = `${error.message} ${error.hint ?? ''}`;
    }
    expect(said).toContain(what);
    expect(said).toContain('local');
    expect(said).not.toContain('hidden-word');
  });

  it('have a key, need none, or lack one', () => {
    const openai = findProvider('openai', undefined, {});
    expect(keyOf(openai, { OPENAI_API_KEY: ' sk-1 \n' })).toBe('sk-1');
    expect(keyOf(openai, { OPENAI_API_KEY: '' })).toBeUndefined();
    expect(keyOf(openai, {})).toBeUndefined();
    expect(keyOf(findProvider('ollama', undefined, {}), {})).toBeNull();
  });

  it('need no key at an address of one’s own, and take one', () => {
    const local = findProvider('openai', undefined, { OPENAI_BASE_URL: 'http://127.0.0.1:9000/v1' });
    expect(keyOf(local, {})).toBeNull();
    expect(keyOf(local, { OPENAI_API_KEY: 'sk-1' })).toBe('sk-1');
    const elsewhere = findProvider('openai', { baseUrl: 'https://gateway.example.com/v1' }, {});
    expect(keyOf(elsewhere, {})).toBeUndefined();
  });

  it('have settings with no room for a key', () => {
    expect(providerSettingsSchema.safeParse({ baseUrl: 'http://localhost:1' }).success).toBe(true);
    expect(providerSettingsSchema.safeParse({ apiKey: 'sk-1' }).success).toBe(false);
    expect(providerSettingsSchema.safeParse({ keyVariable: 'sk-proj-12345' }).success).toBe(false);
  });
});
