import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type PrivateRedis, freePort, startRedis } from '../../cli/private-redis.js';
import { whyNoRedis } from '../../../test/support/redis-server.js';
import { Problem } from '../../core/domain/problem.js';
import { checkRedis } from './check-redis.js';
import { redisAddress, withoutSecrets } from './redis-address.js';

let server: PrivateRedis | undefined;
afterEach(async () => {
  server?.thaw();
  await server?.kill();
  server = undefined;
});

const at = (url: string): ReturnType<typeof redisAddress> => redisAddress({ REDIS_URL: url });

/** What is wrong with it, message and hint. */
async function problemWith(url: string): Promise<string> {
  try {
    await checkRedis(at(url));
    return 'nothing';
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return `${error.kind}: ${error.message} (${error.hint ?? ''})`;
  }
}

describe('the address of Redis', () => {
  it('is shown without user and password, and asked for where it is missing or no address', () => {
    expect(at('rediss://user:s3cret@host:6380/2').shown).toBe('rediss://host:6380/2');
    expect(() => redisAddress({})).toThrow('REDIS_URL is not set');
    for (const wrong of ['http://a', 'redis:', 'hunter2', 'redis//:hunter2@host']) {
      expect(() => at(wrong)).toThrow('REDIS_URL is no address of a Redis');
      expect(() => at(wrong)).not.toThrow('hunter2');
    }
    expect(() => at('redis://u:hunter2%ZZ@host')).toThrow('a % that stands for nothing');
    expect(() => at('redis://u:hunter2%ZZ@host')).not.toThrow('hunter2');
    expect(() => at('redis://host/abc')).toThrow('"abc" is no number of a database');
    expect(at('redis://host/').shown).toBe('redis://host:6379');
    const address = at('redis://me:p%40ss1@host:1');
    expect(withoutSecrets('p@ss1 p%40ss1 me redis://me:p%40ss1@host:1', address)).toBe(
      '(secret) (secret) (secret) redis://host:1',
    );
  });
});

describe('a Redis that cannot be used', () => {
  it('is a problem with words when nobody listens, and when somebody listens and never answers', async () => {
    const port = await freePort();
    expect(await problemWith(`redis://:hunter2@127.0.0.1:${String(port)}`)).toMatch(
      /^degraded: Redis at redis:\/\/127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED.*REDIS_URL/,
    );
    const silent = createServer();
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    await expect(checkRedis(at(`redis://127.0.0.1:${String(address.port)}`))).rejects.toThrow(
      'no answer within 2.5 seconds',
    );
    silent.close();
  });

  it.skipIf(whyNoRedis() !== undefined)('is a problem where it has no such database', async () => {
    server = await startRedis();
    expect(await problemWith(`${server.url}/99`)).toMatch(
      /^degraded: Redis at redis:.*\/99 cannot be used: .*DB index.*another database/,
    );
    expect(await problemWith(`${server.url}/3`)).toBe('nothing');
  });

  it('is named by its version when that is too old', async () => {
    const info = 'redis_version:5.0.7\r\nmaxmemory_policy:noeviction\r\n';
    const old = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (part: Buffer) => {
        // ioredis introduces itself before it asks; each of its commands is one array.
        for (const command of part.toString().split(/^\*/m).slice(1))
          socket.write(
            /\binfo\b/i.test(command) ? `$${String(info.length)}\r\n${info}\r\n` : '-ERR unknown command\r\n',
          );
      });
    });
    await new Promise<void>((done) => old.listen(0, '127.0.0.1', done));
    const address = old.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    await expect(checkRedis(at(`redis://127.0.0.1:${String(address.port)}`))).rejects.toThrow(
      'is version 5.0.7; the queue needs 6.2 or later',
    );
    old.close();
  });
});

describe.skipIf(whyNoRedis() !== undefined)('a real Redis', () => {
  it('is fine with its defaults, and says its version', async () => {
    server = await startRedis();
    expect((await checkRedis(at(server.url))).version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('that may throw jobs away is refused, with the command that changes it', async () => {
    server = await startRedis('--maxmemory', '10mb', '--maxmemory-policy', 'allkeys-lru');
    expect(await problemWith(server.url)).toMatch(
      /eviction policy "allkeys-lru".*CONFIG SET maxmemory-policy noeviction/,
    );
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await checkRedis(at(server.url));
  });

  it('that asks for a password says so, and no password is repeated', async () => {
    server = await startRedis('--requirepass', 'hunter2');
    const { port } = server;
    expect(await problemWith(`redis://127.0.0.1:${String(port)}`)).toMatch(/NOAUTH.*password in REDIS_URL/);
    const wrong = await problemWith(`redis://:wrong77@127.0.0.1:${String(port)}`);
    expect(wrong).toMatch(/WRONGPASS.*password in REDIS_URL/);
    expect(wrong).not.toContain('wrong77');
    await checkRedis(at(`redis://:hunter2@127.0.0.1:${String(port)}`));
  });

  it('that hangs is a problem within three seconds', async () => {
    server = await startRedis();
    server.freeze();
    await expect(checkRedis(at(server.url))).rejects.toThrow('no answer within 2.5 seconds');
  });
});
