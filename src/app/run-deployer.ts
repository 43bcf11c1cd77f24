/**
 * The deployer's loop: what the paper trader reports, what people ask for, what the gate and training offer, in this
 * order. Every step is committed before anything outside is touched; what it files elsewhere has ids that make a
 * second filing harmless.
 */
import { z } from 'zod';
import type { Hash } from '../core/arena/contestant.js';
import type { RosterMarket } from '../core/arena/parse-roster.js';
import type { Champion } from '../core/deployment/champion.js';
import {
  type DeployPolicy,
  type DeployerEvent,
  type DeployerState,
  type FieldStanding,
  type OfferedCandidate,
  type PaperReport,
  type ProbationFigures,
  isChanging,
} from '../core/deployment/deployer-state.js';
import { stepDeployer } from '../core/deployment/deployer.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { printable } from '../core/domain/printable.js';
import { type TimeMs, timeframeMs } from '../core/domain/time.js';
import { compareCandidates } from '../core/promotion/candidate.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';
import type { Inbox } from '../ports/inbox.js';
import type { TrialSource } from '../ports/trial-source.js';
import { type Deployer, commitStep, effectLine, effectText } from './deployer-journal.js';
import { readTrials } from './read-trials.js';
import { bodyText, messagesIn, readRequest } from './take-requests.js';

const common = {
  id: z.string(),
  who: z.string().max(200),
  whenMs: z.number(),
  dueBarMs: z.number().optional(),
};
const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('rollback'), reason: z.string().max(500) }),
  z.strictObject({
    ...common,
    kind: z.literal('approve'),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    override: z.string().max(500).optional(),
    planCostUsd: z.number().nullable(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('reject'),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    reason: z.string().max(500),
  }),
]);
export type DeployerRequest = z.infer<typeof requestSchema>;

export interface DeployerWorld {
  readonly store: ArenaStore;
  readonly inbox: Inbox;
  readonly trials: TrialSource;
  readonly kinds: Kinds;
  readonly hash: Hash;
  readonly policy: DeployPolicy;
  readonly dryRun: boolean;
  /** Open time of the arena's newest committed bar; NaN before its first. */
  clock(): TimeMs;
  /** What the arena trades; undefined before it has begun. */
  market(): RosterMarket | undefined;
  /** What the paper trader says of itself; undefined while it has said nothing. */
  paper(): PaperReport | undefined;
  /** How contestants stand, by id. */
  field(): ReadonlyMap<string, FieldStanding>;
  /** The champion since its promotion, beside its shadow. */
  probation(): ProbationFigures | undefined;
  /** Everything that may be approved now. */
  offers(): readonly OfferedCandidate[];
  /** What a hand-over to this champion would cost now; null while there is no account. */
  planCostUsd(champion: Champion): number | null;
  /** Why a champion must not trade, from recent bars; undefined when it may. */
  validate(champion: Champion): string | undefined;
  /** Makes the files say what the state says, and files what the arena should know. */
  publish(state: DeployerState): void;
  /** After every commit, with the step that became durable. */
  committed(round: StoredRound): void;
  told(text: string): void;
}

/** One look at everything. Returns whether anything changed. */
export function checkOnce(deployer: Deployer, world: DeployerWorld): boolean {
  const before = deployer.seq;
  const market = world.market();
  const nextBarMs = nextBar(world.clock(), market);
  const report = world.paper();
  if (report !== undefined) apply(deployer, world, { type: 'report', report, nextBarMs });
  takeRequests(deployer, world, nextBarMs);
  approveByItself(deployer, world, nextBarMs);
  const figures = world.probation();
  if (figures !== undefined) apply(deployer, world, { type: 'probation', figures });
  if (market !== undefined) {
    const { trials, rubbish } = readTrials(world.trials, market, world.kinds, world.hash);
    for (const { where, why } of rubbish) world.told(`${where} is no trial: ${why}`);
    apply(deployer, world, {
      type: 'trials',
      trials,
      invalid: (trial) => world.validate(trial.champion),
      field: world.field(),
      nextBarMs,
    });
  }
  if (!world.dryRun) world.publish(deployer.state);
  return deployer.seq !== before;
}

function nextBar(clockMs: TimeMs, market: RosterMarket | undefined): TimeMs | null {
  return Number.isNaN(clockMs) || market === undefined ? null : clockMs + timeframeMs(market.timeframe);
}

/** With `--auto-approve promotable` whoever the gate proves needs no person; never anybody else. */
function approveByItself(deployer: Deployer, world: DeployerWorld, nextBarMs: TimeMs | null): void {
  if (world.policy.autoApprove !== 'promotable' || isChanging(deployer.state)) return;
  const offered = bestPromotable(world.offers(), deployer.state);
  if (offered === undefined || deployer.state.decided.some(({ hash }) => hash === offered.freeze.hash))
    return;
  const planCostUsd = world.planCostUsd(offered.champion);
  const request = { hash: offered.freeze.hash, planCostUsd };
  apply(deployer, world, { type: 'approve', request, offered, planCostUsd, nextBarMs });
}

/** The first in the gate's order, with its newest evidence. */
export function bestPromotable(
  offers: readonly OfferedCandidate[],
  state: DeployerState,
): OfferedCandidate | undefined {
  return offers
    .filter(({ intact, freeze }) => intact && freeze.evidence.verdict === 'promotable')
    .filter(({ champion }) => champion.id !== state.champion?.id)
    .toSorted(
      (a, b) =>
        b.freeze.evidence.cutBarMs - a.freeze.evidence.cutBarMs || compareCandidates(a.freeze, b.freeze),
    )[0];
}

function takeRequests(deployer: Deployer, world: DeployerWorld, nextBarMs: TimeMs | null): void {
  const { inbox, store } = world;
  const barMs = world.clock();
  if (world.dryRun) {
    for (const message of inbox.read(barMs).messages) world.told(`would take request ${message.id}`);
    return;
  }
  /** Outcomes of the coming step: many refusals are one step, and an accepted request ends one. */
  let outcomes: string[] = [];
  let ids: string[] = [];
  const removeHandled = (): void => {
    for (const id of ids) inbox.remove(id);
    outcomes = [];
    ids = [];
  };
  for (const message of messagesIn(inbox, barMs, (text) => {
    world.told(text);
  })) {
    if (store.hasRequest(message.id)) {
      inbox.remove(message.id);
      world.told(`${message.id} was handled before`);
      continue;
    }
    const read = readRequest(requestSchema, message, barMs, inbox);
    if (read.state === 'later') continue;
    const request = read.state === 'due' ? read.request : undefined;
    if (request?.kind === 'approve' && isChanging(deployer.state)) {
      // It stays where it is, and is asked again at the next look.
      world.told(`${message.id} waits: generation ${String(deployer.state.generation)} is not running yet`);
      continue;
    }
    outcomes.push(requestLine(message.id, request));
    ids.push(message.id);
    store.saveRequest({
      id: message.id,
      seq: deployer.seq + 1,
      body: bodyText(message, request !== undefined),
      outcome: requestLine(message.id, request),
    });
    // Its file goes after the commit; until then it is not given again.
    inbox.postpone(message.id, Infinity);
    if (read.state === 'refused') world.told(`${message.id}: ${read.why}`);
    if (request === undefined) continue;
    apply(deployer, world, eventOf(request, world, nextBarMs), outcomes);
    removeHandled();
  }
  if (outcomes.length > 0) commit(deployer, world, deployer.state, outcomes);
  removeHandled();
}

function requestLine(id: string, request: DeployerRequest | undefined): string {
  return canonicalJson({
    event: 'request',
    id,
    kind: request?.kind ?? null,
    who: request?.who ?? null,
    accepted: request !== undefined,
  });
}

function eventOf(request: DeployerRequest, world: DeployerWorld, nextBarMs: TimeMs | null): DeployerEvent {
  if (request.kind === 'rollback') return { type: 'rollback', reason: request.reason, nextBarMs };
  if (request.kind === 'reject') return { type: 'reject', hash: request.hash, reason: request.reason };
  const offered = world.offers().find(({ freeze }) => freeze.hash === request.hash);
  const planCostUsd = offered === undefined ? null : world.planCostUsd(offered.champion);
  return { type: 'approve', request, offered, planCostUsd, nextBarMs };
}

function apply(
  deployer: Deployer,
  world: DeployerWorld,
  event: DeployerEvent,
  opening: readonly string[] = [],
): void {
  const step = stepDeployer(deployer.state, event, world.policy);
  for (const effect of step.effects) world.told(printable(effectText(effect), 500));
  if (step.effects.length === 0 && opening.length === 0) return;
  if (world.dryRun) {
    world.told('dry run: nothing was changed');
    return;
  }
  commit(deployer, world, step.state, [...opening, ...step.effects.map(effectLine)]);
}

function commit(
  deployer: Deployer,
  world: DeployerWorld,
  state: DeployerState,
  events: readonly string[],
): void {
  world.committed(commitStep(deployer, world.store, world.hash, world.clock(), state, events));
}
