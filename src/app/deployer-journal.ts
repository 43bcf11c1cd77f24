/** The deployer's truth: every step is a round of a hash-chained journal, committed before anything outside is touched. */
import { GENESIS } from '../core/arena/arena.js';
import type { Hash } from '../core/arena/contestant.js';
import { roundHash } from '../core/arena/round-content.js';
import {
  type DeployerEffect,
  type DeployerState,
  NO_DEPLOYMENT,
  deployerStateSchema,
} from '../core/deployment/deployer-state.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { Problem } from '../core/domain/problem.js';
import type { TimeMs } from '../core/domain/time.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';

export interface Deployer {
  state: DeployerState;
  seq: number;
  lastHash: string;
}

/** The state as the last commit left it: every one has a state. */
export function openDeployer(store: ArenaStore, folder: string): Deployer {
  const saved = store.savedState();
  if (saved === undefined) return { state: NO_DEPLOYMENT, seq: 0, lastHash: GENESIS };
  const parsed = deployerStateSchema.safeParse(JSON.parse(new TextDecoder().decode(saved.body)));
  if (!parsed.success)
    throw new Problem(
      'damaged',
      `${folder}: the deployer's state has the wrong shape at ${parsed.error.issues[0]?.path.join('.') ?? 'top'}`,
      { hint: 'run the program that made it, or move the folder aside' },
    );
  return { state: parsed.data, seq: saved.seq, lastHash: saved.hash };
}

/** One step made durable. `clockMs` is the arena's newest bar; it is written into the step. */
export function commitStep(
  deployer: Deployer,
  store: ArenaStore,
  hash: Hash,
  clockMs: TimeMs,
  state: DeployerState,
  events: readonly string[],
): StoredRound {
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
  const round = { ...content, hash: roundHash(content, hash) };
  store.appendRound(round);
  const text = canonicalJson(state);
  store.commit(seq, round.hash, new TextEncoder().encode(text));
  // As a restart would read it: what follows from the state is the same bytes with and without one.
  deployer.state = deployerStateSchema.parse(JSON.parse(text));
  deployer.seq = seq;
  deployer.lastHash = round.hash;
  return round;
}

/** The journal's line of an effect. */
export function effectLine(effect: DeployerEffect): string {
  if ('champion' in effect) {
    const { champion, effect: event, ...rest } = effect;
    return canonicalJson({
      event,
      ...rest,
      champion: champion.id,
      name: champion.name,
      source: champion.source,
    });
  }
  return 'champions' in effect
    ? canonicalJson({
        event: effect.effect,
        champions: effect.champions.map(({ id }) => id),
        names: effect.champions.map(({ name }) => name),
      })
    : canonicalJson({ event: effect.effect, what: effect.what, why: effect.why, hash: effect.hash });
}

/** The same for people. */
export function effectText(effect: DeployerEffect): string {
  switch (effect.effect) {
    case 'fed':
      return `to the arena: ${effect.champions.map((champion) => champion.name).join(', ')}`;
    case 'candidate-rejected':
      return `${effect.what} rejected: ${effect.why}`;
    case 'refused':
      return `${effect.what} refused: ${effect.why}`;
    case 'rejected':
    case 'displaced':
      return `${effect.effect} ${effect.champion.name}: ${effect.why}`;
    case 'rolled-back':
      return `rolled back to ${effect.champion.name}, generation ${String(effect.generation)}: ${effect.why}`;
    case 'deployed':
    case 'promoted':
    case 'healthy':
    case 'active':
    case 'failed':
    case 'stopped':
    case 'review':
      return `${effect.effect} ${effect.champion.name}, generation ${String(effect.generation)}: ${effect.why}`;
  }
}
