/**
 * Who is champion in the arena, and the series that candidates are compared with: the champion's own account here,
 * spliced at each change, flat while there is none. A displaced champion goes on as a shadow.
 */
import { z } from 'zod';
import type { TimeMs } from '../domain/time.js';
import type { Contestant, Role } from './contestant.js';

export const reignSchema = z.strictObject({
  /** Roster position; null while nobody is deployed. */
  champion: z.int().nullable(),
  /** The deployment's number; 0 before the first. */
  generation: z.int(),
  /** First bar of the present champion; null while there is none. */
  sinceMs: z.number().nullable(),
  /** Displaced champions, the newest last, each once. */
  shadows: z.array(z.int()),
  /** Equity at the change, for the comparison of the two; null where there is nobody. */
  championStartUsd: z.number().nullable(),
  shadowStartUsd: z.number().nullable(),
  /** The champion's series: 1 at the arena's first bar. */
  index: z.number(),
  /** The series at the first bar of each cohort, by its number. */
  indexAtStart: z.record(z.string(), z.number()),
});
export type Reign = z.infer<typeof reignSchema>;

export const NO_REIGN: Reign = {
  champion: null,
  generation: 0,
  sinceMs: null,
  shadows: [],
  championStartUsd: null,
  shadowStartUsd: null,
  index: 1,
  indexAtStart: {},
};

/** Another champion from the bar `barMs` on. `equityOf` are the accounts before that bar. */
export function crown(
  reign: Reign,
  position: number,
  generation: number,
  barMs: TimeMs,
  equityOf: (position: number) => number,
): Reign {
  const old = reign.champion;
  const displaced = old === null || old === position ? [] : [old];
  const shadows = [...reign.shadows.filter((c) => c !== position && c !== old), ...displaced];
  const shadow = shadows.at(-1);
  return {
    ...reign,
    champion: position,
    generation,
    sinceMs: barMs,
    shadows,
    championStartUsd: equityOf(position),
    shadowStartUsd: shadow === undefined ? null : equityOf(shadow),
  };
}

/** Remembers where the series stands when a cohort begins. */
export function markCohort(reign: Reign, cohort: number): Reign {
  return { ...reign, indexAtStart: { ...reign.indexAtStart, [String(cohort)]: reign.index } };
}

/** The series after a bar; an account that was wiped out before it moves no more. */
export function advanceIndex(reign: Reign, beforeUsd: number, afterUsd: number): Reign {
  if (reign.champion === null || !(beforeUsd > 0) || Number.isNaN(afterUsd)) return reign;
  return { ...reign, index: reign.index * Math.max(0, afterUsd / beforeUsd) };
}

/** Percent since the first bar of a cohort; 0 while there was no champion. */
export function championReturnPct(reign: Reign, cohort: number): number {
  const start = reign.indexAtStart[String(cohort)] ?? 1;
  return start === 0 ? 0 : 100 * (reign.index / start - 1);
}

/** What a contestant is at present: its own role, or champion or shadow. */
export function roleIn(reign: Reign, contestant: Contestant): Role {
  if (contestant.position === reign.champion) return 'champion';
  return reign.shadows.includes(contestant.position) ? 'shadow' : contestant.role;
}
