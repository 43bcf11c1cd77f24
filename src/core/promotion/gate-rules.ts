/**
 * When the gate decides, and how much of a cohort's error budget each decision may spend (statistics.md section 2).
 * The board moves at every bar; the gate decides only when the cohort reaches these ages. Splitting one budget over
 * all looks keeps the chance of ever passing a contestant without skill below it, whatever happens in between
 * (alpha spending of Lan & DeMets 1983, Biometrika 70, with a Bonferroni split).
 */

export interface Look {
  /** Age of the cohort. */
  readonly hours: number;
  /** Part of the budget; all parts add up to 1. */
  readonly share: number;
}

export interface GateRules {
  /** Error budget of a cohort for its whole life: the chance that anybody without skill is ever called promotable. */
  readonly alpha: number;
  readonly looks: readonly Look[];
}

export const DEFAULT_ALPHA = 0.1;

/** `year`: patient. `season-30`: spends everything in thirty days, then the cohort ends. */
export const LOOKS = {
  year: [
    { hours: 168, share: 0.05 },
    { hours: 336, share: 0.1 },
    { hours: 720, share: 0.25 },
    { hours: 1440, share: 0.2 },
    { hours: 2160, share: 0.15 },
    { hours: 4320, share: 0.15 },
    { hours: 8760, share: 0.1 },
  ],
  'season-30': [
    { hours: 168, share: 0.1 },
    { hours: 336, share: 0.2 },
    { hours: 720, share: 0.7 },
  ],
} as const satisfies Readonly<Record<string, readonly Look[]>>;

export const LOOK_PLANS = ['year', 'season-30'] as const satisfies readonly (keyof typeof LOOKS)[];
export type LookPlan = keyof typeof LOOKS;

export function gateRules(plan: LookPlan = 'year', alpha = DEFAULT_ALPHA): GateRules {
  return { alpha, looks: LOOKS[plan] };
}

/** Age at which a cohort ends: its last look. */
export function lifetimeHours(looks: readonly Look[]): number {
  return looks.at(-1)?.hours ?? 0;
}

/** What a p value must not exceed at a look; 0 where there is none. */
export function alphaAt(rules: GateRules, hours: number): number {
  return rules.alpha * (rules.looks.find((look) => look.hours === hours)?.share ?? 0);
}

/** The first look after an age; undefined after the last. */
export function nextLook(rules: GateRules, ageHours: number): Look | undefined {
  return rules.looks.find((look) => look.hours > ageHours);
}
