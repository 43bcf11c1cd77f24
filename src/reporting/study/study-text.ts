import type { ExcludedTrial, Study } from '../../core/metrics/judge-study.js';
import type { BenchmarkComparison } from '../../core/metrics/study-benchmarks.js';
import type { StudyConfiguration } from '../../core/metrics/study-configuration.js';
import type { PlaceboStanding } from '../../core/metrics/study-placebos.js';
import { STUDY_LEVEL, type StudyPair } from '../../core/metrics/study-pairs.js';
import type { StudyBenchmark, StudyTrial } from '../../core/metrics/study-trial.js';
import { ONE_WINDOW, windowOf } from '../../core/metrics/study-trial.js';
import { winRateFrom } from '../../core/metrics/trade-results.js';
import { printable } from '../../core/domain/printable.js';
import { DISCLAIMER } from '../report/page.js';
import { type Column, fixed, grouped, textTable } from '../text-table.js';
import type { StudyAbout } from './study-about.js';
import { studyConventions, studyLimits } from './study-limits.js';

const NAME_WIDTH = 36;
/** A share of random traders that few exceed by chance. */
const FEW_DO_BETTER = 0.95;

/** The study for people. Configurations have numbers, by which pairs call them. */
export function studyText(study: Study, about: StudyAbout): string {
  const { configurations, pairs, againstBenchmarks, benchmarks, excluded } = study;
  const numbers = new Map(configurations.map(({ configuration }, i) => [configuration, i + 1]));
  const number = (name: string): string => String(numbers.get(name) ?? '?');
  const lines = [
    ...headOf(study, about),
    '',
    'MEAN RETURN OF EACH CONFIGURATION, in percent',
    ...textTable(meanColumns(number), configurations),
    '',
    'ITS TRIALS, in percent',
    ...textTable(spreadColumns(number), configurations),
    '',
    'BESIDE RANDOM TRADERS: how many of them it beats',
    ...besideRandom(study, number),
    '',
    'WHAT A TRIAL TOOK (means)',
    ...textTable(tradingColumns(number), configurations),
    '',
    'EVERY PAIR, differences in percentage points',
    ...(pairs.length === 0 ? ['One configuration has no pair.'] : textTable(pairColumns(number), pairs)),
    ...(pairs.length === 0 ? [] : ['', ...verdictOnPairs(study)]),
    '',
    'AGAINST BENCHMARKS, on the same bars with the same costs',
    ...(benchmarks.length === 0
      ? ['None ran.']
      : [
          ...textTable(BENCHMARK_COLUMNS, benchmarks),
          '',
          ...textTable(comparisonColumns(number), againstBenchmarks),
        ]),
    '',
    'EVERY TRIAL THAT COUNTS',
    ...textTable(
      trialColumns(number),
      configurations.flatMap(({ trials }) => trials),
    ),
  ];
  if (excluded.length > 0) lines.push('', 'TRIALS THAT COUNT NOWHERE', ...excluded.map(excludedLine));
  for (const name of study.withoutTrials)
    lines.push(`${shown(name)}: no trial counts, so it is in no table.`);
  lines.push('', 'HOW IT WAS COUNTED', ...studyConventions(study).flatMap(paragraph));
  lines.push('', 'WHAT THIS STUDY CANNOT SAY', ...studyLimits(study).flatMap(paragraph), '', DISCLAIMER);
  return `${lines.join('\n')}\n`;
}

function headOf({ configurations, windows, excluded, seed }: Study, about: StudyAbout): string[] {
  const trials = configurations.reduce((sum, one) => sum + one.trials.length, 0);
  const named = windows.filter((name) => name !== ONE_WINDOW).map(shown);
  return [
    `STUDY  ${counted(configurations.length, 'configuration')}, ${counted(trials, 'trial')}, ${grouped(excluded.length)} excluded; ${counted(windows.length, 'window')}; seed ${String(seed)}`,
    `${about.generated ? 'GENERATED prices: ' : ''}${shownLong(about.market)}`,
    ...(named.length === 0 ? [] : [`Windows: ${named.join('; ')}`]),
  ];
}

interface RandomRow {
  readonly configuration: string;
  readonly standing: PlaceboStanding;
}

function besideRandom({ configurations }: Study, number: (name: string) => string): string[] {
  const rows: RandomRow[] = configurations.flatMap(({ configuration, placebos }) =>
    placebos.map((standing) => ({ configuration, standing })),
  );
  if (rows.length === 0) return ['None ran.'];
  const above = configurations.filter(({ placebos }) =>
    placebos.every(({ beatenByMean }) => (beatenByMean?.low ?? 0) > FEW_DO_BETTER),
  );
  const columns: Column<RandomRow>[] = [
    right('#', (of) => number(of.configuration)),
    left('Random traders', (of) => shown(of.standing.group)),
    right('Seeds', (of) => grouped(of.standing.placebos)),
    right('Beaten by its mean', (of) => shareText(of.standing.beatenByMean)),
    right('By one of its trials', (of) => percentText(of.standing.beatenByTrial)),
  ];
  const names = above.map(({ configuration }) => shown(configuration)).join(', ');
  return [
    ...textTable(columns, rows),
    '',
    `Mean above ${percent(FEW_DO_BETTER, 0)} % of random traders, range included: ${names === '' ? 'NONE' : names}. A mean of trials varies less than one random trader does.`,
  ];
}

function verdictOnPairs({ pairs }: Study): string[] {
  const differ = pairs.filter(({ verdict }) => verdict === 'differ');
  const alone = pairs.filter(({ p }) => p !== undefined && p <= STUDY_LEVEL).length;
  const unmeasured = pairs.filter(({ verdict }) => verdict === 'not-measurable').length;
  const lines = differ.map(
    ({ a, b, differenceFraction, holmP }) =>
      `${shown(a)} and ${shown(b)} differ: ${points(differenceFraction)} points, Holm p ${pText(holmP)}.`,
  );
  if (differ.length === 0)
    lines.push(
      `NO PAIR IS PROVEN TO DIFFER. Of ${counted(pairs.length, 'pair')} ${grouped(alone)} would look different at p ${fixed(STUDY_LEVEL, 2)} if looked at alone${alone > 0 ? ', none after counting all of them' : ''}.`,
    );
  if (unmeasured > 0) lines.push(`${counted(unmeasured, 'pair')} could not be measured.`);
  return lines;
}

function meanColumns(number: (name: string) => string): Column<StudyConfiguration>[] {
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

function spreadColumns(number: (name: string) => string): Column<StudyConfiguration>[] {
  return [
    right('#', (of) => number(of.configuration)),
    right('Median', (of) => points(of.medianFraction)),
    right('Min', (of) => points(of.minFraction)),
    right('Max', (of) => points(of.maxFraction)),
    right('CV', (of) => fixed(of.coefficientOfVariation, 2)),
    right('Above 0', (of) => shareText(of.positive)),
  ];
}

function tradingColumns(number: (name: string) => string): Column<StudyConfiguration>[] {
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

function pairColumns(number: (name: string) => string): Column<StudyPair>[] {
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

const BENCHMARK_COLUMNS: readonly Column<StudyBenchmark>[] = [
  left('Benchmark', (of) => shown(of.name)),
  left('Window', (of) => shown(windowOf(of))),
  right('Return %', (of) => points(of.returnFraction)),
  right('Sharpe', (of) => fixed(of.sharpe, 2)),
  right('Max DD %', (of) => percent(of.maxDrawdownFraction)),
  right('Volatility %', (of) => percent(of.annualVolatilityFraction)),
];

function comparisonColumns(number: (name: string) => string): Column<BenchmarkComparison>[] {
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

function trialColumns(number: (name: string) => string): Column<StudyTrial>[] {
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

function excludedLine({ trial, why }: ExcludedTrial): string {
  const reason =
    why.kind === 'failed-decisions'
      ? `${percent(why.failedShare, 1)} % of its due decisions failed`
      : `its ${why.field} is no number`;
  const window = trial.window === undefined ? '' : `, ${shown(trial.window)}`;
  return `${shown(trial.configuration)}, trial ${String(trial.trial)}${window}: ${reason}`;
}

function left<Row>(title: string, cell: (row: Row) => string): Column<Row> {
  return { title, align: 'left', maxWidth: NAME_WIDTH, cell };
}

function right<Row>(title: string, cell: (row: Row) => string): Column<Row> {
  return { title, align: 'right', cell };
}

/** Names come from configurations of the user's own. */
function shown(name: string): string {
  return printable(name, 80);
}

function shownLong(text: string): string {
  return printable(text, 500);
}

const LINE_WIDTH = 116;

/** A dash and whole words, indented from the second line on. */
function paragraph(text: string): string[] {
  const lines: string[] = [];
  let line = '-';
  for (const word of printable(text, 2_000).split(' ')) {
    if (line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

function counted(n: number, what: string): string {
  return `${grouped(n)} ${what}${n === 1 ? '' : 's'}`;
}

function percent(fraction: number | undefined, decimals = 2): string {
  return fixed(fraction === undefined ? undefined : 100 * fraction, decimals);
}

/** Of a fraction, in percent with its sign. */
function points(fraction: number | undefined): string {
  const text = percent(fraction);
  return Number(text) > 0 ? `+${text}` : text;
}

function rangeOf(range: { readonly low: number; readonly high: number } | undefined): string {
  return range === undefined ? 'n/a' : `${points(range.low)} to ${points(range.high)}`;
}

/** Three digits; what is smaller is said to be. */
function pText(p: number | undefined): string {
  return p !== undefined && p < 0.0005 ? '<.001' : fixed(p, 3).replace(/^0\./, '.');
}

function percentText(fraction: number | undefined): string {
  return fraction === undefined ? 'n/a' : `${percent(fraction, 1)} %`;
}

function shareText(
  range: { readonly share: number; readonly low: number; readonly high: number } | undefined,
): string {
  return range === undefined
    ? 'n/a'
    : `${percent(range.share, 1)} % (${percent(range.low, 1)} to ${percent(range.high, 1)})`;
}
