import { durationWords } from '../core/domain/duration-words.js';
import { type TimeMs, formatMinuteUtc } from '../core/domain/time.js';
import { type Column, fixed, grouped, textTable } from './text-table.js';

interface LoggedSymbolLook {
  readonly symbol: string;
  readonly missed: Readonly<
    Record<'no-bar' | 'unanswered' | 'quarantined' | 'halted' | 'delisted' | 'no-funding', number>
  >;
  readonly late: number;
  readonly revised: number;
}
interface LogLook {
  readonly exchange: string;
  readonly second: string | undefined;
  readonly timeframe: string;
  readonly slots: number;
  readonly firstMs: TimeMs | undefined;
  readonly lastMs: TimeMs | undefined;
  readonly medianLagMs: number | undefined;
  readonly mostLagMs: number | undefined;
  readonly caughtUp: number;
  readonly longestBehindMs: number | undefined;
  readonly symbols: readonly LoggedSymbolLook[];
  readonly events: readonly {
    readonly symbol: string;
    readonly openMs: TimeMs;
    readonly what: string;
    readonly text: string;
  }[];
}

/** Further ones are in the JSON. */
const SHOWN = 20;

export function marketLogText(look: LogLook): string {
  const { exchange, second, timeframe, slots, firstMs, lastMs, events } = look;
  const span =
    firstMs === undefined || lastMs === undefined
      ? ''
      : `, opening ${formatMinuteUtc(firstMs)} to ${formatMinuteUtc(lastMs)}`;
  return [
    `live ${timeframe} bars of ${exchange}${second === undefined ? '' : `, second opinion of ${second}`}: ${grouped(slots)} slots${span}`,
    `settled after the close: ${seconds(look.medianLagMs)} as a rule, at most ${seconds(look.mostLagMs)}`,
    ...(look.longestBehindMs === undefined
      ? []
      : [
          `caught up: ${grouped(look.caughtUp)} ${look.caughtUp === 1 ? 'slot' : 'slots'} settled a bar's length or more after the close, at most ${durationWords(look.longestBehindMs)}`,
        ]),
    ...textTable(COLUMNS, look.symbols),
    ...events
      .slice(0, SHOWN)
      .map(({ symbol, openMs, what, text }) => `  ! ${symbol} ${formatMinuteUtc(openMs)} ${what}: ${text}`),
    ...(events.length > SHOWN ? [`    ${grouped(events.length - SHOWN)} more, with --json`] : []),
  ].join('\n');
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? 'n/a' : `${fixed(ms / 1000, 1)} s`;
}

function count(title: string, of: (row: LoggedSymbolLook) => number): Column<LoggedSymbolLook> {
  return { title, align: 'right', cell: (row) => grouped(of(row)) };
}

const COLUMNS: readonly Column<LoggedSymbolLook>[] = [
  { title: 'symbol', align: 'left', cell: ({ symbol }) => symbol },
  count('no bar', ({ missed }) => missed['no-bar']),
  count('unanswered', ({ missed }) => missed.unanswered),
  count('quarantined', ({ missed }) => missed.quarantined),
  count('halted', ({ missed }) => missed.halted),
  count('delisted', ({ missed }) => missed.delisted),
  count('no funding', ({ missed }) => missed['no-funding']),
  count('late', ({ late }) => late),
  count('revised', ({ revised }) => revised),
];
