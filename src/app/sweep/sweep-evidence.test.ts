/** What a sweep says where there is nothing to find, and where there is. */
import { describe, expect, it } from 'vitest';
import { endSweep, memorySweep, planOf, playSweep } from '../../../test/support/made-sweep.js';
import { type MadeBar, bar, marketOf } from '../../../test/support/made-market.js';
import type { MarketTable } from '../../core/domain/market-table.js';
import { HOUR_MS } from '../../core/domain/time.js';
import { uniformAt } from '../../core/domain/rng.js';
import { normalQuantile } from '../../core/metrics/special-functions.js';
import { readGrid } from '../../core/sweep/read-sets.js';
import { readRow } from '../../core/sweep/sweep-row.js';
import type { SweepEnd } from './finish-sweep.js';

const BARS = 1500;
const FREE = { takerFeeBps: 0, makerFeeBps: 0, halfSpreadBps: 0, slippageBps: 0, impactBps: 0 };
/** The quickest of them see a memory of one bar, the others hardly. */
const SETS = readGrid({ fast: [1, 2, 8, 16], slow: [3, 24, 48, 96] }, {});

/** A market whose returns have this memory: each is `memory` of the one before and a shock of 1 %. */
function walk(seed: number, memory: number, turnAt = Infinity): MarketTable {
  let price = 100;
  let before = 0;
  const bars = Array.from({ length: BARS }, (_, i): MadeBar => {
    const shock = 0.01 * normalQuantile(uniformAt(seed, i * HOUR_MS, 0));
    before = (i < turnAt ? memory : -memory) * before + shock;
    const open = price;
    price = Math.max(1e-3, price * (1 + before));
    return bar(open, price, 0, 1e9);
  });
  return marketOf([bars]);
}

async function sweepOver(market: MarketTable, holdoutFraction = 0.25): Promise<SweepEnd> {
  const plan = planOf(market, { sets: SETS, costs: FREE, folds: 2, purgeBars: 96, holdoutFraction });
  const { tally } = await playSweep(plan, { store: memorySweep() });
  return await endSweep(plan, market, tally);
}

describe('a sweep over prices without an edge', () => {
  it('says in nearly all markets that the best is what luck gives', async () => {
    let lucky = 0;
    for (let seed = 1; seed <= 40; seed++)
      if ((await sweepOver(walk(seed, 0))).judgement.verdict === 'luck') lucky++;
    // One in twenty may look like skill. Taken at face value, 6 of these 40 do.
    expect(lucky).toBeGreaterThanOrEqual(38);
  });
});

describe('a sweep over prices that go on as they went', () => {
  it('finds the edge, in the ranking and held out, in all markets', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { judgement, top } = await sweepOver(walk(seed, 0.6));
      expect(judgement.verdict, `seed ${String(seed)}`).toBe('better-than-luck');
      expect(top[0]?.holdout?.sharpe ?? NaN, `seed ${String(seed)}`).toBeGreaterThan(0);
    }
  });
});

describe('the holdout', () => {
  it('changes no rank and no verdict: two markets that part after the ranking are ranked alike', async () => {
    // The edge turns into its opposite where the ranked part ends.
    const [same, turned] = [walk(3, 0.6), walk(3, 0.6, (BARS * 3) / 4)];
    const [a, b] = [await sweepOver(same), await sweepOver(turned)];
    expect(b.judgement).toEqual(a.judgement);
    expect(b.top.map(({ run }) => run)).toEqual(a.top.map(({ run }) => run));
    expect(b.top[0]?.holdout?.sharpe ?? NaN).toBeLessThan(a.top[0]?.holdout?.sharpe ?? NaN);
    expect(readRow(b.top[0]?.row ?? new Float64Array(), 'sharpe')).toBeGreaterThan(0);
  });

  it('is n/a where nothing is held out', async () => {
    const { top } = await sweepOver(walk(3, 0.6), 0);
    expect(top[0]?.holdout).toBeUndefined();
  });
});
