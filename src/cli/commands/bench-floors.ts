/** The goals of the engine's speed, each measured beside a limit in the same run: pass, target or FAIL. */
import { type Column, fixed, textTable } from '../../reporting/text-table.js';

export interface Floor {
  readonly what: string;
  /** Undefined where it could not be measured, e.g. without a compiler. */
  readonly measured: number | undefined;
  readonly floor: number;
  readonly target: number;
  readonly unit: string;
  /** Larger is better. */
  readonly atLeast?: boolean;
}

export type Verdict = 'target' | 'pass' | 'FAIL' | 'n/a';

export function verdictOf({ measured, floor, target, atLeast }: Floor): Verdict {
  if (measured === undefined || Number.isNaN(measured)) return 'n/a';
  const reaches = (goal: number): boolean => (atLeast === true ? measured >= goal : measured <= goal);
  return reaches(target) ? 'target' : reaches(floor) ? 'pass' : 'FAIL';
}

const COLUMNS: readonly Column<Floor>[] = [
  { title: 'goal', align: 'left', cell: ({ what }) => what },
  { title: 'measured', align: 'right', cell: ({ measured, unit }) => withUnit(measured, unit) },
  {
    title: 'floor',
    align: 'right',
    cell: ({ floor, unit, atLeast }) => `${atLeast === true ? '>=' : '<='} ${withUnit(floor, unit)}`,
  },
  { title: 'target', align: 'right', cell: ({ target, unit }) => withUnit(target, unit) },
  { title: '', align: 'left', cell: verdictOf },
];

function withUnit(value: number | undefined, unit: string): string {
  if (value === undefined || Number.isNaN(value)) return 'n/a';
  return `${fixed(value, Number.isInteger(value) ? 0 : 2)} ${unit}`.trimEnd();
}

export function floorsText(floors: readonly Floor[]): string {
  return textTable(COLUMNS, floors).join('\n');
}

export function floorsJson(floors: readonly Floor[]): readonly object[] {
  return floors.map((floor) => ({ ...floor, measured: floor.measured ?? null, verdict: verdictOf(floor) }));
}
