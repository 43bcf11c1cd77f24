/** The parts of a page about one account. */
import type { RoundTrip } from '../../core/metrics/round-trips.js';
import { deviation, mean } from '../../core/metrics/deviation.js';
import { WEATHER_RULE } from '../../core/metrics/market-weather.js';
import { valueAtRisk } from '../../core/metrics/value-at-risk.js';
import type { WeatherRow } from '../../core/metrics/weather-attribution.js';
import { barChart } from '../charts/bar-chart.js';
import { histogramChart } from '../charts/histogram-chart.js';
import { timeSeriesChart } from '../charts/time-series-chart.js';
import { waterfallChart } from '../charts/waterfall-chart.js';
import { fixed } from '../text-table.js';
import type { AccountFigures, SymbolRow } from './account-figures.js';
import { htmlTable } from './html-table.js';
import { duration, pct, price, signedPct, usd, when } from './numbers.js';
import { type Section, figure, heading, paragraph } from './page.js';
import type { ReadinessLine } from './readiness.js';

export function equityChart(name: string, figures: AccountFigures): string {
  const { record, championUsd, marketUsd, placebos } = figures;
  return timeSeriesChart({
    title: `Equity of ${name}`,
    timesMs: record.timesMs,
    valueTitle: 'equity (USD)',
    label: (value, decimals) => usd(value, decimals),
    heightPx: 300,
    bands:
      placebos === undefined
        ? []
        : [{ label: `placebos, 10 to 90 % of ${String(placebos.series)}`, ...placebos, colour: 'grey' }],
    lines: [
      ...(placebos === undefined
        ? []
        : [
            {
              label: 'placebos, median',
              values: placebos.middle,
              colour: 'grey' as const,
              dash: '1 3',
            },
          ]),
      { label: 'market, equal weights', values: marketUsd, colour: 'green', dash: '2 3' },
      ...(championUsd === undefined
        ? []
        : [{ label: "champion's series", values: championUsd, colour: 'red' as const, dash: '7 3' }]),
      { label: name.slice(0, 40), values: record.equityUsd, colour: 'blue' },
    ],
  });
}

export function equitySection(name: string, figures: AccountFigures): Section {
  const { record, championUsd, placebos, drawdownFraction } = figures;
  const percent = drawdownFraction.map((fraction) => 100 * fraction);
  return {
    id: 'equity',
    title: 'Equity and drawdown',
    body:
      figure(
        equityChart(name, figures),
        'Everybody starts with the same money at the first bar. The market is bought once in equal parts and held, without costs.' +
          (championUsd === undefined
            ? ' Nobody was deployed, so there is no champion to compare with.'
            : '') +
          (placebos === undefined ? ' No placebo ran from the first bar on.' : ''),
      ) +
      figure(
        timeSeriesChart({
          title: 'Drawdown',
          timesMs: record.timesMs,
          valueTitle: 'below peak (%)',
          lines: [
            { label: 'fall from the highest equity so far', values: percent, colour: 'red', area: true },
          ],
          heightPx: 150,
        }),
      ),
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export function calendarSection(figures: AccountFigures): Section {
  const years = [...new Set(figures.monthly.map(({ startMs }) => new Date(startMs).getUTCFullYear()))];
  const of = (year: number, month: number): number | undefined =>
    figures.monthly.find(({ startMs }) => startMs === Date.UTC(year, month))?.fraction;
  const yearOf = (year: number): number | undefined => {
    const own = figures.monthly.filter(({ startMs }) => new Date(startMs).getUTCFullYear() === year);
    return own.length === 0 ? undefined : own.reduce((worth, { fraction }) => worth * (1 + fraction), 1) - 1;
  };
  const monthly = htmlTable(
    [
      { title: 'Year', align: 'left', cell: (year: number) => String(year) },
      ...MONTHS.map((title, month) => ({
        title,
        cell: (year: number) => {
          const fraction = of(year, month);
          return fraction === undefined ? '' : fixed(100 * fraction, 1);
        },
        sign: (year: number) => of(year, month),
      })),
      { title: 'Year', cell: (year: number) => signedPct(yearOf(year), 1), sign: yearOf },
    ],
    years,
  );
  const weekdays = htmlTable(
    [
      { title: 'Weekday', align: 'left', cell: (row) => WEEKDAYS[row.weekday] ?? '' },
      { title: 'Days', cell: (row) => String(row.days) },
      { title: 'Won', cell: (row) => String(row.won) },
      { title: 'Mean', cell: (row) => signedPct(row.meanFraction), sign: (row) => row.meanFraction },
      { title: 'Best', cell: (row) => signedPct(row.bestFraction) },
      { title: 'Worst', cell: (row) => signedPct(row.worstFraction) },
    ],
    figures.weekdays,
  );
  return {
    id: 'calendar',
    title: 'By month and weekday',
    body: `${heading('Return of each month, %')}${monthly}${heading('Daily returns by weekday (UTC)')}${weekdays}`,
  };
}

const TAIL = 0.05;

export function distributionSection({ returns, daily }: AccountFigures): Section {
  const percent = returns.filter((value) => Number.isFinite(value)).map((value) => 100 * value);
  const days = Float64Array.from(daily, ({ fraction }) => 100 * fraction);
  const chart = (title: string, values: Float64Array, period: string): string => {
    const risk = valueAtRisk(values, TAIL);
    return figure(
      histogramChart({
        title,
        values,
        counted: 'returns',
        valueTitle: `return per ${period} (%)`,
        mean: mean(values),
        deviation: deviation(values),
        marks:
          risk === undefined
            ? []
            : [{ value: risk.quantile, label: `VaR 95 %: ${risk.quantile.toFixed(2)} %` }],
      }),
      risk === undefined
        ? ''
        : `${title}. Value at risk: one ${period} in twenty was worse than ${risk.quantile.toFixed(2)} %; those were ` +
            `${risk.tailMean.toFixed(2)} % on average, which rests on ${String(risk.tailCount)} of them. The outermost bars hold what is beyond.`,
    );
  };
  return {
    id: 'distribution',
    title: 'Distribution of returns',
    body: chart('Returns of samples', percent, 'sample') + chart('Returns of days', days, 'day'),
  };
}

export function overTimeSection(figures: AccountFigures): Section {
  const { record, turnover } = figures;
  return {
    id: 'over-time',
    title: 'Sharpe, exposure and turnover over time',
    body:
      figure(
        timeSeriesChart({
          title: 'Rolling Sharpe ratio',
          timesMs: record.timesMs,
          valueTitle: 'Sharpe (annual)',
          lines: [
            { label: 'Sharpe ratio of the last 30 days', values: figures.rollingSharpe, colour: 'blue' },
          ],
          heightPx: 160,
        }),
        'A Sharpe ratio of 30 days says little: of a strategy without any skill it is often above 3 and below -3.',
      ) +
      figure(
        timeSeriesChart({
          title: 'Exposure',
          timesMs: record.timesMs,
          valueTitle: 'of equity (%)',
          lines: [
            {
              label: 'gross exposure',
              values: record.exposureFraction.map((fraction) => 100 * fraction),
              colour: 'sky',
              area: true,
            },
          ],
          heightPx: 130,
        }),
      ) +
      figure(
        timeSeriesChart({
          title: 'Turnover',
          timesMs: turnover.timesMs,
          valueTitle: 'equity a day (x)',
          lines: [
            {
              label: 'traded notional over equity, per day',
              values: turnover.fractionADay,
              colour: 'purple',
              area: true,
            },
          ],
          heightPx: 130,
        }),
      ),
  };
}

export function attributionSection(figures: AccountFigures): Section {
  const { symbols, directions, forces } = figures;
  const table = htmlTable<SymbolRow>(
    [
      { title: 'Symbol', align: 'left', cell: (row) => row.symbol },
      { title: 'Net USD', cell: (row) => usd(row.netUsd), sign: (row) => row.netUsd },
      { title: 'Of start', cell: (row) => pct(row.contributionPct) },
      { title: 'Trades', cell: (row) => String(row.trades) },
      { title: 'Won', cell: (row) => String(row.wins) },
      { title: 'Fees USD', cell: (row) => usd(row.feesUsd) },
      { title: 'Funding USD', cell: (row) => usd(row.fundingUsd) },
      { title: 'Holds', align: 'left', cell: (row) => (row.holds ? 'yes' : '') },
    ],
    symbols,
  );
  const weather = (rows: readonly WeatherRow[]): string =>
    htmlTable<WeatherRow>(
      [
        { title: 'Weather', align: 'left', cell: (row) => row.word },
        { title: 'Of the time', cell: (row) => pct(100 * row.timeFraction, 1) },
        { title: 'Return, summed', cell: (row) => signedPct(row.returnSum), sign: (row) => row.returnSum },
        { title: 'Market, summed', cell: (row) => signedPct(row.marketSum) },
        { title: 'Sharpe (annual)', cell: (row) => fixed(row.sharpe, 2) },
      ],
      rows.filter((row) => row.samples > 0),
    );
  return {
    id: 'attribution',
    title: 'Where it came from',
    body:
      heading('By symbol') +
      figure(
        barChart(
          'Net result by symbol',
          symbols.map(({ symbol, netUsd }) => ({ name: symbol, value: netUsd })),
          'net result (USD)',
          (value) => usd(value),
        ),
        'After all costs, what is still held at its last price.',
      ) +
      table +
      heading('By weather of the market') +
      weather(directions) +
      weather(forces) +
      `<p class="muted">${WEATHER_RULE}</p>`,
  };
}

export function costSection({ costs }: AccountFigures): Section {
  const ofGross =
    costs.grossUsd === 0 ? undefined : (costs.grossUsd - costs.netUsd) / Math.abs(costs.grossUsd);
  return {
    id: 'costs',
    title: 'From gross to net',
    body:
      figure(
        waterfallChart(
          'From gross to net',
          [
            { name: 'gross', value: costs.grossUsd, total: true },
            { name: 'fees', value: -costs.feesUsd },
            { name: 'spread', value: -costs.spreadUsd },
            { name: 'slippage', value: -costs.slippageUsd },
            { name: 'funding', value: -costs.fundingUsd },
            { name: 'model', value: -costs.modelCostUsd },
            { name: 'net', value: costs.netUsd, total: true },
          ],
          'result (USD)',
          (value) => usd(value, 0),
        ),
      ) +
      paragraph(
        `Costs took ${usd(costs.grossUsd - costs.netUsd)} USD${ofGross === undefined ? '' : `, ${(100 * ofGross).toFixed(1)} % of the gross result`}.`,
      ),
  };
}

export const TRADE_COLUMNS = [
  { title: 'Symbol', align: 'left', cell: (t: RoundTrip) => t.symbol },
  { title: 'Side', align: 'left', cell: (t: RoundTrip) => t.side },
  { title: 'In', align: 'left', cell: (t: RoundTrip) => when(t.entryMs) },
  { title: 'Out', align: 'left', cell: (t: RoundTrip) => (t.exitMs === undefined ? 'open' : when(t.exitMs)) },
  {
    title: 'Held',
    cell: (t: RoundTrip) => duration(t.exitMs === undefined ? undefined : t.exitMs - t.entryMs),
  },
  { title: 'Entry', cell: (t: RoundTrip) => price(t.entryPrice) },
  { title: 'Exit', cell: (t: RoundTrip) => price(t.exitPrice) },
  { title: 'Net USD', cell: (t: RoundTrip) => usd(t.netUsd), sign: (t: RoundTrip) => t.netUsd },
  { title: 'Why out', align: 'left', cell: (t: RoundTrip) => t.exitReason ?? '' },
] as const;

export function readinessSection(lines: readonly ReadinessLine[]): Section {
  return {
    id: 'readiness',
    title: 'Before real money',
    body:
      htmlTable<ReadinessLine>(
        [
          { title: 'Line', align: 'left', cell: (line) => line.what },
          {
            title: 'Met',
            align: 'left',
            cell: (line) => (line.met ? 'yes' : 'NO'),
            sign: (line) => (line.met ? 1 : -1),
          },
          { title: 'Found', align: 'words', cell: (line) => line.found },
          { title: 'Wanted', align: 'words', cell: (line) => line.wanted },
        ],
        lines,
      ) +
      paragraph(
        `${String(lines.filter(({ met }) => met).length)} of ${String(lines.length)} lines are met. Meeting all of them promises nothing.`,
      ),
  };
}
