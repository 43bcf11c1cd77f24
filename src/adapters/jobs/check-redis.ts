/** Says within three seconds what is wrong with a Redis: a queue on one that is dead would wait without a word. */
import { Problem } from '../../core/domain/problem.js';
import { type RedisAddress, withoutSecrets } from './redis-address.js';

const LIMIT_MS = 2500;
/** BullMQ's own recommendation; below it commands are missing that it uses. */
const LEAST_VERSION = [6, 2] as const;

/** Throws a Problem for a Redis that jobs cannot be trusted to. */
export async function checkRedis(address: RedisAddress): Promise<{ readonly version: string }> {
  const info = await askInfo(address);
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (!(major > LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor >= LEAST_VERSION[1])))
    throw new Problem(
      'degraded',
      `Redis at ${address.shown} is version ${version}; the queue needs ${LEAST_VERSION.join('.')} or later`,
      {
        hint: 'update Redis, or name another one in REDIS_URL',
      },
    );
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy !== undefined && policy !== 'noeviction')
    throw new Problem(
      'degraded',
      `Redis at ${address.shown} has the eviction policy "${policy}": it may throw away jobs when its memory is full`,
      {
        hint: 'redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf; or give the arena a Redis of its own',
      },
    );
  if (/^role:slave/m.test(info))
    throw new Problem('degraded', `Redis at ${address.shown} is a replica: it takes no jobs`, {
      hint: 'name its master in REDIS_URL',
    });
  return { version };
}

async function askInfo(address: RedisAddress): Promise<string> {
  const { Redis } = await import('ioredis');
  const client = new Redis(address.url, {
    lazyConnect: true,
    // The newer protocol begins with a command that an old Redis does not know.
    protocol: 2,
    connectTimeout: LIMIT_MS,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    enableOfflineQueue: true,
    retryStrategy: () => null,
  });
  let lastError = '';
  client.on('error', (error: Error) => {
    lastError = error.message;
  });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      fail(new Error(`no answer within ${String(LIMIT_MS / 1000)} seconds`));
    }, LIMIT_MS);
  });
  try {
    const database = Number(new URL(address.url).pathname.slice(1));
    const asked = client
      .connect()
      // Its client goes on in database 0 where there is no such database, and says nothing.
      .then(() => (database === 0 ? undefined : client.select(database)))
      .then(() => client.info());
    // Settles later when the time is over first.
    asked.catch(() => undefined);
    return await Promise.race([asked, tooLate]);
  } catch (error) {
    throw explain(address, lastError, error);
  } finally {
    clearTimeout(timer);
    client.disconnect();
  }
}

function explain(address: RedisAddress, lastError: string, error: unknown): Problem {
  const own = error instanceof Error ? error.message : String(error);
  // "Connection is closed." is what follows; why it closed was said before.
  const why = withoutSecrets(
    own.startsWith('Connection is closed') && lastError !== '' ? lastError : own,
    address,
  );
  const refused = /NOAUTH|WRONGPASS|NOPERM|invalid password|no password/i.test(`${own} ${lastError}`);
  return new Problem('degraded', `Redis at ${address.shown} cannot be used: ${why}`, {
    hint: /DB index/i.test(why)
      ? 'name another database at the end of REDIS_URL, or raise "databases" in redis.conf'
      : refused
        ? 'give user and password in REDIS_URL: redis://user:password@host:port (redis://:password@host:port where there are no users)'
        : 'start it (redis-server --maxmemory-policy noeviction), or check REDIS_URL',
    cause: error,
  });
}
