import { textTable } from './text-table.js';

/** A line of the list of trials. */
export interface TrialRow {
  readonly study: string;
  readonly number: number;
  /** As the study has it. */
  readonly objective: number | undefined;
  readonly direction: 'maximize' | 'minimize';
  /** What it is called as a contestant, or why it cannot be one. */
  readonly contestant: string;
  readonly fate: string;
}

export interface StudyRow {
  readonly study: string;
  readonly storage: string;
  readonly direction: string;
  readonly states: Readonly<Record<string, number>>;
  readonly refused: string | undefined;
}

const STUDY_WIDTH = 40;
const CONTESTANT_WIDTH = 70;
const FATE_WIDTH = 60;

export function studiesText(rows: readonly StudyRow[]): string[] {
  return textTable<StudyRow>(
    [
      { title: 'Study', align: 'left', maxWidth: STUDY_WIDTH, cell: (row) => printable(row.study) },
      { title: 'Direction', align: 'left', cell: (row) => row.direction },
      { title: 'Trials', align: 'left', cell: (row) => statesText(row.states) },
      { title: 'Storage', align: 'left', cell: (row) => printable(row.storage) },
      {
        title: 'Counts',
        align: 'left',
        cell: (row) => (row.refused === undefined ? 'yes' : `no: ${printable(row.refused)}`),
      },
    ],
    rows,
  );
}

export function trialsText(rows: readonly TrialRow[]): string[] {
  return textTable<TrialRow>(
    [
      {
        title: 'Trial',
        align: 'left',
        // Cut in the middle of the name, never in the number.
        cell: (row) => `${shorten(printable(row.study))}/${String(row.number)}`,
      },
      { title: 'Value', align: 'right', cell: (row) => valueText(row) },
      {
        title: 'Contestant',
        align: 'left',
        maxWidth: CONTESTANT_WIDTH,
        cell: (row) => printable(row.contestant),
      },
      { title: 'Deployment', align: 'left', maxWidth: FATE_WIDTH, cell: (row) => printable(row.fate) },
    ],
    rows,
  );
}

/** 15 complete, 24 pruned; in the order of their number. */
export function statesText(states: Readonly<Record<string, number>>): string {
  const entries = Object.entries(states).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) return 'none yet';
  return entries.map(([state, count]) => `${String(count)} ${printable(state.toLowerCase())}`).join(', ');
}

/** The value with its direction: which of two is better must not be guessed. */
export function valueText(row: Pick<TrialRow, 'objective' | 'direction'>): string {
  const value = row.objective === undefined ? 'n/a' : String(Number(row.objective.toPrecision(6)));
  return `${value} ${row.direction === 'maximize' ? 'max' : 'min'}`;
}

/** Names come from files of others: what would move the cursor or end a line becomes visible. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u2028-\u202E\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function shorten(text: string): string {
  return text.length <= STUDY_WIDTH ? text : `${text.slice(0, STUDY_WIDTH - 1)}…`;
}
