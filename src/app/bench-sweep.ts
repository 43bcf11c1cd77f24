/** A sweep of crosses on one symbol, through the court that plays every sweep; the limit is W1's time per bar. */
import { DEFAULT_LIMITS } from '../core/risk/limits.js';
import { type MarketTable } from '../core/domain/market-table.js';
import { sliceMarket } from '../core/domain/slice-market.js';
import { createKinds } from '../core/strategies/catalog.js';
import { rowWidth } from '../core/sweep/sweep-row.js';
import { countRuns } from '../core/sweep/sweep-settings.js';
import { planSweep } from './sweep/plan-sweep.js';
import { openCourt } from './sweep/sweep-court.js';

export const SWEEP_HOURS = 17_520;

/** Sets between two looks at the limit. */
const TURN_RUNS = 1000;

export interface SweepBench {
  readonly runs: number;
  readonly seconds: number;
  readonly bars: number;
  /** What the limit would have taken for the same bars; undefined where it is not known. */
  readonly limitSeconds: number | undefined;
}

/**
 * `market` has at least SWEEP_HOURS bars of its only symbol; 10,000 sets. `limitPerBar` measures the limit's seconds a bar:
 * it is asked beside every thousand sets, because a machine is not equally fast all the time.
 */
export function benchSweep(
  market: MarketTable,
  hash: (content: string | Uint8Array) => string,
  now: () => number,
  limitPerBar: () => number | undefined,
): SweepBench {
  const table = sliceMarket(market, 0, SWEEP_HOURS);
  const kinds = createKinds();
  const steps = (from: number, by: number): number[] => Array.from({ length: 50 }, (_, i) => from + i * by);
  const plan = planSweep(
    {
      kind: 'sma-cross',
      sets: {
        form: 'grid',
        fixed: {},
        axes: [
          { name: 'fast', values: steps(2, 1) },
          { name: 'slow', values: steps(60, 3) },
          { name: 'stop', values: [0.02, 0.04, 0.06, 0.1] },
        ],
      },
      eachSymbol: false,
      cashUsd: 10_000,
      costs: { takerFeeBps: 5, makerFeeBps: 2, halfSpreadBps: 2, slippageBps: 0, impactBps: 10 },
      limits: DEFAULT_LIMITS,
      holdoutFraction: 0,
      folds: undefined,
      purgeBars: undefined,
      embargoBars: 0,
    },
    table,
    0,
    kinds,
    hash,
  );
  const { settings, ranked } = plan;
  const court = openCourt(settings, kinds, ranked);
  const row = new Float64Array(rowWidth(settings.windows.folds.length));
  const runs = countRuns(settings);
  let seconds = 0;
  let limitSeconds: number | undefined = 0;
  for (let run = 0; run < runs;) {
    const end = Math.min(runs, run + TURN_RUNS);
    const perBar = limitPerBar();
    limitSeconds =
      perBar === undefined || limitSeconds === undefined
        ? undefined
        : limitSeconds + perBar * ranked.length * (end - run);
    const start = now();
    for (; run < end; run++) court.play(run, row);
    seconds += (now() - start) / 1000;
  }
  return { runs, seconds, bars: ranked.length, limitSeconds };
}
