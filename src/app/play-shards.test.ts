import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  FIELD_ROSTER,
  HAPPENINGS,
  type PlayedField,
  fieldMarket,
  playField,
} from '../../test/support/played-field.js';
import { jobsHere } from '../../test/support/jobs-here.js';
import { RULES, sha256 } from '../../test/support/made-arena.js';
import { type Arena, openArena, register } from '../core/arena/arena.js';
import { playBlock } from '../core/arena/play-block.js';
import { closeRound } from '../core/arena/play-round.js';
import type { StrategyKind } from '../core/strategies/strategy.js';
import type { JobOutcome, JobRunner } from '../ports/job-runner.js';
import { ARENA_SHARD, arenaShardTask, createArenaShardTask } from './arena-shard-task.js';
import { type PlayField, type ShardWorld, shardedField, shardsByWork } from './play-shards.js';

import { readShardJob } from './shard-message.js';

const market = fieldMarket(260);

const workers = (): JobRunner => jobsHere({ [ARENA_SHARD]: createArenaShardTask() }, 2);

/** A field whose blocks always go into so many shards. */
function split(
  shards: number,
  runner: JobRunner = workers(),
  more: Partial<ShardWorld> = {},
): (arena: Arena) => PlayField {
  return (arena) =>
    shardedField(arena, {
      parallel: runner.parallel,
      open: () => Promise.resolve(runner),
      nowMs: () => 0,
      shardsFor: () => shards,
      told: (text) => {
        throw new Error(`unexpected: ${text}`);
      },
      ...more,
    });
}

/** Jobs that end otherwise than they should. */
function spoilt(spoil: (done: JobOutcome, nth: number) => Promise<JobOutcome>): JobRunner {
  const honest = workers();
  let nth = 0;
  return { ...honest, run: async (job) => spoil(await honest.run(job), nth++) };
}

describe('a field whose shards are played elsewhere', () => {
  let here: PlayedField;
  beforeAll(async () => {
    here = await playField({ market, size: 1 });
  });

  it.each([
    [1, 1],
    [1, 50],
    [2, 1],
    [2, 7],
    [2, 1000],
    [5, 50],
    [40, 20],
  ])('leaves the same bytes with %i shards and blocks of at most %i', async (shards, size) => {
    const runner = jobsHere({ [ARENA_SHARD]: arenaShardTask }, 2);
    const played = await playField({ market, size, player: split(shards, runner) });
    expect(played.bytes).toBe(here.bytes);
    expect(played.state).toBe(here.state);
  });

  it('leaves the same bytes whoever plays a block, and whether they played the one before', async () => {
    let block = 0;
    const runners = [workers(), workers(), workers()];
    const changing: JobRunner = {
      parallel: 2,
      threads: 2,
      offerMarket: async (table) => {
        const [first] = await Promise.all(runners.map((runner) => runner.offerMarket(table)));
        return first ?? '';
      },
      run: (job) => (runners[block++ % 5] ?? runners[0] ?? workers()).run(job),
      close: () => Promise.resolve(),
    };
    const played = await playField({ market, size: 7, player: split(2, changing) });
    expect([played.bytes, played.state]).toEqual([here.bytes, here.state]);
  });

  it('sends nobody whose kind is not part of the product', async () => {
    const kinds = new Set<string>();
    const honest = workers();
    const watched: JobRunner = {
      ...honest,
      run: (job) => {
        for (const stretch of z
          .object({ stretches: z.array(z.array(z.object({ manifest: z.object({ kind: z.string() }) }))) })
          .parse(JSON.parse(readShardJob(job.payload).shardText)).stretches)
          for (const { manifest } of stretch) kinds.add(manifest.kind);
        return honest.run(job);
      },
    };
    await playField({ market, size: 50, player: split(2, watched) });
    expect(kinds.has('formula')).toBe(true);
    expect(kinds.has('clumsy')).toBe(false);
  });

  it('gives every job of a run an id of its own', async () => {
    const ids: string[] = [];
    const honest = workers();
    const watched: JobRunner = {
      ...honest,
      run: (job) => {
        ids.push(job.id);
        return honest.run(job);
      },
    };
    await playField({ market, size: 7, player: split(3, watched) });
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it.each<[string, (done: JobOutcome, nth: number) => Promise<JobOutcome>, RegExp]>([
    ['fail', () => Promise.resolve({ kind: 'failed', why: 'no worker lived' }), /no worker lived/],
    ['break off', () => Promise.reject(new Error('the queue is gone')), /the queue is gone/],
    [
      'answer rubbish',
      () => Promise.resolve({ kind: 'done', bytes: new Uint8Array(9) }),
      /left over|ends|too many|about/,
    ],
    [
      'are cut short',
      (done) =>
        Promise.resolve(
          done.kind === 'done'
            ? { kind: 'done', bytes: done.bytes.subarray(0, done.bytes.length - 5) }
            : done,
        ),
      /ends after/,
    ],
  ])('loses nothing when jobs %s: what is missing is played by the arena', async (_, spoil, words) => {
    const told: string[] = [];
    const runner = spoilt((done, nth) => (nth % 3 === 1 ? spoil(done, nth) : Promise.resolve(done)));
    const played = await playField({
      market,
      size: 20,
      player: split(2, runner, { told: (text) => told.push(text) }),
    });
    expect([played.bytes, played.state]).toEqual([here.bytes, here.state]);
    expect(told.length).toBeGreaterThan(3);
    for (const text of told) expect(text).toMatch(words);
  });

  it('takes no answer that is about others', async () => {
    const told: string[] = [];
    let last: JobOutcome | undefined;
    const runner = spoilt((done) => {
      const before = last ?? done;
      last = done;
      return Promise.resolve(before);
    });
    const player = split(2, runner, { told: (text) => told.push(text) });
    const played = await playField({ market, size: 20, player });
    expect([played.bytes, played.state]).toEqual([here.bytes, here.state]);
    expect(told.join('\n')).toMatch(/about other contestants/);
  });

  it('waits for nobody once a stop was asked for, and loses nothing by it', async () => {
    const stop = new AbortController();
    const honest = workers();
    let jobs = 0;
    const stuck: JobRunner = {
      ...honest,
      run: (job) => {
        if (++jobs < 6) return honest.run(job);
        setTimeout(() => {
          stop.abort();
        }, 1);
        return new Promise(() => undefined);
      },
    };
    const player = split(2, stuck, { stopped: stop.signal });
    const played = await playField({ market, size: 20, player });
    expect([played.bytes, played.state]).toEqual([here.bytes, here.state]);
  });

  it('leaves the same bytes for random fields, blocks and shards', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.nat({ max: 50 }),
          size: fc.integer({ min: 2, max: 40 }),
          shards: fc.integer({ min: 1, max: 6 }),
          roster: fc.shuffledSubarray([...FIELD_ROSTER], { minLength: 1 }),
        }),
        async ({ seed, size, shards, roster }) => {
          const setup = { market: fieldMarket(120, seed), roster, happenings: new Map() };
          const alone = await playField({ ...setup, size: 1 });
          const apart = await playField({ ...setup, size, player: split(shards) });
          expect([apart.bytes, apart.state]).toEqual([alone.bytes, alone.state]);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('a shard that cannot be played anywhere', () => {
  /** Its intents are no intents: nothing of the session survives the bar. */
  const broken: StrategyKind = {
    manifest: {
      kind: 'broken',
      version: 1,
      summary: 'answers with what is no intent',
      feeds: {},
      parameters: z.unknown(),
      costClass: 'rule',
    },
    label: () => 'broken',
    features: () => [],
    warmupBars: () => 0,
    begin: () => 0,
    decide: (_, memory) => ({
      intents: memory === 2 ? [null as never] : [],
      memory: (memory as number) + 1,
      why: { code: 'counts' },
    }),
  };

  it('marks its contestants, costs them the decisions of the block and nobody else anything', async () => {
    const arena = openArena(market, 0, RULES, sha256);
    const base = { kind: 'broken', version: 1, params: {}, symbols: ['BTCUSDT'], timeframe: '1h' } as const;
    register(arena, [
      {
        name: 'broken',
        role: 'contestant',
        kind: broken,
        params: {},
        manifest: { ...base, instrument: 'perpetual', seed: 0 },
      },
    ]);
    const told: string[] = [];
    const play = split(1, workers(), { told: (text) => told.push(text) })(arena);
    const block = await play([0, 1, 2, 3, 4]);
    const rounds = block.slots.map((_, s) => closeRound(arena, block, s, []));
    expect(told).toEqual([
      expect.stringContaining('a shard of 1 contestants is played here: broken runs broken version 1'),
      expect.stringContaining('1 contestants hold: '),
    ]);
    const [seat] = arena.seats;
    expect(seat?.figures).toMatchObject({ dueDecisions: 5, madeDecisions: 0, equityUsd: 10_000 });
    expect(seat?.figures.fault).toMatch(/^could not be played: /);
    expect(seat?.session).toMatchObject({ dueDecisions: 5, memory: 0 });
    expect(rounds.map(({ decisions }) => decisions.length)).toEqual([1, 0, 0, 0, 0]);
    const next = playBlock(arena, [5, 6]);
    next.slots.forEach((_, s) => closeRound(arena, next, s, []));
    expect(seat?.figures).toMatchObject({ dueDecisions: 7, madeDecisions: 2, fault: '' });
  });
});

describe('how many shards a block is worth', () => {
  it('none that has less than twenty milliseconds of work, and none for one alone', () => {
    expect([NaN, 0, 39, 40, 59, 60, 1000].map((workMs) => shardsByWork(workMs, 4))).toEqual([
      0, 0, 0, 2, 2, 3, 4,
    ]);
    expect(shardsByWork(1000, 1)).toBe(0);
  });

  it('is known from blocks that were played here, and looked at again now and then', async () => {
    let nowMs = 0;
    const works: number[] = [];
    const player = split(1, workers(), {
      nowMs: () => (nowMs += 5),
      shardsFor: (workMs) => {
        works.push(workMs);
        return 0;
      },
    });
    await playField({ market, size: 2, happenings: HAPPENINGS, player });
    expect(works.slice(0, 2)).toEqual([NaN, NaN]);
    expect(works[2], 'all but one of fourteen can go').toBeCloseTo((5 * 13) / 14, 9);
    expect(works.flatMap((work, i) => (i < 100 && Number.isNaN(work) ? [i] : []))).toEqual([0, 1, 64, 65]);
  });
});
