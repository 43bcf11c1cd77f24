import type { Board, Standing } from '../core/arena/board.js';
import { type Column, fixed, textTable } from './text-table.js';

/** One contestant on the board as it was played, and as it would be. */
export interface RescoredRow {
  readonly id: string;
  readonly name: string;
  readonly rank: number | null;
  readonly correctedRank: number | null;
  readonly returnPct: number | null;
  readonly correctedReturnPct: number | null;
}

/** Everybody whose rank or return differs, the best first. */
export function rescoredRows(played: Board, corrected: Board): RescoredRow[] {
  const byId = new Map(corrected.standings.map((standing) => [standing.id, standing]));
  const returnOf = (standing: Standing | undefined): number | null =>
    standing?.metrics.totalReturnPct ?? null;
  return played.standings
    .map((standing) => {
      const other = byId.get(standing.id);
      return {
        id: standing.id,
        name: standing.name,
        rank: standing.rank ?? null,
        correctedRank: other?.rank ?? null,
        returnPct: returnOf(standing),
        correctedReturnPct: returnOf(other),
      };
    })
    .filter((row) => row.rank !== row.correctedRank || row.returnPct !== row.correctedReturnPct);
}

const shown = (value: number | null, decimals: number): string => fixed(value ?? undefined, decimals);
const change = (row: RescoredRow): number | undefined =>
  row.returnPct === null || row.correctedReturnPct === null
    ? undefined
    : row.correctedReturnPct - row.returnPct;

const COLUMNS: readonly Column<RescoredRow>[] = [
  { title: 'Rank', align: 'right', cell: (row) => shown(row.rank, 0) },
  { title: 'would be', align: 'right', cell: (row) => shown(row.correctedRank, 0) },
  { title: 'Name', align: 'left', maxWidth: 40, cell: (row) => row.name },
  { title: 'Return %', align: 'right', cell: (row) => shown(row.returnPct, 3) },
  { title: 'would be %', align: 'right', cell: (row) => shown(row.correctedReturnPct, 3) },
  { title: 'change', align: 'right', cell: (row) => fixed(change(row), 3) },
];

export function rescoreText(rows: readonly RescoredRow[]): string {
  if (rows.length === 0) return 'nobody would have another rank or return\n';
  const moved = rows.filter((row) => row.rank !== row.correctedRank).length;
  return `${[
    ...textTable(COLUMNS, rows),
    '',
    `${String(moved)} of them would have another rank. The journal stays as it was played; this is what later candles say.`,
  ].join('\n')}\n`;
}
