import type { ModelFault, ModelSetup, TokenUsage } from '../core/domain/model-call.js';
import { type Column, fixed, textTable } from './text-table.js';

/** What came of one tiny call of a configured model. */
export interface CheckedModel {
  /** Of the configuration. */
  readonly name: string;
  readonly setup: ModelSetup;
  readonly outcome:
    | {
        readonly kind: 'fine';
        readonly latencyMs: number;
        readonly costUsd: number;
        readonly usage: TokenUsage;
        /** Whether the provider can be held to a schema. */
        readonly structured: boolean;
        readonly servedBy: string;
        readonly fingerprint: string | null;
        readonly attempts: number;
        /** What is worth knowing although it works. */
        readonly notes: readonly string[];
      }
    | {
        readonly kind: 'failed';
        readonly fault: ModelFault;
        readonly why: string;
        readonly hint: string;
        /** Undefined when it was not asked. */
        readonly latencyMs: number | undefined;
        readonly costUsd: number;
        readonly usage: TokenUsage;
        readonly attempts: number;
      };
}

const COLUMNS: readonly Column<CheckedModel>[] = [
  { title: 'Name', align: 'left', maxWidth: 24, cell: ({ name }) => name },
  {
    title: 'Model',
    align: 'left',
    maxWidth: 40,
    cell: ({ setup }) => `${setup.provider}/${setup.model}`,
  },
  {
    title: 'Result',
    align: 'left',
    cell: ({ outcome }) => (outcome.kind === 'fine' ? 'fine' : outcome.fault),
  },
  { title: 'ms', align: 'right', cell: ({ outcome }) => fixed(outcome.latencyMs, 0) },
  { title: 'USD', align: 'right', cell: ({ outcome }) => fixed(outcome.costUsd, 6) },
  {
    title: 'Schema',
    align: 'left',
    cell: ({ outcome }) => (outcome.kind === 'failed' ? 'n/a' : outcome.structured ? 'yes' : 'no'),
  },
  {
    title: 'Served by',
    align: 'left',
    maxWidth: 32,
    cell: ({ outcome }) => (outcome.kind === 'failed' ? 'n/a' : outcome.servedBy),
  },
];

/** A line for each model, then what is wrong and what to do. */
export function checkedModelsText(checked: readonly CheckedModel[]): string[] {
  if (checked.length === 0) return ['no language models are configured'];
  const failed = checked.filter(({ outcome }) => outcome.kind === 'failed').length;
  return [
    ...textTable(COLUMNS, checked),
    ...checked.flatMap(({ name, outcome }) =>
      outcome.kind === 'failed'
        ? ['', `${name}: ${outcome.why}`, `  ${outcome.hint}`]
        : outcome.notes.flatMap((note, i) => [...(i === 0 ? [''] : []), `${name}: ${note}`]),
    ),
    '',
    failed === 0
      ? `${String(checked.length)} of ${String(checked.length)} answer`
      : `${String(checked.length - failed)} of ${String(checked.length)} answer; the others hold until this is mended`,
  ];
}
