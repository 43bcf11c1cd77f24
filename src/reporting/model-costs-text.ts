import { type TimeMs, formatForPeople } from '../core/domain/time.js';
import { type Column, fixed, grouped, textTable } from './text-table.js';

/** One contestant's spending on language models, as the journal has it. */
export interface ModelCostRow {
  readonly name: string;
  readonly calls: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly perDayUsd: number;
  readonly perWeekUsd: number;
  readonly days: readonly { readonly dayMs: TimeMs; readonly calls: number; readonly costUsd: number }[];
}

/** Two tables: who spent how much and what a week of it would be, and what each day of the market cost. */
export function modelCostsText(rows: readonly ModelCostRow[]): string {
  if (rows.length === 0) return 'No contestant has asked a language model yet.\n';
  const total: ModelCostRow = {
    name: 'all',
    calls: sum(rows, (r) => r.calls),
    failed: sum(rows, (r) => r.failed),
    inputTokens: sum(rows, (r) => r.inputTokens),
    cachedInputTokens: sum(rows, (r) => r.cachedInputTokens),
    outputTokens: sum(rows, (r) => r.outputTokens),
    costUsd: sum(rows, (r) => r.costUsd),
    perDayUsd: sum(rows, (r) => r.perDayUsd),
    perWeekUsd: sum(rows, (r) => r.perWeekUsd),
    days: daysOfAll(rows),
  };
  const columns: Column<ModelCostRow>[] = [
    { title: 'Contestant', align: 'left', maxWidth: 34, cell: (r) => r.name },
    { title: 'Calls', align: 'right', cell: (r) => grouped(r.calls) },
    { title: 'Failed', align: 'right', cell: (r) => grouped(r.failed) },
    { title: 'Input', align: 'right', cell: (r) => grouped(r.inputTokens) },
    { title: 'Cached', align: 'right', cell: (r) => grouped(r.cachedInputTokens) },
    { title: 'Output', align: 'right', cell: (r) => grouped(r.outputTokens) },
    { title: 'USD', align: 'right', cell: (r) => fixed(r.costUsd, 4) },
    { title: 'USD/day', align: 'right', cell: (r) => fixed(r.perDayUsd, 4) },
    { title: 'USD/week', align: 'right', cell: (r) => fixed(r.perWeekUsd, 3) },
  ];
  const days: Column<ModelCostRow['days'][number]>[] = [
    { title: 'Day (UTC)', align: 'left', cell: (d) => formatForPeople(d.dayMs).slice(0, 10) },
    { title: 'Calls', align: 'right', cell: (d) => grouped(d.calls) },
    { title: 'USD', align: 'right', cell: (d) => fixed(d.costUsd, 4) },
  ];
  return `${[
    'Tokens and dollars since each joined; a week is seven days like those so far. Days are those of the market.',
    '',
    ...textTable(columns, rows.length === 1 ? rows : [...rows, total]),
    '',
    ...textTable(days, total.days),
  ].join('\n')}\n`;
}

function sum(rows: readonly ModelCostRow[], of: (row: ModelCostRow) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}

function daysOfAll(rows: readonly ModelCostRow[]): ModelCostRow['days'] {
  const days = new Map<TimeMs, { dayMs: TimeMs; calls: number; costUsd: number }>();
  for (const { dayMs, calls, costUsd } of rows.flatMap((row) => row.days)) {
    const day = days.get(dayMs) ?? { dayMs, calls: 0, costUsd: 0 };
    days.set(dayMs, { dayMs, calls: day.calls + calls, costUsd: day.costUsd + costUsd });
  }
  return [...days.values()].sort((a, b) => a.dayMs - b.dayMs);
}
