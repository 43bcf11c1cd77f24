import type { Board, Standing } from '../core/arena/board.js';
import type { ModelFigures } from '../core/arena/model-figures.js';
import { type Column, fixed, grouped, textTable } from './text-table.js';

type Asking = Standing & { readonly models: ModelFigures };

/** The board's third block: what asking language models cost and how far it can be relied on, and who cannot run. */
export function modelsText(board: Board, maxRows: number): string[] {
  const asking = board.standings.filter((s): s is Asking => s.models !== undefined);
  const absent = board.absent.map(({ name, why }) => `not running: ${name} (${why})`);
  if (asking.length === 0) return absent.length === 0 ? [] : ['', ...absent];
  const shown = asking.slice(0, maxRows);
  const hidden = asking.length - shown.length;
  const changed = asking.filter(({ models }) => models.fingerprintChanges > 0);
  return [
    '',
    'MODELS: who asks language models; costs are paid by the account, so Return is net of them',
    ...textTable(COLUMNS, shown),
    ...(hidden > 0 ? [`... and ${String(hidden)} more in leaderboard.txt`] : []),
    ...changed.map(
      ({ name, models }) =>
        `${name}: the provider changed its set-up ${times(models.fingerprintChanges)} (system fingerprint)`,
    ),
    ...absent,
  ];
}

const COLUMNS: Column<Asking>[] = [
  { title: 'Rank', align: 'right', cell: (s) => (s.rank === undefined ? '-' : String(s.rank)) },
  { title: 'Name', align: 'left', maxWidth: 26, cell: (s) => s.name },
  { title: 'Answered by', align: 'left', maxWidth: 18, cell: ({ models }) => models.servedBy ?? 'n/a' },
  { title: 'Gross %', align: 'right', cell: ({ models }) => fixed(models.grossReturnPct, 2) },
  { title: 'Net %', align: 'right', cell: ({ models }) => fixed(models.netReturnPct, 2) },
  { title: 'Asked', align: 'right', cell: ({ models }) => grouped(models.questions) },
  { title: 'Decided %', align: 'right', cell: (s) => fixed(s.coveragePct, 1) },
  { title: 'USD/dec.', align: 'right', cell: ({ models }) => fixed(models.costPerDecisionUsd, 4) },
  { title: 'USD/day', align: 'right', cell: ({ models }) => fixed(models.costPerDayUsd, 3) },
  { title: 'USD/week', align: 'right', cell: ({ models }) => fixed(models.costPerWeekUsd, 3) },
  { title: 'Flips', align: 'right', cell: ({ models }) => flips(models) },
];

/** Of the same prompt asked again, how often the decision was another one. */
function flips({ probes, flipPct }: ModelFigures): string {
  return probes === 0 ? 'n/a' : `${fixed(flipPct, 0)} % of ${String(probes)}`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${String(count)} times`;
}
