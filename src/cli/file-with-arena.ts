/** What the deployer asks of the arena. Ids follow from what is asked, so the arena takes each once, however often it is filed. */
import type { FollowedArena } from '../app/follow-arena.js';
import type { ArenaRequestMessage } from '../app/handle-requests.js';
import { MAX_STUDY_NAME } from '../core/arena/training-origin-schema.js';
import type { Champion } from '../core/deployment/champion.js';
import type { DeployerState, Fed, Training } from '../core/deployment/deployer-state.js';
import { fileRequestAgainIn, inboxOf } from './wire.js';

const WHO = { who: 'deployer', whenMs: 0 };

/** Enters whoever is fed and unknown, tells who is champion, and retires who made room. */
export function fileWithArena(state: DeployerState, arena: FollowedArena, arenaFolder: string): void {
  const known = new Set(arena.contestants());
  const wanted = [
    ...state.displaced.map(displaceRequest),
    ...state.fed.filter(({ id }) => !known.has(id) && id !== state.champion?.id).map(feedRequest),
    ...(state.champion === null ? [] : [championRequest(state.champion, state)]),
  ].filter((request) => !arena.hasHandled(request.id));
  if (wanted.length === 0) return;
  const waiting = new Set(
    inboxOf(arenaFolder)
      .read()
      .messages.map((message) => message.id),
  );
  for (const request of wanted)
    if (!waiting.has(request.id)) fileRequestAgainIn(arenaFolder, request.id, request);
}

function feedRequest(champion: Fed): ArenaRequestMessage {
  return {
    ...WHO,
    id: `feed-${champion.id.slice(0, 16)}`,
    kind: 'add',
    file: `trial ${champion.name}`,
    roster: rosterOf(champion, champion.training),
  };
}

/** The id of the request that tells the arena of the champion. The clock is part of it: a deployer that begins anew counts anew. */
export function championRequestId({ champion, generation, fromBarMs }: DeployerState): string | undefined {
  const at = fromBarMs === null ? 'start' : String(fromBarMs);
  return champion === null ? undefined : `champion-${String(generation)}-${at}-${champion.id.slice(0, 16)}`;
}

function championRequest(champion: Champion, state: DeployerState): ArenaRequestMessage {
  const { generation, fromBarMs } = state;
  // Whom the gate promoted has no training of its own here, and may have come from one.
  const training = state.training ?? state.fed.find(({ id }) => id === champion.id)?.training;
  return {
    ...WHO,
    id: championRequestId(state) ?? '',
    kind: 'champion',
    contestant: champion.id,
    generation,
    file: `champion ${champion.name}`,
    roster: rosterOf(champion, training),
    ...(fromBarMs === null ? {} : { dueBarMs: fromBarMs }),
  };
}

function displaceRequest(id: string): ArenaRequestMessage {
  return {
    ...WHO,
    id: `displace-${id.slice(0, 16)}`,
    kind: 'retire',
    contestant: id,
    reason: 'made room for a better trial',
  };
}

function rosterOf({ name, manifest }: Champion, training: Training | undefined): unknown {
  return {
    title: name.slice(0, 60),
    kind: manifest.kind,
    params: manifest.params,
    symbols: manifest.symbols,
    timeframe: manifest.timeframe,
    seed: manifest.seed,
    ...(manifest.breakers === undefined ? {} : { breakers: manifest.breakers }),
    // What it was worth in training stays there: it was chosen for that.
    ...(training?.trials === undefined
      ? {}
      : {
          training: {
            study: training.study.slice(0, MAX_STUDY_NAME),
            trial: training.number,
            trials: training.trials,
          },
        }),
  };
}
