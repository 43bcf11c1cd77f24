/**
 * Cohorts: contestants that are judged together. The first opens with the first bar; whoever comes later
 * trades from the next bar but waits for the next cohort. A cohort that has reached the end of its life is
 * registered anew, without its retired members: accounts go on, evidence starts again.
 */
import type { TimeMs } from '../domain/time.js';
import { DAY_MS, HOUR_MS, mondayAtOrAfter } from '../domain/time.js';
import { DEFAULT_ALPHA, LOOKS, type LookPlan, lifetimeHours } from '../promotion/gate-rules.js';

export interface Cohort {
  /** From 1. */
  readonly number: number;
  /** First bar that counts. */
  readonly startMs: TimeMs;
  /** Roster positions; the family size for ever, whoever retires later. */
  readonly members: readonly number[];
  /** The cohort whose best these are; absent in any other. */
  readonly finalOf?: number;
  /** Set when its life has ended. */
  readonly closedMs?: TimeMs;
}

export interface CohortRules {
  readonly opensOn: 'monday' | 'day';
  /** At which ages the gate decides; after the last the cohort ends. */
  readonly looks: LookPlan;
  /** Error budget of a cohort for its whole life. */
  readonly alpha: number;
}

export const DEFAULT_COHORT_RULES: CohortRules = { opensOn: 'monday', looks: 'year', alpha: DEFAULT_ALPHA };

/** Positions that trade but belong to no cohort yet. */
export interface CohortState {
  readonly cohorts: readonly Cohort[];
  readonly waiting: readonly number[];
  /** Start of the bar at which the oldest waiting contestant joined. */
  readonly waitingSinceMs: TimeMs | undefined;
  /** A final that was called: it opens at the next bar. */
  readonly called?: { readonly of: number; readonly members: readonly number[] } | undefined;
}

export const NO_COHORTS: CohortState = { cohorts: [], waiting: [], waitingSinceMs: undefined };

export function joinWaiting(state: CohortState, positions: readonly number[], barMs: TimeMs): CohortState {
  if (positions.length === 0) return state;
  return {
    ...state,
    waiting: [...state.waiting, ...positions],
    waitingSinceMs: state.waitingSinceMs ?? barMs,
  };
}

/**
 * Opens and closes what is due at this bar. `isActive` tells whether a position has not retired, `ageHours` a cohort's age
 * on the market's clock.
 */
export function advanceCohorts(
  state: CohortState,
  barMs: TimeMs,
  isActive: (position: number) => boolean,
  ageHours: (cohort: Cohort) => number,
  rules: CohortRules,
): CohortState {
  const cohorts = [...state.cohorts];
  const reborn: number[] = [];
  // Made when a cohort ends: asked at every bar, it would cost a map of the whole field.
  let youngest: ReadonlyMap<number, Cohort> | undefined;
  const life = lifetimeHours(LOOKS[rules.looks]);
  state.cohorts.forEach((cohort, i) => {
    if (cohort.closedMs !== undefined || ageHours(cohort) < life) return;
    cohorts[i] = { ...cohort, closedMs: barMs };
    const ownOf = (youngest ??= cohortsByMember(state.cohorts));
    // Who has gone on to a final stands there already.
    reborn.push(...cohort.members.filter((c) => isActive(c) && ownOf.get(c)?.number === cohort.number));
  });
  const waiting = state.waiting.filter(isActive);
  const due =
    waiting.length > 0 &&
    (cohorts.length === 0 || barMs >= nextOpening(state.waitingSinceMs ?? barMs, rules));
  if (reborn.length > 0) cohorts.push({ number: cohorts.length + 1, startMs: barMs, members: reborn });
  if (due) cohorts.push({ number: cohorts.length + 1, startMs: barMs, members: waiting });
  // Last, so that it is the youngest cohort of its members.
  const finalists = state.called?.members.filter(isActive) ?? [];
  if (state.called !== undefined && finalists.length > 0)
    cohorts.push({
      number: cohorts.length + 1,
      startMs: barMs,
      members: finalists,
      finalOf: state.called.of,
    });
  const unchanged = cohorts.length === state.cohorts.length && waiting.length === state.waiting.length;
  if (unchanged && state.called === undefined) return state;
  return { cohorts, waiting: due ? [] : waiting, waitingSinceMs: due ? undefined : state.waitingSinceMs };
}

function nextOpening(sinceMs: TimeMs, rules: CohortRules): TimeMs {
  return rules.opensOn === 'monday' ? mondayAtOrAfter(sinceMs) : Math.ceil(sinceMs / DAY_MS) * DAY_MS;
}

/** Each contestant's own cohort, by roster position: the newest that it is a member of. */
export function cohortsByMember(cohorts: readonly Cohort[]): ReadonlyMap<number, Cohort> {
  return new Map(cohorts.flatMap((cohort) => cohort.members.map((member) => [member, cohort])));
}

/** Cohort numbers whose start is, or may become, the start of the board's window; the first is the window now. */
export function trackedCohorts(
  cohorts: readonly Cohort[],
  nowMs: TimeMs,
  minimumHours: number,
): readonly number[] {
  let window = 0;
  for (const [i, cohort] of cohorts.entries())
    if (nowMs - cohort.startMs >= minimumHours * HOUR_MS) window = i;
  return cohorts.slice(window).map((cohort) => cohort.number);
}
