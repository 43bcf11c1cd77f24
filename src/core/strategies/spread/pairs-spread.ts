import { z } from 'zod';
import type { Intent } from '../../domain/intent.js';
import { type Gauge, type MarketView, NO_INTENTS, type StrategyKind } from '../strategy.js';

const parameters = z
  .strictObject({
    period: z.int().min(5).max(2000).default(168).describe('bars over which the spread is normal'),
    hedge: z
      .number()
      .gt(0)
      .max(10)
      .default(1)
      .describe('how many log returns of the second one of the first'),
    entry: z.number().gt(0).max(10).default(2).describe('deviations at which the spread is taken'),
    exit: z.number().min(0).max(10).default(0.5).describe('deviations at which it is left'),
    abandon: z.number().gt(0).max(50).default(4).describe('deviations at which it is given up'),
    exposure: z.number().gt(0).max(10).default(1).describe('gross exposure over equity, both legs together'),
  })
  .refine((p) => p.exit < p.entry, { path: ['exit'], message: 'must be smaller than entry' })
  .refine((p) => p.entry < p.abandon, { path: ['entry'], message: 'must be smaller than abandon' });
type Params = z.infer<typeof parameters>;

interface Memory {
  /** After giving up: the side that waits until the spread has been normal again; 0 none. */
  readonly waiting: number;
}

/** A spread that varies less than this (in log units) stands still: its deviations are rounding. */
const STILL = 1e-6;
/** Decimals of a deviation that are not rounding. */
const PRECISION = 1e6;

/**
 * Two symbols against each other: the log spread ln(a) - hedge ln(b) in deviations from its rolling mean
 * (Gatev, Goetzmann & Rouwenhorst 2006, with log prices). High: short the first, long the second; low: the
 * other way round. Both legs open and close together; a leg left alone (stopped, liquidated, refused) is closed.
 */
export const pairsSpread: StrategyKind<Params, Memory> = {
  manifest: {
    kind: 'pairs-spread',
    version: 1,
    summary: 'long one symbol, short the other, while their spread is far from its mean',
    feeds: {},
    parameters,
    costClass: 'rule',
    minSymbols: 2,
    maxSymbols: 2,
  },
  label: (p) =>
    `spread ${String(p.period)} ${String(p.entry)}/${String(p.exit)}${p.hedge === 1 ? '' : ` hedge ${String(p.hedge)}`}`,
  features: () => [],
  warmupBars: (p) => p.period,
  takesShorts: () => true,
  begin: () => ({ waiting: 0 }),
  decide(o, memory) {
    const { params: p, market, portfolio } = o;
    const z = spreadDeviations(market, p);
    if (Number.isNaN(z)) return { intents: NO_INTENTS, why: { code: 'no-spread' } };
    const first = Math.sign(portfolio.quantity(0));
    const second = Math.sign(portfolio.quantity(1));
    const [a = '', b = ''] = o.symbols;
    const close = (reason: string): Intent[] => [
      ...(first === 0 ? [] : [{ kind: 'close' as const, symbol: a, reason }]),
      ...(second === 0 ? [] : [{ kind: 'close' as const, symbol: b, reason }]),
    ];
    if (first !== 0 || second !== 0) {
      if (first !== -second)
        return { intents: close('leg-alone'), memory: { waiting: waitAt(z, p) }, why: { code: 'leg-alone' } };
      // The first leg is long when the spread was low, so its sign says which way is home.
      if (first * z >= -p.exit) return { intents: close('normal'), why: { code: 'normal' } };
      if (Math.abs(z) >= p.abandon)
        return { intents: close('abandoned'), memory: { waiting: -first }, why: { code: 'abandoned' } };
      return { intents: NO_INTENTS, why: { code: 'held' } };
    }
    if (memory.waiting !== 0) {
      if (Math.abs(z) > p.exit) return { intents: NO_INTENTS, why: { code: 'waiting' } };
      return { intents: NO_INTENTS, memory: { waiting: 0 }, why: { code: 'waiting-over' } };
    }
    if (Math.abs(z) < p.entry || Math.abs(z) >= p.abandon)
      return { intents: NO_INTENTS, why: { code: 'flat' } };
    const high = z > 0;
    return {
      intents: [open(a, !high, p, 1), open(b, high, p, p.hedge)],
      why: { code: high ? 'spread-high' : 'spread-low' },
    };
  },
  explain(o, memory): Gauge[] {
    const { params: p } = o;
    const z = spreadDeviations(o.market, p);
    const symbol = o.symbols.join('/');
    const gauge = (rule: string, text: string, threshold: number, holds: boolean): Gauge => ({
      symbol,
      rule,
      text,
      value: Math.abs(z),
      threshold,
      holds: Number.isNaN(z) ? undefined : holds,
    });
    return [
      gauge('enter', `|z| >= ${String(p.entry)} (z ${z.toFixed(2)})`, p.entry, Math.abs(z) >= p.entry),
      gauge('leave', `z back within ${String(p.exit)}`, p.exit, Math.abs(z) <= p.exit),
      gauge('give up', `|z| >= ${String(p.abandon)}`, p.abandon, Math.abs(z) >= p.abandon),
      ...(memory.waiting === 0 ? [] : [gauge('wait', 'until normal again', p.exit, Math.abs(z) > p.exit)]),
    ];
  },
};

function waitAt(z: number, p: Params): number {
  return Math.abs(z) > p.exit ? Math.sign(z) : 0;
}

/** Legs share the gross exposure so that their log returns hedge each other: 1 to `hedge`. */
function open(symbol: string, long: boolean, p: Params, share: number): Intent {
  const weight = (p.exposure * share) / (1 + p.hedge);
  return {
    kind: 'open',
    symbol,
    side: long ? 'long' : 'short',
    size: { weight },
    reason: 'spread',
    ...(p.exposure > 1 ? { leverage: Math.ceil(p.exposure) } : {}),
  };
}

/** Deviations of the newest spread from the mean of the last `period`; NaN where a bar is missing or nothing moves. */
export function spreadDeviations(market: MarketView, p: Pick<Params, 'period' | 'hedge'>): number {
  const spread = (ago: number): number =>
    Math.log(market.close(0, ago)) - p.hedge * Math.log(market.close(1, ago));
  const newest = spread(0);
  let sum = 0;
  let squares = 0;
  // Distances from the newest one: small numbers, so that squares lose nothing.
  for (let ago = 0; ago < p.period; ago++) {
    const distance = spread(ago) - newest;
    sum += distance;
    squares += distance * distance;
  }
  const mean = sum / p.period;
  const variance = Math.max(0, squares / p.period - mean * mean);
  const deviation = Math.sqrt(variance);
  return deviation > STILL ? Math.round((-mean / deviation) * PRECISION) / PRECISION : NaN;
}
