import { z } from 'zod';
import type { Intent } from '../../domain/intent.js';
import { NO_INTENTS, type StrategyKind } from '../strategy.js';

const parameters = z.strictObject({
  weights: z
    .array(z.number().gt(0).max(1))
    .optional()
    .describe('share of equity per symbol, in the order of the symbols; equal parts when absent'),
});
type Params = z.infer<typeof parameters>;

interface Memory {
  /** Symbols that were bought already: a benchmark buys once. */
  readonly bought: readonly string[];
}

/** Buys its symbols at the first chance and never trades again: one symbol, equal weight, or fixed weights. */
export const buyAndHold: StrategyKind<Params, Memory> = {
  manifest: {
    kind: 'buy-and-hold',
    version: 1,
    summary: 'buys once in fixed weights and holds, without rebalancing',
    feeds: {},
    parameters,
    costClass: 'rule',
    role: 'benchmark',
  },
  label: (p) =>
    p.weights === undefined ? 'hold' : `hold ${p.weights.map((w) => String(w * 100)).join('/')}`,
  features: () => [],
  warmupBars: () => 1,
  begin: () => ({ bought: [] }),
  decide(o, memory) {
    const held = o.symbols.filter((_name, symbol) => o.portfolio.quantity(symbol) !== 0);
    const bought = [...new Set([...memory.bought, ...held])];
    if (bought.length === o.symbols.length) return { intents: NO_INTENTS, memory, why: { code: 'holding' } };
    const intents: Intent[] = [];
    o.symbols.forEach((name, symbol) => {
      if (bought.includes(name) || !o.market.hasBar(symbol)) return;
      const weight = o.params.weights?.[symbol] ?? 1 / o.symbols.length;
      intents.push({ kind: 'open', symbol: name, side: 'long', size: { weight }, reason: 'first-buy' });
    });
    return { intents, memory: { bought }, why: { code: 'buying' } };
  },
};
