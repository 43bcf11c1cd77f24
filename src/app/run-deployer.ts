/**
 * The deployer's loop. Every step of its state machine is a round of a hash-chained journal and is committed before
 * anything outside is touched; what it files elsewhere has ids that make a second filing harmless.
 */
import { z } from 'zod';
import { GENESIS } from '../core/arena/arena.js';
import { type Hash, contestantId } from '../core/arena/contestant.js';
import { type RosterMarket, parseRoster } from '../core/arena/parse-roster.js';
import { roundHash } from '../core/arena/round-content.js';
import type { Champion } from '../core/deployment/champion.js';
import {
  type DeployPolicy,
  type DeployerEffect,
  type DeployerEvent,
  type DeployerState,
  NO_DEPLOYMENT,
  type Trial,
  deployerStateSchema,
  stepDeployer,
} from '../core/deployment/deployer.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { Problem } from '../core/domain/problem.js';
import type { TimeMs } from '../core/domain/time.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { ArenaStore } from '../ports/arena-store.js';
import type { Inbox } from '../ports/inbox.js';
import { boundReasons } from './bound-reasons.js';
import type { TrialSource } from '../ports/trial-source.js';

const requestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    id: z.string(),
    who: z.string().max(200),
    whenMs: z.number(),
    dueBarMs: z.number().optional(),
    kind: z.literal('rollback'),
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
  /** Why a champion must not trade, from recent bars; undefined when it may. */
  validate(champion: Champion): string | undefined;
  /** Makes the files say what the state says, and files what the arena should know. */
  publish(state: DeployerState, seq: number): void;
  told(text: string): void;
}

export interface Deployer {
  state: DeployerState;
  seq: number;
  lastHash: string;
}

/** The state as the last commit left it. */
export function openDeployer(store: ArenaStore, folder: string): Deployer {
  const commit = store.lastCommit();
  if (commit === undefined) return { state: NO_DEPLOYMENT, seq: 0, lastHash: GENESIS };
  const parsed = deployerStateSchema.safeParse(JSON.parse(new TextDecoder().decode(commit.state)));
  if (!parsed.success)
    throw new Problem('damaged', `${folder}: the deployer's state has the wrong shape`, {
      hint: 'run the program that made it, or move the folder aside',
    });
  return { state: parsed.data, seq: commit.seq, lastHash: commit.hash };
}

/** One look at requests and trials. Returns whether anything changed. */
export function checkOnce(deployer: Deployer, world: DeployerWorld): boolean {
  const before = deployer.seq;
  takeRequests(deployer, world);
  const market = world.market();
  if (market !== undefined) {
    const { trials, rubbish } = readTrials(world, market);
    for (const { where, why } of rubbish) world.told(`${where} is no trial: ${why}`);
    apply(
      deployer,
      world,
      { type: 'trials', trials, invalid: (trial) => world.validate(trial.champion) },
      [],
    );
  }
  if (!world.dryRun) world.publish(deployer.state, deployer.seq);
  return deployer.seq !== before;
}

function takeRequests(deployer: Deployer, world: DeployerWorld): void {
  const { messages, rubbish } = world.inbox.read();
  for (const item of rubbish) {
    world.inbox.setAside(item);
    world.told(`${item.file} is no request: ${item.why}`);
  }
  for (const message of messages) {
    if (world.dryRun) {
      world.told(`would take request ${message.id}`);
      continue;
    }
    if (world.store.hasRequest(message.id)) {
      world.inbox.remove(message.id);
      continue;
    }
    const parsed = requestSchema.safeParse(message.body);
    if (parsed.success && (parsed.data.dueBarMs ?? -Infinity) > world.clock()) continue;
    const outcome = canonicalJson({ event: 'request', id: message.id, accepted: parsed.success });
    world.store.saveRequest({
      id: message.id,
      seq: deployer.seq + 1,
      body: JSON.stringify(message.body),
      outcome,
    });
    if (parsed.success) apply(deployer, world, { type: 'rollback', reason: parsed.data.reason }, [outcome]);
    else {
      world.told(`${message.id}: wrong shape at ${parsed.error.issues[0]?.path.join('.') ?? 'top'}`);
      commit(deployer, world, deployer.state, [outcome]);
    }
    world.inbox.remove(message.id);
  }
}

function apply(
  deployer: Deployer,
  world: DeployerWorld,
  event: DeployerEvent,
  opening: readonly string[],
): void {
  const step = stepDeployer(deployer.state, event, world.policy);
  for (const effect of step.effects) world.told(effectText(effect));
  if (step.effects.length === 0 && opening.length === 0) return;
  if (world.dryRun) {
    world.told('dry run: nothing was changed');
    return;
  }
  commit(deployer, world, step.state, [
    ...opening,
    ...step.effects.map((effect) => canonicalJson(journaled(effect))),
  ]);
}

function commit(
  deployer: Deployer,
  world: DeployerWorld,
  state: DeployerState,
  events: readonly string[],
): void {
  const clockMs = world.clock();
  const seq = deployer.seq + 1;
  const content = {
    seq,
    // Its steps are not bars: several may come at one, so they are counted, and the arena's bar is in the events.
    barMs: seq,
    marketDigest: '',
    events: [...events, canonicalJson({ event: 'at', bar: Number.isNaN(clockMs) ? null : clockMs })],
    decisions: [],
    fills: new Float64Array(0),
    marks: new Float64Array(0),
    previousHash: deployer.lastHash,
  };
  const hash = roundHash(content, world.hash);
  world.store.appendRound({ ...content, hash });
  world.store.commit(content.seq, hash, new TextEncoder().encode(canonicalJson(state)));
  deployer.state = state;
  deployer.seq = content.seq;
  deployer.lastHash = hash;
}

function journaled(effect: DeployerEffect): unknown {
  if ('champion' in effect) {
    const { champion, ...rest } = effect;
    return {
      event: rest.effect,
      ...rest,
      champion: champion.id,
      name: champion.name,
      source: champion.source,
    };
  }
  return 'champions' in effect
    ? { event: effect.effect, champions: effect.champions.map((champion) => champion.id) }
    : { event: effect.effect, what: effect.what, why: effect.why };
}

function effectText(effect: DeployerEffect): string {
  switch (effect.effect) {
    case 'deployed':
      return `deployed ${effect.champion.name}, generation ${String(effect.generation)}: ${effect.why}`;
    case 'rejected':
      return `rejected ${effect.champion.name}: ${effect.why}`;
    case 'fed':
      return `to the arena: ${effect.champions.map((champion) => champion.name).join(', ')}`;
    case 'rolled-back':
      return `rolled back to ${effect.champion.name}, generation ${String(effect.generation)}: ${effect.reason}`;
    case 'refused':
      return `${effect.what} refused: ${effect.why}`;
  }
}

/** Trials that can be contestants of this arena; the others are told with the reason. */
function readTrials(
  world: DeployerWorld,
  market: RosterMarket,
): { trials: Trial[]; rubbish: { where: string; why: string }[] } {
  const read = world.trials.read();
  const trials: Trial[] = [];
  const rubbish = [...read.rubbish];
  for (const { study, number, value, contestant, where } of read.trials) {
    try {
      const [entry, more] = parseRoster(contestant, where, market, world.kinds);
      if (entry === undefined || more !== undefined || entry.role !== 'contestant')
        throw new Problem('input', 'a trial is exactly one contestant');
      trials.push({
        study,
        number,
        value,
        champion: {
          id: contestantId(entry.manifest, world.hash),
          name: entry.name,
          manifest: entry.manifest,
          source: 'trial',
        },
      });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // The message names the file already.
      rubbish.push({
        where,
        why: error.message.replace(`${where}: `, '').replace(`${where}.`, '').replace(where, ''),
      });
    }
  }
  return { trials, rubbish: boundReasons(rubbish) };
}
