/**
 * Who should trade, as a pure function of what happened: (state, event) -> (state, effects). The shell reads
 * trials and requests, persists every step before it acts, and does what the effects say.
 */
import { z } from 'zod';
import { championSchema, type Champion } from './champion.js';

/** A finished result of training, already turned into a contestant. Higher values are better. */
export interface Trial {
  readonly study: string;
  readonly number: number;
  readonly value: number;
  readonly champion: Champion;
}

export interface DeployPolicy {
  /** A new best trial replaces: any champion, only one that came from training, or none. */
  readonly directDeploy: 'always' | 'never' | 'over-training-champions';
  /** Signed, percent of the present value's size; compared within one study only. */
  readonly minImprovementPct: number;
  /** How many trials beside the champion are fed to the arena. */
  readonly feed: number;
}

export const DEFAULT_DEPLOY_POLICY: DeployPolicy = {
  directDeploy: 'over-training-champions',
  minImprovementPct: 1,
  feed: 9,
};

const trainingSchema = z.strictObject({ study: z.string(), number: z.int(), value: z.number() });

export const deployerStateSchema = z.strictObject({
  version: z.literal(1),
  generation: z.int().min(0),
  champion: championSchema.nullable(),
  /** The trial behind the champion, where it came from training. */
  training: trainingSchema.nullable(),
  /** Champions before this one, the newest last, each with the trial behind it. */
  previous: z.array(z.strictObject({ champion: championSchema, training: trainingSchema.nullable() })),
  /** Who was filed with the arena. */
  fed: z.array(championSchema),
  /** Why a trial was not deployed, by contestant. */
  rejected: z.record(z.string(), z.string()),
});
export type DeployerState = z.infer<typeof deployerStateSchema>;

export const NO_DEPLOYMENT: DeployerState = {
  version: 1,
  generation: 0,
  champion: null,
  training: null,
  previous: [],
  fed: [],
  rejected: {},
};

export type DeployerEvent =
  /** `invalid` tells why a trial must not trade; asked for the best one only. */
  | {
      readonly type: 'trials';
      readonly trials: readonly Trial[];
      readonly invalid: (trial: Trial) => string | undefined;
    }
  | { readonly type: 'rollback'; readonly reason: string };

export type DeployerEffect =
  | {
      readonly effect: 'deployed';
      readonly champion: Champion;
      readonly generation: number;
      readonly why: string;
    }
  | { readonly effect: 'rejected'; readonly champion: Champion; readonly why: string }
  | { readonly effect: 'fed'; readonly champions: readonly Champion[] }
  | {
      readonly effect: 'rolled-back';
      readonly champion: Champion;
      readonly generation: number;
      readonly reason: string;
    }
  | { readonly effect: 'refused'; readonly what: string; readonly why: string };

export interface DeployerStep {
  readonly state: DeployerState;
  readonly effects: readonly DeployerEffect[];
}

export function stepDeployer(state: DeployerState, event: DeployerEvent, policy: DeployPolicy): DeployerStep {
  return event.type === 'rollback' ? rollBack(state, event.reason) : takeTrials(state, event, policy);
}

/** The best trial may be deployed; the next ones go to the arena. */
function takeTrials(
  state: DeployerState,
  { trials, invalid }: Extract<DeployerEvent, { type: 'trials' }>,
  policy: DeployPolicy,
): DeployerStep {
  const ranked = rankTrials(trials);
  const effects: DeployerEffect[] = [];
  let next = state;
  const best = ranked.find((trial) => next.rejected[trial.champion.id] === undefined);
  if (best !== undefined && mayReplace(next, best, policy) === undefined) {
    const why = invalid(best);
    if (why === undefined) {
      // JSON has no negative zero: adding zero takes the sign off.
      next = install(next, best.champion, { study: best.study, number: best.number, value: best.value + 0 });
      effects.push({
        effect: 'deployed',
        champion: best.champion,
        generation: next.generation,
        why: `trial ${String(best.number)} of ${best.study}, value ${String(best.value)}`,
      });
    } else {
      next = { ...next, rejected: { ...next.rejected, [best.champion.id]: why } };
      effects.push({ effect: 'rejected', champion: best.champion, why });
    }
  }
  const wanted = ranked
    .map((trial) => trial.champion)
    .filter((champion) => champion.id !== next.champion?.id && next.rejected[champion.id] === undefined)
    .slice(0, policy.feed);
  const all = next.champion === null ? wanted : [next.champion, ...wanted];
  const fresh = all.filter((champion) => next.fed.every((known) => known.id !== champion.id));
  if (fresh.length > 0) {
    next = { ...next, fed: [...next.fed, ...fresh] };
    effects.push({ effect: 'fed', champions: fresh });
  }
  return { state: next, effects };
}

/** The best first; of equal ones the earlier. A contestant counts once, with its best trial. */
export function rankTrials(trials: readonly Trial[]): readonly Trial[] {
  const sorted = trials
    .filter((trial) => Number.isFinite(trial.value))
    .toSorted((a, b) => b.value - a.value || a.study.localeCompare(b.study) || a.number - b.number);
  const seen = new Set<string>();
  return sorted.filter(({ champion }) => {
    if (seen.has(champion.id)) return false;
    seen.add(champion.id);
    return true;
  });
}

/** Undefined when it may; otherwise why not. */
export function mayReplace(state: DeployerState, trial: Trial, policy: DeployPolicy): string | undefined {
  const { champion, training } = state;
  if (champion === null) return policy.directDeploy === 'never' ? 'direct deployment is off' : undefined;
  if (champion.id === trial.champion.id) return 'it is the champion';
  if (policy.directDeploy === 'never') return 'direct deployment is off';
  if (policy.directDeploy === 'over-training-champions' && training === null)
    return 'the champion was approved; only the gate replaces it';
  if (training === null) return undefined;
  if (training.study !== trial.study)
    return `values of ${trial.study} and ${training.study} cannot be compared`;
  const improvementPct = improvement(training.value, trial.value);
  return improvementPct >= policy.minImprovementPct
    ? undefined
    : `${improvementPct.toFixed(2)} % better, ${String(policy.minImprovementPct)} % are needed`;
}

/** Signed: a worse value is a negative improvement, whatever the signs of both. */
export function improvement(present: number, offered: number): number {
  if (present === 0) return offered === 0 ? 0 : Math.sign(offered) * Infinity;
  return (100 * (offered - present)) / Math.abs(present);
}

/** How many champions back a rollback can go. */
const REMEMBERED = 20;

function install(
  state: DeployerState,
  champion: Champion,
  training: DeployerState['training'],
): DeployerState {
  const previous =
    state.champion === null
      ? state.previous
      : [...state.previous, { champion: state.champion, training: state.training }].slice(-REMEMBERED);
  return { ...state, generation: state.generation + 1, champion, training, previous };
}

/** The champion before, on today's positions. It is a promotion like any other, so it can be rolled back too. */
function rollBack(state: DeployerState, reason: string): DeployerStep {
  const target = state.previous.at(-1);
  if (target === undefined)
    return {
      state,
      effects: [{ effect: 'refused', what: 'rollback', why: 'there is no champion to go back to' }],
    };
  const champion: Champion = { ...target.champion, source: 'rollback' };
  const left = { ...state, previous: state.previous.slice(0, -1) };
  // The one that is left is remembered by its rejection, so that the next check does not deploy it again.
  const leaving = state.champion;
  const next = install({ ...left, champion: null, training: null }, champion, target.training);
  return {
    state:
      leaving === null
        ? next
        : { ...next, rejected: { ...next.rejected, [leaving.id]: `rolled back: ${reason}` } },
    effects: [{ effect: 'rolled-back', champion, generation: next.generation, reason }],
  };
}
