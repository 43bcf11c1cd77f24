import { z } from 'zod';
import type { ModelAnswer, ModelQuestion } from '../../src/core/domain/model-call.js';
import type { StrategyKind } from '../../src/core/strategies/strategy.js';

/** Parameters of the asking kind; `servedBy` binds it to the model that answers. */
const parameters = z.strictObject({
  model: z.string().default('m'),
  provider: z.string().default('p'),
  trial: z.int().default(1),
  probe: z.boolean().default(false),
  budgetUsdPerDay: z.number().nullable().default(null),
  servedBy: z.string().optional(),
});

export function questionOf(slot: string, user: string, more: Partial<ModelQuestion> = {}): ModelQuestion {
  return {
    slot,
    setup: { provider: 'p', model: 'm', temperature: 0, maxTokens: 100 },
    trial: 1,
    probe: 0,
    system: 'say buy, sell or wait',
    user,
    form: 'signals',
    budgetUsdPerDay: null,
    ...more,
  };
}

export const answered = (
  text: string,
  more: Partial<ModelAnswer & { kind: 'answered' }> = {},
): ModelAnswer => ({
  kind: 'answered',
  text,
  stop: 'end',
  servedBy: 'm-1',
  fingerprint: 'f-1',
  usage: { inputTokens: 100, cachedInputTokens: 20, cacheWriteTokens: 0, outputTokens: 5 },
  costUsd: 0.25,
  ...more,
});

export const failedAnswer = (
  fault: (ModelAnswer & { kind: 'failed' })['fault'],
  costUsd = 0,
): ModelAnswer => ({
  kind: 'failed',
  fault,
  why: `made: ${fault}`,
  usage: { inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0 },
  costUsd,
});

/** A model kind that does what the answer says: `buy` half of its equity of the first symbol, `sell` it, or wait. */
export const asking = {
  manifest: {
    kind: 'asking',
    version: 1,
    summary: 'does what a model says',
    feeds: { llm: 'required' },
    parameters,
    costClass: 'model',
  },
  label: (p) => `asking ${p.model}`,
  features: () => [],
  warmupBars: () => 0,
  begin: () => ({ asked: 0 }),
  questions: (o) => {
    const { provider, model, trial, probe, budgetUsdPerDay } = o.params;
    const question = questionOf('decide', `${String(o.nowMs)} ${String(o.market.close(0))}`, {
      setup: { provider, model, temperature: 0, maxTokens: 100 },
      trial,
      budgetUsdPerDay,
    });
    return probe ? [question, { ...question, slot: 'probe', probe: 1 }] : [question];
  },
  decide: (o, memory) => {
    const answer = o.answer('decide');
    const again = o.answer('probe');
    const next = { memory: { asked: memory.asked + 1 } };
    if (answer?.kind !== 'answered')
      return { ...next, intents: [], why: { code: 'no-answer' }, fault: answer?.why ?? 'not asked' };
    const symbol = o.symbols[0] ?? '';
    const probe =
      again === undefined
        ? {}
        : {
            probe:
              again.kind === 'answered' && again.text === answer.text
                ? ('same' as const)
                : ('flipped' as const),
          };
    if (answer.text === 'buy' && o.portfolio.quantity(0) === 0)
      return {
        ...next,
        ...probe,
        intents: [{ kind: 'open', symbol, side: 'long', reason: 'model', size: { weight: 0.5 } }],
        why: { code: 'buy' },
      };
    if (answer.text === 'sell' && o.portfolio.quantity(0) !== 0)
      return {
        ...next,
        ...probe,
        intents: [{ kind: 'close', symbol, reason: 'model' }],
        why: { code: 'sell' },
      };
    return { ...next, ...probe, intents: [], why: { code: 'wait' } };
  },
} satisfies StrategyKind<z.infer<typeof parameters>, { asked: number }>;
