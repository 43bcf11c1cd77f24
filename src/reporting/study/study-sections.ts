/** What a study shows, in order: tables and the sentences below them. Text and page are made of the same sections. */
import type { ExcludedTrial, Study } from '../../core/metrics/judge-study.js';
import { STUDY_LEVEL } from '../../core/metrics/study-pairs.js';
import { htmlTable } from '../report/html-table.js';
import { type Column, fixed, grouped, textTable } from '../text-table.js';
import {
  BENCHMARK_COLUMNS,
  type RandomRow,
  comparisonColumns,
  meanColumns,
  pairColumns,
  randomColumns,
  spreadColumns,
  tradingColumns,
  trialColumns,
} from './study-columns.js';
import { studyConventions, studyLimits } from './study-limits.js';
import { counted, pText, percent, points, shown } from './study-words.js';

/** One table in both forms. */
export interface StudyTable {
  readonly text: readonly string[];
  readonly html: string;
}

export interface StudySection {
  readonly id: string;
  readonly title: string;
  readonly tables: readonly StudyTable[];
  /** One paragraph each. */
  readonly notes: readonly string[];
}

export function studySections(study: Study): StudySection[] {
  const { configurations, pairs, againstBenchmarks, benchmarks } = study;
  const numbers = new Map(configurations.map(({ configuration }, i) => [configuration, i + 1]));
  const number = (name: string): string => String(numbers.get(name) ?? '?');
  const beside: RandomRow[] = configurations.flatMap(({ configuration, placebos }) =>
    placebos.map((standing) => ({ configuration, standing })),
  );
  const trials = configurations.flatMap((of) => of.trials);
  return [
    {
      id: 'means',
      title: 'Mean return of each configuration, in percent',
      tables: tableOf(meanColumns(number), configurations),
      notes: [],
    },
    {
      id: 'spread',
      title: 'Its trials, in percent',
      tables: tableOf(spreadColumns(number), configurations),
      notes: [],
    },
    {
      id: 'random',
      title: 'Beside random traders: how many of them it beats',
      tables: tableOf(randomColumns(number), beside),
      notes: beside.length === 0 ? ['None ran.'] : [conclusionOnRandom(study)],
    },
    {
      id: 'trading',
      title: 'What a trial took (means)',
      tables: tableOf(tradingColumns(number), configurations),
      notes: [],
    },
    {
      id: 'pairs',
      title: 'Every pair, differences in percentage points',
      tables: tableOf(pairColumns(number), pairs),
      notes: pairs.length === 0 ? ['There is no pair.'] : verdictOnPairs(study),
    },
    {
      id: 'benchmarks',
      title: 'Against benchmarks, on the same bars with the same costs',
      tables: [
        ...tableOf(BENCHMARK_COLUMNS, benchmarks),
        ...tableOf(comparisonColumns(number), againstBenchmarks),
      ],
      notes: benchmarks.length === 0 ? ['None ran.'] : [],
    },
    {
      id: 'trials',
      title: 'Every trial that counts',
      tables: tableOf(trialColumns(number), trials),
      notes: [],
    },
    ...excludedSection(study),
    { id: 'counted', title: 'How it was counted', tables: [], notes: studyConventions(study) },
    { id: 'limits', title: 'What this study cannot say', tables: [], notes: studyLimits(study) },
  ];
}

/** None without rows. */
function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): StudyTable[] {
  return rows.length === 0 ? [] : [{ text: textTable(columns, rows), html: htmlTable(columns, rows) }];
}

/** A share of random traders that few exceed by chance. */
const FEW_DO_BETTER = 0.95;

export function conclusionOnRandom({ configurations }: Study): string {
  const above = configurations.filter(({ placebos }) =>
    placebos.every(({ beatenByMean }) => (beatenByMean?.low ?? 0) > FEW_DO_BETTER),
  );
  const names = above.map(({ configuration }) => shown(configuration)).join(', ');
  return `Mean above ${percent(FEW_DO_BETTER, 0)} % of random traders, range included: ${names === '' ? 'NONE' : names}. A mean of trials varies less than one random trader does.`;
}

export function verdictOnPairs({ pairs }: Study): string[] {
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

function excludedSection({ excluded, withoutTrials }: Study): StudySection[] {
  if (excluded.length === 0) return [];
  const gone = withoutTrials.map((name) => `${shown(name)}: no trial counts, so it is in no table.`);
  return [
    {
      id: 'excluded',
      title: 'Trials that count nowhere',
      tables: [],
      notes: [...excluded.map(excludedLine), ...gone],
    },
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
