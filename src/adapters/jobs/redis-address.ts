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
  if (!isWritten(parsed.username) || !isWritten(parsed.password))
    throw new Problem('usage', 'user or password in REDIS_URL have a % that stands for nothing', {
      hint: 'write a % itself as %25, and / ? # @ : as %2F %3F %23 %40 %3A',
    });
  if (!/^(?:\/\d{0,9})?$/.test(parsed.pathname))
    throw new Problem('usage', `REDIS_URL: "${parsed.pathname.slice(1)}" is no number of a database`, {
      hint: HINT,
    });
  const path = parsed.pathname === '/' ? '' : parsed.pathname;
  return { url, shown: `${parsed.protocol}//${parsed.hostname}:${parsed.port || '6379'}${path}` };
}

/** As in an address: every % is one of two digits. */
function isWritten(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Words of Redis or of its client, without what is secret in the address. */
export function withoutSecrets(text: string, { url, shown }: RedisAddress): string {
  const { username, password } = new URL(url);
  let safe = text.replaceAll(url, shown);
  for (const secret of [password, decodeURIComponent(password), username])
    if (secret !== '') safe = safe.replaceAll(secret, '(secret)');
  return safe;
}
