import { Problem } from '../../core/domain/problem.js';

/** Where Redis is: `shown` is for people and has no password in it. */
export interface RedisAddress {
  readonly url: string;
  readonly shown: string;
}

const HINT = 'e.g. REDIS_URL=redis://127.0.0.1:6379, or rediss://user:password@host:6380/0 with TLS';

/** From the environment alone: a password in a flag can be read by everybody on the machine. */
export function redisAddress(env: Readonly<Record<string, string | undefined>>): RedisAddress {
  const url = env['REDIS_URL'] ?? '';
  if (url === '')
    throw new Problem('usage', 'REDIS_URL is not set: workers are reached through Redis', { hint: HINT });
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (
    parsed === undefined ||
    (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:') ||
    parsed.hostname === ''
  )
    // The text may have a password in it.
    throw new Problem('usage', 'REDIS_URL is no address of a Redis', { hint: HINT });
  const path = parsed.pathname === '/' ? '' : parsed.pathname;
  return { url, shown: `${parsed.protocol}//${parsed.hostname}:${parsed.port || '6379'}${path}` };
}

/** Words of Redis or of its client, without what is secret in the address. */
export function withoutSecrets(text: string, { url, shown }: RedisAddress): string {
  const { username, password } = new URL(url);
  let safe = text.replaceAll(url, shown);
  for (const secret of [password, decodeURIComponent(password), username])
    if (secret !== '') safe = safe.replaceAll(secret, '(secret)');
  return safe;
}
