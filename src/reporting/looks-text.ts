import { shortId } from '../core/arena/contestant.js';
import { type TimeMs, formatForPeople } from '../core/domain/time.js';
import type { VerdictName } from '../core/promotion/judge-cohort.js';
import { type Shortfall, shortfallWords } from '../core/promotion/shortfall.js';
import { oddsWords } from './odds-words.js';
import { type Column, fixed, textTable } from './text-table.js';

export interface VerdictView {
  readonly id: string;
  readonly name: string;
  readonly verdict: VerdictName;
  readonly p: number;
  readonly pHolm: number;
  /** Undefined where there was nothing to test. */
  readonly tChampion: number | undefined;
  readonly tSpanning: number | undefined;
  readonly blocks: number;
  readonly shortfalls: readonly Shortfall[];
}

/** One look of the gate at a cohort. */
export interface LookView {
  readonly cohort: number;
  /** Age of the cohort. */
  readonly hours: number;
  /** Close of the newest bar in its numbers. */
  readonly cutMs: TimeMs;
  /** What the adjusted p had to be at most. */
  readonly alpha: number;
  readonly familySize: number;
  readonly observedPct: number;
  /** Of those that were judged, the best first. */
  readonly verdicts: readonly VerdictView[];
}

/** All looks that were taken, a line each. */
export function looksText(looks: readonly LookView[]): string {
  if (looks.length === 0)
    return 'The gate has not looked yet; its first look is at a cohort that is 7 days old.';
  const columns: Column<LookView>[] = [
    { title: 'Cohort', align: 'right', cell: (look) => String(look.cohort) },
    { title: 'Day', align: 'right', cell: dayOf },
    { title: 'Date', align: 'left', cell: (look) => formatForPeople(look.cutMs) },
    { title: 'N', align: 'right', cell: (look) => String(look.familySize) },
    { title: 'Asked', align: 'right', cell: (look) => oddsWords(look.alpha) },
    { title: 'Best', align: 'right', cell: (look) => oddsWords(look.verdicts[0]?.pHolm ?? NaN) },
    { title: 'Name', align: 'left', maxWidth: 22, cell: (look) => look.verdicts[0]?.name ?? 'n/a' },
    { title: 'Promotable', align: 'right', cell: (look) => countOf(look, 'promotable') },
    { title: 'Leading', align: 'right', cell: (look) => countOf(look, 'leading_not_proven') },
    { title: 'Not eligible', align: 'right', cell: (look) => countOf(look, 'not_eligible') },
  ];
  return [
    ...textTable(columns, looks),
    'Asked: luck may explain at most this for the best of all N. Best: what luck explained of the one that came nearest,',
    'counted for all N (Holm). npm run arena -- looks --cohort N --look HOURS shows every verdict of one look.',
  ].join('\n');
}

/** One look with everybody that was judged. */
export function lookText(look: LookView): string {
  const { cohort, hours, cutMs, alpha, familySize, observedPct, verdicts } = look;
  const columns: Column<VerdictView>[] = [
    { title: 'Name', align: 'left', maxWidth: 24, cell: ({ name }) => name },
    { title: 'Id', align: 'left', cell: ({ id }) => shortId(id) },
    { title: 'Verdict', align: 'left', cell: ({ verdict }) => verdict.replaceAll('_', ' ') },
    { title: 'p', align: 'right', cell: ({ p }) => probability(p) },
    { title: 'Holm p', align: 'right', cell: ({ pHolm }) => probability(pHolm) },
    { title: 't champion', align: 'right', cell: ({ tChampion }) => fixed(tChampion, 2) },
    { title: 't market', align: 'right', cell: ({ tSpanning }) => fixed(tSpanning, 2) },
    { title: 'Why not', align: 'left', cell: (verdict) => whyNot(verdict, alpha) },
  ];
  const unjudged = familySize - verdicts.length;
  return [
    `Cohort ${String(cohort)}, look on day ${dayOf(look)} (${String(hours)} h), data up to ${formatForPeople(cutMs)}, ${fixed(observedPct, 2)} % of the bars observed`,
    `Luck may explain at most ${oddsWords(alpha)} for the best of all ${String(familySize)}: Holm p at most ${probability(alpha)}`,
    ...(verdicts.length === 0 ? [] : ['', ...textTable(columns, verdicts), '']),
    ...(unjudged === 0
      ? []
      : [
          `${String(unjudged)} of the ${String(familySize)} were not judged (retired, at fault, champion, or in a younger cohort) and count with p = 1.`,
        ]),
    't champion: mean difference to the champion. t market: what champion and market do not explain. p is the worse of the two tests.',
  ].join('\n');
}

/** Why a contestant was not called promotable; empty where it was. */
export function whyNot({ verdict, shortfalls, pHolm }: VerdictView, alpha: number): string {
  switch (verdict) {
    case 'promotable':
      return '';
    case 'not_eligible':
      return shortfalls.map(shortfallWords).join('; ');
    case 'leading_not_proven':
      return `luck explains ${oddsWords(pHolm)}, ${oddsWords(alpha)} asked`;
  }
}

function dayOf({ hours }: LookView): string {
  return String(Number((hours / 24).toFixed(1)));
}

function countOf({ verdicts }: LookView, name: VerdictName): string {
  return String(verdicts.filter(({ verdict }) => verdict === name).length);
}

/** Four significant digits: small ones matter. */
function probability(p: number): string {
  return Number.isFinite(p) ? String(Number(p.toPrecision(4))) : 'n/a';
}
