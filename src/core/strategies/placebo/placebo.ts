import { z } from 'zod';
import { HOUR_MS } from '../../domain/time.js';
import type { Intent } from '../../domain/intent.js';
import { NO_INTENTS, type StrategyKind } from '../strategy.js';

const parameters = z.strictObject({
  holdHours: z.number().gt(0).max(8760).default(24).describe('hours until it moves to another random symbol'),
  exposure: z.number().gt(0).max(1).default(1).describe('exposure over equity'),
});
type Params = z.infer<typeof parameters>;

interface Memory {
  /** When the next random move is due; 0 before the first. */
  readonly nextMs: number;
}

/** Holds a random symbol for a fixed time, then another: it shows what luck looks like at this pace. */
export const placebo: StrategyKind<Params, Memory> = {
  manifest: {
    kind: 'placebo',
    version: 1,
    summary: 'holds a random symbol for a fixed time, then another one',
    feeds: {},
    parameters,
    costClass: 'rule',
    role: 'placebo',
  },
  label: (p) => `placebo ${String(p.holdHours)}h ${String(p.exposure * 100)}%`,
  features: () => [],
  warmupBars: () => 1,
  begin: () => ({ nextMs: 0 }),
  decide(o, memory) {
    if (o.nowMs < memory.nextMs) return { intents: NO_INTENTS, memory, why: { code: 'waiting' } };
    const pick = Math.floor(o.random() * o.symbols.length);
    const name = o.symbols[pick];
    if (name === undefined || !o.market.hasBar(pick))
      return { intents: NO_INTENTS, memory, why: { code: 'no-bar' } };
    const intents: Intent[] = [];
    o.symbols.forEach((held, symbol) => {
      if (symbol !== pick && o.portfolio.quantity(symbol) !== 0)
        intents.push({ kind: 'close', symbol: held, reason: 'random-move' });
    });
    if (o.portfolio.quantity(pick) === 0)
      intents.push({
        kind: 'open',
        symbol: name,
        side: 'long',
        size: { weight: o.params.exposure },
        reason: 'random-move',
      });
    return {
      intents,
      memory: { nextMs: o.nowMs + o.params.holdHours * HOUR_MS },
      why: { code: 'random-move' },
    };
  },
};
