import { z } from 'zod';
import { studentTUpperTail } from '../metrics/special-functions.js';
import { type SharpeRange, sharpeRange } from '../metrics/sharpe-error.js';
import { type GateRules, alphaAt, nextLook } from './gate-rules.js';
import { VERDICTS } from './judge-cohort.js';
import { integrityShortfalls, shortfallWords } from './shortfall.js';
import { type Track, trackRecord } from './track.js';

/** When the evidence would be enough if it went on as it came. */
const paceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('passed') }),
  z.strictObject({ kind: z.literal('at-look'), hours: z.number() }),
  z.strictObject({ kind: z.literal('not-in-its-life') }),
  /** It does not beat champion or market at all. */
  z.strictObject({ kind: z.literal('no-estimate') }),
]);
export type Pace = z.infer<typeof paceSchema>;

/** Where a contestant stands at the gate: the last look's numbers, which hold until the next. */
export const gateStandingSchema = z.strictObject({
  lookHours: z.number(),
  verdict: z.enum(VERDICTS),
  /** What the adjusted p had to be at most. */
  alpha: z.number(),
  /** Budget of the cohort's whole life. */
  budget: z.number(),
  familySize: z.int(),
  p: z.number(),
  pHolm: z.number(),
  blocks: z.int(),
  tChampion: z.number().nullable(),
  tSpanning: z.number().nullable(),
  marketShare: z.number().nullable(),
  /** Integrity rules that it did not keep at the look, in words. */
  integrity: z.array(z.string()),
  nextLookHours: z.number().nullable(),
  pace: paceSchema,
});
export type GateStanding = z.infer<typeof gateStandingSchema>;

/** Undefined before the cohort's first look. */
export function gateStanding(track: Track, familySize: number, rules: GateRules): GateStanding | undefined {
  const { lookHours } = track;
  if (!(lookHours > 0)) return undefined;
  const said = VERDICTS[track.lookVerdict] ?? 'not_eligible';
  return {
    lookHours,
    // Until the next look, whatever it was called at the last: it fell when a base rule failed.
    verdict: said === 'promotable' && track.promotable === 0 ? 'leading_not_proven' : said,
    alpha: alphaAt(rules, lookHours),
    budget: rules.alpha,
    familySize,
    p: track.lookP,
    pHolm: track.lookPHolm,
    blocks: track.lookBlocks,
    tChampion: orNull(track.lookTChampion),
    tSpanning: orNull(track.lookTSpanning),
    marketShare: orNull(track.lookMarketShare),
    integrity: integrityShortfalls({
      observedPct: known(track.lookObservedPct),
      decidedPct: known(track.lookDecidedPct),
      closedTrades: known(track.lookTrades),
      liquidations: known(track.lookLiquidations),
    }).map(shortfallWords),
    nextLookHours: nextLook(rules, lookHours)?.hours ?? null,
    pace: paceOf(track, familySize, rules),
  };
}

/** Annual Sharpe ratio's 95 % range since the cohort's first bar. */
export function trackSharpeRange(track: Track, periodsPerYear: number): SharpeRange | undefined {
  const record = trackRecord(track);
  return record === undefined ? undefined : sharpeRange(record, periodsPerYear);
}

/**
 * t grows with the root of time when a contestant goes on as it did: the first later look at which both tests would
 * pass at alpha over N (statistics.md section 2, "Pace").
 */
function paceOf(track: Track, familySize: number, rules: GateRules): Pace {
  const { lookHours, lookBlocks, lookTChampion, lookTSpanning, lookRegressors } = track;
  if (track.promotable === 1) return { kind: 'passed' };
  if (!(lookTChampion > 0) || !(lookTSpanning > 0)) return { kind: 'no-estimate' };
  for (const { hours } of rules.looks) {
    if (hours <= lookHours) continue;
    const growth = hours / lookHours;
    const blocks = lookBlocks * growth;
    const most = alphaAt(rules, hours) / familySize;
    const passes = (t: number, degrees: number): boolean => {
      const grown = t * Math.sqrt(growth);
      return Number.isFinite(grown) && degrees >= 1 && studentTUpperTail(grown, degrees) <= most;
    };
    if (passes(lookTChampion, blocks - 1) && passes(lookTSpanning, blocks - 1 - lookRegressors))
      return { kind: 'at-look', hours };
  }
  return { kind: 'not-in-its-life' };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}
