/** What the board would be with candles as they are known today: the same contestants, requests and answers on other bars. */
import type { Arena } from '../core/arena/arena.js';
import type { Board } from '../core/arena/board.js';
import type { Hash } from '../core/arena/contestant.js';
import { playRound } from '../core/arena/play-round.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { DAY_MS, timeframeMs } from '../core/domain/time.js';
import type { Kinds } from '../core/strategies/catalog.js';
import { CLONE_DAYS } from '../core/arena/clone-groups.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';
import type { ArenaSettings } from './arena-settings.js';
import { boardOfArena } from './board-of-arena.js';
import { type FindReply, answersAsGiven } from './journaled-answers.js';
import { beginArena } from './open-arena-state.js';
import { applyEvents, eventsFromOutside } from './replay-events.js';
import { readStoredContestant } from './stored-contestants.js';

export interface RescoreWorld {
  readonly store: ArenaStore;
  readonly settings: ArenaSettings;
  readonly kinds: Kinds;
  readonly hash: Hash;
  readonly findReply: FindReply;
}

/** The board after playing the journal's rounds on `market`, up to the journal's newest bar; undefined before the first round. */
export function rescoreArena(
  { store, settings, kinds, hash, findReply }: RescoreWorld,
  market: MarketTable,
): Board | undefined {
  const commit = store.lastCommit();
  if (commit === undefined) return undefined;
  const arena = beginArena(market, settings, hash);
  const rows = store.contestants().map((row) => readStoredContestant(row, kinds));
  const marks = dailyMarksOf(arena);
  let waiting: string[] = [];
  for (const stored of store.rounds(1)) {
    if (stored.seq > commit.seq) break;
    // Bars that came late may fill slots that had none: those rounds are played as well, and without requests.
    while ((market.openTimesMs[arena.nextIndex] ?? Infinity) < stored.barMs)
      play(arena, undefined, [], marks);
    waiting = [...waiting, ...eventsFromOutside(stored.events)];
    if (market.openTimesMs[arena.nextIndex] !== stored.barMs) continue;
    applyEvents(arena, waiting, rows);
    play(arena, stored, waiting, marks);
    waiting = [];
  }
  return boardOfArena(arena, marks.newest);

  function play(
    arena: Arena,
    stored: StoredRound | undefined,
    opening: readonly string[],
    marks: DailyMarks,
  ): void {
    const round = playRound(arena, opening, answersAsGiven(stored?.events ?? [], findReply));
    if (round !== undefined) marks.add(round.marks);
  }
}

interface DailyMarks {
  readonly newest: readonly Float64Array[];
  add(marks: Float64Array): void;
}

/** Marks a day apart, counted back from the newest round, as the board wants them. */
function dailyMarksOf({ market }: Arena): DailyMarks {
  const stride = Math.max(1, Math.round(DAY_MS / timeframeMs(market.timeframe)));
  const kept: Float64Array[] = [];
  return {
    get newest() {
      const picked: Float64Array[] = [];
      for (let at = kept.length - 1; at >= 0 && picked.length <= CLONE_DAYS; at -= stride) {
        const marks = kept[at];
        if (marks !== undefined) picked.unshift(marks);
      }
      return picked;
    },
    add(marks) {
      kept.push(marks);
      if (kept.length > stride * (CLONE_DAYS + 1)) kept.shift();
    },
  };
}
