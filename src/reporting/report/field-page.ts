/** The page about everybody: who did what, how firm the ranking is, who is whose clone, and what luck looks like. */
import { correlationMatrix } from '../../core/metrics/correlation-matrix.js';
import type { RankStability } from '../../core/metrics/rank-stability.js';
import { sharpeRange } from '../../core/metrics/sharpe-error.js';
import { sharpeRecord } from '../../core/metrics/sharpe-record.js';
import { equityToReturns } from '../../core/metrics/returns.js';
import { sharpe } from '../../core/metrics/sharpe.js';
import type { Colour } from '../charts/chart-style.js';
import { type ForestRow, forestChart } from '../charts/forest-chart.js';
import { heatMap } from '../charts/heat-map.js';
import { scatterChart } from '../charts/scatter-chart.js';
import { stripChart } from '../charts/strip-chart.js';
import { timeSeriesChart } from '../charts/time-series-chart.js';
import { fixed } from '../text-table.js';
import type { TrialFigures } from './evidence-figures.js';
import { overfittingRow } from './evidence-section.js';
import { type FieldFigures, type FieldMember, bandOf, returnPctOf } from './field-figures.js';
import { htmlTable } from './html-table.js';
import { pct, when } from './numbers.js';
import { type Section, figure, heading, paragraph, reportPage, tiles } from './page.js';

export interface FieldReport {
  readonly title: string;
  readonly about: readonly string[];
  readonly generated: boolean;
  readonly fromMs: number;
  readonly toMs: number;
  readonly timesMs: Float64Array;
  readonly samplesPerYear: number;
  readonly cohorts: number;
  readonly independent: number | undefined;
  readonly champion: string | undefined;
  readonly figures: FieldFigures;
  readonly trials: TrialFigures;
}

export function fieldPage(report: FieldReport): string {
  const { figures } = report;
  return reportPage({
    title: report.title,
    about: report.about,
    generated: report.generated,
    lead: leadOf(report),
    sections: [
      equitySection(report),
      scatterSection(figures),
      sharpeSection(report),
      stabilitySection(figures),
      correlationSection(report),
      luckSection(report),
      tableSection(figures),
    ],
  });
}

function leadOf({ figures, cohorts, independent, champion, trials }: FieldReport): string {
  const leader = figures.ranked[0];
  const verdict =
    leader === undefined
      ? 'Nobody is ranked yet.'
      : `${leader.name} leads with ${pct(returnPctOf(leader))}. ${
          leader.standing?.notCandidate === ''
            ? 'It leads and is not proven.'
            : `It is not eligible: ${leader.standing?.notCandidate ?? 'n/a'}.`
        }`;
  return (
    `<div class="verdict">${paragraph(verdict)}${paragraph(
      figures.leaderBeatsFraction === undefined
        ? 'There are no placebos to compare it with.'
        : `It beats ${fixed(100 * figures.leaderBeatsFraction, 0)} % of the placebos; the best of ${String(figures.ranked.length)} would do so often without any skill.`,
    )}</div>` +
    tiles([
      ['ranked', String(figures.ranked.length)],
      ['move apart', independent === undefined ? 'n/a' : String(independent)],
      ['ever registered', String(trials.registered)],
      ['cohorts so far', String(cohorts)],
      ['days', String(figures.days)],
      ['champion', champion ?? 'none'],
    ])
  );
}

const LINES: readonly Colour[] = ['blue', 'red', 'green', 'orange', 'purple'];
const DASHES = [undefined, '7 3', '2 3', '9 3 2 3', '4 2'] as const;

function equitySection({ figures, timesMs }: FieldReport): Section {
  const shown = figures.ranked.slice(0, LINES.length);
  return {
    id: 'equity',
    title: 'The first five',
    body: figure(
      timeSeriesChart({
        title: 'Return of the first five',
        timesMs,
        valueTitle: 'return (%)',
        lines: shown.map((member, i) => {
          const dash = DASHES[i];
          return {
            label: member.name.slice(0, 34),
            values: member.equityUsd.map((value) => 100 * (value / member.startUsd - 1)),
            colour: LINES[i] ?? 'grey',
            ...(dash === undefined ? {} : { dash }),
          };
        }),
        heightPx: 260,
      }),
    ),
  };
}

const GROUPS = [
  { name: 'contestants', colour: 'blue', mark: 'dot' },
  { name: 'champion and shadows', colour: 'red', mark: 'square' },
  { name: 'benchmarks', colour: 'green', mark: 'square' },
  { name: 'placebos', colour: 'grey', mark: 'cross' },
] as const;

function groupOf({ role }: FieldMember): (typeof GROUPS)[number]['name'] {
  if (role === 'champion' || role === 'shadow') return 'champion and shadows';
  return role === 'benchmark' ? 'benchmarks' : role === 'placebo' ? 'placebos' : 'contestants';
}

const LABELLED = 6;

function scatterSection({ members }: FieldFigures): Section {
  return {
    id: 'scatter',
    title: 'Return and deepest fall',
    body: figure(
      scatterChart(
        'Return against deepest fall',
        members.map((member) => ({
          x: -(member.metrics?.maxDrawdownPct ?? NaN),
          y: returnPctOf(member),
          name: member.name,
          group: groupOf(member),
          labelled: (member.rank ?? Infinity) <= LABELLED,
        })),
        GROUPS,
        'deepest fall (%)',
        'return (%)',
      ),
      'Up is better, left is calmer. A cross is a random trader: a contestant among the crosses has shown nothing.',
    ),
  };
}

const FOREST_ROWS = 40;

/** The annual ratio of a member over the window with its 95 % range. */
export function sharpeOf(
  { equityUsd, startUsd, metrics }: FieldMember,
  samplesPerYear: number,
): { readonly value: number | undefined; readonly range: { low: number; high: number } | undefined } {
  const returns = equityToReturns([startUsd, ...equityUsd]).filter((value) => Number.isFinite(value));
  const traded = metrics === undefined || metrics.sharpe !== undefined;
  const record = traded ? sharpeRecord(returns) : undefined;
  return {
    value: traded ? sharpe(returns, samplesPerYear) : undefined,
    range: record === undefined ? undefined : sharpeRange(record, samplesPerYear),
  };
}

function sharpeSection({ figures, samplesPerYear }: FieldReport): Section {
  const rows: ForestRow[] = figures.ranked.slice(0, FOREST_ROWS).map((member) => ({
    name: `${String(member.rank)}. ${member.name}`,
    ...rowOf(member, samplesPerYear),
    colour: groupOf(member) === 'contestants' ? 'blue' : 'red',
  }));
  return {
    id: 'sharpe',
    title: 'Sharpe ratios with 95 % ranges',
    body: figure(
      forestChart('Sharpe ratios', rows, 'Sharpe (annual)', (value) => value.toFixed(2)),
      'The ratio plus and minus 1.96 of its standard errors (Mertens), each contestant for itself: a range that covers 0 leaves everything open, ' +
        'and of many that have no skill the best one often lies above it.',
    ),
  };
}

function rowOf(member: FieldMember, samplesPerYear: number): Pick<ForestRow, 'value' | 'range'> {
  return sharpeOf(member, samplesPerYear);
}

function stabilitySection({ ranked, withoutDay, withoutSymbol }: FieldFigures): Section {
  const table = (rows: readonly RankStability[]): string =>
    htmlTable<RankStability>(
      [
        { title: 'Rank', cell: (row) => String(row.rank) },
        { title: 'Name', align: 'left', cell: (row) => ranked[row.contestant]?.name ?? '' },
        {
          title: 'Keeps its rank',
          cell: (row) => (row.keepsFraction === undefined ? 'n/a' : pct(100 * row.keepsFraction, 0)),
        },
        {
          title: 'Best rank',
          cell: (row) => (row.keepsFraction === undefined ? 'n/a' : String(row.bestRank)),
        },
        {
          title: 'Worst rank',
          cell: (row) => (row.keepsFraction === undefined ? 'n/a' : String(row.worstRank)),
        },
      ],
      rows,
    );
  return {
    id: 'stability',
    title: 'How firm the ranking is',
    body:
      paragraph(
        'Ranks by total return when one day, or one symbol, had not been. A rank that hangs on one day is luck.',
      ) +
      heading('Leaving out one day at a time') +
      table(withoutDay) +
      heading('Leaving out one symbol at a time') +
      table(withoutSymbol) +
      `<p class="muted">Without a symbol: its net result is taken away; what else would have been done with the money is not known.</p>`,
  };
}

function correlationSection({ figures }: FieldReport): Section {
  const { correlated, members } = figures;
  const matrix = correlationMatrix(correlated.map(({ daily }) => daily));
  const clones = members.flatMap(({ name, rank, standing }) =>
    standing?.cloneOf === undefined ? [] : [{ name, rank, of: standing.cloneOf.name }],
  );
  return {
    id: 'correlation',
    title: 'Who moves like whom',
    body:
      figure(
        heatMap(
          'Correlation of daily returns',
          correlated.map(({ name }) => name),
          (row, column) => matrix[row]?.[column],
        ),
        `Correlation of daily returns of the first ${String(correlated.length)}. Ten clones are one idea.`,
      ) +
      heading('Clones') +
      htmlTable(
        [
          { title: 'Rank', cell: (row) => (row.rank === undefined ? '-' : String(row.rank)) },
          { title: 'Name', align: 'left', cell: (row) => row.name },
          { title: 'Moves like', align: 'left', cell: (row) => row.of },
        ],
        clones,
      ),
  };
}

function luckSection({ figures, trials, cohorts }: FieldReport): Section {
  const { members, placeboReturnsPct } = figures;
  const points = (group: string): { name: string; value: number }[] =>
    members
      .filter((member) => groupOf(member) === group && (group !== 'contestants' || member.rank !== undefined))
      .map((member) => ({ name: member.name, value: returnPctOf(member) }))
      .filter(({ value }) => Number.isFinite(value));
  const overfitting = overfittingRow(trials);
  return {
    id: 'luck',
    title: 'What luck looks like',
    body:
      figure(
        stripChart(
          'Contestants beside placebos',
          GROUPS.map(({ name, colour, mark }) => {
            const own = points(name);
            const sorted = own.map(({ value }) => value).sort((a, b) => a - b);
            return {
              name,
              colour,
              mark,
              points: own,
              band: name === 'benchmarks' ? undefined : bandOf(sorted),
            };
          }),
          'return (%)',
        ),
        `Shaded: 10 to 90 % of a group, with its median. Placebos trade at random at the same costs (${String(placeboReturnsPct.length)} of them).`,
      ) +
      htmlTable(
        [
          { title: 'Figure', align: 'left', cell: (row) => row.name },
          { title: 'Value', cell: (row) => row.value },
          { title: 'What it says', align: 'words', cell: (row) => row.meaning },
        ],
        [
          overfitting,
          {
            name: 'Effective trials',
            value: fixed(trials.effective, 1),
            meaning: `of ${String(trials.registered)} ever registered; average correlation ${fixed(trials.averageCorrelation, 2)}`,
          },
          {
            name: 'Cohorts so far',
            value: String(cohorts),
            meaning: 'each has its own chance of a false promotion: many cohorts, many chances',
          },
        ],
      ),
  };
}

function tableSection({ members }: FieldFigures): Section {
  return {
    id: 'table',
    title: 'Everybody',
    body: htmlTable<FieldMember>(
      [
        { title: 'Rank', cell: ({ rank }) => (rank === undefined ? '-' : String(rank)) },
        { title: 'Name', align: 'left', cell: ({ name }) => name },
        { title: 'Id', align: 'left', cell: ({ id }) => id.slice(0, 8) },
        { title: 'Role', align: 'left', cell: ({ role }) => role },
        { title: 'Return', cell: (m) => pct(returnPctOf(m)), sign: returnPctOf },
        { title: 'Sharpe', cell: ({ metrics }) => fixed(metrics?.sharpe, 2) },
        { title: 'Max. fall', cell: ({ metrics }) => pct(metrics?.maxDrawdownPct) },
        { title: 'Trades', cell: ({ metrics }) => (metrics === undefined ? 'n/a' : String(metrics.trades)) },
        { title: 'Won', cell: ({ metrics }) => pct(metrics?.winPct, 0) },
        {
          title: 'Turnover',
          cell: ({ metrics }) => (metrics?.turnover === undefined ? 'n/a' : `${fixed(metrics.turnover, 1)}x`),
        },
        { title: 'Status', align: 'words', cell: ({ standing }) => statusOf(standing) },
      ],
      members,
    ),
  };
}

/** How it is, and why it is no candidate. */
function statusOf(standing: FieldMember['standing']): string {
  if (standing === undefined) return '';
  const why = standing.reason !== '' ? standing.reason : (standing.notCandidate ?? '');
  return why === '' ? standing.status : `${standing.status}: ${why}`;
}

/** Period of a page, in words. */
export function periodWords(fromMs: number, toMs: number): string {
  return `${when(fromMs)} to ${when(toMs)} UTC`;
}
