/** A question to a language model and its reply, as bytes of a job. No key is in either. */
import { z } from 'zod';
import { MODEL_FAULTS } from '../../core/domain/model-call.js';
import type { ModelReply, ModelRequest } from '../../ports/language-model.js';

/** The name of the task in such a run: it is in no thread's table, as it needs the worker's environment. */
export const MODEL_CALL = 'model-call';

const requestSchema = z.strictObject({
  setup: z.strictObject({
    provider: z.string(),
    model: z.string(),
    temperature: z.number().nullable(),
    maxTokens: z.number().int(),
  }),
  system: z.string(),
  user: z.string(),
  schema: z.strictObject({ name: z.string(), json: z.record(z.string(), z.unknown()) }).optional(),
});

const tokens = z.number().min(0);
const usageSchema = z.strictObject({
  inputTokens: tokens,
  cachedInputTokens: tokens,
  cacheWriteTokens: tokens,
  outputTokens: tokens,
});
const replySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('answered'),
    text: z.string(),
    stop: z.enum(['end', 'length', 'other']),
    servedBy: z.string(),
    fingerprint: z.string().nullable(),
    usage: usageSchema,
    structured: z.boolean(),
    withoutTemperature: z.literal(true).optional(),
    usageEstimated: z.literal(true).optional(),
    latencyMs: z.number(),
    attempts: z.number(),
  }),
  z.strictObject({
    kind: z.literal('failed'),
    fault: z.enum(MODEL_FAULTS),
    why: z.string(),
    usage: usageSchema,
    latencyMs: z.number(),
    attempts: z.number(),
  }),
]);

export function requestBytes({ setup, system, user, schema }: ModelRequest): Uint8Array {
  const { provider, model, temperature, maxTokens } = setup;
  return encode({ setup: { provider, model, temperature, maxTokens }, system, user, schema });
}

/** Undefined for what is no question. */
export function readRequest(bytes: Uint8Array): ModelRequest | undefined {
  const parsed = requestSchema.safeParse(decode(bytes)).data;
  if (parsed === undefined) return undefined;
  const { schema, ...rest } = parsed;
  return schema === undefined ? rest : { ...rest, schema };
}

export function replyBytes(reply: ModelReply): Uint8Array {
  return encode(reply);
}

export function readReply(bytes: Uint8Array): ModelReply | undefined {
  const parsed = replySchema.safeParse(decode(bytes)).data;
  if (parsed?.kind !== 'answered') return parsed;
  const { withoutTemperature, usageEstimated, ...rest } = parsed;
  return {
    ...rest,
    ...(withoutTemperature === undefined ? {} : { withoutTemperature }),
    ...(usageEstimated === undefined ? {} : { usageEstimated }),
  };
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decode(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
