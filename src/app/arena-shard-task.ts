/**
 * Plays a shard of an arena's field, in whatever process: sessions from the manifests, their state from the job, one block,
 * and what came of it. The answer depends on the job and the market alone; sessions that were played here before go on
 * where they are when the job's state is the one that they have.
 */
import { type LedgerBuffer, createLedgerBuffer } from '../core/domain/ledger.js';
import { type MarketTable, slotsBetween } from '../core/domain/market-table.js';
import { Problem } from '../core/domain/problem.js';
import { type MarketViews, createMarketViews } from '../core/indicators/market-views.js';
import { createFastPlayer } from '../core/arena/fast-player.js';
import { type Player, playShard } from '../core/arena/shard-play.js';
import { type Session, openSession } from '../core/session/session.js';
import { type Kinds, createKinds, erase } from '../core/strategies/catalog.js';
import type { Task } from '../ports/job-runner.js';
import {
  type Shard,
  parseShard,
  readShardJob,
  readStates,
  writeShardResult,
  writeStates,
} from './shard-message.js';

export const ARENA_SHARD = 'arena-shard';

/** Markets and shards whose sessions are kept; those used last stay. */
const MOST_MARKETS = 4;
const MOST_SHARDS = 64;

interface LiveShard {
  readonly stretches: readonly (readonly Session[])[];
  /** What the sessions are at; undefined while they play. */
  states: Uint8Array | undefined;
}

interface LiveMarket {
  readonly views: MarketViews;
  readonly ledger: LedgerBuffer;
  readonly player: Player;
  readonly shards: Map<string, LiveShard>;
}

export function createArenaShardTask(): Task {
  const markets = new Map<MarketTable, LiveMarket>();
  return async (payload, market) => {
    if (market === undefined) throw new Error('a shard of an arena is played on a market');
    const job = readShardJob(payload);
    const live = kept<MarketTable, LiveMarket>(markets, market, MOST_MARKETS, () => openMarket(market));
    const kinds = await kindsFor(job.shardText);
    const shard = kept<string, LiveShard>(live.shards, job.shardText, MOST_SHARDS, () => ({
      stretches: openShard(parseShard(job.shardText), live, kinds),
      states: undefined,
    }));
    const sessions = shard.stretches.flat();
    if (shard.states === undefined || !sameBytes(shard.states, job.states)) readStates(sessions, job.states);
    shard.states = undefined;
    const slots = slotsBetween(market, job.fromMs, job.toMs);
    const plays = shard.stretches.map((stretch) => playShard(stretch, slots, live.ledger, live.player).play);
    shard.states = writeStates(sessions);
    return writeShardResult({ plays, states: shard.states });
  };
}

function openMarket(market: MarketTable): LiveMarket {
  const views = createMarketViews(market);
  const ledger = createLedgerBuffer();
  return { views, ledger, player: createFastPlayer(views, ledger, NOBODY_ASKS), shards: new Map() };
}

export const arenaShardTask: Task = createArenaShardTask();

/** Contestants that ask language models stay with the arena. */
const NOBODY_ASKS = (): string => {
  throw new Error('a contestant that asks language models is no part of a shard');
};

function openShard(
  { cashUsd, costs, limits, stretches }: Shard,
  { views, ledger }: LiveMarket,
  kinds: Kinds,
): Session[][] {
  return stretches.map((seats) =>
    seats.map(({ position, name, manifest }) => {
      const { params, seed, symbols, timeframe, breakers } = manifest;
      const kind = kinds.find(manifest.kind);
      if (kind === undefined || manifest.code !== undefined || kind.manifest.version !== manifest.version)
        throw new Problem(
          'foreign',
          `${name} runs ${manifest.kind} version ${String(manifest.version)}, which is not here`,
          {
            hint: 'run workers of the same version as the arena',
          },
        );
      return openSession(
        {
          position,
          kind,
          params,
          seed,
          symbols,
          timeframe,
          cashUsd,
          costs,
          limits,
          ...(breakers === undefined ? {} : { breakers }),
        },
        views,
        ledger,
      );
    }),
  );
}

let formulas: Promise<Kinds> | undefined;
const plain = createKinds();

/** The parser of formulas takes a quarter of a second to load: only a shard that may need it pays for it. */
function kindsFor(text: string): Promise<Kinds> | Kinds {
  if (!text.includes('"formula"')) return plain;
  formulas ??= import('../core/strategies/formula/formula.js').then(({ formula }) =>
    createKinds([erase(formula)]),
  );
  return formulas;
}

/** The value of a key, made where it is not there; of more than `most` the one that was used longest ago goes. */
function kept<Key, Value>(map: Map<Key, Value>, key: Key, most: number, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) break;
    map.delete(oldest);
  }
  return value;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
