import { z } from 'zod';
import type { Intent } from '../../domain/intent.js';
import { NO_INTENTS, type StrategyKind } from '../strategy.js';

const parameters = z.strictObject({
  lookback: z.int().min(1).max(5000).default(168).describe('bars over which the return is ranked'),
  rebalance: z.int().min(1).max(5000).default(24).describe('bars between rotations'),
  top: z.int().min(1).max(100).default(3).describe('how many symbols to hold'),
  exposure: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('gross exposure over equity, split evenly over the top'),
});
type Params = z.infer<typeof parameters>;

interface Memory {
  /** Close time of the bar at which the next rotation is due; 0 before the first. */
  readonly nextMs: number;
}

/** Returns that are equal but for rounding rank in the order of the symbols. */
function rounded(fraction: number): number {
  return Math.round(fraction * 1e9);
}

/** Holds the strongest symbols of the look-back in equal parts and rotates at fixed distances. */
export const momentumRotation: StrategyKind<Params, Memory> = {
  manifest: {
    kind: 'momentum-rotation',
    version: 1,
    summary: 'holds the top symbols by past return, rotated every so many bars',
    feeds: {},
    parameters,
    costClass: 'rule',
    minSymbols: 2,
  },
  label: (p) => `momentum ${String(p.lookback)} top ${String(p.top)} every ${String(p.rebalance)}`,
  features: (p) => [{ indicator: 'roc', params: { period: p.lookback } }],
  warmupBars: (p) => p.lookback + 1,
  begin: () => ({ nextMs: 0 }),
  decide(o, memory) {
    if (o.nowMs < memory.nextMs) return { intents: NO_INTENTS, memory, why: { code: 'between-rotations' } };
    const ranked = o.symbols
      .map((name, symbol) => ({ name, symbol, momentum: rounded(o.features.value(symbol, 0)) }))
      .filter((entry) => o.market.hasBar(entry.symbol) && !Number.isNaN(entry.momentum))
      .sort((a, b) => b.momentum - a.momentum || a.symbol - b.symbol);
    if (ranked.length === 0) return { intents: NO_INTENTS, memory, why: { code: 'warming-up' } };
    const chosen = new Set(ranked.slice(0, o.params.top).map((entry) => entry.symbol));
    const weight = o.params.exposure / o.params.top;
    const intents: Intent[] = [];
    o.symbols.forEach((name, symbol) => {
      const held = o.portfolio.quantity(symbol) !== 0;
      if (held && !chosen.has(symbol)) intents.push({ kind: 'close', symbol: name, reason: 'left-the-top' });
    });
    for (const { name, symbol } of ranked)
      if (chosen.has(symbol) && o.portfolio.quantity(symbol) === 0)
        intents.push({
          kind: 'open',
          symbol: name,
          side: 'long',
          size: { weight },
          reason: 'entered-the-top',
        });
    return {
      intents,
      memory: { nextMs: o.nowMs + o.params.rebalance * o.market.timeframeMs },
      why: { code: intents.length === 0 ? 'top-unchanged' : 'rotate' },
    };
  },
};
