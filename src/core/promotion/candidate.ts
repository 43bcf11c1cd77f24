/**
 * Candidates: contestants that stand at the gate. While the base rules hold, the evidence is frozen into a hash at
 * once, at every look, and daily where it is not proven; an approval names such a hash. One that is not proven is valid
 * until the second daily freeze after it, one that is promotable until the next look; all of a contestant's end at
 * once when a base rule fails, it faults or retires, or the champion changes.
 */
import { z } from 'zod';
import { canonicalJson } from '../domain/canonical-json.js';
import { DAY_MS, HOUR_MS, type TimeMs } from '../domain/time.js';
import type { Scorecard } from '../metrics/scorecard.js';
import { summarise } from '../metrics/summarise.js';
import type { TradeTotals } from '../metrics/trade-totals.js';
import { type GateStanding, gateStandingSchema, trackSharpeRange } from './gate-standing.js';
import { LEAST_AGE_HOURS, baseShortfalls } from './shortfall.js';
import type { Track } from './track.js';

/** How positions are treated when this evidence is acted on; part of what is approved. */
const PLAN_POLICY = 'keep positions; what is not traded any more leaves by its stop or is closed';

/** A promotable one of the last look has until the first look of the next cohort. */
const AFTER_LAST_LOOK_HOURS = LEAST_AGE_HOURS;

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
  /** 95 % range of the annual ratio; null without a spread. */
  sharpeLow: z.number().nullable(),
  sharpeHigh: z.number().nullable(),
  /** The longest time below an earlier peak. */
  longestFallDays: z.number(),
  /** The last look; null before the first. */
  gate: gateStandingSchema.nullable(),
  /** How many cohorts there have been: each spends a budget of its own. */
  cohorts: z.int(),
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
  readonly track: Track;
  /** What the last look said; asked for only when evidence is frozen. */
  gate(): GateStanding | undefined;
}

export interface ReviewMoment {
  /** The bar that was just played, and its close. */
  readonly barMs: TimeMs;
  readonly closeMs: TimeMs;
  readonly champion: string | null;
  readonly generation: number;
  readonly samplesPerYear: number;
  readonly cohorts: number;
  readonly hash: (text: string) => string;
  /** A contestant that has moved on to a younger cohort, and could trade a paper account today. */
  movedOn(position: number, fromCohort: number): boolean;
}

export interface CandidateReview {
  /** Roster positions of all that stand at the gate. */
  readonly standing: ReadonlySet<number>;
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
  const beforeOf = freezesByPosition(before);
  for (const contender of contenders) {
    const figures = figuresOf(contender, moment);
    if (figures === undefined) continue;
    standing.add(contender.position);
    const { lookHours, promotable } = contender.track;
    const live = (beforeOf.get(contender.position) ?? []).filter(
      (freeze) =>
        isLive(freeze, moment) && (freeze.evidence.verdict !== 'promotable' || lookOf(freeze) === lookHours),
    );
    freezes.push(...live);
    const newest = live.at(-1);
    const looked = newest === undefined || lookOf(newest) !== lookHours;
    if (!looked && (promotable === 1 || dayOf(moment.closeMs) <= dayOf(frozenMs(newest, moment)))) continue;
    const evidence = evidenceOf(contender, figures, moment);
    const text = canonicalJson(evidence);
    const hash = moment.hash(text);
    freezes.push({
      position: contender.position,
      hash,
      expiresMs: expiryOf(contender, evidence, moment),
      evidence,
    });
    events.push(frozenLine(contender, text, hash));
  }
  for (const freeze of before)
    if (
      freeze.evidence.verdict === 'promotable' &&
      !standing.has(freeze.position) &&
      isLive(freeze, moment) &&
      moment.movedOn(freeze.position, freeze.evidence.cohort)
    )
      freezes.push(freeze);
  for (const freeze of freezes) standing.add(freeze.position);
  const gone = new Set(before.map((freeze) => freeze.position).filter((c) => !standing.has(c)));
  for (const c of gone) events.push(canonicalJson({ event: 'candidate-gone', c }));
  return freezes.length === 0 && events.length === 0
    ? { ...NOBODY, standing }
    : { freezes, events, standing };
}

/** Canonical JSON, put together around the evidence: on a day's last bar hundreds are frozen, and it is the most of each line. */
function frozenLine({ position, name }: Contender, evidence: string, hash: string): string {
  const rest = canonicalJson({ hash, name }).slice(1);
  return `{"c":${String(position)},"event":"candidate-frozen","evidence":${evidence},${rest}`;
}

/** Many contenders with a few freezes each: looked for one by one, they would cost the square of their number. */
function freezesByPosition(freezes: readonly Freeze[]): ReadonlyMap<number, readonly Freeze[]> {
  const byPosition = new Map<number, Freeze[]>();
  for (const freeze of freezes) {
    const list = byPosition.get(freeze.position);
    if (list === undefined) byPosition.set(freeze.position, [freeze]);
    else list.push(freeze);
  }
  return byPosition;
}

const NOBODY = { freezes: [], events: [] };

interface Figures {
  readonly ageHours: number;
  readonly returnPct: number;
  readonly sharpe: number;
  readonly maxDrawdownPct: number;
  readonly trades: number;
  readonly winPct: number | null;
}

/** Undefined where a base rule fails. */
function figuresOf(contender: Contender, moment: ReviewMoment): Figures | undefined {
  const { card, championReturnPct } = contender;
  const ageHours = (moment.closeMs - contender.cohortStartMs) / HOUR_MS;
  const metrics = summarise(card, contender.totals, moment.samplesPerYear);
  const { totalReturnPct: returnPct, sharpe, maxDrawdownPct } = metrics;
  if (baseShortfalls({ ageHours, returnPct, championReturnPct, sharpe }).length > 0) return undefined;
  if (returnPct === undefined || sharpe === undefined || maxDrawdownPct === undefined) return undefined;
  return {
    ageHours,
    returnPct,
    sharpe,
    maxDrawdownPct,
    trades: metrics.trades,
    winPct: metrics.winPct ?? null,
  };
}

function evidenceOf(contender: Contender, figures: Figures, moment: ReviewMoment): Evidence {
  const { championReturnPct, track } = contender;
  const range = trackSharpeRange(track, moment.samplesPerYear);
  return {
    contestant: contender.id,
    cutBarMs: moment.barMs,
    cohort: contender.cohort,
    cohortSize: contender.cohortSize,
    ...figures,
    championReturnPct,
    leadPoints: figures.returnPct - championReturnPct,
    champion: moment.champion,
    generation: moment.generation,
    verdict: track.promotable === 1 ? 'promotable' : 'leading_not_proven',
    sharpeLow: range?.low ?? null,
    sharpeHigh: range?.high ?? null,
    longestFallDays: track.longestFallMs / DAY_MS,
    gate: contender.gate() ?? null,
    cohorts: moment.cohorts,
    planPolicy: PLAN_POLICY,
  };
}

function isLive(freeze: Freeze, moment: ReviewMoment): boolean {
  return freeze.expiresMs > moment.closeMs && freeze.evidence.generation === moment.generation;
}

function lookOf(freeze: Freeze): number {
  return freeze.evidence.gate?.lookHours ?? 0;
}

function expiryOf(
  { cohortStartMs }: Contender,
  { verdict, gate }: Evidence,
  { closeMs }: ReviewMoment,
): number {
  if (verdict !== 'promotable') return (dayOf(closeMs) + 2) * DAY_MS;
  const next = gate?.nextLookHours ?? null;
  return next === null ? closeMs + AFTER_LAST_LOOK_HOURS * HOUR_MS : cohortStartMs + next * HOUR_MS;
}

/** The close of the bar that a freeze was made after. */
function frozenMs(freeze: Freeze, { barMs, closeMs }: ReviewMoment): TimeMs {
  return freeze.evidence.cutBarMs + (closeMs - barMs);
}

function dayOf(timeMs: TimeMs): number {
  return Math.floor(timeMs / DAY_MS);
}

/** Promotable first, then the smaller p, then the higher Sharpe; the id decides what is left, so that order is one. */
export function compareCandidates(a: Freeze, b: Freeze): number {
  return (
    Number(b.evidence.verdict === 'promotable') - Number(a.evidence.verdict === 'promotable') ||
    (a.evidence.gate?.p ?? 1) - (b.evidence.gate?.p ?? 1) ||
    b.evidence.sharpe - a.evidence.sharpe ||
    (a.evidence.contestant < b.evidence.contestant ? -1 : 1)
  );
}
