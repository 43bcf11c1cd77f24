import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileRequest, openInbox } from '../adapters/storage/folder-inbox.js';
import { openMemoryArenaStore } from '../adapters/storage/memory-arena-store.js';
import { answered, asking } from '../../test/support/asking-kind.js';
import { temporaryFolder } from '../../test/support/cli.js';
import { jobsHere } from '../../test/support/jobs-here.js';
import { RULES, rosterMarketOf, sha256 } from '../../test/support/made-arena.js';
import { FIELD_KINDS, FIELD_ROSTER, fieldMarket } from '../../test/support/played-field.js';
import { type Arena, openArena } from '../core/arena/arena.js';
import { parseRoster } from '../core/arena/parse-roster.js';
import { createKinds, erase } from '../core/strategies/catalog.js';
import type { ArenaStore } from '../ports/arena-store.js';
import { ARENA_SHARD, createArenaShardTask } from './arena-shard-task.js';
import type { BlockLength } from './block-length.js';
import { registerNew } from './open-arena-state.js';
import { shardedField } from './play-shards.js';
import { type RunResult, type RunWorld, runArena } from './run-arena.js';

const market = fieldMarket(300);

interface Run {
  readonly arena: Arena;
  readonly store: ArenaStore;
  readonly result: RunResult;
  readonly commits: readonly number[];
}

const { path: root, remove } = temporaryFolder();
afterAll(remove);
let runs = 0;

const always = (rounds: number): BlockLength => ({ rounds: () => rounds, took: () => undefined });

async function run(
  block: BlockLength,
  options: {
    readonly roster?: readonly unknown[];
    readonly requests?: readonly Record<string, unknown>[];
    readonly groupRounds?: number;
    readonly world?: (arena: Arena, store: ArenaStore) => Partial<RunWorld>;
  } = {},
): Promise<Run> {
  const folder = join(root, String(++runs));
  const kinds = createKinds([erase(asking), ...FIELD_KINDS.names.flatMap((name) => ownKind(name))]);
  const arena = openArena(
    market,
    0,
    { ...RULES, minimumHours: 48, cohort: { ...RULES.cohort, opensOn: 'day' } },
    sha256,
  );
  const store = openMemoryArenaStore();
  const commits: number[] = [];
  const seen: ArenaStore = {
    ...store,
    commit(seq, hash, state) {
      commits.push(seq);
      store.commit(seq, hash, state);
    },
  };
  const entries = parseRoster(options.roster ?? FIELD_ROSTER, 'field', rosterMarketOf(market), kinds);
  const opening = registerNew(arena, entries, seen);
  for (const [i, request] of (options.requests ?? []).entries()) {
    const id = `request-${String(i)}`;
    fileRequest(folder, id, { id, who: 'a test', whenMs: 0, ...request });
  }
  const result = await runArena(
    arena,
    {
      store: seen,
      inbox: openInbox(folder),
      kinds,
      pruning: { everyHours: 48 },
      nowMs: () => 0,
      sleep: () => Promise.resolve(),
      stopRequested: () => false,
      project: () => undefined,
      progress: () => undefined,
      requestHandled: ({ accepted, text }) => {
        if (!accepted) throw new Error(text);
      },
      ...options.world?.(arena, store),
    },
    { groupRounds: options.groupRounds ?? 60, groupMs: Infinity, projectionMs: 0, block },
    opening,
  );
  return { arena, store, result, commits };
}

function ownKind(name: string): ReturnType<typeof erase>[] {
  const kind = FIELD_KINDS.find(name);
  return kind === undefined || createKinds().find(name) !== undefined ? [] : [kind];
}

/** Everything that outlives the process. */
function kept({ store, commits }: Run): unknown {
  const saved = store.savedState();
  return {
    commits,
    rounds: [...store.rounds(1)].map((round) => [round.hash, round.events, round.decisions]),
    last: store.lastCommit(),
    state: saved === undefined ? '' : sha256(saved.body),
    contestants: store.contestants(),
    requests: store.requests(),
    looks: store.looks(),
  };
}

const at = (slot: number): { readonly dueBarMs: number } => ({ dueBarMs: market.openTimesMs[slot] ?? NaN });

const REQUESTS = [
  { kind: 'retire', contestant: 'flat', reason: 'at once' },
  { kind: 'add', file: 'late.json', roster: { kind: 'donchian-breakout' }, ...at(57) },
  { kind: 'halt', contestant: 'guarded', reason: 'in the middle of a block', ...at(31) },
  // Nobody has a bar in this slot: the next one counts.
  { kind: 'reset-breakers', contestant: 'guarded', reason: 'a gap', ...at(53) },
  { kind: 'final', size: 3, ...at(220) },
  { kind: 'prune', ...at(221) },
];

describe('the loop of the arena', () => {
  it.each([7, 50, 100_000])(
    'keeps the same whether it plays one bar or up to %i in one go, with requests and prunings between them',
    async (rounds) => {
      const single = await run(always(1), { requests: REQUESTS });
      const events = JSON.stringify(kept(single));
      for (const word of ['joined', 'retired', 'halted', 'breakers-reset', 'final', 'pruned'])
        expect(events).toContain(word);
      expect(kept(await run(always(rounds), { requests: REQUESTS }))).toEqual(kept(single));
    },
  );

  it('keeps the same with shards elsewhere, however many rounds are committed at once', async () => {
    for (const groupRounds of [1, 13, 100_000]) {
      const here = await run(always(1), { requests: REQUESTS, groupRounds });
      const apart = await run(always(40), {
        requests: REQUESTS,
        groupRounds,
        world: (arena) => ({
          play: shardedField(arena, {
            parallel: 3,
            open: () => Promise.resolve(jobsHere({ [ARENA_SHARD]: createArenaShardTask() }, 3)),
            nowMs: () => 0,
            shardsFor: () => 3,
            told: (text) => {
              throw new Error(text);
            },
          }),
        }),
      });
      expect(kept(apart)).toEqual(kept(here));
    }
  });

  it('asks language models bar by bar, and plays rules beside them as ever', async () => {
    const roster = [...FIELD_ROSTER, { kind: 'asking', symbols: ['ETHUSDT'] }];
    const asked: number[] = [];
    const world = (): Partial<RunWorld> => ({
      answer: (questions) => {
        asked.push(questions.length);
        return Promise.resolve(({ atMs }) => answered(atMs % 18_000_000 === 0 ? 'buy' : 'sell'));
      },
    });
    const single = await run(always(1), { roster, world });
    // It is pruned before the end, and then blocks are long again.
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.length).toBeLessThan(single.result.rounds);
    expect(kept(await run(always(50), { roster, world }))).toEqual(kept(single));
    expect(single.arena.seats.at(-1)?.figures.totals.modelCostUsd).toBeGreaterThan(1);
  });

  it('ends a block with its group, at a limit of rounds, and where a stop was asked for', async () => {
    const blocks: number[] = [];
    const measuring: BlockLength = { rounds: () => 1000, took: (rounds) => blocks.push(rounds) };
    const whole = await run(measuring, { groupRounds: 100 });
    expect(whole.commits.slice(0, 2)).toEqual([100, 200]);
    expect(whole.commits.at(-1)).toBe(whole.result.rounds);
    // Pruned every two days as well.
    expect(Math.max(...blocks)).toBeLessThanOrEqual(48);

    let asked = 0;
    const stopped = await run(always(20), { world: () => ({ stopRequested: () => ++asked > 3 }) });
    expect(stopped.result).toMatchObject({ stopped: true, midRound: false });
    expect(stopped.result.rounds).toBeLessThanOrEqual(60);
    expect(stopped.commits.at(-1), 'everything that was played is saved').toBe(stopped.result.rounds);
  });
});
