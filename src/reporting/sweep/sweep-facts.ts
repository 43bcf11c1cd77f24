/** A sweep's result in people's units: what the table, `sweep.json` and `best.json` are made of. */
import { accountOf, rawParams } from '../../core/sweep/nth-run.js';
import { type RankedRun, type SweepJudgement, DEFLATED_LEVEL } from '../../core/sweep/judge-sweep.js';
import { countSets } from '../../core/sweep/parameter-sets.js';
import { foldRatios, positiveShare, readRow } from '../../core/sweep/sweep-row.js';
import { type SweepSettings, countRuns } from '../../core/sweep/sweep-settings.js';
import type { SweepTally } from '../../core/sweep/sweep-tally.js';

/** What the command knows about the sweep beside its results. */
export interface SweepAbout {
  readonly name: string;
  readonly market: string;
  readonly generated: boolean;
  /** Purge and embargo in bars as asked, and where the purge came from. */
  readonly purgeBars: number;
  readonly purgeFrom: string;
  readonly embargoBars: number;
  /** Undefined where nobody asked for a number. */
  readonly foldsWanted: number | undefined;
  /** Open times of the first ranked bar, of the first held-out one, and the close of the last. */
  readonly fromMs: number;
  readonly holdoutFromMs: number | undefined;
  readonly toMs: number;
  /** Why the kind does not take the first of the sets that it does not take. */
  readonly firstInvalidWhy: string | undefined;
  readonly label: (run: number) => string;
}

export interface TopFacts {
  readonly rank: number;
  readonly run: number;
  readonly label: string;
  readonly symbols: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly returnPct: number | undefined;
  readonly sharpe: number | undefined;
  readonly deflatedPct: number | undefined;
  readonly deflatedByEffectivePct: number | undefined;
  readonly maxDrawdownPct: number | undefined;
  readonly fills: number;
  readonly closedTrades: number;
  readonly costsUsd: number;
  readonly folds: readonly {
    readonly trainSharpe: number | undefined;
    readonly testSharpe: number | undefined;
  }[];
  readonly positiveTestsPct: number | undefined;
  readonly holdoutReturnPct: number | undefined;
  readonly holdoutSharpe: number | undefined;
}

export interface FoldFacts {
  readonly fold: number;
  readonly bestRun: number | undefined;
  readonly label: string | undefined;
  readonly trainSharpe: number | undefined;
  readonly testSharpe: number | undefined;
  /** Of all runs with a ratio in this test. */
  readonly tested: number;
  readonly positivePct: number | undefined;
}

export interface SweepFacts {
  readonly kind: string;
  readonly sets: number;
  readonly accounts: number;
  readonly total: number;
  readonly played: number;
  readonly invalid: number;
  readonly faulted: number;
  readonly neverTraded: number;
  readonly verdict: SweepJudgement['verdict'];
  readonly levelPct: number;
  readonly rankedSamples: number;
  readonly holdoutSamples: number;
  readonly bestDeflatedPct: number | undefined;
  readonly bestSharpe: number | undefined;
  /** What the best of so many without skill reaches on average. */
  readonly luckySharpe: number | undefined;
  /** Deviation of the annual ratios: over all runs, and the one that was used. */
  readonly sharpeDeviation: number | undefined;
  readonly usedDeviation: number;
  readonly averageCorrelation: number | undefined;
  readonly effectiveRuns: number | undefined;
  readonly bestDeflatedByEffectivePct: number | undefined;
  readonly overfittingPct: number | undefined;
  readonly overfittingWhy: string | undefined;
  readonly sampled: number;
  readonly folds: readonly FoldFacts[];
  readonly top: readonly TopFacts[];
}

type Top = RankedRun & {
  readonly holdout:
    { readonly returnFraction: number | undefined; readonly sharpe: number | undefined } | undefined;
};

export function sweepFacts(
  settings: SweepSettings,
  tally: SweepTally,
  { judgement, top }: { readonly judgement: SweepJudgement; readonly top: readonly Top[] },
  kindLabel: (run: number) => string,
): SweepFacts {
  const shown = top.map(({ run }) => run);
  const ambiguous = new Set(shown.map(kindLabel)).size < shown.length;
  const label = (run: number): string => (ambiguous ? valuesOf(settings, run) : kindLabel(run));
  const annual = Math.sqrt(settings.samplesPerYear);
  const yearly = (ratio: number | undefined): number | undefined => times(ratio, annual);
  const { overfitting } = judgement;
  const { windows } = settings;
  const best = judgement.best[0];
  return {
    kind: settings.kind,
    sets: countSets(settings.sets),
    accounts: settings.accounts.length,
    total: countRuns(settings),
    played: tally.played,
    invalid: tally.invalid,
    faulted: tally.faulted,
    neverTraded: tally.neverTraded,
    verdict: judgement.verdict,
    levelPct: 100 * DEFLATED_LEVEL,
    rankedSamples: windows.ranked,
    holdoutSamples: windows.samples - windows.holdoutFrom,
    bestDeflatedPct: times(best?.deflated, 100),
    bestSharpe: best === undefined ? undefined : yearly(readRow(best.row, 'sharpe')),
    luckySharpe: yearly(judgement.hurdle),
    sharpeDeviation: yearly(
      judgement.observedVariance === undefined ? undefined : Math.sqrt(judgement.observedVariance),
    ),
    usedDeviation: annual * Math.sqrt(judgement.usedVariance),
    averageCorrelation: judgement.averageCorrelation,
    effectiveRuns: judgement.effectiveRuns,
    bestDeflatedByEffectivePct: times(best?.deflatedByEffective, 100),
    overfittingPct: overfitting.kind === 'measured' ? 100 * overfitting.probability : undefined,
    overfittingWhy: overfitting.kind === 'measured' ? undefined : overfitting.why,
    sampled: judgement.sampled,
    folds: tally.folds.map((fold, k) => ({
      fold: k + 1,
      bestRun: fold.bestRun,
      label: fold.bestRun === undefined ? undefined : label(fold.bestRun),
      trainSharpe: yearly(fold.bestTrain),
      testSharpe: yearly(fold.bestTest),
      tested: fold.tested,
      positivePct: fold.tested === 0 ? undefined : (100 * fold.positive) / fold.tested,
    })),
    top: top.map((run, i) => ({
      rank: i + 1,
      run: run.run,
      label: label(run.run),
      symbols: accountOf(settings, run.run),
      params: rawParams(settings, run.run),
      returnPct: times(readRow(run.row, 'returnFraction'), 100),
      sharpe: yearly(readRow(run.row, 'sharpe')),
      deflatedPct: times(run.deflated, 100),
      deflatedByEffectivePct: times(run.deflatedByEffective, 100),
      maxDrawdownPct: times(readRow(run.row, 'maxDrawdownFraction'), 100),
      fills: readRow(run.row, 'fills'),
      closedTrades: readRow(run.row, 'closedTrades'),
      costsUsd: readRow(run.row, 'costsUsd'),
      folds: windows.folds.map((_, k) => {
        const { train, test } = foldRatios(run.row, k);
        return { trainSharpe: yearly(train), testSharpe: yearly(test) };
      }),
      positiveTestsPct: times(positiveShare(run.row, windows.folds.length), 100),
      holdoutReturnPct: times(run.holdout?.returnFraction, 100),
      holdoutSharpe: yearly(run.holdout?.sharpe),
    })),
  };
}

/** For kinds whose own label does not say everything that the sweep varies. */
function valuesOf(settings: SweepSettings, run: number): string {
  const params = rawParams(settings, run);
  const values = settings.sets.axes.map(({ name }) => {
    const value = params[name];
    return `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
  });
  const account = settings.accounts.length > 1 ? accountOf(settings, run) : [];
  return [...account, ...values].join(' ');
}

/** What cannot be measured stays undefined, also where a row has NaN for it. */
function times(value: number | undefined, factor: number): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value * factor;
}
