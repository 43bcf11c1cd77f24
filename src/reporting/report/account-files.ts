import type { RoundTrip } from '../../core/metrics/round-trips.js';
import type { AccountFigures } from './account-figures.js';
import type { AccountReport } from './account-page.js';
import { csvText } from './csv.js';
import { jsonText } from './json-text.js';
import { metricRows } from './metrics-section.js';
import { DISCLAIMER } from './page.js';

/** The same report for programs and for a spreadsheet: names of files and their texts. */
export function accountFiles(
  report: AccountReport,
  facts: Readonly<Record<string, unknown>>,
): Map<string, string> {
  const { figures } = report;
  return new Map([
    ['report.json', accountJson(report, facts)],
    ['equity.csv', equityCsv(figures)],
    ['trades.csv', tradesCsv([...figures.closed, ...figures.open])],
    [
      'metrics.csv',
      csvText(
        ['group', 'metric', 'value', 'unit'],
        metricRows(figures).map(({ group, name, raw, unit }) => [group, name, raw, unit]),
      ),
    ],
  ]);
}

function accountJson(report: AccountReport, facts: Readonly<Record<string, unknown>>): string {
  const { name, generated, figures, evidence, readiness } = report;
  const { record, ...rest } = figures;
  return jsonText({
    schema_version: 1,
    name,
    generated,
    disclaimer: DISCLAIMER,
    ...facts,
    startMs: record.startMs,
    startUsd: record.startUsd,
    samplesPerYear: figures.samplesPerYear,
    metrics: metricRows(figures).map(({ group, name: metric, raw, unit }) => ({
      group,
      metric,
      value: raw,
      unit,
    })),
    evidence,
    readiness,
    costs: rest.costs,
    monthly: rest.monthly,
    weekdays: rest.weekdays,
    symbols: rest.symbols,
    weather: { directions: rest.directions, forces: rest.forces },
    closedTrades: rest.closed,
    openTrades: rest.open,
    series: {
      timesMs: record.timesMs,
      equityUsd: record.equityUsd,
      drawdownFraction: rest.drawdownFraction,
      exposureFraction: record.exposureFraction,
      rollingSharpe: rest.rollingSharpe,
      marketUsd: rest.marketUsd,
      championUsd: rest.championUsd,
      placebosUsd: rest.placebos,
      turnover: rest.turnover,
    },
  });
}

function equityCsv(figures: AccountFigures): string {
  const { record, marketUsd, championUsd, placebos, drawdownFraction } = figures;
  return csvText(
    [
      'timestamp',
      'equity_usd',
      'drawdown_fraction',
      'exposure_fraction',
      'market_usd',
      'champion_usd',
      'placebo_p10_usd',
      'placebo_median_usd',
      'placebo_p90_usd',
    ],
    Array.from(record.timesMs, (timeMs, i) => [
      new Date(timeMs).toISOString(),
      record.equityUsd[i],
      drawdownFraction[i],
      record.exposureFraction[i],
      marketUsd[i],
      championUsd?.[i],
      placebos?.low[i],
      placebos?.middle[i],
      placebos?.high[i],
    ]),
  );
}

export function tradesCsv(trades: readonly RoundTrip[]): string {
  const iso = (timeMs: number | undefined): string =>
    timeMs === undefined ? '' : new Date(timeMs).toISOString();
  return csvText(
    [
      'symbol',
      'side',
      'entry_time',
      'exit_time',
      'entry_price',
      'exit_price',
      'quantity',
      'fills',
      'gross_usd',
      'fees_usd',
      'spread_usd',
      'slippage_usd',
      'funding_usd',
      'net_usd',
      'entry_reason',
      'exit_reason',
    ],
    trades.map((t) => [
      t.symbol,
      t.side,
      iso(t.entryMs),
      iso(t.exitMs),
      t.entryPrice,
      t.exitPrice,
      t.quantity,
      t.fills,
      t.grossUsd,
      t.feesUsd,
      t.spreadUsd,
      t.slippageUsd,
      t.fundingUsd,
      t.netUsd,
      t.entryReason,
      t.exitReason,
    ]),
  );
}
