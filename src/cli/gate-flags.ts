import { availableParallelism } from 'node:os';
import { Problem } from '../core/domain/problem.js';
import { type GateRules, LOOK_PLANS, type LookPlan, gateRules } from '../core/promotion/gate-rules.js';
import type { GateModel } from '../core/promotion/simulated-arena.js';
import { numberBetween, wholeBetween } from './parse-number.js';

/** What `gate simulate` and `gate power` are asked with; all as text from the command line. */
export interface GateFlags {
  readonly contestants: string;
  readonly sharpe: string;
  readonly arenas: string;
  readonly volatility: string;
  readonly looks: string;
  readonly alpha: string;
  readonly seed: string;
  readonly threads?: string;
  readonly json?: boolean;
}

const MOST_CONTESTANTS = 100_000;
const MOST_ARENAS = 10_000_000;
const MOST_SHARPE = 100;
/** Above it an hour could lose more than everything, and "no skill" would not have an expected return of 0 any more. */
const MOST_VOLATILITY_PCT = 1000;
const MOST_THREADS = 256;

/** The model of a simulation; `days` and how many have skill are the command's own. */
export function gateModel(
  flags: GateFlags,
  days: number,
  skilledOf: (contestants: number, sharpe: number) => number,
): GateModel {
  const contestants = wholeBetween(flags.contestants, '--contestants', 1, MOST_CONTESTANTS);
  const sharpe = numberBetween(
    flags.sharpe,
    '--sharpe',
    -MOST_SHARPE,
    MOST_SHARPE,
    'the true annual Sharpe ratio: 0 is no skill, 1 a very good fund, 5 hardly ever seen',
  );
  return {
    contestants,
    sharpe,
    skilled: skilledOf(contestants, sharpe),
    days,
    annualVolatilityPct: volatilityOf(flags.volatility),
    rules: rulesUntil(flags, days),
    seed: wholeBetween(flags.seed, '--seed', 0, Number.MAX_SAFE_INTEGER),
  };
}

export function arenasOf(flags: GateFlags): number {
  return wholeBetween(flags.arenas, '--arenas', 1, MOST_ARENAS, 'each is one arena played from start to end');
}

/** As many as there are cores, unless told. */
export function threadsOf(flags: GateFlags): number {
  return flags.threads === undefined
    ? availableParallelism()
    : wholeBetween(flags.threads, '--threads', 1, MOST_THREADS);
}

function volatilityOf(text: string): number {
  const why = 'in percent a year: 60 is usual for a coin, 15 for an index';
  const value = numberBetween(text, '--volatility', 0, MOST_VOLATILITY_PCT, why);
  if (value === 0)
    throw new Problem('usage', '--volatility 0: returns that never move leave nothing to test', {
      hint: why,
    });
  return value;
}

/** The looks that come within so many days. */
export function rulesUntil({ looks, alpha }: Pick<GateFlags, 'looks' | 'alpha'>, days: number): GateRules {
  const plan = lookPlan(looks);
  const value = numberBetween(
    alpha,
    '--alpha',
    0,
    1,
    'the error budget of a cohort as a fraction: 0.1 lets one cohort in ten promote somebody without skill',
  );
  if (value === 0 || value === 1)
    throw new Problem('usage', `--alpha ${alpha}: the budget lies between 0 and 1, e.g. 0.1`);
  const rules = gateRules(plan, value);
  const first = rules.looks[0]?.hours ?? NaN;
  const last = rules.looks.at(-1)?.hours ?? NaN;
  if (days * 24 < first)
    throw new Problem('usage', `--days ${String(days)}: the gate looks first on day ${String(first / 24)}`, {
      hint: 'a week is the least that it judges',
    });
  if (days * 24 > last)
    throw new Problem(
      'usage',
      `--days ${String(days)}: with --looks ${plan} a cohort ends on day ${String(last / 24)}`,
      { hint: plan === 'year' ? 'contestants then enter a new cohort' : '--looks year goes on for a year' },
    );
  return { ...rules, looks: rules.looks.filter(({ hours }) => hours <= days * 24) };
}

export function lookPlan(text: string): LookPlan {
  const plan = LOOK_PLANS.find((one) => one === text);
  if (plan === undefined)
    throw new Problem('usage', `--looks "${text}" is not a plan of looks: ${LOOK_PLANS.join(' or ')}`);
  return plan;
}
