import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arenaOn } from '../../test/support/made-arena.js';
import { openMemoryArenaStore } from '../adapters/storage/memory-arena-store.js';
import { playRound } from '../core/arena/play-round.js';
import { generateMarket } from '../core/market/generate-market.js';
import type { ArenaStore } from '../ports/arena-store.js';
import { type ArenaHistory, historyLimits } from '../reporting/arena-state-json.js';
import { FILL_ROUNDS, openArenaHistory } from './arena-history.js';

const ROUNDS = 900;
/** Trades in nearly every bar, now and then, and hardly ever. */
const ROSTER = [
  { kind: 'sma-cross', params: { fast: 1, slow: 2 } },
  { kind: 'sma-cross', params: { fast: 20, slow: 60 } },
  { kind: 'buy-and-hold' },
];

/** The same arena and journal at every round, one after the other. */
function* roundByRound(store: ArenaStore): Generator<ReturnType<typeof arenaOn>> {
  const market = generateMarket({
    seed: 3,
    symbols: ['AAA/USD', 'BBB/USD'],
    timeframe: '1h',
    startMs: 0,
    length: ROUNDS,
  });
  const arena = arenaOn(market, ROSTER);
  while (arena.nextIndex < ROUNDS) {
    const round = playRound(arena, []);
    if (round === undefined) continue;
    store.appendRound(round);
    yield arena;
  }
}

it('is the same whenever it was looked at before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 97 }), (every, first) => {
      const store = openMemoryArenaStore();
      const kept = openArenaHistory(store);
      let looks = 0;
      for (const arena of roundByRound(store)) {
        if (arena.seq % every !== first % every) continue;
        const history = kept(arena);
        if (looks++ % 5 === 0) expect(history).toEqual(openArenaHistory(store)(arena));
      }
    }),
    { numRuns: 8 },
  );
});

it('reads no round twice', () => {
  const store = openMemoryArenaStore();
  let reads = 0;
  const counting: ArenaStore = {
    ...store,
    marks: (seq) => (reads++, store.marks(seq)),
    *rounds(fromSeq) {
      for (const round of store.rounds(fromSeq)) {
        reads++;
        yield round;
      }
    },
  };
  const historyOf = openArenaHistory(counting);
  for (const arena of roundByRound(store)) {
    reads = 0;
    historyOf(arena);
    expect(reads, `round ${String(arena.seq)}`).toBeLessThanOrEqual(2);
  }
});

it('has points over the whole run up to now, and the newest fills', () => {
  const store = openMemoryArenaStore();
  let history: ArenaHistory | undefined;
  let lastBarMs = NaN;
  for (const arena of roundByRound(store)) {
    ({ lastBarMs } = arena);
    if (arena.seq === ROUNDS) history = openArenaHistory(store)(arena);
  }
  const limits = historyLimits(ROSTER.length + 10);
  const times = history?.points.map(({ barMs }) => barMs) ?? [];
  expect(times.at(-1)).toBe(lastBarMs);
  expect(times.length).toBeLessThanOrEqual(limits.points);
  expect(times.length).toBeGreaterThan(limits.points / 2);
  const gaps = new Set(times.slice(1, -1).map((time, i) => time - (times[i] ?? NaN)));
  expect(gaps.size).toBe(1);
  const [busy, slow] = [...(history?.fills.entries() ?? [])].sort(([a], [b]) => a - b).map(([, f]) => f);
  expect(busy).toHaveLength(limits.fills);
  expect(slow?.length).toBeGreaterThan(1);
  const oldestMs = lastBarMs - (FILL_ROUNDS - 1) * 3_600_000;
  for (const { timeMs } of [...(busy ?? []), ...(slow ?? [])])
    expect(timeMs).toBeGreaterThanOrEqual(oldestMs);
});
