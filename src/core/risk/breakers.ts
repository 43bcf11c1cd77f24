/**
 * Breakers: limits on losses that, once broken, refuse entries and never exits. They watch the whole account,
 * open P&L included and whatever closed a trade, are part of the saved state, and let go only by rule: the day's
 * at 00:00 UTC, the week's on Monday 00:00 UTC, drawdown and kill by an explicit, journaled reset.
 */
import { z } from 'zod';
import type { Account } from '../domain/account.js';
import { LIMIT_TOLERANCE } from './limits.js';
import { DAY_MS, type TimeMs, WEEK_MS, mondayAtOrAfter } from '../domain/time.js';

const fraction = z.number().gt(0).lt(1);

/** Which breakers an account has; absent ones are off. */
export const breakerRulesSchema = z.strictObject({
  dayLossFraction: fraction.optional().describe('refuse entries for the rest of the day after this loss'),
  weekLossFraction: fraction.optional().describe('refuse entries for the rest of the week after this loss'),
  drawdownFraction: fraction.optional().describe('refuse entries until reset after this fall from the peak'),
  lossStreakSizing: z
    .boolean()
    .optional()
    .describe('after 1, 2, 3 losses in a row entries are 3/4, 1/2, 1/4 as large'),
  cooldownBars: z
    .int()
    .min(1)
    .optional()
    .describe('no entry into a symbol for so many bars after a protective exit'),
});
export type BreakerRules = z.infer<typeof breakerRulesSchema>;

export type BreakerName = 'day' | 'week' | 'drawdown' | 'kill';

/** Numbers only, so that it is saved as doubles; 1 means tripped. */
export interface BreakerState {
  dayStartMs: TimeMs;
  dayStartEquityUsd: number;
  weekStartMs: TimeMs;
  weekStartEquityUsd: number;
  peakEquityUsd: number;
  day: number;
  week: number;
  drawdown: number;
  kill: number;
}

/** Order in which the state is saved. */
export const BREAKER_FIELDS = [
  'dayStartMs',
  'dayStartEquityUsd',
  'weekStartMs',
  'weekStartEquityUsd',
  'peakEquityUsd',
  'day',
  'week',
  'drawdown',
  'kill',
] as const satisfies readonly (keyof BreakerState)[];

/** A breaker that has just been broken, with what broke it. */
export interface Trip {
  readonly breaker: BreakerName;
  readonly lossFraction: number;
  readonly limitFraction: number;
}

export function armBreakers(equityUsd: number): BreakerState {
  return {
    dayStartMs: NaN,
    dayStartEquityUsd: equityUsd,
    weekStartMs: NaN,
    weekStartEquityUsd: equityUsd,
    peakEquityUsd: equityUsd,
    day: 0,
    week: 0,
    drawdown: 0,
    kill: 0,
  };
}

/** Before a bar's fills: a new day or week starts from the equity at the close before it. */
export function startBar(state: BreakerState, openMs: TimeMs, equityBeforeUsd: number): void {
  const dayMs = Math.floor(openMs / DAY_MS) * DAY_MS;
  if (dayMs !== state.dayStartMs) {
    state.dayStartMs = dayMs;
    state.dayStartEquityUsd = equityBeforeUsd;
    state.day = 0;
  }
  const weekMs = mondayAtOrAfter(openMs - WEEK_MS + 1);
  if (weekMs !== state.weekStartMs) {
    state.weekStartMs = weekMs;
    state.weekStartEquityUsd = equityBeforeUsd;
    state.week = 0;
  }
}

/** After the mark: which breakers this equity breaks. Each is told once, when it trips. */
export function checkBreakers(state: BreakerState, rules: BreakerRules, equityUsd: number): Trip[] {
  const trips: Trip[] = [];
  const check = (breaker: 'day' | 'week' | 'drawdown', fromUsd: number, limit: number | undefined): void => {
    if (limit === undefined || state[breaker] === 1 || !(fromUsd > 0)) return;
    const lossFraction = 1 - equityUsd / fromUsd;
    // A loss of exactly the limit breaks it, whatever rounding says.
    if (lossFraction < limit - LIMIT_TOLERANCE) return;
    state[breaker] = 1;
    trips.push({ breaker, lossFraction, limitFraction: limit });
  };
  check('day', state.dayStartEquityUsd, rules.dayLossFraction);
  check('week', state.weekStartEquityUsd, rules.weekLossFraction);
  check('drawdown', state.peakEquityUsd, rules.drawdownFraction);
  if (equityUsd > state.peakEquityUsd) state.peakEquityUsd = equityUsd;
  return trips;
}

/** The first breaker that refuses entries; undefined when none does. */
export function trippedBreaker(state: BreakerState): BreakerName | undefined {
  return (['kill', 'drawdown', 'week', 'day'] as const).find((breaker) => state[breaker] === 1);
}

/** An explicit reset: drawdown is measured from the present equity again. */
export function resetBreakers(state: BreakerState, equityUsd: number): void {
  state.drawdown = 0;
  state.kill = 0;
  state.day = 0;
  state.week = 0;
  state.peakEquityUsd = equityUsd;
  state.dayStartEquityUsd = equityUsd;
  state.weekStartEquityUsd = equityUsd;
}

const STREAK_FACTORS = [1, 0.75, 0.5, 0.25] as const;

/** How much of its size an entry keeps after losses in a row. */
export function streakFactor(account: Account, rules: BreakerRules): number {
  if (rules.lossStreakSizing !== true) return 1;
  return STREAK_FACTORS[Math.min(account.lossStreak, STREAK_FACTORS.length - 1)] ?? 1;
}
