import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START_MS, arbitraryBars, bar, marketOf, perpetual } from '../../../test/support/made-market.js';
import { SMALL_RULES } from '../../../test/support/small-rules.js';
import { createByteWriter } from '../domain/byte-writer.js';
import { DEFAULT_COSTS } from '../domain/costs.js';
import { uniformAt } from '../domain/rng.js';
import { HOUR_MS } from '../domain/time.js';
import { createMarketViews } from '../indicators/market-views.js';
import { DEFAULT_LIMITS } from '../risk/limits.js';
import { createKinds } from '../strategies/catalog.js';
import { runMemory, runOnViews, runSession } from './run-session.js';
import type { SessionRun } from './run-session.js';
import { writeSession } from '../session/session-codec.js';
import type { SessionPlan } from '../session/session-plan.js';

const sizing = fc.record(
  {
    side: fc.constantFrom('long', 'short', 'both'),
    stop: fc.constantFrom(0.02, 0.05, 0.2),
    target: fc.constantFrom(0.03, 0.1),
    maxHoldBars: fc.integer({ min: 1, max: 12 }),
    exposure: fc.constantFrom(0.5, 1, 3),
  },
  { requiredKeys: ['side'] },
);
const markets = fc
  .record({
    bars: fc.tuple(arbitraryBars(90), arbitraryBars(90)),
    funded: fc.boolean(),
  })
  .map(({ bars, funded }) => {
    const times = Float64Array.from({ length: 11 }, (_, i) => START_MS + i * 8 * HOUR_MS);
    const rates = Float64Array.from({ length: 11 }, (_, i) => (i % 3) * 1e-4 - 1e-4);
    return marketOf(bars, {
      instruments: [perpetual('A'), perpetual('B')],
      funding: funded ? [{ timesMs: times, rates }, undefined] : [undefined, undefined],
    });
  });

/** Longer than two blocks, with gaps. */
const LONG = 4500;
const longMarket = marketOf(
  [0, 1].map((symbol) => {
    let price = 100;
    return Array.from({ length: LONG }, (_, t) => {
      price *= 1 + (uniformAt(symbol, t, 0) - 0.5) * 0.03;
      return uniformAt(symbol, t, 1) < 0.002 ? undefined : bar(price, price, 0.01);
    });
  }),
  { instruments: [perpetual('A'), perpetual('B')] },
);

/** Everything that a run leaves behind. */
function bytesOf(run: SessionRun): object {
  const out = createByteWriter();
  writeSession(run.session, out);
  return {
    state: Buffer.from(out.finish()).toString('hex'),
    ledger: [...run.ledger],
    equity: [...run.equity],
    barsMs: [...run.barsMs],
    refusals: run.refusals,
  };
}

describe.each(Object.keys(SMALL_RULES))('a run of %s by the fast kernel', (name) => {
  const kind = createKinds().find(name);
  if (kind === undefined) throw new Error(name);
  const planOf = (raw: object): SessionPlan => ({
    position: 0,
    kind,
    params: kind.manifest.parameters.parse({ ...SMALL_RULES[name], ...raw }),
    seed: 0,
    symbols: ['A', 'B'],
    timeframe: '1h',
    cashUsd: 10_000,
    costs: DEFAULT_COSTS,
    limits: { ...DEFAULT_LIMITS, maxGrossExposureFraction: 5, maxSymbolExposureFraction: 5 },
  });

  it('leaves the same bytes as the general session: fills, equity, statistics, state', () => {
    let passed = 0;
    fc.assert(
      fc.property(markets, sizing, (market, raw) => {
        const plan = planOf(raw);
        const general = runSession(plan, market, 0, runMemory(market.length), { everyBar: true });
        const fast = runSession(plan, market, 0);
        expect(bytesOf(fast)).toEqual(bytesOf(general));
        expect(general.generalBars).toBe(general.equity.length);
        passed += fast.equity.length - fast.generalBars;
      }),
      { numRuns: 60 },
    );
    expect(passed, 'the fast path was taken').toBeGreaterThan(300);
  });
});

describe('runs one after the other in the same memory', () => {
  const planOf = (name: string, raw: object): SessionPlan => {
    const kind = createKinds().find(name);
    if (kind === undefined) throw new Error(name);
    return {
      position: 0,
      kind,
      params: kind.manifest.parameters.parse({ ...SMALL_RULES[name], ...raw }),
      seed: 0,
      symbols: ['A', 'B'],
      timeframe: '1h',
      cashUsd: 10_000,
      costs: DEFAULT_COSTS,
      limits: { ...DEFAULT_LIMITS, maxGrossExposureFraction: 5, maxSymbolExposureFraction: 5 },
    };
  };
  // Neighbours that share their signal, that do not, and that take it up again.
  const plans = [
    planOf('sma-cross', { slow: 40 }),
    planOf('sma-cross', { slow: 40, stop: 0.03, side: 'both' }),
    planOf('sma-cross', { slow: 50, stop: 0.03 }),
    planOf('donchian-breakout', { side: 'short', maxHoldBars: 30 }),
    planOf('sma-cross', { slow: 40, target: 0.05, exposure: 2 }),
    planOf('sma-cross', { slow: 40, target: 0.05, exposure: 3 }),
  ];

  it('leave what each would leave alone, block after block', () => {
    const memory = runMemory(LONG);
    const views = createMarketViews(longMarket);
    for (const [number, plan] of plans.entries())
      for (const first of [0, 700]) {
        const alone = bytesOf(
          runSession(plan, longMarket, first, runMemory(LONG - first), { everyBar: true }),
        );
        const inLine = bytesOf(runOnViews(plan, views, first, memory));
        expect(inLine, `plan ${String(number)} from ${String(first)}`).toEqual(alone);
      }
    for (const plan of plans) {
      const alone = bytesOf(runSession(plan, longMarket, 0));
      expect(bytesOf(runOnViews(plan, views, 0, memory))).toEqual(alone);
      expect(bytesOf(runSession(plan, longMarket, 0, memory))).toEqual(alone);
    }
  });

  it('without statistics trade the same', () => {
    const [plan] = plans;
    if (plan === undefined) return;
    const memory = runMemory(LONG);
    const { session, equity } = runSession(plan, longMarket, 0, memory, { unscored: true });
    const curve = [...equity];
    const scored = runSession(plan, longMarket, 0);
    expect(session.cards).toEqual([]);
    expect(curve).toEqual([...scored.equity]);
    expect(session.account).toEqual(scored.session.account);
  });
});
