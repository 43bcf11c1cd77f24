/** Anthropic's protocol (Messages). */
import { z } from 'zod';
import type { StopReason, TokenUsage } from '../../core/domain/model-call.js';
import { BrokenCall, boundedFetch } from './bounded-fetch.js';
import { NO_KEY, type Wire, type WireAccount, type WireCall, type WireReply, sdkTimeoutMs } from './wire.js';

/**
 * The API's version of 2026-10-21, which the SDK asks for, knows no temperature and answers 400 to every one; the one
 * before still takes it for the models that have it. So a call with a temperature asks for that version.
 */
const VERSION_WITH_TEMPERATURE = '2023-06-01';

/** The SDK is loaded with the first call: nobody who only looks at an arena pays for it. */
export async function anthropicWire(account: WireAccount): Promise<Wire> {
  const { Anthropic } = await import('@anthropic-ai/sdk');
  const apiKey = account.apiKey ?? NO_KEY;
  const client = new Anthropic({
    apiKey,
    baseURL: account.baseUrl,
    // The SDK sends the key as a bearer; servers made for the API as it was look here. The API takes both.
    defaultHeaders: { 'x-api-key': apiKey },
    webhookKey: null,
    maxRetries: 0,
    timeout: sdkTimeoutMs(account),
    // At its lowest level it would log the conversation.
    logLevel: 'off',
    openTelemetry: false,
    fetch: boundedFetch(account),
  });
  return {
    async send(call, signal) {
      const headers =
        call.temperature === undefined ? {} : { headers: { 'anthropic-version': VERSION_WITH_TEMPERATURE } };
      const reply: unknown = await client.messages.create(bodyOf(call), { signal, ...headers });
      return readMessage(reply);
    },
  };
}

/** The schema goes into `output_config`: newer models refuse to be forced to use a tool. */
function bodyOf(call: WireCall) {
  const { model, temperature, maxTokens, system, user, schema } = call;
  return {
    model,
    max_tokens: maxTokens,
    ...(system === ''
      ? {}
      : {
          system: [{ type: 'text' as const, text: system, cache_control: { type: 'ephemeral' as const } }],
        }),
    messages: [{ role: 'user' as const, content: user }],
    ...(temperature === undefined ? {} : { temperature }),
    ...(schema === undefined
      ? {}
      : { output_config: { format: { type: 'json_schema' as const, schema: { ...schema.json } } } }),
    stream: false as const,
  };
}

const tokens = z.number().int().nonnegative();

/** The three counts of the prompt do not overlap. */
const usageSchema = z.object({
  input_tokens: tokens,
  output_tokens: tokens,
  cache_read_input_tokens: tokens.nullish(),
  cache_creation_input_tokens: tokens.nullish(),
});

const messageSchema = z.object({
  type: z.literal('message'),
  model: z.string().nullish(),
  content: z.array(z.object({ type: z.string(), text: z.string().optional() })),
  stop_reason: z.string().nullish(),
  stop_details: z.object({ explanation: z.string().nullish() }).nullish(),
  usage: z.unknown().optional(),
});

export function readMessage(raw: unknown): WireReply {
  const message = messageSchema.safeParse(raw);
  if (!message.success) throw new BrokenCall('bad-response', 'the answer is JSON, but no message');
  const { content, stop_reason, stop_details, model } = message.data;
  const usage = readUsage(message.data.usage);
  if (stop_reason === 'refusal')
    return { kind: 'refused', words: stop_details?.explanation ?? 'it gives no reason', usage };
  return {
    kind: 'said',
    // Other blocks are thoughts.
    text: content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join(''),
    stop: stopOf(stop_reason),
    servedBy: model ?? undefined,
    // Anthropic names no set-up of its own.
    fingerprint: null,
    usage,
  };
}

function stopOf(reason: string | null | undefined): StopReason {
  if (reason === 'end_turn' || reason === 'stop_sequence') return 'end';
  return reason === 'max_tokens' || reason === 'model_context_window_exceeded' ? 'length' : 'other';
}

function readUsage(raw: unknown): TokenUsage | undefined {
  const usage = usageSchema.safeParse(raw);
  return usage.success
    ? {
        inputTokens: usage.data.input_tokens,
        cachedInputTokens: usage.data.cache_read_input_tokens ?? 0,
        cacheWriteTokens: usage.data.cache_creation_input_tokens ?? 0,
        outputTokens: usage.data.output_tokens,
      }
    : undefined;
}
