import { hasRedis } from '../../src/cli/private-redis.js';

/** Why tests with a real Redis cannot run here; undefined when they can. Where services are required that is an error. */
export function whyNoRedis(): string | undefined {
  if (hasRedis()) return undefined;
  const why = 'redis-server is not installed: tests with a real Redis are skipped';
  if (process.env['REQUIRE_SERVICES'] === '1') throw new Error(`REQUIRE_SERVICES=1, and ${why}`);
  process.stderr.write(`${why}\n`);
  return why;
}
