/** The page about a file of fills alone: no market, no equity, no costs but fees. */
import type { BookedFill } from '../../core/metrics/booked-fill.js';
import { deviation, mean } from '../../core/metrics/deviation.js';
import { type FifoBook, fifoRealised } from '../../core/metrics/fifo-realised.js';
import { type RoundTrip, roundTrips } from '../../core/metrics/round-trips.js';
import { type TradeReport, reportTrades } from '../../core/metrics/trade-report.js';
import { barChart } from '../charts/bar-chart.js';
import { histogramChart } from '../charts/histogram-chart.js';
import { timeSeriesChart } from '../charts/time-series-chart.js';
import { fixed } from '../text-table.js';
import { tradesCsv } from './account-files.js';
import { TRADE_COLUMNS } from './account-sections.js';
import { csvText } from './csv.js';
import { htmlTable } from './html-table.js';
import { jsonText } from './json-text.js';
import { duration, pct, signedUsd, usd } from './numbers.js';
import { DISCLAIMER, figure, heading, paragraph, reportPage, tiles } from './page.js';

export interface TradeFileReport {
  readonly name: string;
  readonly fills: readonly BookedFill[];
  /** Rows that are no fills. */
  readonly passedOver: number;
  /** Sum of the file's own P&L column; undefined where it has none. */
  readonly toldUsd: number | undefined;
}

interface Figures {
  readonly books: readonly FifoBook[];
  readonly closed: readonly RoundTrip[];
  readonly open: readonly RoundTrip[];
  readonly trades: TradeReport;
  readonly closedUsd: number;
  readonly fifoUsd: number;
}

function figuresOf({ fills }: TradeFileReport): Figures {
  const books = fifoRealised(fills);
  const { closed, open } = roundTrips(fills);
  const trades = reportTrades(
    closed.map(({ symbol, netUsd, entryMs, exitMs }) => ({
      symbol,
      netUsd,
      openedMs: entryMs,
      closedMs: exitMs ?? entryMs,
    })),
  );
  return {
    books,
    closed,
    open,
    trades,
    closedUsd: closed.reduce((sum, { netUsd }) => sum + netUsd, 0),
    fifoUsd: books.reduce((sum, book) => sum + book.realisedUsd - book.feesUsd - book.fundingUsd, 0),
  };
}

const SHOWN = 5;

export function tradeFilePage(report: TradeFileReport): string {
  const figures = figuresOf(report);
  const { closed, trades, books } = figures;
  const ordered = closed.toSorted((a, b) => b.netUsd - a.netUsd);
  return reportPage({
    title: `Trades of ${report.name}`,
    about: [
      `${String(report.fills.length)} fills${report.passedOver === 0 ? '' : `; ${String(report.passedOver)} rows were passed over: not filled, or funding, whose amounts are not in the file`}`,
    ],
    generated: false,
    lead:
      tiles([
        ['realised by FIFO, net of fees, USD', signedUsd(figures.fifoUsd)],
        ['closed trades', String(trades.closed)],
        ['won', pct(trades.winFraction === undefined ? undefined : 100 * trades.winFraction, 0)],
        ['profit factor', fixed(trades.profitFactor, 2)],
        ['mean result, USD', usd(trades.expectancyUsd)],
        ['mean time held', duration(trades.meanHoldMs)],
      ]) + paragraph(toldWords(report, figures)),
    sections: [
      { id: 'result', title: 'Result of closed trades', body: resultCharts(closed) },
      {
        id: 'symbols',
        title: 'By symbol',
        body:
          figure(
            barChart(
              'Realised by symbol',
              books.map((book) => ({ name: book.symbol, value: book.realisedUsd - book.feesUsd })),
              'realised by FIFO, net of fees (USD)',
              (value) => usd(value),
            ),
          ) + booksTable(books),
      },
      {
        id: 'trades',
        title: 'Best and worst trades',
        body:
          heading('Best') +
          htmlTable(
            TRADE_COLUMNS,
            ordered.slice(0, SHOWN).filter(({ netUsd }) => netUsd > 0),
          ) +
          heading('Worst') +
          htmlTable(
            TRADE_COLUMNS,
            ordered
              .slice(-SHOWN)
              .reverse()
              .filter(({ netUsd }) => netUsd < 0),
          ) +
          heading('Still open') +
          htmlTable(TRADE_COLUMNS, figures.open),
      },
    ],
  });
}

/** The file's own results beside those that its fills give. */
function toldWords({ toldUsd }: TradeFileReport, { closedUsd }: Figures): string {
  if (toldUsd === undefined) return 'The file has no results of its own to compare with.';
  const difference = toldUsd - closedUsd;
  return (
    `The file's own results of closed trades sum to ${usd(toldUsd)} USD; its fills give ${usd(closedUsd)} USD: ` +
    (Math.abs(difference) < 0.005
      ? 'they agree to the cent.'
      : `a difference of ${usd(difference)} USD. Funding moves the first and is not in the file.`)
  );
}

function resultCharts(closed: readonly RoundTrip[]): string {
  const nets = Float64Array.from(closed, ({ netUsd }) => netUsd);
  const { timesMs, sumUsd } = steps(closed);
  return (
    figure(
      timeSeriesChart({
        title: 'Result of closed trades',
        timesMs,
        valueTitle: 'sum of results (USD)',
        lines: [{ label: 'net result of closed trades', values: sumUsd, colour: 'blue', area: true }],
      }),
    ) +
    figure(
      histogramChart({
        title: 'Results of trades',
        values: nets,
        counted: 'trades',
        valueTitle: 'net result of a trade (USD)',
        mean: mean(nets),
        deviation: deviation(nets),
        marks: [],
      }),
    )
  );
}

/** The sum of results stands still from one exit to the next. */
function steps(closed: readonly RoundTrip[]): { timesMs: Float64Array; sumUsd: Float64Array } {
  const points: (readonly [number, number])[] = closed[0] === undefined ? [] : [[closed[0].entryMs, 0]];
  let sum = 0;
  for (const { exitMs = NaN, netUsd } of closed) {
    points.push([exitMs, sum]);
    sum += netUsd;
    points.push([exitMs, sum]);
  }
  return {
    timesMs: Float64Array.from(points, ([timeMs]) => timeMs),
    sumUsd: Float64Array.from(points, ([, value]) => value),
  };
}

function booksTable(books: readonly FifoBook[]): string {
  const average = (amount: number, quantity: number): string =>
    quantity === 0 ? 'n/a' : String(Number((amount / quantity).toPrecision(7)));
  return htmlTable<FifoBook>(
    [
      { title: 'Symbol', align: 'left', cell: (book) => book.symbol },
      { title: 'Bought', cell: (book) => String(Number(book.boughtQuantity.toPrecision(9))) },
      { title: 'at, mean', cell: (book) => average(book.boughtUsd, book.boughtQuantity) },
      { title: 'Sold', cell: (book) => String(Number(book.soldQuantity.toPrecision(9))) },
      { title: 'at, mean', cell: (book) => average(book.soldUsd, book.soldQuantity) },
      { title: 'Volume USD', cell: (book) => usd(book.boughtUsd + book.soldUsd, 0) },
      { title: 'Fees USD', cell: (book) => usd(book.feesUsd) },
      {
        title: 'Realised, net USD',
        cell: (book) => usd(book.realisedUsd - book.feesUsd),
        sign: (book) => book.realisedUsd - book.feesUsd,
      },
      { title: 'Closed', align: 'left', cell: (book) => (book.lots.length === 0 ? 'yes' : 'no') },
    ],
    books,
  );
}

export function tradeFileFiles(report: TradeFileReport): Map<string, string> {
  const { closed, open, books, trades, fifoUsd, closedUsd } = figuresOf(report);
  return new Map([
    [
      'report.json',
      jsonText({
        schema_version: 1,
        name: report.name,
        disclaimer: DISCLAIMER,
        fills: report.fills.length,
        passedOver: report.passedOver,
        fifoRealisedUsd: fifoUsd,
        closedTradesUsd: closedUsd,
        toldUsd: report.toldUsd,
        trades,
        symbols: books,
        closedTrades: closed,
        openTrades: open,
      }),
    ],
    ['trades.csv', tradesCsv([...closed, ...open])],
    [
      'symbols.csv',
      csvText(
        ['symbol', 'bought', 'bought_usd', 'sold', 'sold_usd', 'fees_usd', 'realised_net_usd', 'open_lots'],
        books.map((book) => [
          book.symbol,
          book.boughtQuantity,
          book.boughtUsd,
          book.soldQuantity,
          book.soldUsd,
          book.feesUsd,
          book.realisedUsd - book.feesUsd,
          book.lots.length,
        ]),
      ),
    ],
  ]);
}
