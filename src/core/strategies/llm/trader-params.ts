import { z } from 'zod';
import type { ModelSetup } from '../../domain/model-call.js';

const MAX_LEVERAGE = 125;

const name = z
  .string()
  .min(1)
  .max(200)
  // A name goes into logs and boards.
  .regex(/^[\x21-\x7e]+$/, 'must be printable and without spaces');

const fields = {
  provider: name.describe('account and address that are asked, as in the settings'),
  model: name.describe('model, as the provider names it'),
  temperature: z.number().min(0).max(2).nullable().default(null).describe("null for the provider's own"),
  maxTokens: z.int().min(16).max(200_000).default(4000).describe('most tokens of an answer'),
  trial: z.int().min(1).max(10_000).default(1).describe('number of the repetition'),
  leverageMin: z.number().min(1).max(MAX_LEVERAGE).default(1).describe('least leverage of an entry'),
  leverageMax: z
    .number()
    .min(1)
    .max(MAX_LEVERAGE)
    .default(20)
    .describe('most leverage of an entry; 1 on spot in any case'),
  tightenOnly: z.boolean().default(true).describe('a stop may only come closer to the price'),
  maxPositions: z.int().min(1).max(50).default(6).describe('most positions at a time'),
  probeShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('share of decisions that are asked once more, to see how often the answer differs'),
  budgetUsdPerDay: z
    .number()
    .gt(0)
    .nullable()
    .default(null)
    .describe('most dollars a UTC day; null for none'),
  mask: z.boolean().default(false).describe('hide symbols and dates, against prices known by heart'),
  servedBy: name.optional().describe('id of the model that has to answer, where the provider says it'),
};

export type TraderParams = z.infer<z.ZodObject<typeof fields>> & { readonly prompt: string };

/** Parameters of kinds that ask a model; `prompts` are the versions of the template that it can be asked with. */
export function traderParameters(prompts: readonly [string, ...string[]]): z.ZodType<TraderParams> {
  return z
    .strictObject({
      ...fields,
      prompt: z.enum(prompts).default(prompts[0]).describe('version of the prompt'),
    })
    .refine((p) => p.leverageMin <= p.leverageMax, {
      path: ['leverageMin'],
      message: 'must not be above leverageMax',
    });
}

export function setupOf({ provider, model, temperature, maxTokens }: TraderParams): ModelSetup {
  return { provider, model, temperature, maxTokens };
}
