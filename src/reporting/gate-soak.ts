import type { ShareRange } from '../core/metrics/share-range.js';
import type { GateSoak, SoakRecord, SoakTally } from '../core/promotion/gate-soak.js';
import { rangeJson } from './gate-proof-json.js';
import { counted, rangeWords } from './gate-proof-text.js';
import { type Column, fixed, grouped, textTable } from './text-table.js';

interface Row {
  readonly what: string;
  readonly hits: number;
  readonly range: ShareRange | undefined;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'In how many arenas, with 95 % ranges', align: 'left', cell: (row) => row.what },
  { title: 'Arenas', align: 'right', cell: (row) => grouped(row.hits) },
  { title: 'Share', align: 'right', cell: (row) => rangeWords(row.range) },
];

export function gateSoakText(soak: GateSoak, tally: SoakTally, record: SoakRecord): string[] {
  const rows: Row[] = [
    { what: 'the gate promoted somebody (always wrongly)', hits: tally.promoted, range: record.promoted },
    {
      what: 'both tests passed for somebody, other rules aside',
      hits: tally.provenByTests,
      range: record.provenByTests,
    },
    { what: 'somebody led at a look, not proven', hits: tally.led, range: record.led },
    { what: 'the naive rule would have promoted somebody', hits: tally.naive, range: record.naive },
  ];
  return [
    `${counted(tally.arenas, 'arena')} of ${counted(soak.contestants, 'coin flipper')} on generated markets over ${counted(soak.days, 'day')}, ${
      soak.free ? 'WITHOUT costs' : 'costs as always'
    }; seed ${String(soak.seed)}`,
    `The real engine: its fills, rounds and looks (${grouped(tally.looks)} looks, ${grouped(tally.verdicts)} verdicts). Nobody has skill.`,
    '',
    ...textTable(COLUMNS, rows),
    '',
    `Budget of the gate until then: ${fixed(100 * record.budget, 1)} % of arenas.`,
    'Naive rule: return above 2 %, Sharpe above 0, 168 h old; looked at every hour.',
  ];
}

export function gateSoakJson(soak: GateSoak, tally: SoakTally, record: SoakRecord): object {
  return {
    inputs: soak,
    counts: tally,
    gate: {
      promotedAny: record.promoted?.share ?? null,
      promotedAnyRange: rangeJson(record.promoted),
      provenByTestsAny: record.provenByTests?.share ?? null,
      provenByTestsAnyRange: rangeJson(record.provenByTests),
      ledAny: record.led?.share ?? null,
      ledAnyRange: rangeJson(record.led),
      budget: record.budget,
    },
    naive: { promotedAny: record.naive?.share ?? null, promotedAnyRange: rangeJson(record.naive) },
  };
}
