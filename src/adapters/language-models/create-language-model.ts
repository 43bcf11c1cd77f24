/** Asks one account of one provider: one attempt after the other, within the bounds of the account. */
import { NO_TOKENS, type TokenUsage } from '../../core/domain/model-call.js';
import { estimateTokens } from '../../core/domain/token-estimate.js';
import type { LanguageModel, ModelReply, ModelRequest } from '../../ports/language-model.js';
import { anthropicWire } from './anthropic-model.js';
import { type CallFailure, failureOf } from './call-failure.js';
import { createModelHabits } from './model-habits.js';
import { openaiWire } from './openai-model.js';
import { passOn } from '../../core/domain/pass-on.js';
import type { Protocol } from './providers.js';
import { type RateLimits, createRateLimit } from './rate-limit.js';
import { safeWords } from './safe-words.js';
import { REAL_WAITING, type WaitingWorld } from './waiting-world.js';
import type { Wire, WireCall, WireReply } from './wire.js';

export interface ModelAccount extends RateLimits {
  readonly provider: string;
  readonly protocol: Protocol;
  readonly baseUrl: string;
  /** Null where none is needed. */
  readonly apiKey: string | null;
  readonly keyVariable: string | null;
  /** One attempt, reply included. */
  readonly timeoutMs: number;
  readonly maxReplyBytes: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** The wait before the first retry; it doubles with each. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** A provider that asks for more than this is not waited for. */
  readonly maxRetryAfterMs: number;
}

export const CALL_RULES = {
  timeoutMs: 60_000,
  maxReplyBytes: 1_048_576,
  retries: 3,
  backoffMs: 1_000,
  maxBackoffMs: 30_000,
  maxRetryAfterMs: 60_000,
} as const;

type Outcome =
  | { readonly kind: 'reply'; readonly reply: WireReply }
  | { readonly kind: 'failure'; readonly failure: CallFailure };

export function createLanguageModel(
  account: ModelAccount,
  world: WaitingWorld = REAL_WAITING,
): LanguageModel {
  const limit = createRateLimit(account, world);
  const habits = createModelHabits(account.protocol);
  let opened: Promise<Wire> | undefined;
  const wire = (): Promise<Wire> => (opened ??= openWire(account));

  const attempt = async (call: WireCall, signal: AbortSignal): Promise<Outcome> => {
    try {
      return { kind: 'reply', reply: await (await wire()).send(call, signal) };
    } catch (error) {
      if (signal.aborted) throw error;
      return { kind: 'failure', failure: failureOf(error, call.model, account, world.wallMs()) };
    }
  };

  const ask = async (request: ModelRequest, signal: AbortSignal, counted: Counted): Promise<ModelReply> => {
    const promptTokens = estimateTokens(request.system) + estimateTokens(request.user);
    for (let retries = 0; ;) {
      const call = habits.callOf(request);
      const outcome = await limit.run(promptTokens + call.maxTokens, signal, async () => {
        counted.attempts++;
        const result = await attempt(call, signal);
        return { result, tokensUsed: result.kind === 'reply' ? allTokens(result.reply.usage) : undefined };
      });
      if (outcome.kind === 'reply') return finish(request, call, outcome.reply, counted);
      const { failure } = outcome;
      // An objection is no failure of the provider: asking differently is not a retry. There are three to learn at most.
      if (failure.objection !== undefined && habits.remember(failure.objection, call)) continue;
      const waitMs = failure.waitMs ?? 0;
      const tooLong = waitMs > account.maxRetryAfterMs;
      if (!failure.retry || retries >= account.retries || tooLong) {
        const asked = tooLong ? `; it asks to be left alone for ${String(Math.ceil(waitMs / 1000))} s` : '';
        return failed(failure.fault, `${failure.why}${asked}`, NO_TOKENS, counted);
      }
      // Whoever shares the key is asked for patience too.
      if (waitMs > 0) limit.pause(waitMs);
      else await world.sleep(backoff(retries, world.random()), signal);
      retries++;
    }
  };

  /** Half of the doubled wait is chance, so that calls that failed together do not come back together. */
  const backoff = (retries: number, random: number): number =>
    Math.min(account.maxBackoffMs, account.backoffMs * 2 ** retries) * (0.5 + random / 2);

  const finish = (request: ModelRequest, call: WireCall, reply: WireReply, counted: Counted): ModelReply => {
    const text = reply.kind === 'said' ? reply.text : '';
    const usage = reply.usage ?? estimatedUsage(request, text);
    if (reply.kind === 'refused')
      return failed(
        'refused',
        `${account.provider}: the model refuses to answer: ${safeWords(reply.words, secretsOf(account))}`,
        usage,
        counted,
      );
    return {
      kind: 'answered',
      text,
      stop: reply.stop,
      servedBy: reply.servedBy ?? call.model,
      fingerprint: reply.fingerprint,
      usage,
      structured: call.schema !== undefined && isJsonObject(text),
      latencyMs: Math.round(world.nowMs() - counted.startMs),
      attempts: counted.attempts,
      ...(request.setup.temperature !== null && call.temperature === undefined
        ? { withoutTemperature: true as const }
        : {}),
      ...(reply.usage === undefined ? { usageEstimated: true as const } : {}),
    };
  };

  const failed = (
    fault: (ModelReply & { kind: 'failed' })['fault'],
    why: string,
    usage: TokenUsage,
    counted: Counted,
  ): ModelReply => ({
    kind: 'failed',
    fault,
    why,
    usage,
    latencyMs: Math.round(world.nowMs() - counted.startMs),
    attempts: counted.attempts,
  });

  return {
    async ask(request, round) {
      const counted: Counted = { startMs: world.nowMs(), attempts: 0 };
      // Many calls share the signal of a round. What they listen to is their own: one of the SDKs never lets go of it.
      const own = new AbortController();
      const release = passOn(AbortSignal.any([round]), own);
      try {
        if (!round.aborted) return await ask(request, own.signal, counted);
      } catch (error) {
        if (!round.aborted)
          return failed(
            'bad-request',
            failureOf(error, request.setup.model, account, world.wallMs()).why,
            NO_TOKENS,
            counted,
          );
      } finally {
        release();
      }
      return isDeadline(round.reason)
        ? failed('late', `${account.provider}: ${whyLate(counted, account)}`, NO_TOKENS, counted)
        : failed('stopped', `${account.provider}: stopped before there was an answer`, NO_TOKENS, counted);
    },
  };
}

interface Counted {
  readonly startMs: number;
  attempts: number;
}

async function openWire(account: ModelAccount): Promise<Wire> {
  const { provider, protocol, baseUrl, apiKey, timeoutMs, maxReplyBytes } = account;
  const shared = { baseUrl, apiKey, timeoutMs, maxReplyBytes, official: provider === protocol };
  return protocol === 'openai' ? openaiWire(shared) : anthropicWire(shared);
}

/** Who never got a turn was kept waiting by limits that the user can change, not by the provider. */
function whyLate({ attempts }: Counted, account: ModelAccount): string {
  if (attempts > 0) return 'no answer before the deadline';
  const { provider, concurrency, requestsPerMinute, tokensPerMinute } = account;
  const limits = [
    `${String(concurrency)} calls at once`,
    ...(requestsPerMinute === null ? [] : [`${String(requestsPerMinute)} requests a minute`]),
    ...(tokensPerMinute === null ? [] : [`${String(tokensPerMinute)} tokens a minute`]),
  ];
  return (
    `not asked before the deadline, because too many wait for their turn (${limits.join(', ')}); ` +
    `set llm.providers.${provider} to what your account allows, or a longer llm.deadlineSeconds`
  );
}

function secretsOf({ apiKey }: ModelAccount): readonly string[] {
  return apiKey === null ? [] : [apiKey];
}

/** The reason of a signal at a deadline: `AbortSignal.timeout`, or an error or text that says so. */
function isDeadline(reason: unknown): boolean {
  if (typeof reason === 'string') return /\bdeadline\b/i.test(reason);
  return reason instanceof Error && (reason.name === 'TimeoutError' || /\bdeadline\b/i.test(reason.message));
}

function allTokens(usage: TokenUsage | undefined): number | undefined {
  return usage === undefined
    ? undefined
    : usage.inputTokens + usage.cachedInputTokens + usage.cacheWriteTokens + usage.outputTokens;
}

/** A server that does not count is not free: what it did not say is estimated, and said to be. */
function estimatedUsage(request: ModelRequest, text: string): TokenUsage {
  return {
    inputTokens: estimateTokens(request.system) + estimateTokens(request.user),
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: estimateTokens(text),
  };
}

/** A server that ignores a schema does not say so; its answer does. */
function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
