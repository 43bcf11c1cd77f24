import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answered, asking, failedAnswer } from '../../test/support/asking-kind.js';
import { RULES, rosterMarketOf, sha256 } from '../../test/support/made-arena.js';
import { bar, marketOf } from '../../test/support/made-market.js';
import { openMemoryArenaStore } from '../adapters/storage/memory-arena-store.js';
import { type Arena, crownContestant, openArena, register, retire, seatFor } from '../core/arena/arena.js';
import { encodeArena, readArenaBody, readArenaHead } from '../core/arena/arena-codec.js';
import type { Contestant } from '../core/arena/contestant.js';
import { totalsOf } from '../core/session/totals-of.js';
import { foldRound, startFold } from '../core/arena/fold-journal.js';
import { type RosterEntry, parseRoster } from '../core/arena/parse-roster.js';
import { playRound } from '../core/arena/play-round.js';
import { createByteReader } from '../core/domain/byte-reader.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import { MODEL_FAULTS, type ModelAnswer } from '../core/domain/model-call.js';
import { HOUR_MS } from '../core/domain/time.js';
import type { Answers } from '../core/session/model-decision.js';
import { createKinds, erase } from '../core/strategies/catalog.js';
import { boardOfArena } from './board-of-arena.js';
import { joinedEvent } from './open-arena-state.js';
import { replaceChangedModels } from './replace-changed-models.js';

const BARS = 30;
const MARKET = marketOf([Array.from({ length: BARS }, (_, i) => bar(100 + (i % 5), 100 + ((i + 1) % 5)))]);
const KINDS = createKinds([erase(asking)]);

function entriesOf(roster: unknown): RosterEntry[] {
  return parseRoster(roster, 'test', rosterMarketOf(MARKET), KINDS);
}

function arenaOf(roster: unknown): { arena: Arena; opening: string[] } {
  const arena = openArena(MARKET, 0, RULES, sha256);
  return { arena, opening: register(arena, entriesOf(roster)).map(joinedEvent) };
}

const says =
  (servedBy: (slot: string) => string): Answers =>
  ({ question }) =>
    answered('wait', { servedBy: servedBy(question.slot) });

const eventsOf = (lines: readonly string[]): string[] =>
  lines.map((line) => (JSON.parse(line) as { event: string }).event);

/** The arena as a process that starts again finds it. */
function reopened(arena: Arena): Arena {
  const again = openArena(MARKET, 0, RULES, sha256);
  const input = createByteReader(encodeArena(arena, MARKET.openTimesMs[arena.nextIndex] ?? NaN), 'test');
  const head = readArenaHead(input);
  for (const { contestant, session } of arena.seats)
    again.seats.push(seatFor(again, contestant, session.plan));
  readArenaBody(again, head, input);
  again.nextIndex = arena.nextIndex;
  return again;
}

describe('a model that changed behind its name', () => {
  it('ends one record once, with two questions in the round and across a restart, and one successor follows', () => {
    const { arena: first, opening } = arenaOf([
      { kind: 'asking', title: 'one (fast)', params: { probe: true } },
    ]);
    const store = openMemoryArenaStore();
    playRound(
      first,
      opening,
      says(() => 'm-1'),
    );
    const changed = playRound(
      first,
      [],
      says((slot) => (slot === 'probe' ? 'm-3' : 'm-2')),
    );
    expect(eventsOf(changed?.events ?? [])).toEqual(['model-call', 'model-changed', 'model-call']);
    expect(changed?.events[1]).toContain('"to":"m-2"');

    const arena = reopened(first);
    const events = replaceChangedModels(arena, store);
    expect(eventsOf(events)).toEqual(['retired', 'joined']);
    expect(events[0], 'the first other model ends it').toContain('the model changed from m-1 to m-2');
    expect(replaceChangedModels(arena, store), 'once').toEqual([]);
    const [before, after] = arena.seats.map(({ contestant }) => contestant);
    expect(after?.name).toBe('one (fast) (m-2)');
    expect(after?.manifest.params).toMatchObject({ servedBy: 'm-2', probe: true });
    expect(store.contestants().map(({ name }) => name)).toEqual(['one (fast)', 'one (fast) (m-2)']);

    const next = playRound(
      arena,
      events,
      says(() => 'm-2'),
    );
    const calls = (next?.events ?? []).filter((line) => line.includes('"event":"model-call"'));
    expect(
      calls.map((line) => (JSON.parse(line) as { c: number }).c),
      'the retired one asks no more',
    ).toEqual([1, 1]);
    const session = arena.seats[1]?.session;
    expect([session?.dueDecisions, session?.madeDecisions, session?.models?.servedBy]).toEqual([1, 1, 'm-2']);
    expect(before?.retired?.barMs).toBe(after?.joinedBarMs);

    // And again: the name keeps what a person wrote, and the bound model once.
    playRound(
      arena,
      [],
      says(() => 'm-4'),
    );
    replaceChangedModels(arena, store);
    expect(arena.seats.map(({ contestant }) => contestant.name)).toEqual([
      'one (fast)',
      'one (fast) (m-2)',
      'one (fast) (m-4)',
    ]);
  });

  it('is possible for every kind that asks a model', () => {
    const asks = KINDS.names.filter((name) => KINDS.find(name)?.questions !== undefined);
    expect(asks).toEqual(expect.arrayContaining(['llm-trader', 'llm-direct', 'regime-hybrid']));
    for (const kind of asks) {
      const { arena } = arenaOf([{ kind, params: { provider: 'p', model: 'm' } }]);
      const models = arena.seats[0]?.session.models;
      if (models === undefined) throw new Error(`${kind} has no record of its questions`);
      models.servedBy = 'm-1';
      models.changedTo = 'm-2';
      expect(eventsOf(replaceChangedModels(arena, openMemoryArenaStore())), kind).toEqual([
        'retired',
        'joined',
      ]);
      expect(arena.seats[1]?.contestant.manifest.params).toMatchObject({ servedBy: 'm-2' });
    }
  });
});

const anyAnswer: fc.Arbitrary<ModelAnswer> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom('buy', 'sell', 'wait').map((text) => answered(text, { costUsd: 0.125 })),
  },
  { weight: 1, arbitrary: fc.constant(answered('wait', { servedBy: 'm-2', fingerprint: 'f-2' })) },
  { weight: 2, arbitrary: fc.constantFrom(...MODEL_FAULTS).map((fault) => failedAnswer(fault, 0.0625)) },
);

describe('a champion whose model changed', () => {
  it('retires like others: its series stands still, the journal agrees, and the arena goes on', () => {
    const { arena, opening } = arenaOf([
      { kind: 'asking', title: 'champion' },
      { kind: 'asking', title: 'shadow', params: { trial: 2 } },
      { kind: 'sma-cross', params: { fast: 2, slow: 3 } },
    ]);
    const store = openMemoryArenaStore();
    const fold = startFold();
    for (let t = 0; t < BARS; t++) {
      const events = t === 0 ? opening : replaceChangedModels(arena, store);
      if (t === 3) events.push(crownContestant(arena, 1, 1));
      if (t === 6) events.push(crownContestant(arena, 0, 2));
      const round = playRound(arena, events, ({ contestant }) =>
        answered(t % 4 === 0 ? 'buy' : 'sell', { servedBy: contestant === 0 && t >= 10 ? 'm-2' : 'm-1' }),
      );
      if (round === undefined) throw new Error('no round');
      const contestants = arena.seats.map(({ contestant }) => contestant);
      foldRound(fold, round, contestants, { ...RULES, market: MARKET, hash: sha256 });
      if (t % 5 === 0) expect(reopened(arena).reign).toEqual(arena.reign);
    }
    expect(arena.seats[0]?.contestant.retired?.reason).toBe('the model changed from m-1 to m-2');
    expect(arena.reign.champion).toBe(0);
    expect(fold.reign).toEqual(arena.reign);
    const board = boardOfArena(arena);
    expect(board.champion?.name).toBe('champion');
    expect(board.champion?.returnPct).toSatisfy(Number.isFinite);
    const successor = board.standings.find(({ name }) => name === 'champion (m-2)');
    expect(successor?.role, 'it has to prove itself').toBe('contestant');
  });
});

describe('the journal of an arena that asks models', () => {
  it('gives the same coverage, costs and records as its sessions, with longer bars, who came late and who left', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyAnswer, { minLength: 4, maxLength: 4 }), { minLength: BARS, maxLength: BARS }),
        fc.integer({ min: 1, max: BARS - 1 }),
        fc.integer({ min: 1, max: BARS - 1 }),
        (script, lateBar, leaveBar) => {
          const { arena, opening } = arenaOf([
            { kind: 'asking', params: { probe: true } },
            { kind: 'asking', timeframe: '4h' },
            { kind: 'sma-cross', params: { fast: 2, slow: 3 } },
          ]);
          const store = openMemoryArenaStore();
          const fold = startFold();
          const contestants = (): Contestant[] => arena.seats.map(({ contestant }) => contestant);
          let charged = 0;
          for (let t = 0; t < BARS; t++) {
            const events = t === 0 ? opening : replaceChangedModels(arena, store);
            if (t === lateBar)
              events.push(
                ...register(arena, entriesOf([{ kind: 'asking', params: { trial: 7 } }])).map(joinedEvent),
              );
            if (t === leaveBar && retire(arena, 0, 'by hand'))
              events.push(canonicalJson({ event: 'retired', c: 0, ...arena.seats[0]?.contestant.retired }));
            const round = playRound(arena, events, ({ contestant }) => {
              const answer = script[t]?.[contestant % 4] ?? failedAnswer('stopped');
              charged += answer.costUsd;
              return answer;
            });
            if (round === undefined) throw new Error('no round');
            foldRound(fold, round, contestants(), { ...RULES, market: MARKET, hash: sha256 });
          }
          expect(fold.seats).toHaveLength(arena.seats.length);
          arena.seats.forEach(({ contestant, session }, i) => {
            const folded = fold.seats[i];
            expect(folded?.contestant.retired).toEqual(contestant.retired);
            expect([folded?.dueDecisions, folded?.madeDecisions, folded?.fault]).toEqual([
              session.dueDecisions,
              session.madeDecisions,
              session.fault,
            ]);
            expect(folded?.totals).toEqual(totalsOf(session));
            expect(folded?.cashUsd).toBe(session.account.cashUsd);
            if (session.models !== undefined && session.models.questions > 0)
              expect(folded?.models).toEqual(session.models);
            else expect(folded?.models).toBeUndefined();
            const bars = session.dueDecisions;
            const longest = contestant.manifest.timeframe === '4h' ? Math.ceil(BARS / 4) : BARS;
            expect(bars).toBeLessThanOrEqual(longest);
          });
          const paid = arena.seats.reduce((sum, { session }) => sum + session.account.modelCostUsd, 0);
          expect(paid).toBeCloseTo(charged, 9);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has a model of 4h bars asked at the close of its own bars and nowhere else', () => {
    const { arena, opening } = arenaOf([{ kind: 'asking', timeframe: '4h' }]);
    const asked: number[] = [];
    for (let t = 0; t < BARS; t++)
      playRound(arena, t === 0 ? opening : [], ({ atMs }) => {
        asked.push(atMs);
        return answered('wait');
      });
    expect(asked.length).toBe(Math.floor(BARS / 4));
    expect(asked.every((ms) => ms % (4 * HOUR_MS) === 0)).toBe(true);
  });
});
