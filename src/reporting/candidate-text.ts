import type { CandidateEntry, PlanInFile } from '../core/deployment/candidate-file.js';
import { formatForPeople } from '../core/domain/time.js';
import { fixed, grouped, textTable } from './text-table.js';

/** Evidence and hand-over plan as an approver reads them. */
export function candidateText(entry: CandidateEntry): string[] {
  const newest = entry.valid.at(-1);
  return [
    `CANDIDATE ${entry.name}   id ${entry.id}   ${entry.verdict.replaceAll('_', ' ')}`,
    '',
    ...wrap(entry.words, 100),
    '',
    `Evidence of ${entry.hash.slice(0, 16)}, valid until ${newest === undefined ? 'n/a' : formatForPeople(newest.expires_at_ms)} of the market's clock`,
    '',
    ...planText(entry.handover_plan),
    '',
  ];
}

/** What happens to open positions. */
export function planText(plan: PlanInFile | null): string[] {
  if (plan === null) return ['Hand-over plan: n/a, there is no paper account yet'];
  const head = `Hand-over plan, positions as of ${plan.as_of}, equity ${grouped(plan.equity_before_usd, 2)} USD, cost ${fixed(plan.cost_usd, 2)} USD:`;
  if (plan.steps.length === 0) return [head, '  no open positions'];
  const table = textTable(
    [
      { title: 'Symbol', align: 'left', cell: (s) => s.symbol },
      { title: 'Action', align: 'left', cell: (s) => s.action },
      { title: 'Quantity', align: 'right', cell: (s) => String(s.quantity) },
      { title: 'USD', align: 'right', cell: (s) => fixed(s.notional_usd, 2) },
      { title: 'Cost USD', align: 'right', cell: (s) => fixed(s.cost_usd, 2) },
      { title: 'Why', align: 'left', cell: (s) => s.why },
    ],
    plan.steps,
  );
  return [head, ...table.map((line) => `  ${line}`)];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
