import { z } from 'zod';
import type { ModelAnswer, ModelSetup } from '../../domain/model-call.js';
import type { AskedModel } from './regime-prompt.js';

/** Provider and model have no default here: they are part of a contestant's identity, whatever the environment says. */
export const modelParameters = {
  provider: z.string().min(1).max(60).describe('account that the model is asked through'),
  model: z.string().min(1).max(120).describe('as the provider names it'),
  temperature: z.number().min(0).max(2).nullable().default(0.1).describe("null: the provider's own"),
  trial: z.int().min(1).default(1).describe('the same set-up again is another trial'),
  budgetUsdPerDay: z.number().gt(0).nullable().default(null).describe('most that it may spend in a UTC day'),
  servedBy: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('id of the model that has to answer, where the provider says it'),
};

export function maxTokensParameter(tokens: number): z.ZodDefault<z.ZodInt> {
  return z.int().min(1).max(100_000).default(tokens).describe('most tokens of an answer');
}

export interface ModelParams extends ModelSetup {
  readonly trial: number;
  readonly budgetUsdPerDay: number | null;
  readonly servedBy?: string | undefined;
}

/** What another model than the one that has to answer said is no answer. */
export function answerOf(answer: ModelAnswer, { servedBy }: ModelParams): ModelAnswer {
  if (answer.kind === 'failed' || servedBy === undefined || answer.servedBy === servedBy) return answer;
  const why = `answered by ${answer.servedBy}, not by ${servedBy}`;
  return { kind: 'failed', fault: 'model-changed', why, usage: answer.usage, costUsd: answer.costUsd };
}

export function askedModel(params: ModelParams): AskedModel {
  const { provider, model, temperature, maxTokens, trial, budgetUsdPerDay } = params;
  return { setup: { provider, model, temperature, maxTokens }, trial, budgetUsdPerDay };
}
