import { printable } from '../core/domain/printable.js';
import type { TTest } from '../core/promotion/evidence-tests.js';
import type { JudgedCohort, JudgedSeries } from '../core/promotion/judge-series.js';
import { type Rule, shortfallWords } from '../core/promotion/shortfall.js';
import { counted } from './gate-proof-text.js';
import { type Column, fixed, grouped, textTable } from './text-table.js';

/** A screen or two; `--json` has everybody. */
const MOST_ROWS = 40;
const LONGEST_NAME = 18;

const COLUMNS: readonly Column<JudgedSeries>[] = [
  { title: 'Name', align: 'left', maxWidth: LONGEST_NAME, cell: (row) => printable(row.name) },
  { title: 'Return %', align: 'right', cell: (row) => fixed(row.returnPct, 2) },
  { title: 'Champ. %', align: 'right', cell: (row) => fixed(row.championReturnPct, 2) },
  { title: 'Sharpe', align: 'right', cell: (row) => fixed(row.sharpe, 2) },
  { title: 't lead', align: 'right', cell: (row) => fixed(row.verdict.tests.champion.t, 2) },
  { title: 'p', align: 'right', cell: (row) => pWords(row.verdict.tests.champion.p) },
  { title: 't span', align: 'right', cell: (row) => fixed(row.verdict.tests.spanning.t, 2) },
  { title: 'p', align: 'right', cell: (row) => pWords(row.verdict.tests.spanning.p) },
  { title: 'p both', align: 'right', cell: (row) => pWords(row.verdict.tests.p) },
  { title: 'p of N', align: 'right', cell: (row) => pWords(row.verdict.pHolm) },
  { title: 'Verdict', align: 'left', cell: (row) => row.verdict.verdict.replaceAll('_', ' ') },
];

export function gateVerdictsText(name: string, cohort: JudgedCohort): string[] {
  const { candidates, familySize, lookHours } = cohort;
  const shown = candidates.slice(0, MOST_ROWS);
  const more = candidates.length - shown.length;
  return [
    `${printable(name).toUpperCase()}: ${counted(candidates.length, 'candidate')}, ${grouped(familySize)} ever registered; ${lookWords(cohort)}`,
    ...(candidates.length === 0
      ? ['nobody to judge']
      : [
          'lead: does it beat the champion? span: is there more than champion and market explain? p of N: the best of N by luck (Holm)',
          '',
          ...textTable(COLUMNS, shown),
          ...(more > 0 ? [`... and ${grouped(more)} more (--json has all)`] : []),
          '',
          ...shown.map((one) => `${printable(one.name, LONGEST_NAME)}: ${whyWords(one, cohort)}`),
          '',
          ...notCheckedLines(cohort),
          ...(candidates.some((one) => one.observedHours < lookHours)
            ? [
                'Hours that are missing (null) in a series, the champion or the market count for nobody there.',
              ]
            : []),
        ]),
  ];
}

function lookWords({ lookHours, alphaAtLook }: JudgedCohort): string {
  const age = `at ${grouped(lookHours)} h`;
  return alphaAtLook === undefined
    ? `${age}: before the first look, nobody can pass`
    : `look ${age}, which asks for p of N of at most ${String(Number(alphaAtLook.toPrecision(6)))}`;
}

function whyWords({ verdict }: JudgedSeries, { familySize, alphaAtLook }: JudgedCohort): string {
  switch (verdict.verdict) {
    case 'not_eligible':
      return verdict.shortfalls.map(shortfallWords).join('; ');
    case 'leading_not_proven':
      return verdict.tests.p >= 1
        ? 'its returns leave nothing to test against champion and market'
        : `luck alone gives this to the best of ${grouped(familySize)} with p ${pWords(verdict.pHolm)}; ${pWords(alphaAtLook)} asked for`;
    case 'promotable':
      return `luck alone gives this to the best of ${grouped(familySize)} with p ${pWords(verdict.pHolm)}, within ${pWords(alphaAtLook)}; a person decides`;
  }
}

/** One line for the figures that nobody measured, for all or for some. */
function notCheckedLines({ candidates }: JudgedCohort): string[] {
  const rules = INTEGRITY.map(({ words, of }) => ({
    words,
    without: candidates.filter((one) => of(one) === undefined).length,
  })).filter(({ without }) => without > 0);
  if (rules.length === 0) return [];
  const list = rules.map(({ words, without }) =>
    without === candidates.length ? words : `${words} (of ${grouped(without)})`,
  );
  return [`Not checked, because the file does not say: ${list.join(', ')}.`];
}

const INTEGRITY = [
  { rule: 'decided', words: 'decisions made', of: (one: JudgedSeries) => one.integrity.decidedPct },
  { rule: 'trades', words: 'closed trades', of: (one: JudgedSeries) => one.integrity.closedTrades },
  { rule: 'liquidations', words: 'liquidations', of: (one: JudgedSeries) => one.integrity.liquidations },
  { rule: 'observed', words: 'hours observed', of: (one: JudgedSeries) => one.integrity.observedPct },
] as const satisfies readonly {
  rule: Rule;
  words: string;
  of: (one: JudgedSeries) => number | undefined;
}[];

/** 0.0123, or 1.2e-7 where that would be all zeros. */
function pWords(p: number | undefined): string {
  if (p === undefined) return 'n/a';
  return p !== 0 && p < 0.0001 ? p.toExponential(1) : p.toFixed(4);
}

/** Everything of a cohort, candidates in the gate's order; null is "cannot be measured" or "not given". */
export function gateVerdictsJson(name: string, cohort: JudgedCohort): object {
  return {
    name,
    lookHours: cohort.lookHours,
    alphaAtLook: cohort.alphaAtLook ?? null,
    familySize: cohort.familySize,
    candidates: cohort.candidates.map((one) => ({
      name: one.name,
      verdict: one.verdict.verdict,
      why: whyWords(one, cohort),
      shortfalls: one.verdict.shortfalls.map(({ rule, value }) => ({ rule, value: value ?? null })),
      returnPct: one.returnPct ?? null,
      championReturnPct: one.championReturnPct ?? null,
      sharpe: one.sharpe ?? null,
      blocks: one.verdict.tests.blocks,
      champion: testJson(one.verdict.tests.champion),
      spanning: testJson(one.verdict.tests.spanning),
      p: one.verdict.tests.p,
      pHolm: one.verdict.pHolm,
      marketShare: one.verdict.tests.marketShare ?? null,
      observedHours: one.observedHours,
      observedPct: one.integrity.observedPct ?? null,
      decidedPct: one.integrity.decidedPct ?? null,
      closedTrades: one.integrity.closedTrades ?? null,
      liquidations: one.integrity.liquidations ?? null,
      notChecked: INTEGRITY.filter(({ of }) => of(one) === undefined).map(({ rule }) => rule),
    })),
  };
}

function testJson({ t, p, degrees }: TTest): object {
  return { t: t ?? null, p: p ?? null, degrees };
}
