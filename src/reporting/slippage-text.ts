import { median } from '../core/metrics/median.js';
import { quantileOfSorted } from '../core/metrics/quantile-band.js';
import { fixed, textTable } from './text-table.js';

/** What is shown of one fill. */
export interface MeasuredFill {
  readonly symbol: string;
  readonly hourUtc: number;
  readonly differenceBps: number;
  readonly latencyMs: number;
  readonly decideMs: number;
  readonly thinkMs: number | undefined;
  readonly quoteMs: number;
}

export interface SlippageRow {
  readonly symbol: string;
  /** Undefined: all hours together. */
  readonly hourUtc?: number;
  readonly fills: number;
  readonly medianBps: number | undefined;
  readonly meanBps: number | undefined;
  readonly latencyP50Ms: number | undefined;
  readonly latencyP95Ms: number | undefined;
  /** Medians of the parts of the way. */
  readonly decideP50Ms: number | undefined;
  /** Undefined where no language model was asked. */
  readonly thinkP50Ms: number | undefined;
  readonly quoteP50Ms: number | undefined;
}

/** Per symbol all hours, then hour by hour of UTC. */
export function slippageRows(fills: readonly MeasuredFill[]): SlippageRow[] {
  const symbols = [...new Set(fills.map(({ symbol }) => symbol))].toSorted();
  return symbols.flatMap((symbol) => {
    const own = fills.filter((fill) => fill.symbol === symbol);
    const hours = [...new Set(own.map(({ hourUtc }) => hourUtc))].toSorted((a, b) => a - b);
    return [
      rowOf({ symbol }, own),
      ...hours.map((hourUtc) =>
        rowOf(
          { symbol, hourUtc },
          own.filter((fill) => fill.hourUtc === hourUtc),
        ),
      ),
    ];
  });
}

function rowOf(of: Pick<SlippageRow, 'symbol' | 'hourUtc'>, fills: readonly MeasuredFill[]): SlippageRow {
  const differences = fills.map(({ differenceBps }) => differenceBps);
  const latencies = Float64Array.from(fills, ({ latencyMs }) => latencyMs).sort();
  return {
    ...of,
    fills: fills.length,
    medianBps: median(differences),
    meanBps: fills.length === 0 ? undefined : differences.reduce((a, b) => a + b, 0) / fills.length,
    latencyP50Ms: quantileOfSorted(latencies, 0.5),
    latencyP95Ms: quantileOfSorted(latencies, 0.95),
    decideP50Ms: median(fills.map(({ decideMs }) => decideMs)),
    thinkP50Ms: median(fills.flatMap(({ thinkMs }) => thinkMs ?? [])),
    quoteP50Ms: median(fills.map(({ quoteMs }) => quoteMs)),
  };
}

function seconds(ms: number | undefined): string {
  return fixed(ms === undefined ? undefined : ms / 1000, 2);
}

export function slippageText(rows: readonly SlippageRow[]): string {
  const signed = (value: number | undefined): string => `${(value ?? 0) > 0 ? '+' : ''}${fixed(value, 2)}`;
  return textTable(
    [
      { title: 'Symbol', align: 'left', cell: (row) => row.symbol },
      {
        title: 'Hour UTC',
        align: 'right',
        cell: ({ hourUtc }) => (hourUtc === undefined ? 'all' : String(hourUtc).padStart(2, '0')),
      },
      { title: 'Fills', align: 'right', cell: (row) => String(row.fills) },
      { title: 'Median bps', align: 'right', cell: (row) => signed(row.medianBps) },
      { title: 'Mean bps', align: 'right', cell: (row) => signed(row.meanBps) },
      { title: 'Latency p50 s', align: 'right', cell: (row) => seconds(row.latencyP50Ms) },
      { title: 'p95 s', align: 'right', cell: (row) => seconds(row.latencyP95Ms) },
      { title: 'Decide s', align: 'right', cell: (row) => seconds(row.decideP50Ms) },
      { title: 'Think s', align: 'right', cell: (row) => seconds(row.thinkP50Ms) },
      { title: 'Quote s', align: 'right', cell: (row) => seconds(row.quoteP50Ms) },
    ],
    rows,
  ).join('\n');
}
