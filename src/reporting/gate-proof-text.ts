import type { ShareRange } from '../core/metrics/share-range.js';
import type { RuleRecord } from '../core/promotion/simulate-gate.js';
import type { GateModel } from '../core/promotion/simulated-arena.js';
import { LEAST_AGE_HOURS, LEAST_LEAD_POINTS } from '../core/promotion/shortfall.js';
import { type Column, fixed, grouped, textTable } from './text-table.js';

/** What a simulation of the gate found. */
export interface GateProof {
  readonly model: GateModel;
  readonly arenas: number;
  readonly gate: RuleRecord;
  readonly naive: RuleRecord;
}

/** What drawn returns cannot show. */
export const NOT_CHECKED = ['hours observed', 'decisions made', 'closed trades', 'liquidations'] as const;

interface Row {
  readonly what: string;
  readonly gate: ShareRange | undefined;
  readonly naive: ShareRange | undefined;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'How often is promoted, with 95 % ranges', align: 'left', cell: (row) => row.what },
  { title: 'this gate', align: 'right', cell: (row) => rangeWords(row.gate) },
  { title: 'naive rule', align: 'right', cell: (row) => rangeWords(row.naive) },
];

export function gateProofText({ model, arenas, gate, naive }: GateProof): string[] {
  const { contestants, skilled, sharpe, days, rules } = model;
  const noSkill = sharpe === 0;
  const rows: Row[] = [{ what: 'anybody, in an arena', gate: gate.any, naive: naive.any }];
  if (!noSkill && gate.anyUnskilled !== undefined)
    rows.push({
      what: 'anybody without skill, in an arena',
      gate: gate.anyUnskilled,
      naive: naive.anyUnskilled,
    });
  rows.push({
    what: noSkill ? 'a contestant without skill' : `a contestant of Sharpe ${String(sharpe)}`,
    gate: gate.each,
    naive: naive.each,
  });
  const who = noSkill
    ? 'none of them with skill'
    : skilled === contestants
      ? `all with a true annual Sharpe of ${String(sharpe)}`
      : `${String(skilled)} with a true annual Sharpe of ${String(sharpe)}, the others without skill`;
  return [
    `${grouped(arenas)} arenas of ${counted(contestants, 'contestant')} over ${counted(days, 'day')}, ${who}; seed ${String(model.seed)}`,
    `Hourly returns: independent, Normal, volatility ${String(model.annualVolatilityPct)} % a year; no skill is an expected return of exactly 0.`,
    'The champion is flat; the market is drawn apart, nobody follows it.',
    '',
    ...textTable(COLUMNS, rows),
    '',
    `This gate: both tests, the best of ${grouped(contestants)} by Holm, the base rules, at its looks on ${lookDays(model)};`,
    `           budget ${percent(rules.alpha, 0)} % for the whole life of a cohort, ${percent(spentShare(model) * rules.alpha)} % of it until then.`,
    `Naive rule: return above ${String(LEAST_LEAD_POINTS)} %, Sharpe above 0, ${String(LEAST_AGE_HOURS)} h old; looked at every hour.`,
    `Not checked (drawn returns do not have it): ${NOT_CHECKED.join(', ')}.`,
  ];
}

/** Part of the budget that the looks of this simulation may spend. */
export function spentShare({ rules }: GateModel): number {
  return rules.looks.reduce((sum, { share }) => sum + share, 0);
}

/** 3.5 % (2.8 to 4.4) */
export function rangeWords(range: ShareRange | undefined): string {
  if (range === undefined) return 'n/a';
  const digits = range.share < 0.01 ? 2 : 1;
  return `${percent(range.share, digits)} % (${percent(range.low, digits)} to ${percent(range.high, digits)})`;
}

export function counted(n: number, what: string): string {
  return `${grouped(n)} ${what}${n === 1 ? '' : 's'}`;
}

function percent(fraction: number, digits = 1): string {
  return fixed(100 * fraction, digits);
}

function lookDays({ rules }: GateModel): string {
  const days = rules.looks.map(({ hours }) => String(hours / 24));
  return `${days.length === 1 ? 'day' : 'days'} ${days.join(', ')}`;
}
