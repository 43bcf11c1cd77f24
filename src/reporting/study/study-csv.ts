/**
 * The tables of a study for a spreadsheet. Titles are those that published tables of this kind have, so that files can be laid side by side;
 * columns of our own come after them. Money is in USD, what says % or is a rate is in percent, deviations have ddof 1; what cannot be
 * measured is an empty cell.
 */
import type { Study } from '../../core/metrics/judge-study.js';
import type { StudyConfiguration } from '../../core/metrics/study-configuration.js';
import type { PlaceboStanding } from '../../core/metrics/study-placebos.js';
import { type StudyTradeFigures, studyTradeFigures } from '../../core/metrics/study-trade-figures.js';
import { type StudyTrial, windowOf } from '../../core/metrics/study-trial.js';
import { csvText } from '../report/csv.js';
import { fixed } from '../text-table.js';
import { fileSlugs } from './file-slugs.js';

type Cell = string | number | undefined;
type Table<Row> = readonly (readonly [title: string, cell: (row: Row) => Cell])[];

/** Files by name: five of each configuration and six of all. */
export function studyCsv(study: Study): Map<string, string> {
  const slugs = fileSlugs(study.configurations.map(({ configuration }) => configuration));
  const files = new Map<string, string>();
  for (const of of study.configurations) {
    const slug = slugs.get(of.configuration) ?? '';
    const trials = of.trials.map((trial) => ({ trial, figures: studyTradeFigures(trial) }));
    files.set(`${slug}_overall_stats.csv`, table(OVERALL, of.trials));
    files.set(`${slug}_advanced_stats.csv`, table(ADVANCED, trials));
    files.set(`${slug}_risk_metrics_summary.csv`, table(RISK, trials));
    files.set(`${slug}_total_pnl_by_coin.csv`, table(BY_COIN, of.bySymbol));
    files.set(`${slug}_avg_capture_ratios_by_coin.csv`, table(CAPTURES, of.bySymbol));
  }
  files.set('summary_statistics.csv', table(SUMMARY, study.configurations));
  files.set(
    'placebo_percentiles.csv',
    table(
      PLACEBOS,
      study.configurations.flatMap(({ configuration, placebos }) =>
        placebos.map((standing) => ({ configuration, standing })),
      ),
    ),
  );
  files.set('pairs.csv', table(PAIRS, study.pairs));
  files.set('benchmark_summary.csv', table(BENCHMARKS, study.benchmarks));
  files.set('benchmark_comparisons.csv', table(COMPARISONS, study.againstBenchmarks));
  files.set('excluded_trials.csv', table(EXCLUDED, study.excluded));
  return files;
}

function table<Row>(columns: Table<Row>, rows: readonly Row[]): string {
  return csvText(
    columns.map(([title]) => title),
    rows.map((row) => columns.map(([, cell]) => plain(cell(row)))),
  );
}

/** Without the digits that only rounding made. */
function plain(cell: Cell): Cell {
  return typeof cell === 'number' && Number.isFinite(cell) ? Number(cell.toPrecision(12)) : cell;
}

function pct(fraction: number | undefined): number | undefined {
  return fraction === undefined ? undefined : 100 * fraction;
}

const OVERALL: Table<StudyTrial> = [
  ['Trial', (of) => of.trial],
  ['Acc. Value', (of) => of.equityUsd],
  ['Return %', (of) => pct(of.returnFraction)],
  // What the account started with follows from both; an account that lost everything does not tell it.
  [
    'Total PnL',
    (of) => (of.returnFraction > -1 ? of.equityUsd - of.equityUsd / (1 + of.returnFraction) : undefined),
  ],
  ['Fees', (of) => of.feesUsd],
  ['Win Rate', (of) => (of.closedTrades === 0 ? undefined : (100 * of.wins) / of.closedTrades)],
  ['Biggest Win', (of) => of.bestTradeUsd],
  ['Biggest Loss', (of) => of.worstTradeUsd],
  ['Sharpe', (of) => of.sharpe],
  ['Std Dev %', (of) => pct(of.annualVolatilityFraction)],
  ['No of Trades', (of) => of.closedTrades],
  ['Window', windowOf],
  ['Fills', (of) => of.fills],
  ['Funding', (of) => of.fundingUsd],
  ['Model Cost', (of) => of.modelCostUsd],
  ['Max Drawdown %', (of) => pct(of.maxDrawdownFraction)],
  ['Failed Decisions %', (of) => pct(of.failedShare)],
];

interface TrialRow {
  readonly trial: StudyTrial;
  readonly figures: StudyTradeFigures;
}

const ADVANCED: Table<TrialRow> = [
  ['Trial', ({ trial }) => trial.trial],
  ['Avg Notional', ({ figures }) => figures.meanNotionalUsd],
  ['Median Notional', ({ figures }) => figures.medianNotionalUsd],
  ['Avg Hold Hours', ({ figures }) => figures.meanHoldHours],
  ['Median Hold Hours', ({ figures }) => figures.medianHoldHours],
  ['Avg Leverage', ({ figures }) => figures.meanLeverage],
  ['Median Leverage', ({ figures }) => figures.medianLeverage],
  ['% Long', ({ trial }) => pct(trial.longShare)],
  ['Expected Value', ({ figures }) => figures.expectancyUsd],
  ['Std Dev P&L', ({ figures }) => figures.deviationUsd],
  ['Profit Factor', ({ figures }) => figures.profitFactor],
  ['Window', ({ trial }) => windowOf(trial)],
];

const RISK: Table<TrialRow> = [
  ['Trial', ({ trial }) => trial.trial],
  ['Upside Deviation', ({ figures }) => figures.upsideDeviationUsd],
  ['Downside Deviation', ({ figures }) => figures.downsideDeviationUsd],
  ['Sortino (per trade)', ({ figures }) => figures.sortinoPerTrade],
  ['Sortino (annual)', ({ trial }) => trial.sortino],
  ['Up/Down Ratio', ({ figures }) => figures.upDownRatio],
  ['Skew', ({ figures }) => figures.skewness],
  ['Excess Kurtosis', ({ figures }) => figures.excessKurtosis],
  ['Max Drawdown %', ({ trial }) => pct(trial.maxDrawdownFraction)],
  ['Window', ({ trial }) => windowOf(trial)],
];

const BY_COIN: Table<StudyConfiguration['bySymbol'][number]> = [
  ['Coin', (of) => of.symbol],
  ['Trades', (of) => of.trades],
  ['Total P&L', (of) => of.netUsd],
  ['Win Rate', (of) => pct(of.winFraction)],
  ['Avg P&L/Trade', (of) => of.meanNetUsd],
  ['Best Trade', (of) => of.bestUsd],
  ['Worst Trade', (of) => of.worstUsd],
];

/** Captures in percent of the symbol's move: of the account, then of the timing alone. */
const CAPTURES: Table<StudyConfiguration['bySymbol'][number]> = [
  ['Coin', (of) => of.symbol],
  ['Avg Upside Capture', (of) => pct(of.up.mean)],
  ['Avg Downside Capture', (of) => pct(of.down.mean)],
  ['Std Upside Capture', (of) => pct(of.up.deviation)],
  ['Std Downside Capture', (of) => pct(of.down.deviation)],
  ['Trials', (of) => Math.max(of.up.trials, of.down.trials)],
  ['Avg Upside Timing', (of) => pct(of.timingUp.mean)],
  ['Avg Downside Timing', (of) => pct(of.timingDown.mean)],
  ['Std Upside Timing', (of) => pct(of.timingUp.deviation)],
  ['Std Downside Timing', (of) => pct(of.timingDown.deviation)],
];

const SUMMARY: Table<StudyConfiguration> = [
  ['Model', (of) => of.model],
  ['Temperature', (of) => of.temperature ?? undefined],
  ['N', (of) => of.trials.length],
  ['Mean Return (%)', (of) => pct(of.meanFraction)],
  ['95% CI', (of) => interval(of)],
  ['Std Dev (%)', (of) => pct(of.deviationFraction)],
  ['Median', (of) => pct(of.medianFraction)],
  ['Min', (of) => pct(of.minFraction)],
  ['Max', (of) => pct(of.maxFraction)],
  ['Avg Sharpe', (of) => of.meanSharpe],
  ['Avg Trades', (of) => of.meanTrades],
  ['Configuration', (of) => of.configuration],
  ['Independent Values', (of) => of.values],
  ['CI Low (%)', (of) => pct(of.againstZero?.low)],
  ['CI High (%)', (of) => pct(of.againstZero?.high)],
  ['Bootstrap Low (%)', (of) => pct(of.bootstrap?.low)],
  ['Bootstrap High (%)', (of) => pct(of.bootstrap?.high)],
  ['CV', (of) => of.coefficientOfVariation],
  ['t', (of) => of.againstZero?.t],
  ['p (mean = 0)', (of) => of.againstZero?.twoSidedP],
  ['P(>0) (%)', (of) => pct(of.positive?.share)],
  ['P(>0) Low (%)', (of) => pct(of.positive?.low)],
  ['P(>0) High (%)', (of) => pct(of.positive?.high)],
  ['Avg Max Drawdown (%)', (of) => pct(of.meanDrawdownFraction)],
  ['Avg Fees', (of) => of.meanFeesUsd],
  ['Avg Model Cost', (of) => of.meanModelCostUsd],
];

/** Student's interval of the mean. In brackets, because a text that begins with a minus is no text to a spreadsheet. */
function interval({ againstZero }: StudyConfiguration): string | undefined {
  if (againstZero === undefined) return undefined;
  return `[${fixed(100 * againstZero.low, 2)}, ${fixed(100 * againstZero.high, 2)}]`;
}

const PLACEBOS: Table<{ readonly configuration: string; readonly standing: PlaceboStanding }> = [
  ['Configuration', (of) => of.configuration],
  ['Random Traders', ({ standing }) => standing.group],
  ['N', ({ standing }) => standing.placebos],
  ['Below Mean (%)', ({ standing }) => pct(standing.beatenByMean?.share)],
  ['Below Mean Low (%)', ({ standing }) => pct(standing.beatenByMean?.low)],
  ['Below Mean High (%)', ({ standing }) => pct(standing.beatenByMean?.high)],
  ['Below a Trial (%)', ({ standing }) => pct(standing.beatenByTrial)],
];

const PAIRS: Table<Study['pairs'][number]> = [
  ['A', (of) => of.a],
  ['B', (of) => of.b],
  ['N A', (of) => of.countA],
  ['N B', (of) => of.countB],
  ['Difference (points)', (of) => pct(of.differenceFraction)],
  ['CI Low (points)', (of) => pct(of.tTest?.low)],
  ['CI High (points)', (of) => pct(of.tTest?.high)],
  ['Bootstrap Low (points)', (of) => pct(of.bootstrap?.low)],
  ['Bootstrap High (points)', (of) => pct(of.bootstrap?.high)],
  ['t', (of) => of.tTest?.t],
  ['Degrees', (of) => of.tTest?.degrees],
  ['p t', (of) => of.tTest?.twoSidedP],
  ['p permutation', (of) => of.permutation?.twoSidedP],
  ['Splits', (of) => of.permutation?.splits],
  ['Exact', (of) => (of.permutation === undefined ? undefined : of.permutation.exact ? 'yes' : 'no')],
  ['p Holm', (of) => of.holmP],
  ['Hedges g', (of) => of.hedgesG],
  ['Cliffs delta', (of) => of.cliffsDelta],
  ['Detectable alone (points)', (of) => pct(of.detectableFraction)],
  ['Detectable among all (points)', (of) => pct(of.detectableAmongAllFraction)],
  ['Verdict', (of) => of.verdict],
];

const BENCHMARKS: Table<Study['benchmarks'][number]> = [
  ['Strategy', (of) => of.name],
  ['Final Value ($)', (of) => of.equityUsd],
  ['Total Return (%)', (of) => pct(of.returnFraction)],
  ['Sharpe Ratio', (of) => of.sharpe],
  ['Max Drawdown (%)', (of) => pct(of.maxDrawdownFraction)],
  ['Volatility (%)', (of) => pct(of.annualVolatilityFraction)],
  ['Window', windowOf],
];

const COMPARISONS: Table<Study['againstBenchmarks'][number]> = [
  ['Configuration', (of) => of.configuration],
  ['Benchmark', (of) => of.benchmark],
  ['N', (of) => of.values],
  ['Difference (points)', (of) => pct(of.differenceFraction)],
  ['CI Low (points)', (of) => pct(of.tTest?.low)],
  ['CI High (points)', (of) => pct(of.tTest?.high)],
  ['p t', (of) => of.tTest?.twoSidedP],
  ['p Holm', (of) => of.holmP],
  ['Verdict', (of) => of.verdict],
];

const EXCLUDED: Table<Study['excluded'][number]> = [
  ['Configuration', ({ trial }) => trial.configuration],
  ['Trial', ({ trial }) => trial.trial],
  ['Window', ({ trial }) => windowOf(trial)],
  ['Failed Decisions %', ({ trial }) => pct(trial.failedShare)],
  [
    'Why',
    ({ why }) => (why.kind === 'failed-decisions' ? 'too many failed decisions' : `no number: ${why.field}`),
  ],
];
