import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { START_MS, arbitraryBars, marketOf, perpetual } from '../../../test/support/made-market.js';
import { SMALL_RULES } from '../../../test/support/small-rules.js';
import { createByteWriter } from '../domain/byte-writer.js';
import { DEFAULT_COSTS } from '../domain/costs.js';
import { HOUR_MS } from '../domain/time.js';
import { DEFAULT_LIMITS } from '../risk/limits.js';
import { createKinds } from '../strategies/catalog.js';
import { runMemory, runSession } from './run-session.js';
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
        const general = runSession(plan, market, 0, runMemory(market.length), true);
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
