/** What a person decided about a candidate: it is acted on only while it is still the evidence that was approved. */
import type { Champion } from './champion.js';
import {
  type DeployPolicy,
  type DeployerEffect,
  type DeployerEvent,
  type DeployerState,
  type DeployerStep,
  install,
  remember,
} from './deployer-state.js';

/** The plan may have become dearer by half of what was shown. */
const COST_ALLOWANCE = 1.5;

export function takeApproval(
  state: DeployerState,
  event: Extract<DeployerEvent, { type: 'approve' }>,
  policy: DeployPolicy,
): DeployerStep {
  const { request, offered, nextBarMs } = event;
  const why = refusal(state, event, policy);
  if (why !== undefined || offered === undefined)
    return refused(state, `approval of ${request.hash.slice(0, 12)}`, why ?? NO_SUCH);
  const shown = request.planCostUsd;
  const champion: Champion = { ...offered.champion, source: 'candidate' };
  const next = install(
    { ...state, decided: remember(state, request.hash, 'approved') },
    champion,
    null,
    nextBarMs,
    shown === null ? null : shown * COST_ALLOWANCE,
  );
  const { leadPoints, ageHours, verdict } = offered.freeze.evidence;
  const reason =
    `approved: ${leadPoints.toFixed(2)} points over the champion after ${String(Math.floor(ageHours))} h, ` +
    (verdict === 'promotable'
      ? 'promotable'
      : `leading but not proven, overridden: ${request.override ?? ''}`);
  const effects: DeployerEffect[] = [
    {
      effect: 'promoted',
      champion,
      generation: next.generation,
      why: reason,
      hash: request.hash,
      verdict,
      override: verdict === 'promotable' ? null : (request.override ?? ''),
      fromBarMs: nextBarMs,
    },
  ];
  if (next.fed.some(({ id }) => id === champion.id)) return { state: next, effects };
  return { state: { ...next, fed: [...next.fed, champion] }, effects };
}

const NO_SUCH =
  'there is no such candidate now: its evidence has expired, a base rule fails, or the champion has changed';

function refusal(
  state: DeployerState,
  { request, offered, planCostUsd, nextBarMs }: Extract<DeployerEvent, { type: 'approve' }>,
  { feed }: DeployPolicy,
): string | undefined {
  if (feed === 0) return 'the deployer runs without --hybrid-mode, which takes trials only';
  const before = state.decided.find(({ hash }) => hash === request.hash);
  if (before !== undefined) return `it was ${before.how} before`;
  if (offered === undefined) return NO_SUCH;
  const { evidence, expiresMs } = offered.freeze;
  if (!offered.intact) return 'the evidence in the file does not give its hash: the file was changed';
  if (offered.champion.id === state.champion?.id) return 'it is the champion already';
  if (evidence.generation !== state.generation || evidence.champion !== (state.champion?.id ?? null))
    return 'the champion has changed since';
  if (nextBarMs === null || nextBarMs >= expiresMs) return 'its evidence has expired';
  if (evidence.verdict !== 'promotable' && (request.override ?? '').trim() === '')
    return 'it leads but is not proven: that needs an override with a reason';
  if (planCostUsd !== null && planCostUsd > COST_ALLOWANCE * (request.planCostUsd ?? 0))
    return `the hand-over would cost ${planCostUsd.toFixed(2)} USD now, ${(request.planCostUsd ?? 0).toFixed(2)} USD was shown`;
  return undefined;
}

export function takeRejection(
  state: DeployerState,
  { hash, reason }: Extract<DeployerEvent, { type: 'reject' }>,
): DeployerStep {
  const what = `candidate ${hash.slice(0, 12)}`;
  const before = state.decided.find((one) => one.hash === hash);
  if (before !== undefined) return refused(state, `rejection of ${what}`, `it was ${before.how} before`);
  return {
    state: { ...state, decided: remember(state, hash, 'rejected') },
    effects: [{ effect: 'candidate-rejected', what, why: reason, hash }],
  };
}

export function refused(state: DeployerState, what: string, why: string): DeployerStep {
  return { state, effects: [{ effect: 'refused', what, why }] };
}
