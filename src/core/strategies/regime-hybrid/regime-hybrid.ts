import { z } from 'zod';
import type { ModelQuestion } from '../../domain/model-call.js';
import type { Observation, StrategyKind } from '../strategy.js';
import { type RuleParams, ruleParameters } from './apply-rules.js';
import { decideByRegime } from './decide-by-regime.js';
import { explainRegimes } from './explain-regimes.js';
import { READING_FEATURES, readMarket } from './market-reading.js';
import {
  type ModelParams,
  answerOf,
  askedModel,
  maxTokensParameter,
  modelParameters,
} from './model-params.js';
import { cachedRegime, isRegimeDue, regimeKey, takeAnswer } from './regime-cache.js';
import { type RegimeMemory, beginRegimes, invalidateRegime } from './regime-memory.js';
import { REGIME_PROMPT_VERSION, askRegime, regimeSlot } from './regime-prompt.js';
import { RULE_WARMUP_BARS } from './regime-rules.js';
import { RULES_VERSION } from './rule-table.js';
import { type AskSlowLayer, longerOf } from './see-symbol.js';

const parameters = z.strictObject({
  ...ruleParameters,
  ...modelParameters,
  maxTokens: maxTokensParameter(400),
  lifeHours: z
    .number()
    .min(1)
    .max(4)
    .default(2)
    .describe('hours for which a regime is fresh; it is used stale for as long again'),
});

export interface RegimeHybridParams extends RuleParams, ModelParams {
  readonly lifeHours: number;
}

/** The rules of the regime agent on a regime that a language model names every two hours. */
export const regimeHybrid: StrategyKind<RegimeHybridParams, RegimeMemory> = {
  manifest: {
    kind: 'regime-hybrid',
    // Rules and words decide; neither has a hundred versions.
    version: RULES_VERSION * 100 + REGIME_PROMPT_VERSION,
    summary: 'rules by regime (momentum, range, neither), the regime by a language model every two hours',
    feeds: { llm: 'required' },
    parameters,
    costClass: 'model',
  },
  label: (p) =>
    `regime ${p.model}${p.trial === 1 ? '' : ` #${String(p.trial)}`}${p.side === 'both' ? ' both' : ''}`,
  features: () => READING_FEATURES,
  warmupBars: () => RULE_WARMUP_BARS,
  takesShorts: (p) => p.side === 'both',
  begin: (_params, _seed, symbols) => beginRegimes(symbols),
  questions(o, memory) {
    const model = askedModel(o.params);
    const questions: ModelQuestion[] = [];
    o.symbols.forEach((name, symbol) => {
      const known = memory.symbols[symbol];
      if (known === undefined || !o.market.hasBar(symbol)) return;
      if (!isRegimeDue(known.cache, regimeKey(name, model.setup), o.nowMs, o.params.lifeHours)) return;
      const reading = readMarket(o.features, o.market, symbol);
      if (reading === undefined) return;
      const longer = longerOf(known, o, symbol)?.momentum ?? undefined;
      questions.push(askRegime({ symbol: name, barMs: o.market.timeframeMs, reading, longer }, model));
    });
    return questions;
  },
  forget: (memory, symbol) => invalidateRegime(memory, symbol),
  explain: (o, memory) => explainRegimes(o, memory, slowLayerOf(o)),
  decide: (o, memory) => decideByRegime(o, memory, slowLayerOf(o)),
};

/** What the model has said so far, with its answers at this bar. */
function slowLayerOf(o: Observation<RegimeHybridParams>): AskSlowLayer {
  const { setup } = askedModel(o.params);
  return (symbol, known) => {
    const name = o.symbols[symbol] ?? '';
    const key = regimeKey(name, setup);
    const answer = o.answer(regimeSlot(name));
    const cache =
      answer === undefined ? known.cache : takeAnswer(known.cache, key, answerOf(answer, o.params), o.nowMs);
    return { cache, said: cachedRegime(cache, key, o.nowMs, o.params.lifeHours) };
  };
}
