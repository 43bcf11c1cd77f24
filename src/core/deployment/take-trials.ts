/** Training's results: the best may be deployed at once, the next ones go to the arena. */
import { HOUR_MS, type TimeMs } from '../domain/time.js';
import type { Champion } from './champion.js';
import {
  type DeployPolicy,
  type DeployerEffect,
  type DeployerEvent,
  type DeployerState,
  type DeployerStep,
  type Fed,
  type FieldStanding,
  type Training,
  type Trial,
  install,
  isChanging,
} from './deployer-state.js';
import { LEAST_AGE_HOURS } from '../promotion/shortfall.js';

export function takeTrials(
  state: DeployerState,
  { trials, invalid, field, nextBarMs }: Extract<DeployerEvent, { type: 'trials' }>,
  policy: DeployPolicy,
): DeployerStep {
  const ranked = rankTrials(trials);
  const effects: DeployerEffect[] = [];
  let next = state;
  const best = ranked.find((trial) => next.rejected[trial.champion.id] === undefined);
  if (best !== undefined && mayReplace(next, best, policy, nextBarMs) === undefined) {
    const { champion, study, number } = best;
    const why = invalid(best);
    if (why === undefined) {
      next = install(next, champion, trainingOf(best), nextBarMs);
      const reason = `trial ${String(number)} of ${study}, value ${String(best.value)}`;
      effects.push({ effect: 'deployed', champion, generation: next.generation, why: reason });
    } else {
      next = { ...next, rejected: { ...next.rejected, [champion.id]: why } };
      effects.push({ effect: 'rejected', champion, why });
    }
  }
  const wanted = ranked
    .map((trial): Fed => ({ ...trial.champion, training: trainingOf(trial) }))
    .filter(({ id }) => id !== next.champion?.id && next.rejected[id] === undefined)
    .slice(0, policy.feed);
  const fed = feed(next, wanted, field, policy);
  return { state: fed.state, effects: [...effects, ...fed.effects] };
}

/** The champion always; of the others at most `policy.feed`, each new one in the place of one that may go. */
function feed(
  state: DeployerState,
  wanted: readonly Fed[],
  field: ReadonlyMap<string, FieldStanding>,
  policy: DeployPolicy,
): DeployerStep {
  const known = new Set([...state.fed.map(({ id }) => id), ...state.displaced]);
  const { champion, training } = state;
  const fresh: Fed[] =
    champion === null || known.has(champion.id)
      ? []
      : [{ ...champion, ...(training === null ? {} : { training }) }];
  const leaving: Champion[] = [];
  const keep = new Set(wanted.map(({ id }) => id));
  for (const one of wanted) {
    if (known.has(one.id)) continue;
    const others = [...state.fed, ...fresh].filter(
      (fed) => fed.id !== state.champion?.id && !leaving.includes(fed) && field.get(fed.id)?.retired !== true,
    );
    if (others.length >= policy.feed) {
      const goes = worst(
        state.fed.filter((fed) => !keep.has(fed.id) && !leaving.includes(fed)),
        state,
        field,
      );
      if (goes === undefined) continue;
      leaving.push(goes);
    }
    fresh.push(one);
  }
  const effects: DeployerEffect[] = leaving.map((one) => ({
    effect: 'displaced',
    champion: one,
    why: `better trials need its place; it had ${String(LEAST_AGE_HOURS)} h and does not lead`,
  }));
  if (fresh.length > 0) effects.push({ effect: 'fed', champions: fresh });
  if (effects.length === 0) return { state, effects };
  return {
    state: {
      ...state,
      fed: [...state.fed.filter((one) => !leaving.includes(one)), ...fresh],
      displaced: [...state.displaced, ...leaving.map(({ id }) => id)],
    },
    effects,
  };
}

/** Whoever has had its seven days, does not lead, and stands lowest; undefined when all must stay. */
function worst(
  fed: readonly Champion[],
  state: DeployerState,
  field: ReadonlyMap<string, FieldStanding>,
): Champion | undefined {
  const back = state.previous.at(-1)?.champion.id;
  return fed
    .map((one) => ({ one, standing: field.get(one.id) }))
    .filter(({ one }) => one.id !== state.champion?.id && one.id !== back)
    .filter(
      ({ standing }) =>
        standing !== undefined &&
        !standing.retired &&
        !standing.leads &&
        standing.observedHours >= LEAST_AGE_HOURS &&
        standing.rank !== 1,
    )
    .toSorted((a, b) => (b.standing?.rank ?? Infinity) - (a.standing?.rank ?? Infinity))[0]?.one;
}

/** JSON has no negative zero: adding zero takes the sign off. */
function trainingOf({ study, number, value, trials }: Trial): Training {
  return { study, number, value: value + 0, trials };
}

/** The best first; of equal ones the earlier. A contestant counts once, with its best trial. */
export function rankTrials(trials: readonly Trial[]): readonly Trial[] {
  const sorted = trials
    .filter((trial) => Number.isFinite(trial.value))
    .toSorted((a, b) => b.value - a.value || compareText(a.study, b.study) || a.number - b.number);
  const seen = new Set<string>();
  return sorted.filter(({ champion }) => {
    if (seen.has(champion.id)) return false;
    seen.add(champion.id);
    return true;
  });
}

/** By code unit: the same order on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Undefined when it may; otherwise why not. */
export function mayReplace(
  state: DeployerState,
  trial: Trial,
  policy: DeployPolicy,
  nextBarMs: TimeMs | null,
): string | undefined {
  const { champion, training, fromBarMs } = state;
  if (policy.directDeploy === 'never') return 'direct deployment is off';
  if (isChanging(state)) return 'another change is under way';
  if (champion === null) return undefined;
  if (champion.id === trial.champion.id) return 'it is the champion';
  if (policy.directDeploy === 'over-training-champions' && training === null)
    return 'the champion was approved; only the gate replaces it';
  const hours = fromBarMs === null || nextBarMs === null ? 0 : (nextBarMs - fromBarMs) / HOUR_MS;
  if (hours < policy.minTenureHours)
    return `the champion stays for ${String(policy.minTenureHours)} h at least`;
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
