/** OpenAI's protocol (Chat Completions), which Groq, DeepSeek, xAI, OpenRouter, Ollama and vLLM speak as well. */
import { z } from 'zod';
import type { StopReason, TokenUsage } from '../../core/domain/model-call.js';
import { BrokenCall, RefusedCall, boundedFetch } from './bounded-fetch.js';
import { NO_KEY, type Wire, type WireAccount, type WireCall, type WireReply, sdkTimeoutMs } from './wire.js';

/** The SDK is loaded with the first call: nobody who only looks at an arena pays for it. */
export async function openaiWire(account: WireAccount): Promise<Wire> {
  const { OpenAI } = await import('openai');
  const client = new OpenAI({
    apiKey: account.apiKey ?? NO_KEY,
    adminAPIKey: null,
    baseURL: account.baseUrl,
    // The names of an organisation are in the environment for OpenAI alone.
    ...(account.official ? {} : { organization: null, project: null }),
    maxRetries: 0,
    timeout: sdkTimeoutMs(account),
    // At its lowest level it would log headers.
    logLevel: 'off',
    fetch: boundedFetch(account),
  });
  return {
    async send(call, signal) {
      const reply: unknown = await client.chat.completions.create(bodyOf(call), { signal });
      return readCompletion(reply);
    },
  };
}

function bodyOf(call: WireCall) {
  const { model, temperature, maxTokens, tokensField, system, user, schema } = call;
  return {
    model,
    messages: [
      ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
      { role: 'user' as const, content: user },
    ],
    [tokensField]: maxTokens,
    ...(temperature === undefined ? {} : { temperature }),
    ...(schema === undefined
      ? {}
      : {
          response_format: {
            type: 'json_schema' as const,
            json_schema: { name: schema.name, schema: { ...schema.json }, strict: true },
          },
        }),
    stream: false as const,
  };
}

const tokens = z.number().int().nonnegative().nullish();

const usageSchema = z.object({
  prompt_tokens: z.number().int().nonnegative(),
  completion_tokens: z.number().int().nonnegative(),
  total_tokens: tokens,
  prompt_tokens_details: z.object({ cached_tokens: tokens, cache_write_tokens: tokens }).nullish(),
  prompt_cache_hit_tokens: tokens,
});

const contentSchema = z.union([
  z.string(),
  z.array(z.object({ type: z.string(), text: z.string().optional() })),
]);

const completionSchema = z.object({
  model: z.string().nullish(),
  system_fingerprint: z.string().nullish(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: contentSchema.nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.unknown().optional(),
});

/** Routers answer 200 with an error inside when the provider behind them fails. */
const hiddenErrorSchema = z.object({ error: z.object({ code: z.number().int().min(400).max(599) }) });

export function readCompletion(raw: unknown): WireReply {
  const reply = completionSchema.safeParse(raw);
  const choice = reply.data?.choices[0];
  if (reply.data === undefined || choice === undefined) {
    const hidden = hiddenErrorSchema.safeParse(raw);
    if (hidden.success)
      throw new RefusedCall(hidden.data.error.code, new Headers(), JSON.stringify(raw).slice(0, 65_536));
    throw new BrokenCall('bad-response', 'the answer is JSON, but no completion');
  }
  const usage = readUsage(reply.data.usage);
  const { content, refusal } = choice.message;
  if (typeof refusal === 'string' && refusal !== '') return { kind: 'refused', words: refusal, usage };
  if (choice.finish_reason === 'content_filter')
    return { kind: 'refused', words: 'its content filter withheld the answer', usage };
  return {
    kind: 'said',
    text: typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join(''),
    stop: stopOf(choice.finish_reason),
    servedBy: reply.data.model ?? undefined,
    fingerprint: reply.data.system_fingerprint ?? null,
    usage,
  };
}

function stopOf(reason: string | null | undefined): StopReason {
  return reason === 'stop' ? 'end' : reason === 'length' ? 'length' : 'other';
}

/**
 * `prompt_tokens` has the cached and the written ones in it. DeepSeek names the cached ones differently; xAI leaves thinking
 * out of `completion_tokens` and has it in `total_tokens`.
 */
function readUsage(raw: unknown): TokenUsage | undefined {
  const usage = usageSchema.safeParse(raw);
  if (!usage.success) return undefined;
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details } = usage.data;
  const cached = Math.min(
    prompt_tokens,
    prompt_tokens_details?.cached_tokens ?? usage.data.prompt_cache_hit_tokens ?? 0,
  );
  const written = Math.min(prompt_tokens - cached, prompt_tokens_details?.cache_write_tokens ?? 0);
  return {
    inputTokens: prompt_tokens - cached - written,
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    outputTokens: Math.max(completion_tokens, (total_tokens ?? 0) - prompt_tokens),
  };
}
