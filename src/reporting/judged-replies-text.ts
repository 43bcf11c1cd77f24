import { type Column, grouped, textTable } from './text-table.js';

/** What `llm parse` counted; the shape of `app/judge-replies`. */
interface Judged {
  readonly replies: number;
  readonly signals: number;
  readonly reproduced: number;
  readonly missing: number;
  readonly wrong: number;
  readonly unusable: Readonly<Record<string, number>>;
  readonly differing: readonly {
    readonly index: number;
    readonly missing: readonly string[];
    readonly wrong: readonly string[];
  }[];
}

interface Row {
  readonly what: string;
  readonly count: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'What', align: 'left', cell: (row) => row.what },
  { title: 'Count', align: 'right', cell: (row) => grouped(row.count) },
];

export function judgedRepliesText(judged: Judged): string[] {
  const rows: Row[] = [
    { what: 'replies', count: judged.replies },
    { what: 'signals read', count: judged.signals },
    { what: 'as recorded', count: judged.reproduced },
    { what: 'recorded, not read so', count: judged.missing },
    { what: 'read, not recorded so', count: judged.wrong },
    ...Object.entries(judged.unusable).map(([kind, count]) => ({ what: `unusable: ${kind}`, count })),
  ];
  return [
    ...textTable(COLUMNS, rows),
    ...judged.differing.flatMap(({ index, missing, wrong }) => [
      '',
      `cases[${String(index)}]`,
      ...missing.map((signal) => `  recorded  ${signal}`),
      ...wrong.map((signal) => `  read      ${signal}`),
    ]),
  ];
}
