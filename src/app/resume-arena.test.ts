import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/cli.js';
import { RULES, rosterMarketOf, sha256 } from '../../test/support/made-arena.js';
import { FIELD_KINDS, FIELD_ROSTER, fieldMarket } from '../../test/support/played-field.js';
import { fileRequest, openInbox } from '../adapters/storage/folder-inbox.js';
import {
  type MemoryDisk,
  createMemoryDisk,
  openMemoryArenaStore,
} from '../adapters/storage/memory-arena-store.js';
import type { Arena } from '../core/arena/arena.js';
import { encodeArena } from '../core/arena/arena-codec.js';
import { parseRoster } from '../core/arena/parse-roster.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { Problem } from '../core/domain/problem.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';
import type { ArenaSettings } from './arena-settings.js';
import { registerNew, resumeArena } from './open-arena-state.js';
import { type RunLimits, nextBarMs, runArena } from './run-arena.js';

const market = fieldMarket(300);
const settings: ArenaSettings = {
  market: {
    source: 'generated',
    seed: 7,
    timeframe: '1h',
    symbols: [...market.symbols],
    fromMs: market.openTimesMs[0] ?? NaN,
    warmupBars: 0,
  },
  ...RULES,
  minimumHours: 48,
  cohort: { ...RULES.cohort, opensOn: 'day' },
};
/** All whose code is the program's own. */
const RULE_ROSTER = FIELD_ROSTER.filter((entry) => (entry as { readonly kind: string }).kind !== 'clumsy');
const due = (slot: number): { readonly dueBarMs: number } => ({ dueBarMs: market.openTimesMs[slot] ?? NaN });
const REQUESTS = [
  { kind: 'add', file: 'late.json', roster: { kind: 'donchian-breakout' }, ...due(57) },
  { kind: 'halt', contestant: 'guarded', reason: 'in the middle', ...due(131) },
  { kind: 'reset-breakers', contestant: 'guarded', reason: 'enough', ...due(150) },
  { kind: 'final', size: 3, ...due(220) },
  { kind: 'retire', contestant: 'flat', reason: 'late', ...due(260) },
];

const { path: root, remove } = temporaryFolder();
afterAll(remove);
let lives = 0;

interface Life {
  readonly disk: MemoryDisk;
  readonly inbox: string;
}

function beginLife(): Life {
  const inbox = join(root, String(++lives));
  REQUESTS.forEach((request, i) => {
    const id = `request-${String(i)}`;
    fileRequest(inbox, id, { id, who: 'a test', whenMs: 0, ...request });
  });
  return { disk: createMemoryDisk(), inbox };
}

function resume({ disk }: Life, on: MarketTable = market): Arena {
  return resumeArena(openMemoryArenaStore(disk), on, settings, FIELD_KINDS, sha256);
}

const CRASH = new Error('the power went');

/** Plays to the end, or until the store has been asked so many things; `roster` joins at the beginning. */
async function playOn(
  life: Life,
  limits: Partial<RunLimits>,
  { crashAfter = Infinity, roster = RULE_ROSTER }: { crashAfter?: number; roster?: readonly unknown[] } = {},
  committed: (arena: Arena, withState: boolean) => void = () => undefined,
): Promise<void> {
  const store = openMemoryArenaStore(life.disk);
  let left = crashAfter;
  const step = (): void => {
    if (--left < 0) throw CRASH;
  };
  const crashing: ArenaStore = {
    ...store,
    appendRound(round) {
      step();
      store.appendRound(round);
    },
    commit(seq, hash, state) {
      step();
      store.commit(seq, hash, state);
      committed(arena, state !== undefined);
      step();
    },
  };
  const arena = resumeArena(store, market, settings, FIELD_KINDS, sha256);
  const opening = registerNew(
    arena,
    parseRoster(roster, 'field', rosterMarketOf(market), FIELD_KINDS),
    crashing,
  );
  const world = {
    store: crashing,
    inbox: openInbox(life.inbox),
    kinds: FIELD_KINDS,
    pruning: { everyHours: 96 },
    nowMs: () => 0,
    sleep: () => Promise.resolve(),
    stopRequested: () => false,
    project: () => undefined,
    progress: () => undefined,
    requestHandled: () => undefined,
  };
  await runArena(
    arena,
    world,
    { groupRounds: 60, groupMs: Infinity, projectionMs: Infinity, ...limits },
    opening,
  ).catch((error: unknown) => {
    if (error !== CRASH) throw error;
  });
}

const stateOf = (arena: Arena): string => sha256(encodeArena(arena, nextBarMs(arena)));

/** What remains of a life; which commits had a state is no part of it. */
function remains({ disk }: Life): unknown {
  const store = openMemoryArenaStore(disk);
  const saved = store.savedState();
  return {
    end: store.lastCommit(),
    state: saved === undefined ? '' : [saved.seq, sha256(saved.body)],
    rounds: [...store.rounds()].map((round) => round.hash),
    contestants: store.contestants(),
    requests: store.requests(),
    looks: store.looks(),
  };
}

describe('an arena whose state is older than its last round', () => {
  it('resumes at any round, from whatever older state, as if nothing had been interrupted', async () => {
    const states = new Map<number, string>();
    const whole = beginLife();
    await playOn(whole, { groupRounds: 1, stateRounds: 1 }, {}, (arena) =>
      states.set(arena.seq, stateOf(arena)),
    );
    const expected = remains(whole);
    let older = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            crashAfter: fc.integer({ min: 1, max: 160 }),
            groupRounds: fc.integer({ min: 1, max: 40 }),
            stateRounds: fc.integer({ min: 1, max: 120 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        async (crashes) => {
          const life = beginLife();
          for (const { crashAfter, ...limits } of crashes) {
            await playOn(life, limits, { crashAfter });
            const store = openMemoryArenaStore(life.disk);
            const commit = store.lastCommit();
            if (commit === undefined) continue;
            if ((store.savedState()?.seq ?? NaN) < commit.seq) older++;
            expect(stateOf(resume(life)), `after round ${String(commit.seq)}`).toBe(states.get(commit.seq));
          }
          await playOn(life, { groupRounds: 7, stateRounds: 50 });
          expect(remains(life)).toEqual(expected);
        },
      ),
      { numRuns: 12 },
    );
    expect(older, 'some were older').toBeGreaterThan(0);
  });

  it('has a state with its first commit, with every request and joining, and at the end', async () => {
    const life = beginLife();
    const saved: number[] = [];
    const all: number[] = [];
    await playOn(life, { groupRounds: 1, stateRounds: 1000 }, {}, (arena, withState) => {
      all.push(arena.seq);
      if (withState) saved.push(arena.seq);
    });
    const store = openMemoryArenaStore(life.disk);
    const seqs = store.requests().map(({ seq }) => seq);
    expect(seqs).toHaveLength(REQUESTS.length);
    const pruned = [...store.rounds()].filter(({ events }) =>
      events.some((line) => line.includes('"event":"retired"')),
    );
    expect(pruned.length).toBeGreaterThan(1);
    const wanted = new Set([1, ...seqs, ...pruned.map(({ seq }) => seq), all.at(-1)]);
    expect(saved).toEqual([...wanted].sort((a = 0, b = 0) => a - b));
  });

  it("has a state with every commit while a kind of the user's own plays: its code may be gone at the next start", async () => {
    const life = beginLife();
    await playOn(
      life,
      { groupRounds: 20 },
      { roster: [{ kind: 'clumsy' }, { kind: 'flat' }] },
      (_, withState) => {
        expect(withState).toBe(true);
      },
    );
  });
});

describe('damage between the state and the last round', () => {
  /** The state of the first rounds, and some hundred after it. */
  async function lagging(): Promise<Life> {
    const life = beginLife();
    await playOn(life, { groupRounds: 10, stateRounds: 1000 }, { crashAfter: 50 });
    const store = openMemoryArenaStore(life.disk);
    expect([store.savedState()?.seq, store.lastCommit()?.seq]).toEqual([10, 40]);
    return life;
  }
  const change = (life: Life, seq: number, how: (round: StoredRound) => StoredRound | undefined): Life => {
    const { rounds } = life.disk.committed;
    life.disk.committed = {
      ...life.disk.committed,
      rounds: rounds.flatMap((round) => (round.seq === seq ? (how(round) ?? []) : [round])),
    };
    return life;
  };
  const problemOf = (run: () => unknown): Problem | undefined => {
    try {
      run();
      return undefined;
    } catch (error) {
      return error instanceof Problem ? error : undefined;
    }
  };

  it.each(['its marks', 'its hash'])('is named where %s was changed', async (what) => {
    const life = change(await lagging(), 33, (round) =>
      what === 'its hash' ? { ...round, hash: 'f' } : { ...round, marks: round.marks.map((x) => x + 1) },
    );
    const problem = problemOf(() => resume(life));
    expect(problem).toMatchObject({ kind: 'damaged' });
    expect(problem?.message).toMatch(/^round 33 \(.*\) was changed: its hash differs$/);
  });

  it('is named where a round is missing', async () => {
    const gap = await lagging();
    expect(problemOf(() => resume(change(gap, 40, () => undefined)))).toMatchObject({
      kind: 'damaged',
      message: 'round 40 is missing',
    });
    const hole = await lagging();
    expect(problemOf(() => resume(change(hole, 33, () => undefined)))?.kind).toMatch(/damaged|foreign/);
  });

  it('is named where the state is another one, or that of another round', async () => {
    const life = await lagging();
    const { state } = life.disk.committed;
    if (state === undefined) throw new Error('there is one');
    const other = { disk: { committed: { ...life.disk.committed, state: { ...state, seq: 9 } } }, inbox: '' };
    expect(problemOf(() => resume(other))).toMatchObject({
      kind: 'damaged',
      message: 'the state in the journal is not that of round 9',
    });
    const gone = { disk: { committed: { ...life.disk.committed, state: undefined } }, inbox: '' };
    expect(problemOf(() => resume(gone))).toMatchObject({ kind: 'damaged' });
  });

  it('is named where an account in the state is not what the rounds made it', async () => {
    const life = await lagging();
    const early = beginLife();
    await playOn(early, { groupRounds: 10, stateRounds: 1000 }, { crashAfter: 12 });
    const arena = resume(early);
    expect(arena.seq).toBe(10);
    const account = arena.seats[1]?.session.account;
    if (account === undefined) throw new Error('there is one');
    account.cashUsd += 0.01;
    const { state } = early.disk.committed;
    if (state === undefined) throw new Error('there is one');
    const body = encodeArena(arena, nextBarMs(arena));
    life.disk.committed = { ...life.disk.committed, state: { ...state, body } };
    expect(problemOf(() => resume(life))?.message).toMatch(
      /^round 11 \(.*\), played again from the state before it, comes out differently$/,
    );
  });

  it('is told from other candles', async () => {
    const life = await lagging();
    const candles = market.candles.map((one, s) => ({
      ...one,
      close: one.close.map((price, t) => (s === 0 && t === 35 ? price * 1.01 : price)),
    }));
    expect(problemOf(() => resume(life, { ...market, candles }))).toMatchObject({ kind: 'foreign' });
  });
});
