import { z } from 'zod';
import { NO_INTENTS, type StrategyKind } from '../strategy.js';

const parameters = z.strictObject({});

/** Never trades: what doing nothing is worth. */
export const flat: StrategyKind<z.infer<typeof parameters>, null> = {
  manifest: {
    kind: 'flat',
    version: 1,
    summary: 'never trades',
    feeds: {},
    parameters,
    costClass: 'rule',
    role: 'benchmark',
  },
  label: () => 'flat',
  features: () => [],
  warmupBars: () => 1,
  begin: () => null,
  decide: (_o, memory) => ({ intents: NO_INTENTS, memory, why: { code: 'flat' } }),
};
