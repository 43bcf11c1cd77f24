import type { Board, Standing } from '../core/arena/board.js';
import { shortId } from '../core/arena/contestant.js';
import { formatForPeople, timeframeMs } from '../core/domain/time.js';
import { evidenceText } from './evidence-text.js';
import { modelsText } from './models-text.js';
import { evidenceOdds } from './review-words.js';
import { type Column, fixed, grouped, textTable } from './text-table.js';

/** Where the prices come from, in words; GENERATED must be impossible to overlook. */
export interface MarketLabel {
  readonly generated: boolean;
  readonly text: string;
}

const MAX_WIDTH = 120;
const RULE = '='.repeat(MAX_WIDTH);

/**
 * What people read every morning: results, evidence, then benchmarks and placebos (DESIGN section 8).
 * `maxRows` shortens each block of results for a terminal.
 */
export function leaderboardText(board: Board, market: MarketLabel, maxRows = Infinity): string {
  const competing = board.standings.filter((s) => s.role !== 'benchmark' && s.role !== 'placebo');
  const lines = [
    RULE,
    `ARENA LEADERBOARD   ${market.text}`,
    ...(market.generated
      ? ['These prices are GENERATED: made up by a program, good for trying things out, worth no money.']
      : []),
    RULE,
    ...header(board),
    '',
    'RESULTS: ranked by total net return over the window, ties by Sharpe; who never traded stands below',
    ...resultsTable(competing, maxRows),
    '',
    'EVIDENCE: is the leader better, or lucky? Since the first bar of its own cohort',
    ...evidenceText(competing, board),
    ...modelsText(board, maxRows),
    '',
    'BENCHMARKS: the same bars and costs; never candidates',
    ...resultsTable(
      board.standings.filter((s) => s.role === 'benchmark'),
      maxRows,
    ),
    '',
    'PLACEBOS: random trades; what luck looks like at this pace',
    ...resultsTable(
      board.standings.filter((s) => s.role === 'placebo'),
      maxRows,
    ),
    '',
    'Returns are net of fee, spread, slippage, funding and model costs. Past results promise nothing.',
  ];
  return `${lines.join('\n')}\n`;
}

function header(board: Board): string[] {
  const { costs } = board;
  const end = board.lastBarMs + timeframeMs(board.timeframe);
  const observedPct = board.dueRounds === 0 ? undefined : (100 * board.observedRounds) / board.dueRounds;
  const symbols =
    board.symbols.length <= 12
      ? board.symbols.join(' ')
      : `${board.symbols.slice(0, 10).join(' ')} and ${String(board.symbols.length - 10)} more`;
  return [
    `Period    ${formatForPeople(board.firstBarMs)} to ${formatForPeople(end)}, ${board.timeframe} bars`,
    `Window    since ${formatForPeople(board.windowStartMs)}; cohorts so far: ${String(board.cohorts)}; ranked: ${String(board.contestants)}${clones(board)}`,
    ...championLines(board),
    `Rounds    ${grouped(board.observedRounds)} of ${grouped(board.dueRounds)} due rounds observed (${fixed(observedPct, 2)} %)`,
    `Symbols   ${symbols}`,
    `Costs     taker fee ${String(costs.takerFeeBps)} bps, half spread ${String(costs.halfSpreadBps)} bps, slippage ` +
      `${String(costs.slippageBps)} bps + ${String(costs.impactBps)} bps x sqrt(share of the bar); start ${grouped(board.cashUsd)} USD`,
  ];
}

/** Ten clones are one idea: how many move apart. */
function clones({ independent, contestants }: Board): string {
  return independent === undefined || independent === contestants
    ? ''
    : `, of which ${String(independent)} move apart`;
}

function championLines({ champion }: Board): string[] {
  if (champion === undefined) return ['Champion  none: nobody is deployed'];
  const { name, id, generation, sinceMs, returnPct, shadow, watch } = champion;
  const beside = shadow === undefined ? '' : `; its shadow ${shadow.name} ${fixed(shadow.returnPct, 2)} %`;
  return [
    `Champion  ${name} (${shortId(id)}), generation ${String(generation)} since ${formatForPeople(sinceMs)}: ${fixed(returnPct, 2)} %${beside}`,
    ...(watch?.review === true
      ? [
          `REVIEW    evidence of ${evidenceOdds(watch.e)} that a shadow does better than the champion; npm run rollback goes back`,
        ]
      : []),
  ];
}

function resultsTable(standings: readonly Standing[], maxRows: number): string[] {
  if (standings.length === 0) return ['none'];
  const columns: Column<Standing>[] = [
    { title: 'Rank', align: 'right', cell: (s) => (s.rank === undefined ? '-' : String(s.rank)) },
    { title: 'Name', align: 'left', maxWidth: 26, cell: (s) => s.name },
    { title: 'Id', align: 'left', cell: (s) => shortId(s.id) },
    { title: 'Return %', align: 'right', cell: (s) => fixed(s.metrics.totalReturnPct, 2) },
    { title: 'Sharpe', align: 'right', cell: (s) => fixed(s.metrics.sharpe, 2) },
    { title: 'Sortino', align: 'right', cell: (s) => fixed(s.metrics.sortino, 2) },
    { title: 'MaxDD %', align: 'right', cell: (s) => fixed(s.metrics.maxDrawdownPct, 2) },
    { title: 'Trades', align: 'right', cell: (s) => String(s.metrics.trades) },
    { title: 'Win %', align: 'right', cell: (s) => fixed(s.metrics.winPct, 1) },
    { title: 'Turnover', align: 'right', cell: (s) => `${fixed(s.metrics.turnover, 1)}x` },
    { title: 'Hours', align: 'right', cell: (s) => String(s.observedHours) },
    {
      title: 'Status',
      align: 'left',
      maxWidth: 12,
      cell: (s) => (s.role === 'champion' || s.role === 'shadow' ? s.role : s.status),
    },
  ];
  const lines = textTable(columns, standings.slice(0, maxRows));
  const hidden = standings.length - maxRows;
  return hidden > 0 ? [...lines, `... and ${String(hidden)} more in leaderboard.txt`] : lines;
}
