/**
 * Who should trade, as a pure function of what happened: (state, event) -> (state, effects). The shell reads
 * trials, requests and reports, persists every step before it acts, and does what the effects say. A change goes
 * `starting -> healthy -> active`; one that the paper trader cannot run has failed and is rolled back.
 */
import type { Champion } from './champion.js';
import {
  type DeployPolicy,
  type DeployerEffect,
  type DeployerEvent,
  type DeployerState,
  type DeployerStep,
  install,
  isChanging,
} from './deployer-state.js';
import { refused, takeApproval, takeRejection } from './take-approval.js';
import { takeTrials } from './take-trials.js';

export function stepDeployer(state: DeployerState, event: DeployerEvent, policy: DeployPolicy): DeployerStep {
  switch (event.type) {
    case 'trials':
      return takeTrials(state, event, policy);
    case 'approve':
      return takeApproval(state, event, policy);
    case 'reject':
      return takeRejection(state, event);
    case 'rollback':
      return rollBack(state, event.reason, event.nextBarMs);
    case 'report':
      return takeReport(state, event);
    case 'probation':
      return takeProbation(state, event.figures);
  }
}

/** The champion before, on today's positions. It is a promotion like any other, so it can be rolled back too. */
function rollBack(state: DeployerState, why: string, nextBarMs: number | null): DeployerStep {
  const target = state.previous.at(-1);
  if (target === undefined) return refused(state, 'rollback', 'there is no champion to go back to');
  const champion: Champion = { ...target.champion, source: 'rollback' };
  const left = { ...state, previous: state.previous.slice(0, -1), champion: null, training: null };
  const next = install(left, champion, target.training, nextBarMs);
  const leaving = state.champion;
  const effects: DeployerEffect[] = [{ effect: 'rolled-back', champion, generation: next.generation, why }];
  if (leaving === null) return { state: next, effects };
  // The one that is left is remembered by its rejection, so that the next check does not deploy it again.
  return {
    state: { ...next, rejected: { ...next.rejected, [leaving.id]: `rolled back: ${why}` } },
    effects,
  };
}

/** How the change under way goes, by what the paper trader says; counted in bars, not in seconds. */
function takeReport(
  state: DeployerState,
  { report, nextBarMs }: Extract<DeployerEvent, { type: 'report' }>,
): DeployerStep {
  const { champion, generation } = state;
  if (champion === null || !isChanging(state)) return { state, effects: [] };
  const runs = report.generation === generation;
  const why =
    report.refusedGeneration === generation
      ? 'the paper trader refused the hand-over'
      : runs && report.fault !== null
        ? `it cannot decide: ${report.fault}`
        : undefined;
  if (why !== undefined) return fail(state, champion, why, nextBarMs);
  if (!runs || report.lastBarMs === null) return { state, effects: [] };
  if (state.phase === 'starting') {
    const stopped = state.previous.at(-1)?.champion;
    const effects: DeployerEffect[] =
      stopped === undefined || stopped.id === champion.id
        ? []
        : [
            {
              effect: 'stopped',
              champion: stopped,
              generation: generation - 1,
              why: `${champion.name} trades`,
            },
          ];
    return {
      state: { ...state, phase: 'healthy', healthyBarMs: report.lastBarMs },
      effects: [
        ...effects,
        { effect: 'healthy', champion, generation, why: 'the paper trader runs it and has played a bar' },
      ],
    };
  }
  if (report.lastBarMs <= (state.healthyBarMs ?? Infinity)) return { state, effects: [] };
  return {
    state: { ...state, phase: 'active' },
    effects: [{ effect: 'active', champion, generation, why: 'it has played a second bar without a fault' }],
  };
}

function fail(state: DeployerState, champion: Champion, why: string, nextBarMs: number | null): DeployerStep {
  const failed: DeployerEffect = { effect: 'failed', champion, generation: state.generation, why };
  if (state.previous.length === 0) return { state: { ...state, phase: 'failed' }, effects: [failed] };
  const back = rollBack(state, why, nextBarMs);
  return { state: back.state, effects: [failed, ...back.effects] };
}

/** A promoted champion is looked at for so long, and raises a review when it trails its shadow by so much. */
const PROBATION_HOURS = 168;
const REVIEW_POINTS = 2;

/** A review asks a person; it never switches. */
function takeProbation(
  state: DeployerState,
  {
    generation,
    hours,
    returnPct,
    shadowName,
    shadowReturnPct,
  }: Extract<DeployerEvent, { type: 'probation' }>['figures'],
): DeployerStep {
  const { champion } = state;
  const behind = shadowReturnPct - returnPct;
  const due =
    champion !== null &&
    champion.source === 'candidate' &&
    generation === state.generation &&
    state.reviewed < generation &&
    hours <= PROBATION_HOURS &&
    behind >= REVIEW_POINTS;
  if (!due) return { state, effects: [] };
  const why =
    `${behind.toFixed(2)} points behind its shadow ${shadowName} after ${String(Math.floor(hours))} h ` +
    `(${returnPct.toFixed(2)} % against ${shadowReturnPct.toFixed(2)} %); npm run rollback goes back`;
  return {
    state: { ...state, reviewed: generation },
    effects: [{ effect: 'review', champion, generation, why }],
  };
}
