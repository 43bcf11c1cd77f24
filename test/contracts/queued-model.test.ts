/** Language models asked by workers: the arena's side has no key, the worker's environment has. */
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/cli/config/load-config.js';
import { openModelSide, studyModels } from '../../src/cli/model-side.js';
import { modelsByWorkers } from '../../src/cli/models-by-workers.js';
import { type PrivateRedis, startRedis } from '../../src/cli/private-redis.js';
import { modelAccess } from '../../src/cli/wire.js';
import type { ModelQuestion } from '../../src/core/domain/model-call.js';
import type { LanguageModel, ModelReply } from '../../src/ports/language-model.js';
import { startCli, temporaryFolder } from '../support/cli.js';
import type { ModelServer, Script } from '../support/model-server.js';
import { startOpenaiServer } from '../support/openai-server.js';
import { whyNoRedis } from '../support/redis-server.js';
import { until } from '../support/until.js';

const KEY = 'sk-made-jobs-4471';
const ends: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function redisHere(): Promise<PrivateRedis> {
  const redis = await startRedis();
  ends.push(() => redis.kill());
  return redis;
}

async function modelServer(script: Script): Promise<ModelServer> {
  const server = await startOpenaiServer({ script, key: KEY });
  ends.push(() => server.close());
  return server;
}

/** A worker as people start it, with these variables beside REDIS_URL. */
function worker(
  redis: PrivateRedis,
  env: Record<string, string>,
): { kill: () => Promise<void>; said: () => string } {
  const child = startCli(['worker', '--concurrency', '1'], { REDIS_URL: redis.url, ...env });
  let text = '';
  child.stdout?.on('data', (part: Buffer) => (text += part.toString()));
  const gone = new Promise<void>((done) =>
    child.once('exit', () => {
      done();
    }),
  );
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  ends.push(kill);
  return { kill, said: () => text };
}

async function asker(
  redis: PrivateRedis,
  settings: Record<string, unknown> = {},
): Promise<{ model: LanguageModel; said: string[] }> {
  const said: string[] = [];
  const workers = modelsByWorkers({ REDIS_URL: redis.url }, (text) => said.push(text));
  ends.push(() => workers.close());
  const providers = { openai: settings };
  const access = workers.around(modelAccess(providers, { timeoutSeconds: 5, retries: 0 }, {}), providers);
  // Without a key of its own it would have been left out.
  expect(access.missing('openai')).toBeUndefined();
  const model = await access.model('openai');
  if ('fault' in model) throw new Error(model.why);
  return { model, said };
}

const NEVER = new AbortController().signal;

function ask({ model }: { model: LanguageModel }, user: string, signal = NEVER): Promise<ModelReply> {
  const setup = { provider: 'openai', model: 'gpt-4o-mini', temperature: 0.1, maxTokens: 100 };
  return model.ask({ setup, system: 'be short', user }, signal);
}

describe.skipIf(whyNoRedis() !== undefined)('a language model asked by workers', () => {
  it('answers, and no key goes through Redis', async () => {
    const redis = await redisHere();
    const server = await modelServer(() => 'an answer');
    const base = new Redis(redis.url, { protocol: 2 });
    const monitor = await base.monitor();
    ends.push(() => {
      base.disconnect();
      monitor.disconnect();
      return undefined;
    });
    const commands: string[] = [];
    monitor.on('monitor', (_time: string, args: string[]) => commands.push(args.join(' ')));
    worker(redis, { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseUrl });
    const here = await asker(redis);
    const reply = await ask(here, 'a question');
    expect(reply).toMatchObject({ kind: 'answered', text: 'an answer', attempts: 1 });
    expect(server.asked.length).toBe(1);
    const all = commands.map((text) => text + Buffer.from(text, 'base64').toString('latin1')).join('\n');
    expect(all).toContain('model-call');
    expect(all).not.toContain(KEY);
    expect(all).not.toContain(server.baseUrl);
  });

  it('is paid and recorded by the desk of the arena, which asks nobody twice', async () => {
    const redis = await redisHere();
    const server = await modelServer(() => 'an answer');
    worker(redis, { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseUrl });
    const folder = temporaryFolder();
    const workers = modelsByWorkers({ REDIS_URL: redis.url }, () => undefined);
    ends.push(() => {
      folder.remove();
      return workers.close();
    });
    const { llm } = loadConfig({ cwd: folder.path, env: {}, flags: {} }).values;
    const settings = { ...llm, recordings: join(folder.path, 'calls.sqlite') };
    const side = openModelSide(settings, [], (access, providers) => workers.around(access, providers));
    expect(side.missing('openai')).toBeUndefined();
    const question: ModelQuestion = {
      slot: 'decide',
      setup: { provider: 'openai', model: 'gpt-4o-mini', temperature: 0.1, maxTokens: 100 },
      trial: 1,
      probe: 0,
      system: 'be short',
      user: 'a question',
      form: 'check',
      budgetUsdPerDay: null,
    };
    const asked = [
      { contestant: 0, question, request: 'one', atMs: 0, spentTodayUsd: 0, cashUsd: 1000 },
      { contestant: 1, question, request: 'two', atMs: 0, spentTodayUsd: 0, cashUsd: 1000 },
    ];
    for (let round = 0; round < 2; round++) {
      const desk = studyModels(side, settings, () => 'this run', NEVER);
      const answers = await desk.answer(asked, { todayUsd: 0, totalUsd: 0 });
      for (const one of asked) {
        const answer = answers?.(one);
        expect(answer).toMatchObject({ kind: 'answered', text: 'an answer' });
        expect(answer?.costUsd).toBeGreaterThan(0);
      }
      desk.close();
    }
    // The second round came from the recording.
    expect(server.asked.length).toBe(2);
  });

  it('is left alone by a worker without its key, and waited for until the deadline', async () => {
    const redis = await redisHere();
    const keyless = worker(redis, { OPENAI_API_KEY: '', OPENAI_BASE_URL: '' });
    await until('it is there', () => keyless.said().includes('waiting for runs'));
    const here = await asker(redis);
    const deadline = new AbortController();
    const late = ask(here, 'a question', deadline.signal);
    await until('it is said', () =>
      here.said.some((text) => text.startsWith('openai: waiting for a worker that may ask openai')),
    );
    deadline.abort('deadline');
    expect(await late).toMatchObject({ kind: 'failed', fault: 'late' });
    const stopped = new AbortController();
    stopped.abort('stopped');
    expect(await ask(here, 'another', stopped.signal)).toMatchObject({ kind: 'failed', fault: 'stopped' });
    // What nobody waits for is asked by nobody who comes later.
    const server = await modelServer(() => 'an answer');
    worker(redis, { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseUrl });
    expect(await ask(here, 'a third')).toMatchObject({ kind: 'answered' });
    expect(server.asked.length).toBe(1);
  });

  it('is asked again by another worker when the first was killed while it waited', async () => {
    const redis = await redisHere();
    let asked = 0;
    const server = await modelServer(() => {
      asked++;
      return asked === 1 ? new Promise<string>(() => undefined) : 'an answer';
    });
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseUrl };
    const first = worker(redis, env);
    const reply = ask(await asker(redis), 'a question');
    await until('the first has asked', () => asked === 1);
    await first.kill();
    worker(redis, env);
    expect(await reply).toMatchObject({ kind: 'answered', text: 'an answer' });
    expect(asked).toBe(2);
  });

  it('is asked within the limit of its provider by all workers together, with its refusals told as they are', async () => {
    const redis = await redisHere();
    const times: number[] = [];
    const server = await modelServer(() => {
      times.push(performance.now());
      return times.length === 1 ? { fault: 'unknown-model' as const } : 'an answer';
    });
    for (let n = 0; n < 2; n++) worker(redis, { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseUrl });
    // Two a second: six take two and a half at least, however slow the machine is.
    const here = await asker(redis, { requestsPerMinute: 120 });
    const replies = await Promise.all(
      Array.from({ length: 6 }, (_, n) => ask(here, `question ${String(n)}`)),
    );
    expect(replies.filter(({ kind }) => kind === 'answered').length).toBe(5);
    expect(replies.find(({ kind }) => kind === 'failed')).toMatchObject({ fault: 'unknown-model' });
    expect((times[5] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(2_000);
  });
});
