/** What a call of a language model costs: a dated table, the bill of a call, and the most that a call can cost. */
import { z } from 'zod';
import type { ModelSetup, TokenUsage } from './model-call.js';
import { Problem } from './problem.js';
import { estimateTokens } from './token-estimate.js';

const usd = z.number().nonnegative();

/** US dollars for a million tokens. */
export const tokenPriceSchema = z.strictObject({
  inputUsdPerMTok: usd,
  /** Of the prompt, read from the provider's cache. */
  cachedInputUsdPerMTok: usd,
  /** Of the prompt, written to the provider's cache; the price of input where it has none of its own. */
  cacheWriteUsdPerMTok: usd.optional(),
  /** Thinking included. */
  outputUsdPerMTok: usd,
});
export type TokenPrice = z.infer<typeof tokenPriceSchema>;

const modelPriceSchema = tokenPriceSchema.extend({
  provider: z.string().min(1),
  /** `*` is every model of the provider that has no entry of its own. */
  model: z.string().min(1),
  /** First UTC day on which it holds, or the first on which the source was seen to say so. */
  from: z.iso.date(),
  source: z.string().min(1),
});
export type ModelPrice = z.infer<typeof modelPriceSchema>;

const priceTableSchema = z.strictObject({ prices: z.array(modelPriceSchema).max(10_000) });
export type PriceTable = readonly ModelPrice[];

/** Reads the text of a table; `where` names it for people. */
export function parsePriceTable(raw: unknown, where: string): PriceTable {
  const table = priceTableSchema.safeParse(raw);
  if (!table.success) {
    const issue = table.error.issues[0];
    throw new Problem(
      'input',
      `${where} is not a price table: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(' ')}`,
      {
        hint: 'an entry has provider, model, from (YYYY-MM-DD), inputUsdPerMTok, cachedInputUsdPerMTok, outputUsdPerMTok and source',
      },
    );
  }
  const seen = new Set<string>();
  for (const { provider, model, from } of table.data.prices) {
    const key = `${provider} ${model} ${from}`;
    if (seen.has(key))
      throw new Problem('input', `${where} has two prices for ${key}`, { hint: 'remove one of them' });
    seen.add(key);
  }
  return table.data.prices;
}

/**
 * The price on a day (`YYYY-MM-DD`, UTC): the newest entry that holds by then. Before the first entry the first one
 * counts, because recorded bars may be older than the model that is asked about them. Looked for are the id itself, the
 * id without its date (see `undatedModelId`), and `*`, in this order. Undefined is "no price", never free.
 */
export function priceOf(
  table: PriceTable,
  provider: string,
  model: string,
  day: string,
): ModelPrice | undefined {
  for (const id of [model, undatedModelId(model), '*']) {
    const entries = table
      .filter((entry) => entry.provider === provider && entry.model === id)
      .sort((a, b) => (a.from < b.from ? -1 : 1));
    const price = entries.findLast((entry) => entry.from <= day) ?? entries[0];
    if (price !== undefined) return price;
  }
  return undefined;
}

/** An id without the day of its release at the end: `gpt-4o-mini-2024-07-18`, `claude-haiku-4-5-20251001`, `x@20250514`. */
export function undatedModelId(model: string): string {
  return model.replace(/[-@](?:20\d{2}-\d{2}-\d{2}|20\d{6})$/, '');
}

const PER_MTOK = 1e-6;

/** What a call cost, by the tokens that the provider counted. */
export function costUsd(usage: TokenUsage, price: TokenPrice): number {
  return (
    PER_MTOK *
    (usage.inputTokens * price.inputUsdPerMTok +
      usage.cachedInputTokens * price.cachedInputUsdPerMTok +
      usage.cacheWriteTokens * (price.cacheWriteUsdPerMTok ?? price.inputUsdPerMTok) +
      usage.outputTokens * price.outputUsdPerMTok)
  );
}

export interface CostEstimate {
  readonly promptTokens: number;
  /** The longest answer that was asked for. */
  readonly answerTokens: number;
  readonly costUsd: number;
}

/**
 * The most that one attempt should cost, known before it is made: the prompt by `estimateTokens`, which counts high,
 * at the dearer of input and cache write, and the longest answer. A budget that is checked with it holds.
 */
export function estimateCostUsd(
  question: { readonly setup: ModelSetup; readonly system: string; readonly user: string },
  price: TokenPrice,
): CostEstimate {
  const promptTokens = estimateTokens(question.system) + estimateTokens(question.user);
  const answerTokens = question.setup.maxTokens;
  const dearer = Math.max(price.inputUsdPerMTok, price.cacheWriteUsdPerMTok ?? 0);
  return {
    promptTokens,
    answerTokens,
    costUsd: PER_MTOK * (promptTokens * dearer + answerTokens * price.outputUsdPerMTok),
  };
}
