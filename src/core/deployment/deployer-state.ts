/** What the deployer knows and decides with: its state, what happens to it, and what it does. */
import { z } from 'zod';
import type { TimeMs } from '../domain/time.js';
import type { Evidence, Freeze } from '../promotion/candidate.js';
import { type Champion, championSchema } from './champion.js';

/** A finished result of training, already turned into a contestant. Higher values are better. */
export interface Trial {
  readonly study: string;
  readonly number: number;
  readonly value: number;
  /** Completed trials of its study, itself among them. */
  readonly trials: number;
  readonly champion: Champion;
}

export interface DeployPolicy {
  /** A new best trial replaces: any champion, only one that came from training, or none. */
  readonly directDeploy: 'always' | 'never' | 'over-training-champions';
  /** Signed, percent of the present value's size; compared within one study only. */
  readonly minImprovementPct: number;
  /** Hours of the market's clock that a champion stays before a trial may replace it. */
  readonly minTenureHours: number;
  /** How many trials beside the champion are fed to the arena. */
  readonly feed: number;
  /** Candidates are promoted without a person: never, or those that the gate calls promotable. */
  readonly autoApprove: 'never' | 'promotable';
}

export const DEFAULT_DEPLOY_POLICY: DeployPolicy = {
  directDeploy: 'over-training-champions',
  minImprovementPct: 1,
  minTenureHours: 0,
  feed: 9,
  autoApprove: 'never',
};

const trainingSchema = z.strictObject({
  study: z.string(),
  number: z.int(),
  value: z.number(),
  /** Completed trials of the study at that moment; absent in states from before it was kept. */
  trials: z.int().optional(),
});
export type Training = z.infer<typeof trainingSchema>;

/**
 * `starting`: the paper trader has not reported the generation. `healthy`: it has, and has played a bar with it.
 * `active`: and another one. `failed`: it cannot run, and there was nobody to go back to.
 */
const phaseSchema = z.enum(['none', 'starting', 'healthy', 'active', 'failed']);

/** Who was filed with the arena; `training` is the trial behind it, where it came from one. */
const fedSchema = championSchema.extend({ training: trainingSchema.optional() });
export type Fed = z.infer<typeof fedSchema>;

export const deployerStateSchema = z.strictObject({
  version: z.literal(2),
  generation: z.int().min(0),
  champion: championSchema.nullable(),
  /** The trial behind the champion, where it came from training. */
  training: trainingSchema.nullable(),
  phase: phaseSchema,
  /** The first bar that the champion may trade; null when there was no clock yet. */
  fromBarMs: z.number().nullable(),
  /** What the hand-over may cost at most; null where nobody was shown a plan. */
  maxHandoverCostUsd: z.number().nullable(),
  /** The paper trader's newest bar when it became healthy. */
  healthyBarMs: z.number().nullable(),
  /** Champions before this one, the newest last, each with the trial behind it. */
  previous: z.array(z.strictObject({ champion: championSchema, training: trainingSchema.nullable() })),
  /** Who was filed with the arena and has not been displaced. */
  fed: z.array(fedSchema),
  /** Trials that made room for better ones; they never enter again. */
  displaced: z.array(z.string()),
  /** Why a trial was not deployed, by contestant. */
  rejected: z.record(z.string(), z.string()),
  /** Evidence that was decided on: its hash, and how. The newest last. */
  decided: z.array(z.strictObject({ hash: z.string(), how: z.enum(['approved', 'rejected']) })),
  /** Generations for which a review was raised. */
  reviewed: z.int(),
});
export type DeployerState = z.infer<typeof deployerStateSchema>;

export const NO_DEPLOYMENT: DeployerState = {
  version: 2,
  generation: 0,
  champion: null,
  training: null,
  phase: 'none',
  fromBarMs: null,
  maxHandoverCostUsd: null,
  healthyBarMs: null,
  previous: [],
  fed: [],
  displaced: [],
  rejected: {},
  decided: [],
  reviewed: 0,
};

/** How a contestant stands in the arena, as far as feeding needs it. */
export interface FieldStanding {
  readonly observedHours: number;
  readonly rank: number | null;
  /** Stands at the gate, or is champion or shadow. */
  readonly leads: boolean;
  readonly retired: boolean;
}

/** A candidate as the arena's file has it. */
export interface OfferedCandidate {
  readonly freeze: Freeze;
  readonly champion: Champion;
  /** The evidence gives the hash that is named. */
  readonly intact: boolean;
}

/** What a person asks for. */
export interface ApprovalRequest {
  readonly hash: string;
  /** Why a candidate that is not proven shall be promoted. */
  readonly override?: string | undefined;
  /** What the plan cost that the person saw; null where there was no account to plan for. */
  readonly planCostUsd: number | null;
}

/** What the paper trader says of itself. */
export interface PaperReport {
  readonly generation: number;
  /** The newest bar that it played; null before the first. */
  readonly lastBarMs: TimeMs | null;
  readonly fault: string | null;
  /** A generation whose hand-over it refused; null when it refused none. */
  readonly refusedGeneration: number | null;
}

export interface ProbationFigures {
  readonly generation: number;
  readonly hours: number;
  readonly returnPct: number;
  readonly shadowName: string;
  readonly shadowReturnPct: number;
}

/** `nextBarMs` is the first bar that a change can reach; null before the arena's clock has begun. */
export type DeployerEvent =
  /** `invalid` tells why a trial must not trade; asked for the best one only. */
  | {
      readonly type: 'trials';
      readonly trials: readonly Trial[];
      readonly invalid: (trial: Trial) => string | undefined;
      readonly field: ReadonlyMap<string, FieldStanding>;
      readonly nextBarMs: TimeMs | null;
    }
  | { readonly type: 'rollback'; readonly reason: string; readonly nextBarMs: TimeMs | null }
  | {
      readonly type: 'approve';
      readonly request: ApprovalRequest;
      readonly offered: OfferedCandidate | undefined;
      /** The plan's cost now; null where there is no account. */
      readonly planCostUsd: number | null;
      readonly nextBarMs: TimeMs | null;
    }
  | { readonly type: 'reject'; readonly hash: string; readonly reason: string }
  | { readonly type: 'report'; readonly report: PaperReport; readonly nextBarMs: TimeMs | null }
  | { readonly type: 'probation'; readonly figures: ProbationFigures };

export type DeployerEffect =
  | ChampionEffect<'deployed' | 'rolled-back'>
  | (ChampionEffect<'promoted'> & {
      /** The evidence that was approved, so that the arena's journal can be asked for it. */
      readonly hash: string;
      readonly verdict: Evidence['verdict'];
      /** Why it was promoted although it is not proven; null where no reason was needed. */
      readonly override: string | null;
      readonly fromBarMs: TimeMs | null;
    })
  | { readonly effect: 'rejected' | 'displaced'; readonly champion: Champion; readonly why: string }
  | { readonly effect: 'fed'; readonly champions: readonly Champion[] }
  | {
      readonly effect: 'healthy' | 'active' | 'failed' | 'stopped' | 'review';
      readonly champion: Champion;
      readonly generation: number;
      readonly why: string;
    }
  | {
      readonly effect: 'candidate-rejected' | 'refused';
      readonly what: string;
      readonly why: string;
      /** The evidence that was rejected. */
      readonly hash?: string;
    };

interface ChampionEffect<Name extends string> {
  readonly effect: Name;
  readonly champion: Champion;
  readonly generation: number;
  readonly why: string;
}

export interface DeployerStep {
  readonly state: DeployerState;
  readonly effects: readonly DeployerEffect[];
}

/** How many champions back a rollback can go, and how many decisions are remembered. */
const REMEMBERED = 20;

/** Another champion, from `nextBarMs` on. */
export function install(
  state: DeployerState,
  champion: Champion,
  training: Training | null,
  nextBarMs: TimeMs | null,
  maxHandoverCostUsd: number | null = null,
): DeployerState {
  const previous =
    state.champion === null
      ? state.previous
      : [...state.previous, { champion: state.champion, training: state.training }].slice(-REMEMBERED);
  return {
    ...state,
    generation: state.generation + 1,
    champion,
    training,
    phase: 'starting',
    fromBarMs: nextBarMs,
    maxHandoverCostUsd,
    healthyBarMs: null,
    previous,
  };
}

export function remember(
  state: DeployerState,
  hash: string,
  how: 'approved' | 'rejected',
): DeployerState['decided'] {
  return [...state.decided, { hash, how }].slice(-REMEMBERED);
}

/** One change at a time: another one waits until the paper trader runs this one. */
export function isChanging({ phase }: DeployerState): boolean {
  return phase === 'starting' || phase === 'healthy';
}
