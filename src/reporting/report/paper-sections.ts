import type { FifoCheck } from '../../core/metrics/fifo-realised.js';
import { escapeHtml } from '../escape-html.js';
import { htmlTable } from './html-table.js';
import { signedUsd, usd, when } from './numbers.js';
import { type Section, paragraph } from './page.js';

/** Who traded the account when. */
export interface ChampionRow {
  readonly barMs: number;
  readonly generation: number;
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly costUsd: number;
  readonly equityUsd: number;
}

export function championsSection(rows: readonly ChampionRow[]): Section {
  return {
    id: 'champions',
    title: 'Who traded it',
    body: htmlTable<ChampionRow>(
      [
        { title: 'Generation', cell: (row) => String(row.generation) },
        { title: 'From', align: 'left', cell: (row) => when(row.barMs) },
        { title: 'Champion', align: 'left', cell: (row) => row.name },
        { title: 'Id', align: 'left', cell: (row) => row.id.slice(0, 8) },
        { title: 'Source', align: 'left', cell: (row) => row.source },
        { title: 'Equity then, USD', cell: (row) => usd(row.equityUsd) },
        { title: 'Cost of the change, USD', cell: (row) => usd(row.costUsd) },
      ],
      rows,
    ),
  };
}

/** The account's own books beside FIFO; undefined where its file is not there to compare with. */
export function booksSection(check: FifoCheck | undefined, why: string): Section {
  const body =
    check === undefined
      ? paragraph(`n/a: ${why}`)
      : htmlTable(
          [
            { title: 'Amount', align: 'words' as const, cell: (row: Line) => row.name },
            { title: 'USD', cell: (row: Line) => signedUsd(row.value) },
          ],
          [
            { name: 'realised by FIFO, net of all fees and funding', value: check.fifoUsd },
            {
              name: 'what lots that are still open cost beyond their average price (FIFO and average prices differ by it until they are sold)',
              value: check.openLotsUsd,
            },
            { name: "realised by the account's own books (positions_state.json)", value: check.accountUsd },
            { name: 'difference', value: check.differenceUsd },
          ],
        ) +
        `<p class="${check.agrees ? 'met' : 'unmet'}">${escapeHtml(
          check.agrees ? 'The two agree to the cent.' : 'THE BOOKS DISAGREE: run npm run paper -- verify.',
        )}</p>`;
  return { id: 'books', title: 'Books', body };
}

interface Line {
  readonly name: string;
  readonly value: number;
}
