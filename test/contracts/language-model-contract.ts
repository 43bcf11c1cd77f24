import { afterEach, describe, expect, it } from 'vitest';
import {
  CALL_RULES,
  type ModelAccount,
  createLanguageModel,
} from '../../src/adapters/language-models/create-language-model.js';
import { REAL_WAITING, type WaitingWorld } from '../../src/adapters/language-models/waiting-world.js';
import { NO_TOKENS } from '../../src/core/domain/model-call.js';
import type { LanguageModel, ModelReply, ModelRequest } from '../../src/ports/language-model.js';
import type { ModelServer, ModelServerOptions, Script, ServerFault } from '../support/model-server.js';
import { type QuickWaiting, quickWaiting } from '../support/quick-waiting.js';
import { until } from '../support/webhook-server.js';

const KEY = 'sk-made-key-no-1';
const MODEL = 'test-model-1';

const ANSWER_SCHEMA = {
  name: 'answer',
  json: {
    type: 'object',
    properties: { ok: { type: 'boolean' } },
    required: ['ok'],
    additionalProperties: false,
  },
} as const;

const request = (changes: Partial<ModelRequest> & { temperature?: number | null } = {}): ModelRequest => {
  const { temperature = 0.7, ...rest } = changes;
  return {
    setup: { provider: 'local', model: MODEL, temperature, maxTokens: 300 },
    system: 'You trade six coins.',
    user: 'What do you do at 2025-10-17T04:00:00Z?',
    ...rest,
  };
};

/** A fault without end, a fault once, an answer. */
const always =
  (fault: ServerFault, headers: Record<string, string> = {}): Script =>
  () => ({ fault, headers });
const once =
  (fault: ServerFault, headers: Record<string, string> = {}): Script =>
  ({ nth }) =>
    nth === 0 ? { fault, headers } : '{"ok": true}';

type StartServer = (options: ModelServerOptions) => Promise<ModelServer>;

export interface ContractedModel {
  readonly protocol: ModelAccount['protocol'];
  readonly start: StartServer;
  /** Says so when it has no structured output. */
  readonly startPlain: StartServer;
  /** Takes no temperature with the model. */
  readonly startWithoutTemperature: StartServer;
}

/** One exam for every way of asking a language model, against a server that speaks the provider's protocol. */
export function languageModelContract(name: string, { protocol, ...servers }: ContractedModel): void {
  describe(`${name} keeps the language-model contract`, () => {
    const open: ModelServer[] = [];
    afterEach(async () => {
      await Promise.all(open.splice(0).map((server) => server.close()));
    });

    const serve = async (
      script: Script,
      start: StartServer = servers.start,
      options: Partial<ModelServerOptions> = {},
    ): Promise<ModelServer> => {
      const server = await start({ script, key: KEY, models: [MODEL], ...options });
      open.push(server);
      return server;
    };

    const modelOf = (
      { baseUrl }: ModelServer,
      changes: Partial<ModelAccount> = {},
      world: WaitingWorld = quickWaiting(),
    ): LanguageModel =>
      createLanguageModel(
        {
          ...CALL_RULES,
          provider: 'local',
          protocol,
          baseUrl,
          apiKey: KEY,
          keyVariable: 'LOCAL_API_KEY',
          concurrency: 4,
          requestsPerMinute: null,
          tokensPerMinute: null,
          ...changes,
        },
        world,
      );

    const running = new AbortController().signal;
    /** No outcome of any test holds the key or the address. */
    const checked = (reply: ModelReply, server: ModelServer): ModelReply => {
      const text = JSON.stringify(reply);
      expect(text).not.toContain(KEY);
      expect(text).not.toContain('secretPart');
      expect(text).not.toContain(new URL(server.baseUrl).port);
      expect(text).not.toMatch(/bearer/i);
      return reply;
    };
    const ask = async (
      script: Script,
      changes: Partial<ModelAccount> = {},
      world: WaitingWorld = quickWaiting(),
    ): Promise<{ reply: ModelReply; server: ModelServer }> => {
      const server = await serve(script);
      return {
        reply: checked(await modelOf(server, changes, world).ask(request(), running), server),
        server,
      };
    };
    const outcome = (reply: ModelReply): string =>
      reply.kind === 'failed' ? `${reply.fault} after ${String(reply.attempts)}` : reply.text;

    it('answers with the text, what served it, and what it cost in tokens', async () => {
      const { reply, server } = await ask(() => ({
        text: 'Hold.',
        servedBy: 'test-model-1-2026-01-01',
        usage: { prompt: 1200, cached: 700, written: 300, answer: 45 },
      }));
      expect(reply).toMatchObject({
        kind: 'answered',
        text: 'Hold.',
        stop: 'end',
        servedBy: 'test-model-1-2026-01-01',
        structured: false,
        attempts: 1,
        usage: { inputTokens: 200, cachedInputTokens: 700, cacheWriteTokens: 300, outputTokens: 45 },
      });
      expect(reply).not.toHaveProperty('usageEstimated');
      expect(reply).not.toHaveProperty('withoutTemperature');
      expect(server.asked).toHaveLength(1);
      expect(server.asked[0]).toMatchObject({
        model: MODEL,
        system: 'You trade six coins.',
        user: 'What do you do at 2025-10-17T04:00:00Z?',
        temperature: 0.7,
        maxTokens: 300,
        schema: undefined,
      });
    });

    it('says the provider’s own name for its set-up where there is one', async () => {
      const { reply } = await ask(() => ({ text: 'Hold.', fingerprint: 'fp_one' }));
      expect(reply).toMatchObject({ fingerprint: protocol === 'openai' ? 'fp_one' : null });
    });

    it('sends no temperature when the provider’s own is asked for', async () => {
      const server = await serve(() => 'Hold.');
      const reply = await modelOf(server).ask(request({ temperature: null }), running);
      expect(reply).toMatchObject({ kind: 'answered' });
      expect(reply).not.toHaveProperty('withoutTemperature');
      expect(server.asked[0]?.body).not.toHaveProperty('temperature');
    });

    it('estimates the tokens where the provider does not count, and says so', async () => {
      const { reply } = await ask(() => ({ text: 'Hold everything.', usage: null }));
      expect(reply).toMatchObject({ kind: 'answered', usageEstimated: true });
      expect(reply.usage.inputTokens).toBeGreaterThan(20);
      expect(reply.usage.outputTokens).toBeGreaterThan(2);
    });

    it('holds the provider to a schema', async () => {
      const server = await serve(() => '{"ok": true}');
      const reply = await modelOf(server).ask(request({ schema: ANSWER_SCHEMA }), running);
      expect(reply).toMatchObject({ kind: 'answered', text: '{"ok": true}', structured: true });
      expect(server.asked[0]?.schema).toEqual(ANSWER_SCHEMA.json);
    });

    it('does not believe in a schema that the answer ignores', async () => {
      const server = await serve(() => 'I would hold.');
      const reply = await modelOf(server).ask(request({ schema: ANSWER_SCHEMA }), running);
      expect(reply).toMatchObject({ kind: 'answered', structured: false });
    });

    it('asks in plain text where the provider has no schemas, and remembers it', async () => {
      const server = await serve(() => '{"ok": true}', servers.startPlain);
      const model = modelOf(server, { retries: 0 });
      for (const requests of [2, 3]) {
        const reply = checked(await model.ask(request({ schema: ANSWER_SCHEMA }), running), server);
        expect(reply).toMatchObject({ kind: 'answered', text: '{"ok": true}', structured: false });
        expect(server.requests()).toBe(requests);
      }
    });

    it('asks a model that takes no temperature without, says so every time, and remembers it', async () => {
      const server = await serve(() => 'Hold.', servers.startWithoutTemperature);
      const model = modelOf(server, { retries: 0 });
      const first = await model.ask(request(), running);
      const learned = server.requests();
      const second = await model.ask(request({ temperature: 0.1 }), running);
      expect(first).toMatchObject({ kind: 'answered', withoutTemperature: true });
      expect(second).toMatchObject({ kind: 'answered', withoutTemperature: true, attempts: 1 });
      expect(server.requests()).toBe(learned + 1);
      expect(server.asked.every(({ temperature }) => temperature === undefined)).toBe(true);
    });

    it('answers with nothing when the model says nothing', async () => {
      const { reply } = await ask(() => ({ text: '' }));
      expect(reply).toMatchObject({ kind: 'answered', text: '', stop: 'end', attempts: 1 });
    });

    it('says that an answer was cut off', async () => {
      const { reply } = await ask(() => ({ text: '{"BTC": {"sig', stop: 'length' }));
      expect(reply).toMatchObject({ kind: 'answered', text: '{"BTC": {"sig', stop: 'length' });
    });

    it('tells a refusal from an answer, with what it cost and once', async () => {
      const { reply, server } = await ask(() => ({
        text: `I cannot give advice about ${KEY}.`,
        stop: 'refusal',
        usage: { prompt: 500, answer: 12 },
      }));
      expect(reply).toMatchObject({ kind: 'failed', fault: 'refused', attempts: 1 });
      expect(reply.usage).toEqual({ ...NO_TOKENS, inputTokens: 500, outputTokens: 12 });
      expect(reply.kind === 'failed' && reply.why).toContain('I cannot give advice');
      expect(server.requests()).toBe(1);
    });

    it.each([
      ['a key that is not accepted', 'bad-key', 'auth'],
      ['an unknown model', 'unknown-model', 'unknown-model'],
      ['an account without credit', 'out-of-credit', 'rate-limited'],
      ['broken JSON', 'truncated-json', 'bad-response'],
      ['a page instead of JSON', 'web-page', 'bad-response'],
      ['a redirect', 'redirect', 'bad-response'],
      ['a reply of 5 MB', 'too-large', 'too-large'],
    ] as const)('does not ask again after %s', async (_what, fault, expected) => {
      const world = quickWaiting();
      const { reply, server } = await ask(always(fault), {}, world);
      expect(outcome(reply)).toBe(`${expected} after 1`);
      expect(reply.kind === 'failed' && reply.why.length).toBeGreaterThan(20);
      expect(reply.usage).toEqual(NO_TOKENS);
      expect(server.requests()).toBe(1);
      expect(world.waits).toEqual([]);
    });

    it.each([
      ['500', 'server-error', 'server'],
      ['overload (529 or 503)', 'overloaded', 'overloaded'],
      ['429 without Retry-After', 'rate-limited', 'rate-limited'],
      ['a connection reset in the body', 'reset-in-body', 'network'],
    ] as const)('asks again after %s, ever later, and gives up', async (_what, fault, expected) => {
      const world = quickWaiting();
      const healed = await ask(once(fault), {}, world);
      expect(outcome(healed.reply)).toBe('{"ok": true}');
      expect(healed.reply.attempts).toBe(2);
      // Half of the first wait, and half of the other half.
      expect(world.waits).toEqual([750]);
      const again = quickWaiting();
      const { reply, server } = await ask(always(fault), { retries: 3 }, again);
      expect(outcome(reply)).toBe(`${expected} after 4`);
      expect(server.requests()).toBe(4);
      expect(again.waits).toEqual([750, 1500, 3000]);
      expect(reply.latencyMs).toBe(5250);
    });

    it.each([
      ['seconds', { 'retry-after': '7' }, 7000],
      ['a date', { 'retry-after': 'Sat, 21 Nov 2026 12:00:09 GMT' }, 9000],
      ['milliseconds', { 'retry-after-ms': '1250', 'retry-after': '2' }, 1250],
    ])('waits as long as the provider asks for in %s', async (_what, headers, waitMs) => {
      const world = quickWaiting();
      const { reply } = await ask(once('rate-limited', headers), {}, world);
      expect(outcome(reply)).toBe('{"ok": true}');
      expect(world.waits).toEqual([waitMs]);
    });

    it('does not wait for a provider that asks for too much', async () => {
      const world = quickWaiting();
      const { reply } = await ask(always('rate-limited', { 'retry-after': '3600' }), {}, world);
      expect(outcome(reply)).toBe('rate-limited after 1');
      expect(reply.kind === 'failed' && reply.why).toContain('3600 s');
      expect(world.waits).toEqual([]);
    });

    it('does not ask again when the provider says that it is of no use', async () => {
      const { reply } = await ask(always('overloaded', { 'x-should-retry': 'false' }));
      expect(outcome(reply)).toBe('overloaded after 1');
    });

    it.each(['silence', 'slow-drip'] as const)('ends %s by time-out, and asks again', async (fault) => {
      const { reply, server } = await ask(always(fault), { timeoutMs: 150, retries: 1 });
      expect(outcome(reply)).toBe('timeout after 2');
      expect(server.requests()).toBe(2);
    });

    it('says that nobody is there', async () => {
      const server = await serve(() => 'Hold.');
      const model = modelOf(server, { retries: 1 });
      await server.close();
      const reply = checked(await model.ask(request(), running), server);
      expect(outcome(reply)).toBe('network after 2');
      expect(reply.kind === 'failed' && reply.why).toContain('ECONNREFUSED');
    });

    it('says which key is missing or wrong, and never what it is', async () => {
      const server = await serve(() => 'Hold.');
      const other = 'sk-made-key-no-2';
      const wrong = await modelOf(server, { apiKey: other }).ask(request(), running);
      expect(wrong).toMatchObject({ kind: 'failed', fault: 'auth' });
      expect(JSON.stringify(wrong)).toContain('LOCAL_API_KEY');
      expect(JSON.stringify(wrong)).not.toContain('another');
      const none = await modelOf(server, { apiKey: null }).ask(request(), running);
      expect(none).toMatchObject({ kind: 'failed', fault: 'auth' });
      expect(none.kind === 'failed' && none.why).toContain('there is none; set LOCAL_API_KEY');
      // Such a key cannot even be sent; the error that Node throws then has it in its text.
      const unsendable = await modelOf(server, { apiKey: `${KEY}\u2028` }).ask(request(), running);
      expect(unsendable).toMatchObject({ kind: 'failed', fault: 'bad-request' });
      expect(JSON.stringify(unsendable)).not.toContain('secretPart');
    });

    it.each([400, 429, 500])('shows what the provider says at %i without what it quotes', async (status) => {
      const { reply } = await ask(
        () => ({
          status,
          body: { error: { message: `Your ${KEY} may not\nask http://127.0.0.1:1/secretPart for this` } },
        }),
        { retries: 0 },
      );
      expect(reply).toMatchObject({ kind: 'failed', attempts: 1 });
      expect(reply.kind === 'failed' && reply.why).toMatch(/\(key\) may not.ask \(address\) for this/);
    });

    it('takes the word "model" in a wrong address for what it is', async () => {
      const server = await serve(() => 'Hold.');
      const reply = await modelOf(server, { baseUrl: `${server.baseUrl}/elsewhere` }).ask(request(), running);
      expect(reply).toMatchObject({ kind: 'failed', fault: 'unknown-model' });
      expect(reply.kind === 'failed' && reply.why).toContain('base URL');
    });

    it.each([
      ['late', new Error('the deadline of the round has passed')],
      ['late', 'deadline'],
      ['late', new DOMException('The operation was aborted due to timeout', 'TimeoutError')],
      ['stopped', new Error('the user stopped it')],
      ['stopped', undefined],
    ] as const)('is %s when the signal ends a call for that reason (%s)', async (fault, reason) => {
      const server = await serve(always('silence'));
      const stop = new AbortController();
      const asked = modelOf(server).ask(request(), stop.signal);
      await until(() => server.requests() === 1);
      stop.abort(reason);
      expect(checked(await asked, server)).toMatchObject({ kind: 'failed', fault, attempts: 1 });
    });

    it('does not ask at all when the signal has ended before', async () => {
      const server = await serve(() => 'Hold.');
      const reply = await modelOf(server).ask(request(), AbortSignal.abort('deadline'));
      expect(reply).toMatchObject({ kind: 'failed', fault: 'late', attempts: 0 });
      expect(server.requests()).toBe(0);
    });

    it.each([
      ['a retry', always('overloaded'), {}],
      ['the time that the provider asks for', always('rate-limited', { 'retry-after': '50' }), {}],
    ] as const)('ends waiting for %s at once', async (_what, script, changes) => {
      const server = await serve(script);
      const stop = new AbortController();
      const model = modelOf(server, { backoffMs: 60_000, maxBackoffMs: 60_000, ...changes }, REAL_WAITING);
      const asked = model.ask(request(), stop.signal);
      await until(() => server.requests() === 1);
      // The reply has to be back before the waiting begins.
      await new Promise((later) => setTimeout(later, 50));
      stop.abort('deadline');
      expect(await asked).toMatchObject({ kind: 'failed', fault: 'late', attempts: 1 });
    });

    it('ends waiting for others at once', async () => {
      const server = await serve(always('silence'));
      const model = modelOf(server, { concurrency: 1 });
      const [first, second] = [new AbortController(), new AbortController()];
      const [held, waiting] = [model.ask(request(), first.signal), model.ask(request(), second.signal)];
      await until(() => server.requests() === 1);
      second.abort('deadline');
      const waited = await waiting;
      expect(waited).toMatchObject({ kind: 'failed', fault: 'late', attempts: 0 });
      expect(waited.kind === 'failed' && waited.why).toContain('not asked before the deadline');
      expect(waited.kind === 'failed' && waited.why).toContain('1 calls at once');
      first.abort('over');
      expect(await held).toMatchObject({ kind: 'failed', fault: 'stopped', attempts: 1 });
    });

    it('asks no more at the same time than it may, and leaves nothing at the signal that all share', async () => {
      const warnings: string[] = [];
      const warned = ({ name: what }: Error): number => warnings.push(what);
      process.on('warning', warned);
      const server = await serve(async ({ nth }) => {
        await new Promise((later) => setTimeout(later, 20));
        return `Answer ${String(nth)}`;
      });
      const model = modelOf(server, { concurrency: 3 });
      const shared = new AbortController().signal;
      const replies = await Promise.all(Array.from({ length: 15 }, () => model.ask(request(), shared)));
      expect(replies.every(({ kind }) => kind === 'answered')).toBe(true);
      expect(server.mostAtOnce()).toBe(3);
      await new Promise((told) => setImmediate(told));
      process.off('warning', warned);
      expect(warnings).toEqual([]);
    });

    it('lets requests beyond the limit of a minute wait for their turn', async () => {
      const world: QuickWaiting = quickWaiting();
      const server = await serve(() => 'Hold.');
      const model = modelOf(server, { requestsPerMinute: 2, concurrency: 1 }, world);
      for (let i = 0; i < 4; i++)
        expect(await model.ask(request(), running)).toMatchObject({ kind: 'answered' });
      // Two at once, then one every half minute.
      expect(world.waits).toEqual([30_000, 30_000]);
    });

    it('gives the turn of a call that was ended while it waited to the next one', async () => {
      const world: QuickWaiting = quickWaiting();
      const server = await serve(() => 'Hold.');
      const stop = new AbortController();
      let ends = true;
      const limited: WaitingWorld = {
        ...world,
        async sleep(ms, signal) {
          if (ends) stop.abort('deadline');
          await world.sleep(ms, signal);
        },
      };
      const model = modelOf(server, { requestsPerMinute: 1, tokensPerMinute: 400, concurrency: 1 }, limited);
      await model.ask(request(), running);
      expect(await model.ask(request(), stop.signal)).toMatchObject({ fault: 'late', attempts: 0 });
      ends = false;
      await model.ask(request(), running);
      // As if nobody had waited between them.
      expect(world.waits).toEqual([60_000]);
    });

    it('corrects the tokens of a minute by what was used', async () => {
      const world: QuickWaiting = quickWaiting();
      const server = await serve(() => ({ text: 'Hold.', usage: { prompt: 90, answer: 10 } }));
      // Estimated are the prompt and the longest answer, more than half of the limit; used are 100.
      const model = modelOf(server, { tokensPerMinute: 600, concurrency: 1 }, world);
      for (let i = 0; i < 3; i++) await model.ask(request(), running);
      expect(world.waits).toEqual([]);
      await model.ask(request(), running);
      expect(world.waits).toHaveLength(1);
    });
  });
}
