/** What a look at candles found, as tables and a short list. */
import { formatMinuteUtc, timeframeMs, type Timeframe } from '../core/domain/time.js';
import type { CandleComparison } from '../core/feed/compare-candles.js';
import type { CandleInspection } from '../core/feed/inspect-candles.js';
import { type Column, fixed, grouped, textTable } from './text-table.js';

interface SeriesLook {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly inspection: CandleInspection | undefined;
  readonly unreadable: string | undefined;
}
interface FolderLook {
  readonly folder: string;
  readonly series: readonly SeriesLook[];
  readonly remarks: readonly string[];
}
interface PairLook {
  readonly symbol: string;
  readonly otherSymbol: string;
  readonly timeframe: Timeframe;
  readonly comparison: CandleComparison;
}

/** Further ones are in the JSON. */
const SHOWN = 5;

export function folderLookText({ folder, series, remarks }: FolderLook): string {
  const lines = [folder, ...textTable(COLUMNS, series)];
  for (const { symbol, timeframe, inspection, unreadable } of series) {
    if (unreadable !== undefined) lines.push(`  ! ${unreadable}`);
    const findings = inspection?.findings ?? [];
    for (const { openMs, text } of findings.slice(0, SHOWN))
      lines.push(`  ! ${symbol} ${timeframe} ${formatMinuteUtc(openMs)}: ${text}`);
    const all = Object.values(inspection?.counts ?? {}).reduce((sum, count) => sum + count, 0);
    if (all > SHOWN) lines.push(`    ${symbol} ${timeframe}: ${grouped(all - SHOWN)} more, with --json`);
  }
  return [...lines, ...remarks.map((text) => `  ! ${text}`)].join('\n');
}

export function pairLookText(first: string, second: string, pairs: readonly PairLook[]): string {
  const lines = [`${first} against ${second}`, ...textTable(PAIR_COLUMNS, pairs)];
  for (const { symbol, timeframe, comparison } of pairs) {
    for (const { openMs, close, otherClose, apartFraction } of comparison.disagreements.slice(0, SHOWN))
      lines.push(
        `  ! ${symbol} ${timeframe} ${formatMinuteUtc(openMs)}: close ${String(close)} and ${String(otherClose)}, ${fixed(100 * apartFraction, 1)} % apart`,
      );
    if (comparison.beyond > SHOWN)
      lines.push(`    ${symbol} ${timeframe}: ${grouped(comparison.beyond - SHOWN)} more, with --json`);
  }
  return lines.join('\n');
}

function number(title: string, of: (inspection: CandleInspection) => number): Column<SeriesLook> {
  return {
    title,
    align: 'right',
    cell: ({ inspection }) => (inspection === undefined ? 'n/a' : grouped(of(inspection))),
  };
}

function time(title: string, of: (inspection: CandleInspection) => number | undefined): Column<SeriesLook> {
  return {
    title,
    align: 'left',
    cell({ inspection }) {
      const timeMs = inspection === undefined ? undefined : of(inspection);
      return timeMs === undefined ? 'n/a' : formatMinuteUtc(timeMs);
    },
  };
}

const COLUMNS: readonly Column<SeriesLook>[] = [
  { title: 'symbol', align: 'left', cell: ({ symbol }) => symbol },
  { title: 'bars of', align: 'left', cell: ({ timeframe }) => timeframe },
  number('bars', ({ bars }) => bars),
  time('first', ({ firstMs }) => firstMs),
  time('last', ({ lastMs }) => lastMs),
  {
    title: 'coverage',
    align: 'right',
    cell: ({ inspection }) =>
      inspection === undefined || inspection.due === 0
        ? 'n/a'
        : `${fixed((100 * (inspection.due - inspection.missing)) / inspection.due, 2)} %`,
  },
  number('gaps', ({ counts }) => counts.gap),
  number('missing', ({ missing }) => missing),
  {
    title: 'longest',
    align: 'right',
    cell: ({ inspection, timeframe }) =>
      inspection === undefined || inspection.missing === 0
        ? '-'
        : `${fixed((inspection.longestGapBars * timeframeMs(timeframe)) / 3_600_000, 1)} h`,
  },
  number('twice', ({ counts }) => counts.twice + counts.order),
  number('wrong', ({ counts }) => counts.wrong + counts.grid),
  number('outliers', ({ counts }) => counts.outlier),
  number('no volume', ({ withoutVolume }) => withoutVolume),
];

const PAIR_COLUMNS: readonly Column<PairLook>[] = [
  {
    title: 'symbol',
    align: 'left',
    cell: ({ symbol, otherSymbol }) => (symbol === otherSymbol ? symbol : `${symbol} / ${otherSymbol}`),
  },
  { title: 'bars of', align: 'left', cell: ({ timeframe }) => timeframe },
  { title: 'in both', align: 'right', cell: ({ comparison }) => grouped(comparison.common) },
  { title: 'only 1st', align: 'right', cell: ({ comparison }) => grouped(comparison.onlyFirst) },
  { title: 'only 2nd', align: 'right', cell: ({ comparison }) => grouped(comparison.onlySecond) },
  {
    title: 'median apart',
    align: 'right',
    cell: ({ comparison }) => bps(comparison.medianApartFraction),
  },
  { title: 'most apart', align: 'right', cell: ({ comparison }) => bps(comparison.mostApartFraction) },
  { title: 'disagree', align: 'right', cell: ({ comparison }) => grouped(comparison.beyond) },
];

function bps(fraction: number | undefined): string {
  return fraction === undefined ? 'n/a' : `${fixed(fraction * 10_000, 1)} bps`;
}
