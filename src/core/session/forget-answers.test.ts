import { describe, expect, it } from 'vitest';
import { arenaOn, playTo } from '../../../test/support/made-arena.js';
import { answered } from '../../../test/support/play-model-session.js';
import { forgetContestantAnswers, retire } from '../arena/arena.js';
import { generateMarket } from '../market/generate-market.js';
import { describeRegimes } from '../strategies/regime-hybrid/describe-regimes.js';
import { type RegimeCache, regimeKey, takeAnswer } from '../strategies/regime-hybrid/regime-cache.js';
import type { RegimeMemory } from '../strategies/regime-hybrid/regime-memory.js';
import type { Session } from './session.js';
import { HOUR_MS } from '../domain/time.js';

const SYMBOLS = ['BTC-USD', 'ETH-USD'];
const MODEL = { provider: 'openai', model: 'small', temperature: 0.1, maxTokens: 400 };
const TEXT =
  '{"regime":"RANGING","trend":"NEUTRAL","volatility":"LOW","risk_mode":"NORMAL","confidence":0.6,"reasoning":"flat"}';

/** An arena of a hybrid whose model has just answered for both symbols, and of a rule. */
function answeredArena(): { arena: ReturnType<typeof arenaOn>; session: Session; nowMs: number } {
  const market = generateMarket({
    seed: 1,
    symbols: SYMBOLS,
    timeframe: '1h',
    startMs: Date.UTC(2025, 0, 6),
    length: 80,
  });
  const arena = arenaOn(market, [
    { kind: 'regime-hybrid', params: { provider: 'openai', model: 'small' } },
    { kind: 'sma-cross' },
  ]);
  playTo(arena, 60);
  const session = arena.seats[0]?.session;
  if (session === undefined) throw new Error('no seat');
  const nowMs = Date.UTC(2025, 0, 6) + 60 * HOUR_MS;
  const before = session.memory as RegimeMemory;
  session.memory = {
    ...before,
    symbols: before.symbols.map((known, i) => ({
      ...known,
      cache: takeAnswer(known.cache, regimeKey(SYMBOLS[i] ?? '', MODEL), answered(TEXT), nowMs),
    })),
  };
  return { arena, session, nowMs };
}

const cachesOf = (session: Session): RegimeCache[] =>
  (session.memory as RegimeMemory).symbols.map(({ cache }) => cache);

describe('answers of a model that are made void', () => {
  it('are gone, of one symbol or of all, and nothing else of the memory is', () => {
    const { arena, session } = answeredArena();
    const before = session.memory as RegimeMemory;
    expect(cachesOf(session).map(({ kept }) => kept === null)).toEqual([false, false]);
    expect(forgetContestantAnswers(arena, 0, 'ETH-USD')).toBeUndefined();
    expect(cachesOf(session).map(({ kept }) => kept === null)).toEqual([false, true]);
    expect(forgetContestantAnswers(arena, 0, undefined)).toBeUndefined();
    expect(cachesOf(session).map(({ kept }) => kept === null)).toEqual([true, true]);
    const withoutCaches = (memory: unknown): unknown => ({
      ...(memory as RegimeMemory),
      symbols: (memory as RegimeMemory).symbols.map(({ cache: _cache, ...rest }) => rest),
    });
    expect(withoutCaches(session.memory)).toEqual(withoutCaches(before));
  });

  it('are refused in words where there is nothing to forget', () => {
    const { arena } = answeredArena();
    expect(forgetContestantAnswers(arena, 1, undefined)).toBe(
      'sma-cross keeps no answers of language models',
    );
    expect(forgetContestantAnswers(arena, 0, 'SOL-USD')).toBe(
      'it does not trade SOL-USD; it trades BTC-USD, ETH-USD',
    );
    retire(arena, 0, 'test');
    expect(forgetContestantAnswers(arena, 0, undefined)).toBe('it has retired');
  });
});

describe('the regimes in a memory', () => {
  it('are shown with age, source and the time of the next question', () => {
    const { session, nowMs } = answeredArena();
    const seen = (atMs: number): ReturnType<typeof describeRegimes> =>
      describeRegimes('regime-hybrid', session.plan.params, session.memory, SYMBOLS, atMs, HOUR_MS);
    // The last decision was made before the answers came: by the heuristic.
    expect(seen(nowMs)?.rows[0]).toMatchObject({
      symbol: 'BTC-USD',
      source: 'heuristic',
      ageMs: 0,
      nextDueMs: nowMs + 2 * HOUR_MS,
      failure: undefined,
    });
    expect(seen(nowMs + 3 * HOUR_MS)?.rows[1]?.nextDueMs, 'overdue: at the next bar').toBe(
      nowMs + 4 * HOUR_MS,
    );
    const every4h = describeRegimes(
      'regime-hybrid',
      session.plan.params,
      session.memory,
      SYMBOLS,
      nowMs,
      4 * HOUR_MS,
    );
    expect(every4h?.rows[0]?.nextDueMs, 'only where an own bar closes').toBe(nowMs + 4 * HOUR_MS);
    expect(seen(nowMs)).toMatchObject({ decisions: 11, onHeuristic: 11 });
  });

  it('of regime-rules have no next question, and other kinds have none', () => {
    const { session, nowMs } = answeredArena();
    const rows = describeRegimes('regime-rules', {}, session.memory, SYMBOLS, nowMs, HOUR_MS)?.rows ?? [];
    expect(rows.map(({ nextDueMs }) => nextDueMs)).toEqual([undefined, undefined]);
    expect(describeRegimes('sma-cross', {}, {}, SYMBOLS, nowMs, HOUR_MS)).toBeUndefined();
  });
});
