import type { MarketTable } from '../../core/domain/market-table.js';
import { assertInvariant } from '../../core/domain/problem.js';
import { sharpe } from '../../core/metrics/sharpe.js';
import { totalReturn } from '../../core/metrics/returns.js';
import type { Kinds } from '../../core/strategies/catalog.js';
import { type SweepJudgement, type RankedRun, judgeSweep } from '../../core/sweep/judge-sweep.js';
import { readRow, rowWidth } from '../../core/sweep/sweep-row.js';
import type { SweepSettings } from '../../core/sweep/sweep-settings.js';
import type { SweepTally } from '../../core/sweep/sweep-tally.js';
import { openCourt } from './sweep-court.js';

/** What a run did after everything that it was ranked by; undefined without a holdout. */
export interface Holdout {
  readonly returnFraction: number | undefined;
  /** Per sample. */
  readonly sharpe: number | undefined;
}

export interface TopRun extends RankedRun {
  readonly holdout: Holdout | undefined;
}

export interface SweepEnd {
  readonly judgement: SweepJudgement;
  readonly top: readonly TopRun[];
}

/**
 * Plays again what nobody kept: the curves of the sample, for what runs have in common, and the best over the whole
 * market, which is the first time that anything sees the holdout. `breathe` is awaited between two runs. Undefined where it was stopped.
 */
export async function finishSweep(
  settings: SweepSettings,
  tally: SweepTally,
  world: {
    readonly kinds: Kinds;
    /** Up to the holdout, and all of it. */
    readonly ranked: MarketTable;
    readonly whole: MarketTable;
    readonly top: number;
    /** False ends it. */
    breathe(): Promise<boolean>;
  },
): Promise<SweepEnd | undefined> {
  const row = new Float64Array(rowWidth(settings.windows.folds.length));
  const ranked = openCourt(settings, world.kinds, world.ranked);
  const sampled: Float64Array[] = [];
  for (const { run } of tally.sample.toSorted((a, b) => a.run - b.run)) {
    ranked.play(run, row);
    sampled.push(ranked.returns());
    if (!(await world.breathe())) return undefined;
  }
  const judgement = judgeSweep(tally, settings.windows.ranked, sampled);
  const whole = openCourt(settings, world.kinds, world.whole);
  const top: TopRun[] = [];
  for (const best of judgement.best.slice(0, world.top)) {
    whole.play(best.run, row);
    const returns = whole.returns();
    assertSameAccount(settings, best, returns);
    top.push({ ...best, holdout: holdoutOf(settings, returns) });
    if (!(await world.breathe())) return undefined;
  }
  return { judgement, top };
}

/** One account goes on: up to the holdout it did what it was ranked by. */
function assertSameAccount(settings: SweepSettings, best: RankedRun, returns: Float64Array): void {
  const again = sharpe(returns.subarray(0, settings.windows.ranked), 1) ?? NaN;
  const before = readRow(best.row, 'sharpe');
  assertInvariant(
    Math.abs(again - before) <= 1e-9 * Math.max(1, Math.abs(before)),
    () =>
      `run ${String(best.run)} has ratio ${String(before)} in the sweep and ${String(again)} played again`,
  );
}

function holdoutOf({ windows }: SweepSettings, returns: Float64Array): Holdout | undefined {
  if (windows.holdoutFrom >= windows.samples) return undefined;
  const after = returns.subarray(windows.holdoutFrom, windows.samples);
  return { returnFraction: totalReturn(after), sharpe: sharpe(after, 1) };
}
