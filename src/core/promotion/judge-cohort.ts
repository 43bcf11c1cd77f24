/**
 * The gate: one pure decision about a whole cohort at one look. Evidence is judged against all that were ever
 * registered, because the best of many looks good by luck alone. Nothing promotes itself: `promotable` asks a person.
 */
import type { EvidenceTests } from './evidence-tests.js';
import { type GateRules, alphaAt } from './gate-rules.js';
import { holm } from '../metrics/holm.js';
import {
  type BaseFigures,
  type IntegrityFigures,
  type Shortfall,
  baseShortfalls,
  integrityShortfalls,
} from './shortfall.js';

/** A candidate as it stands at the look. Who retired or failed is not given: it counts in N alone, as p = 1 does. */
export interface JudgedFigures<Key> {
  readonly key: Key;
  readonly base: Omit<BaseFigures, 'ageHours'>;
  readonly integrity: IntegrityFigures;
  readonly tests: EvidenceTests;
}

export interface CohortAtLook<Key> {
  readonly rules: GateRules;
  readonly lookHours: number;
  /** Everybody ever registered in the cohort. */
  readonly familySize: number;
  readonly candidates: readonly JudgedFigures<Key>[];
}

export const VERDICTS = ['not_eligible', 'leading_not_proven', 'promotable'] as const;
export type VerdictName = (typeof VERDICTS)[number];

export interface Verdict<Key> {
  readonly key: Key;
  readonly verdict: VerdictName;
  /** Why it is not eligible; empty otherwise. */
  readonly shortfalls: readonly Shortfall[];
  readonly integrity: IntegrityFigures;
  readonly tests: EvidenceTests;
  /** Adjusted for the best of N. */
  readonly pHolm: number;
}

export function judgeCohort<Key>(cohort: CohortAtLook<Key>): Verdict<Key>[] {
  const { rules, lookHours, familySize, candidates } = cohort;
  const adjusted = holm(
    candidates.map((one) => one.tests.p),
    familySize,
  );
  const alpha = alphaAt(rules, lookHours);
  return candidates.map(({ key, base, integrity, tests }, i) => {
    const pHolm = adjusted[i] ?? 1;
    const shortfalls = [
      ...baseShortfalls({ ...base, ageHours: lookHours }),
      ...integrityShortfalls(integrity),
    ];
    return { key, verdict: verdictOf(shortfalls, pHolm, alpha), shortfalls, integrity, tests, pHolm };
  });
}

function verdictOf(shortfalls: readonly Shortfall[], pHolm: number, alpha: number): VerdictName {
  if (shortfalls.length > 0) return 'not_eligible';
  // Where there is no look there is no budget, and p = 0 proves nothing.
  return alpha > 0 && pHolm <= alpha ? 'promotable' : 'leading_not_proven';
}
