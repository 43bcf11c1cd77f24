import type { DrawdownEpisode } from '../../core/metrics/drawdown-episodes.js';
import type { MetricReport } from '../../core/metrics/metric-report.js';
import { fixed, grouped } from '../text-table.js';
import type { AccountFigures } from './account-figures.js';
import { htmlTable } from './html-table.js';
import { duration, pct, when } from './numbers.js';
import { type Section, heading, tiles } from './page.js';

export interface MetricRow {
  readonly group: string;
  readonly name: string;
  /** In `unit`. */
  readonly raw: number | undefined;
  readonly unit: string;
  readonly decimals: number;
}

/** Every metric with its unit; n/a where it cannot be measured. */
export function metricRows({ metrics: m, costs, record, samplesPerYear }: AccountFigures): MetricRow[] {
  const sampleHours = 8760 / samplesPerYear;
  const { trades, market } = m;
  const hours = (periods: number | undefined): number | undefined =>
    periods === undefined ? undefined : periods * sampleHours;
  const holdHours = (ms: number | undefined): number | undefined =>
    ms === undefined ? undefined : ms / 3_600_000;
  return [
    ...group('Return', [
      percent('total return', m.totalReturnFraction),
      percent('annual return (says little of a short record)', m.annualReturnFraction),
      percent('mean return of a sample', m.meanReturnFraction, 4),
      money('final equity', record.equityUsd.at(-1)),
      count('samples', m.periods),
    ]),
    ...group('Risk', [
      percent('volatility, annual', m.annualVolatilityFraction),
      percent('deepest fall', m.drawdownFraction),
      plain('longest time under water', hours(m.longestUnderWaterPeriods), 'h', 0),
      plain('recovery of the deepest fall', hours(m.recoveryPeriods), 'h', 0),
      percent('value at risk, 95 %, per sample', m.valueAtRisk95?.quantile, 3),
      percent('expected shortfall, 95 %, per sample', m.valueAtRisk95?.tailMean, 3),
      count('samples that the shortfall rests on', m.valueAtRisk95?.tailCount),
      plain('skewness', m.skewness, ''),
      plain('kurtosis (normal: 3)', m.kurtosis, ''),
    ]),
    ...group('Ratios, annual', [
      plain('Sharpe', m.sharpe, ''),
      plain('Sharpe, 95 % range from', m.sharpeRange?.low, ''),
      plain('Sharpe, 95 % range to', m.sharpeRange?.high, ''),
      plain('Sharpe, adjusted for autocorrelation', m.adjustedSharpe, ''),
      plain('Sortino', m.sortino, ''),
      plain('Calmar', m.calmar, ''),
      plain('Omega, per sample', m.omega, ''),
    ]),
    ...group('Against the market', [
      plain('beta', market?.beta, ''),
      percent('alpha, annual', market?.alphaAnnualFraction),
      plain('correlation', market?.correlation, ''),
      percent('of its moves explained by the market', market?.explainedFraction, 1),
      percent('upside capture', market?.upCapture, 1),
      percent('downside capture', market?.downCapture, 1),
    ]),
    ...group('Trades', [
      count('closed trades', trades.closed),
      percent('won', trades.winFraction, 1),
      plain('profit factor', trades.profitFactor, ''),
      money('mean result of a trade', trades.expectancyUsd),
      money('average win', trades.averageWinUsd),
      money('average loss', trades.averageLossUsd),
      plain('average win over average loss', trades.riskReward, ''),
      money('largest win', trades.largestWinUsd),
      money('largest loss', trades.largestLossUsd),
      plain('mean time held', holdHours(trades.meanHoldMs), 'h', 1),
      plain('median time held', holdHours(trades.medianHoldMs), 'h', 1),
      percent('exposure, mean', m.exposureFraction, 1),
    ]),
    ...group('Costs', [
      money('gross result', costs.grossUsd),
      money('fees', costs.feesUsd),
      money('spread', costs.spreadUsd),
      money('slippage', costs.slippageUsd),
      money('funding', costs.fundingUsd),
      money('model costs', costs.modelCostUsd),
      money('net result', costs.netUsd),
    ]),
    ...group('Quality', [
      plain('score, 0 to 100 (a convention: nothing ranks by it)', qualityOf(m), 'points', 0),
    ]),
  ];
}

type Unnamed = Omit<MetricRow, 'group'>;

function group(name: string, rows: readonly Unnamed[]): MetricRow[] {
  return rows.map((row) => ({ group: name, ...row }));
}

function percent(name: string, fraction: number | undefined, decimals = 2): Unnamed {
  return { name, raw: fraction === undefined ? undefined : 100 * fraction, unit: '%', decimals };
}

function money(name: string, raw: number | undefined): Unnamed {
  return { name, raw, unit: 'USD', decimals: 2 };
}

function count(name: string, raw: number | undefined): Unnamed {
  return { name, raw, unit: '', decimals: 0 };
}

function plain(name: string, raw: number | undefined, unit: string, decimals = 2): Unnamed {
  return { name, raw, unit, decimals };
}

function qualityOf({ quality }: MetricReport): number | undefined {
  return quality.kind === 'measured' ? quality.points : undefined;
}

export function metricsSection(figures: AccountFigures): Section {
  const rows = metricRows(figures);
  const { metrics: m } = figures;
  return {
    id: 'metrics',
    title: 'All figures',
    body:
      headTiles(m) +
      htmlTable<MetricRow>(
        [
          { title: '', align: 'left', cell: (row) => (isFirst(rows, row) ? row.group : '') },
          { title: 'Figure', align: 'left', cell: (row) => row.name },
          { title: 'Value', cell: valueOf },
          { title: 'Unit', align: 'left', cell: (row) => (valueOf(row) === 'n/a' ? '' : row.unit) },
        ],
        rows,
      ) +
      heading('Deepest falls') +
      fallsTable(m.worstDrawdowns, figures),
  };
}

function headTiles(m: MetricReport): string {
  const range = m.sharpeRange;
  return tiles([
    ['total return', pct(m.totalReturnFraction === undefined ? undefined : 100 * m.totalReturnFraction)],
    ['Sharpe, annual', fixed(m.sharpe, 2)],
    ['its 95 % range', range === undefined ? 'n/a' : `${fixed(range.low, 1)} to ${fixed(range.high, 1)}`],
    ['deepest fall', pct(m.drawdownFraction === undefined ? undefined : 100 * m.drawdownFraction)],
    ['closed trades', String(m.trades.closed)],
    ['won', pct(m.trades.winFraction === undefined ? undefined : 100 * m.trades.winFraction, 0)],
  ]);
}

function isFirst(rows: readonly MetricRow[], row: MetricRow): boolean {
  return rows.find(({ group: name }) => name === row.group) === row;
}

function valueOf({ raw, decimals }: MetricRow): string {
  return raw === undefined ? 'n/a' : grouped(raw, decimals);
}

function fallsTable(falls: readonly DrawdownEpisode[], { record, samplesPerYear }: AccountFigures): string {
  const sampleMs = (8760 / samplesPerYear) * 3_600_000;
  // Period 0 is the start of the record, period k the close of sample k.
  const at = (period: number): number | undefined =>
    period === 0 ? record.startMs : record.timesMs[period - 1];
  return htmlTable<DrawdownEpisode>(
    [
      { title: 'Fall', cell: (fall) => pct(100 * fall.depthFraction) },
      { title: 'From', align: 'left', cell: (fall) => when(at(fall.peakPeriod)) },
      { title: 'Deepest', align: 'left', cell: (fall) => when(at(fall.troughPeriod)) },
      { title: 'Under water', cell: (fall) => duration(fall.lengthPeriods * sampleMs) },
      {
        title: 'Recovered after',
        cell: (fall) =>
          fall.recoveryPeriods === undefined ? 'not yet' : duration(fall.recoveryPeriods * sampleMs),
      },
    ],
    falls,
  );
}
