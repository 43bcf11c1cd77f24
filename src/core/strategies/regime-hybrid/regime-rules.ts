import { z } from 'zod';
import type { StrategyKind } from '../strategy.js';
import { type RuleParams, ruleParameters } from './apply-rules.js';
import { decideByRegime } from './decide-by-regime.js';
import { explainRegimes } from './explain-regimes.js';
import { READING_FEATURES } from './market-reading.js';
import { type RegimeMemory, beginRegimes } from './regime-memory.js';
import { RULES_VERSION } from './rule-table.js';

/** Histogram of 12/26/9 from averages that are four periods old. */
export const RULE_WARMUP_BARS = 4 * (26 + 9);

/** The rules of the regime agent on a regime that a formula names: what the model has to beat. */
export const regimeRules: StrategyKind<RuleParams, RegimeMemory> = {
  manifest: {
    kind: 'regime-rules',
    version: RULES_VERSION,
    summary: 'rules by regime (momentum, range, neither), the regime by a formula',
    feeds: {},
    parameters: z.strictObject(ruleParameters),
    costClass: 'rule',
  },
  label: (p) => `regime rules${p.side === 'both' ? ' both' : ''}`,
  features: () => READING_FEATURES,
  warmupBars: () => RULE_WARMUP_BARS,
  takesShorts: (p) => p.side === 'both',
  begin: (_params, _seed, symbols) => beginRegimes(symbols),
  explain: (o, memory) => explainRegimes(o, memory, undefined),
  decide: (o, memory) => decideByRegime(o, memory, undefined),
};
