import { z } from 'zod';
import { parseReply } from '../llm/parse-reply.js';
import { NO_INTENTS, type Observation, type Step, type StrategyKind } from '../strategy.js';
import { directIntents } from './direct-intents.js';
import { DIRECT_PROMPT_VERSION, directSystem, directUser } from './direct-prompt.js';
import { READING_FEATURES } from './market-reading.js';
import { type ModelParams, askedModel, maxTokensParameter, modelParameters } from './model-params.js';
import { RULE_WARMUP_BARS } from './regime-rules.js';

const parameters = z.strictObject({
  side: z.enum(['long', 'both']).default('long').describe('which positions it takes; shorts need perpetuals'),
  ...modelParameters,
  maxTokens: maxTokensParameter(2000),
});

export interface LlmDirectParams extends ModelParams {
  readonly side: 'long' | 'both';
}

/** It remembers nothing: what it holds is in the portfolio, and its stops rest with the venue. */
type Memory = Readonly<Record<string, never>>;

const SLOT = 'decide';

/** Asks the model at every bar what to do: beside `regime-hybrid` it shows what the slow layer and the rules are worth. */
export const llmDirect: StrategyKind<LlmDirectParams, Memory> = {
  manifest: {
    kind: 'llm-direct',
    version: DIRECT_PROMPT_VERSION,
    summary: 'a language model is asked at every bar what to do',
    feeds: { llm: 'required' },
    parameters,
    costClass: 'model',
  },
  label: (p) =>
    `direct ${p.model}${p.trial === 1 ? '' : ` #${String(p.trial)}`}${p.side === 'both' ? ' both' : ''}`,
  features: () => READING_FEATURES,
  warmupBars: () => RULE_WARMUP_BARS,
  takesShorts: (p) => p.side === 'both',
  begin: () => ({}),
  questions(o) {
    if (!hasBars(o)) return [];
    const { side } = o.params;
    return [
      {
        slot: SLOT,
        ...askedModel(o.params),
        probe: 0,
        system: directSystem(side),
        user: directUser(o),
        form: 'signals',
      },
    ];
  },
  decide(o): Step<Memory> {
    if (!hasBars(o)) return { intents: NO_INTENTS, why: { code: 'no-bar' } };
    const answer = o.answer(SLOT);
    if (answer === undefined) return missed('not-asked', 'the model was not asked');
    if (answer.kind === 'failed') return missed(answer.fault, `${answer.fault}: ${answer.why}`);
    const reply = parseReply(answer.text);
    if (reply.kind === 'unusable')
      return missed('unusable', `the reply cannot be used (${reply.class}): ${reply.why}`);
    if (reply.kind === 'no-action') return { intents: NO_INTENTS, why: { code: 'hold' } };
    const { intents, refused } = directIntents(reply.signals, o, o.params.side);
    const code = intents.length > 0 ? 'act' : refused.length > 0 ? 'refused' : 'hold';
    return { intents, why: { code, ...(refused.length === 0 ? {} : { detail: refused.join('; ') }) } };
  },
};

/** A decision that could not be made is told as such: it costs coverage, and what is held keeps its stop. */
function missed(code: string, fault: string): Step<Memory> {
  return { intents: NO_INTENTS, why: { code }, fault };
}

function hasBars(o: Observation): boolean {
  return o.symbols.some((_, symbol) => o.market.hasBar(symbol));
}
