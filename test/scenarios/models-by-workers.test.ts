/** An arena whose language models are asked by workers: it has no key, they have. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PrivateRedis, startRedis } from '../../src/cli/private-redis.js';
import { type CliResult, runCli, temporaryFolder } from '../support/cli.js';
import { madeTrader } from '../support/made-trader.js';
import type { ModelServer } from '../support/model-server.js';
import { startOpenaiServer } from '../support/openai-server.js';
import { whyNoRedis } from '../support/redis-server.js';
import { runCliBeside } from '../support/run-cli-beside.js';
import { killWorkers, startWorker } from '../support/worker-processes.js';

const KEY = 'made-key-of-the-worker-77';
const { path: root, remove } = temporaryFolder();

describe.skipIf(whyNoRedis() !== undefined)('an arena whose models are asked by workers', () => {
  let models: ModelServer;
  let redis: PrivateRedis;
  const contestants = join(root, 'contestants');

  beforeAll(async () => {
    models = await startOpenaiServer({ script: madeTrader, key: KEY });
    redis = await startRedis();
    mkdirSync(join(contestants, 'llm'), { recursive: true });
    writeFileSync(join(contestants, 'a.json'), JSON.stringify([{ kind: 'sma-cross' }]));
    writeFileSync(
      join(contestants, 'llm', 'mini.json'),
      JSON.stringify({ model: 'gpt-4o-mini', temperature: 0.1, interval: '4h' }),
    );
  });
  afterAll(async () => {
    await killWorkers();
    await redis.kill();
    await models.close();
    remove();
  });

  const play = (state: string, env: Record<string, string>, ...more: string[]): Promise<CliResult> =>
    runCliBeside(
      [
        ...['arena', '--contestants', contestants, '--state', join(root, state), '--days', '3', '--quiet'],
        ...['--recordings', join(root, `${state}.sqlite`), ...more],
      ],
      env,
    );
  const dump = (state: string): string =>
    runCli(['arena', 'journal', 'dump', '--state', join(root, state)]).stdout;

  it('leaves the journal of one that asks for itself, and needs no key of its own', async () => {
    const withKey = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: models.baseUrl };
    expect((await play('alone', withKey)).code).toBe(0);
    startWorker(redis.url, withKey);
    const nobody = { OPENAI_API_KEY: '', OPENAI_BASE_URL: '', REDIS_URL: redis.url };
    const result = await play('helped', nobody, '--workers', 'bullmq');
    expect(result.stderr).not.toContain('error');
    expect(result.code).toBe(0);
    const alone = dump('alone');
    expect(alone.split('"event":"model-call"').length).toBeGreaterThan(15);
    expect(dump('helped')).toBe(alone);
  });
});
