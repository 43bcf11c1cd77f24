/** The columns of a study's tables; text and page show the same ones. `number` is what a configuration is called by. */
import type { BenchmarkComparison } from '../../core/metrics/study-benchmarks.js';
import type { StudyConfiguration } from '../../core/metrics/study-configuration.js';
import type { StudyPair } from '../../core/metrics/study-pairs.js';
import type { PlaceboStanding } from '../../core/metrics/study-placebos.js';
import { type StudyBenchmark, type StudyTrial, windowOf } from '../../core/metrics/study-trial.js';
import { winRateFrom } from '../../core/metrics/trade-results.js';
import { type Column, fixed, grouped } from '../text-table.js';
import { pText, percent, percentText, points, rangeOf, shareText, shown } from './study-words.js';

type Numbered = (configuration: string) => string;

const NAME_WIDTH = 36;

export function meanColumns(number: Numbered): Column<StudyConfiguration>[] {
  return [
    right('#', (of) => number(of.configuration)),
    left('Configuration', (of) => shown(of.configuration)),
    right('N', (of) => String(of.trials.length)),
    right('Mean', (of) => points(of.meanFraction)),
    right('95 % t', (of) => rangeOf(of.againstZero)),
    right('95 % bootstrap', (of) => rangeOf(of.bootstrap)),
    right('Sd', (of) => percent(of.deviationFraction)),
    right('p (mean 0)', (of) => pText(of.againstZero?.twoSidedP)),
  ];
}

export function spreadColumns(number: Numbered): Column<StudyConfiguration>[] {
  return [
    right('#', (of) => number(of.configuration)),
    right('Median', (of) => points(of.medianFraction)),
    right('Min', (of) => points(of.minFraction)),
    right('Max', (of) => points(of.maxFraction)),
    right('CV', (of) => fixed(of.coefficientOfVariation, 2)),
    right('Above 0', (of) => shareText(of.positive)),
  ];
}

export function tradingColumns(number: Numbered): Column<StudyConfiguration>[] {
  return [
    right('#', (of) => number(of.configuration)),
    right('Sharpe', (of) => fixed(of.meanSharpe, 2)),
    right('Max DD %', (of) => percent(of.meanDrawdownFraction)),
    right('Trades', (of) => fixed(of.meanTrades, 1)),
    right('Fills', (of) => fixed(of.meanFills, 1)),
    right('Fees USD', (of) => fixed(of.meanFeesUsd, 2)),
    right('Model USD', (of) => fixed(of.meanModelCostUsd, 4)),
  ];
}

export function pairColumns(number: Numbered): Column<StudyPair>[] {
  return [
    left('Pair', (of) => `${number(of.a)} - ${number(of.b)}`),
    right('N', (of) =>
      of.countA === of.countB ? String(of.countA) : `${String(of.countA)}/${String(of.countB)}`,
    ),
    right('Diff.', (of) => points(of.differenceFraction)),
    right('95 % t', (of) => rangeOf(of.tTest)),
    right('95 % bootstrap', (of) => rangeOf(of.bootstrap)),
    right('p t', (of) => pText(of.tTest?.twoSidedP)),
    right('p perm.', (of) => pText(of.permutation?.twoSidedP)),
    right('p Holm', (of) => pText(of.holmP)),
    right('g', (of) => fixed(of.hedgesG, 2)),
    right('delta', (of) => fixed(of.cliffsDelta, 2)),
    right(
      'Detectable',
      (of) => `${percent(of.detectableFraction)} / ${percent(of.detectableAmongAllFraction)}`,
    ),
    left('Verdict', (of) => PAIR_WORDS[of.verdict]),
  ];
}

const PAIR_WORDS = {
  differ: 'differ',
  'not-proven': 'not proven',
  'not-measurable': 'n/a',
} as const;

export const BENCHMARK_COLUMNS: readonly Column<StudyBenchmark>[] = [
  left('Benchmark', (of) => shown(of.name)),
  left('Window', (of) => shown(windowOf(of))),
  right('Return %', (of) => points(of.returnFraction)),
  right('Sharpe', (of) => fixed(of.sharpe, 2)),
  right('Max DD %', (of) => percent(of.maxDrawdownFraction)),
  right('Volatility %', (of) => percent(of.annualVolatilityFraction)),
];

export function comparisonColumns(number: Numbered): Column<BenchmarkComparison>[] {
  return [
    right('#', (of) => number(of.configuration)),
    left('Against', (of) => shown(of.benchmark)),
    right('N', (of) => String(of.values)),
    right('Diff.', (of) => points(of.differenceFraction)),
    right('95 % t', (of) => (of.tTest === undefined ? 'n/a' : rangeOf(of.tTest))),
    right('p t', (of) => pText(of.tTest?.twoSidedP)),
    right('p Holm', (of) => pText(of.holmP)),
    left('Verdict', (of) => ({ better: 'better', worse: 'worse', ...PAIR_WORDS })[of.verdict]),
  ];
}

export function trialColumns(number: Numbered): Column<StudyTrial>[] {
  return [
    right('#', (of) => number(of.configuration)),
    right('Trial', (of) => String(of.trial)),
    left('Window', (of) => shown(windowOf(of))),
    right('Return %', (of) => points(of.returnFraction)),
    right('Sharpe', (of) => fixed(of.sharpe, 2)),
    right('Max DD %', (of) => percent(of.maxDrawdownFraction)),
    right('Trades', (of) => String(of.closedTrades)),
    right('Won %', (of) => percent(winRateFrom(of.wins, of.closedTrades), 1)),
    right('Best USD', (of) => fixed(of.bestTradeUsd, 2)),
    right('Worst USD', (of) => fixed(of.worstTradeUsd, 2)),
    right('Fees USD', (of) => fixed(of.feesUsd, 2)),
    right('Model USD', (of) => fixed(of.modelCostUsd, 4)),
    right('Failed %', (of) => percent(of.failedShare, 1)),
  ];
}

export interface RandomRow {
  readonly configuration: string;
  readonly standing: PlaceboStanding;
}

export function randomColumns(number: Numbered): Column<RandomRow>[] {
  return [
    right('#', (of) => number(of.configuration)),
    left('Random traders', (of) => shown(of.standing.group)),
    right('Seeds', (of) => grouped(of.standing.placebos)),
    right('Beaten by its mean', (of) => shareText(of.standing.beatenByMean)),
    right('By one of its trials', (of) => percentText(of.standing.beatenByTrial)),
  ];
}

function left<Row>(title: string, cell: (row: Row) => string): Column<Row> {
  return { title, align: 'left', maxWidth: NAME_WIDTH, cell };
}

function right<Row>(title: string, cell: (row: Row) => string): Column<Row> {
  return { title, align: 'right', cell };
}
