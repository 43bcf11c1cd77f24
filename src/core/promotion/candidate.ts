/**
 * Candidates: contestants that stand at the gate. While the base rules hold, the evidence is frozen into a hash at
 * once and then daily; an approval names such a hash. A frozen one is valid until the second daily freeze after it;
 * all of a contestant's end at once when a base rule fails, it faults or retires, or the champion changes.
 */
import { z } from 'zod';
import { canonicalJson } from '../domain/canonical-json.js';
import { DAY_MS, HOUR_MS, type TimeMs } from '../domain/time.js';
import type { Scorecard } from '../metrics/scorecard.js';
import { summarise } from '../metrics/summarise.js';
import type { TradeTotals } from '../metrics/trade-totals.js';
import { baseShortfalls } from './shortfall.js';

/** How positions are treated when this evidence is acted on; part of what is approved. */
const PLAN_POLICY = 'keep positions; what is not traded any more leaves by its stop or is closed';

const verdictSchema = z.enum(['leading_not_proven', 'promotable']);

export const evidenceSchema = z.strictObject({
  /** Id of the contestant. */
  contestant: z.string(),
  /** The bar whose close is the newest price in these numbers. */
  cutBarMs: z.number(),
  cohort: z.int(),
  cohortSize: z.int(),
  ageHours: z.number(),
  returnPct: z.number(),
  /** The champion's series over the same hours; 0 while there was none. */
  championReturnPct: z.number(),
  leadPoints: z.number(),
  sharpe: z.number(),
  maxDrawdownPct: z.number(),
  trades: z.int(),
  winPct: z.number().nullable(),
  /** Who was champion, and in which generation. */
  champion: z.string().nullable(),
  generation: z.int(),
  verdict: verdictSchema,
  planPolicy: z.string(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const freezeSchema = z.strictObject({
  /** Roster position. */
  position: z.int(),
  hash: z.string(),
  /** Valid while the market's clock is before this. */
  expiresMs: z.number(),
  evidence: evidenceSchema,
});
export type Freeze = z.infer<typeof freezeSchema>;

/** A contestant as the gate sees it: everything since the first bar of its cohort. */
export interface Contender {
  readonly position: number;
  readonly id: string;
  readonly name: string;
  readonly cohort: number;
  readonly cohortSize: number;
  readonly cohortStartMs: TimeMs;
  readonly card: Scorecard;
  /** Since that bar. */
  readonly totals: TradeTotals;
  readonly championReturnPct: number;
}

export interface ReviewMoment {
  /** The bar that was just played, and its close. */
  readonly barMs: TimeMs;
  readonly closeMs: TimeMs;
  readonly champion: string | null;
  readonly generation: number;
  readonly samplesPerYear: number;
  readonly hash: (text: string) => string;
}

export interface CandidateReview {
  readonly freezes: readonly Freeze[];
  /** Canonical JSON lines for the journal. */
  readonly events: readonly string[];
}

/** Who stands at the gate after this bar. `contenders` are those who may: competing, unretired, without a fault. */
export function reviewCandidates(
  before: readonly Freeze[],
  contenders: Iterable<Contender>,
  moment: ReviewMoment,
): CandidateReview {
  const freezes: Freeze[] = [];
  const events: string[] = [];
  const standing = new Set<number>();
  for (const contender of contenders) {
    const evidence = evidenceOf(contender, moment);
    if (evidence === undefined) continue;
    standing.add(contender.position);
    const live = before.filter(
      (freeze) =>
        freeze.position === contender.position &&
        freeze.expiresMs > moment.closeMs &&
        freeze.evidence.generation === moment.generation,
    );
    freezes.push(...live);
    const newest = live.at(-1);
    if (newest !== undefined && dayOf(moment.closeMs) <= frozenDay(newest)) continue;
    const hash = moment.hash(canonicalJson(evidence));
    freezes.push({
      position: contender.position,
      hash,
      expiresMs: (dayOf(moment.closeMs) + 2) * DAY_MS,
      evidence,
    });
    events.push(
      canonicalJson({
        event: 'candidate-frozen',
        c: contender.position,
        name: contender.name,
        hash,
        evidence,
      }),
    );
  }
  const gone = new Set(before.map((freeze) => freeze.position).filter((c) => !standing.has(c)));
  for (const c of gone) events.push(canonicalJson({ event: 'candidate-gone', c }));
  return freezes.length === 0 && events.length === 0 ? NOBODY : { freezes, events };
}

const NOBODY: CandidateReview = { freezes: [], events: [] };

function evidenceOf(contender: Contender, moment: ReviewMoment): Evidence | undefined {
  const { card, championReturnPct } = contender;
  const ageHours = (moment.closeMs - contender.cohortStartMs) / HOUR_MS;
  const metrics = summarise(card, contender.totals, moment.samplesPerYear);
  const { totalReturnPct: returnPct, sharpe, maxDrawdownPct } = metrics;
  if (baseShortfalls({ ageHours, returnPct, championReturnPct, sharpe }).length > 0) return undefined;
  if (returnPct === undefined || sharpe === undefined || maxDrawdownPct === undefined) return undefined;
  return {
    contestant: contender.id,
    cutBarMs: moment.barMs,
    cohort: contender.cohort,
    cohortSize: contender.cohortSize,
    ageHours,
    returnPct,
    championReturnPct,
    leadPoints: returnPct - championReturnPct,
    sharpe,
    maxDrawdownPct,
    trades: metrics.trades,
    winPct: metrics.winPct ?? null,
    champion: moment.champion,
    generation: moment.generation,
    verdict: 'leading_not_proven',
    planPolicy: PLAN_POLICY,
  };
}

function dayOf(timeMs: TimeMs): number {
  return Math.floor(timeMs / DAY_MS);
}

function frozenDay(freeze: Freeze): number {
  return dayOf(freeze.expiresMs) - 2;
}

/** Promotable first, then the higher Sharpe; the id decides what is left, so that order is one. */
export function compareCandidates(a: Freeze, b: Freeze): number {
  return (
    Number(b.evidence.verdict === 'promotable') - Number(a.evidence.verdict === 'promotable') ||
    b.evidence.sharpe - a.evidence.sharpe ||
    (a.evidence.contestant < b.evidence.contestant ? -1 : 1)
  );
}
