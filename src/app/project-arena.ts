import type { Arena } from '../core/arena/arena.js';
import type { Board } from '../core/arena/board.js';
import { type LedgerEntry, ledgerCount, readLedgerEntry } from '../core/domain/ledger.js';
import type { ArenaStore } from '../ports/arena-store.js';
import type { Projections } from '../ports/projections.js';
import { type ArenaHistory, arenaStateJson, historyLimits } from '../reporting/arena-state-json.js';
import { type CandidateView, candidateJson } from '../reporting/candidate-json.js';
import { leaderboardJson } from '../reporting/leaderboard-json.js';
import { type MarketLabel, leaderboardText } from '../reporting/leaderboard-text.js';
import { boardOfArena } from './board-of-arena.js';
import { dailyMarks } from './daily-marks.js';
import { roundAt } from './round-at.js';

/** How far back fills are looked for: older ones are in the journal. */
const FILL_ROUNDS = 500;

/**
 * Writes everything that people and other processes read. All of it can be made again from the journal. Returns the board;
 * undefined before the first round.
 */
export function projectArena(
  arena: Arena,
  store: ArenaStore,
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
  projections.write('arena_state.json', arenaStateJson(arena, historyOf(arena, store), market));
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

function historyOf(arena: Arena, store: ArenaStore): ArenaHistory {
  const limits = historyLimits(arena.seats.length);
  const stride = Math.max(1, Math.ceil(arena.seq / limits.points));
  const points: { barMs: number; marks: Float64Array }[] = [];
  // Counted from the newest round, so that the last point is always the present.
  for (let seq = arena.seq; seq >= 1; seq -= stride) {
    const round = roundAt(store, seq);
    if (round !== undefined) points.unshift({ barMs: round.barMs, marks: round.marks });
  }
  const fills = new Map<number, LedgerEntry[]>();
  for (const round of store.rounds(Math.max(1, arena.seq - FILL_ROUNDS + 1)))
    for (let i = 0; i < ledgerCount(round.fills); i++) {
      const entry = readLedgerEntry(round.fills, i);
      if (entry.effect !== 'entry' && entry.effect !== 'exit') continue;
      const list = fills.get(entry.contestant) ?? [];
      list.push(entry);
      if (list.length > limits.fills) list.shift();
      fills.set(entry.contestant, list);
    }
  return { points, fills };
}
