import type { Arena } from '../core/arena/arena.js';
import type { Board } from '../core/arena/board.js';
import type { ArenaStore } from '../ports/arena-store.js';
import type { Projections } from '../ports/projections.js';
import { type ArenaHistory, arenaStateJson } from '../reporting/arena-state-json.js';
import { type CandidateView, candidateJson } from '../reporting/candidate-json.js';
import { leaderboardJson } from '../reporting/leaderboard-json.js';
import { type MarketLabel, leaderboardText } from '../reporting/leaderboard-text.js';
import { boardOfArena } from './board-of-arena.js';
import { dailyMarks } from './daily-marks.js';

/**
 * Writes everything that people and other processes read. All of it can be made again from the journal. Returns the board;
 * undefined before the first round.
 */
export function projectArena(
  arena: Arena,
  store: ArenaStore,
  historyOf: (arena: Arena) => ArenaHistory,
  projections: Projections,
  market: MarketLabel,
  plan: CandidateView['plan'],
): Board | undefined {
  if (arena.seq === 0) return undefined;
  const board = boardOfArena(arena, dailyMarks(store, arena.seq, arena.market.timeframe));
  // Before the board: whoever finds the board at a bar finds the candidate of that bar.
  const candidate = candidateJson(
    { ...candidateView(arena), standings: board.standings, clones: clonesOn(board), plan },
    market,
  );
  if (candidate === undefined) projections.remove('promotion_candidate.json');
  else projections.write('promotion_candidate.json', candidate);
  projections.write('leaderboard.txt', leaderboardText(board, market));
  projections.write('leaderboard.json', leaderboardJson(board, market));
  projections.write('arena_state.json', arenaStateJson(arena, historyOf(arena), market));
  return board;
}

/** Of those ranked, how many move like a better one. */
export function clonesOn({ contestants, independent }: Board): number {
  return contestants - (independent ?? contestants);
}

function candidateView(arena: Arena): Omit<CandidateView, 'standings' | 'plan' | 'clones'> {
  const { champion } = arena.reign;
  return {
    freezes: arena.freezes,
    contestants: new Map(arena.seats.map(({ contestant }) => [contestant.position, contestant])),
    championName: champion === null ? undefined : arena.seats[champion]?.contestant.name,
    timeframe: arena.market.timeframe,
    cashUsd: arena.rules.cashUsd,
  };
}
