import { type Contestant, shortId } from '../core/arena/contestant.js';
import { HOUR_MS, type TimeMs, formatMinuteUtc } from '../core/domain/time.js';
import type { RegimeRow, RegimesSeen } from '../core/strategies/regime-hybrid/describe-regimes.js';
import { type Column, fixed, textTable } from './text-table.js';

/** One contestant's regimes for people. */
export function regimeText(
  seen: RegimesSeen & { readonly contestant: Contestant; readonly nowMs: TimeMs },
): string {
  const { contestant, nowMs, rows, decisions, onHeuristic } = seen;
  const asks = rows.some(({ nextDueMs }) => nextDueMs !== undefined);
  const columns: Column<RegimeRow>[] = [
    { title: 'symbol', align: 'left', maxWidth: 16, cell: ({ symbol }) => symbol },
    { title: 'regime', align: 'left', cell: ({ regime }) => regime?.regime ?? 'n/a' },
    { title: 'trend', align: 'left', cell: ({ regime }) => regime?.trend ?? 'n/a' },
    { title: 'volatility', align: 'left', cell: ({ regime }) => regime?.volatility ?? 'n/a' },
    { title: 'risk', align: 'left', cell: ({ regime }) => regime?.riskMode ?? 'n/a' },
    { title: 'conf', align: 'right', cell: ({ regime }) => fixed(regime?.confidence, 2) },
    {
      title: 'age h',
      align: 'right',
      cell: ({ ageMs }) => fixed(ageMs === undefined ? undefined : ageMs / HOUR_MS, 1),
    },
    { title: 'source', align: 'left', cell: ({ source }) => source ?? 'n/a' },
    {
      title: 'asked next',
      align: 'left',
      cell: ({ nextDueMs }) => (nextDueMs === undefined ? 'no model' : formatMinuteUtc(nextDueMs)),
    },
  ];
  return [
    `${contestant.name} (${shortId(contestant.id)}), after the bar that closed ${formatMinuteUtc(nowMs)}`,
    ...textTable(columns, rows),
    ...rows.flatMap(({ symbol, failure }) =>
      failure === undefined ? [] : [`${symbol}: last asked in vain, ${failure}`],
    ),
    ...(asks
      ? [`the heuristic stood in for the model in ${String(onHeuristic)} of ${String(decisions)} decisions`]
      : []),
    '',
  ].join('\n');
}
