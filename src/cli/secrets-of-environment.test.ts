import { describe, expect, it } from 'vitest';
import { redactorOf, secretsOf } from './secrets-of-environment.js';

describe('secrets of the environment', () => {
  it('are keys, webhooks, passwords in addresses, and what settings name', () => {
    const env = {
      OPENAI_API_KEY: 'key-one-1',
      NOTIFY_WEBHOOK_URL_2: 'https://a.example/hook/x https://b.example/hook/y',
      REDIS_URL: 'redis://user:pass%20word@host:6379',
      BINANCE_SECRET: 's3cret-s3cret',
      HOUSE_MODEL: 'named-by-settings',
      EXCHANGE_URL: 'http://127.0.0.1:80/x',
      HOME: '/home/someone',
      EMPTY_KEY: '',
    };
    expect(secretsOf(env, ['HOUSE_MODEL']).sort()).toEqual(
      [
        'key-one-1',
        'key-one-1',
        env.NOTIFY_WEBHOOK_URL_2,
        'https://a.example/hook/x',
        'https://b.example/hook/y',
        'pass%20word',
        'pass word',
        's3cret-s3cret',
        's3cret-s3cret',
        'named-by-settings',
        'named-by-settings',
      ].sort(),
    );
    expect(redactorOf(env)('cannot reach https://b.example/hook/y of /home/someone')).toBe(
      'cannot reach (key) of /home/someone',
    );
  });
});
