import type { Arena } from '../core/arena/arena.js';
import { type Board, makeBoard } from '../core/arena/board.js';
import { gateRules } from '../core/promotion/gate-rules.js';

/** The board of a running arena; `dailyMarks` come from its journal and tell clones apart. */
export function boardOfArena(arena: Arena, dailyMarks?: readonly Float64Array[]): Board {
  return makeBoard({
    seats: arena.seats.map((seat) => ({
      contestant: seat.contestant,
      cards: seat.figures.cards,
      baselines: seat.baselines,
      windows: seat.windows,
      totals: { ...seat.figures.totals },
      dueDecisions: seat.figures.dueDecisions,
      madeDecisions: seat.figures.madeDecisions,
      fault: seat.figures.fault,
      track: seat.track,
      models: seat.session.models,
    })),
    cohorts: arena.cohorts.cohorts,
    windows: arena.windows,
    reign: arena.reign,
    gateRules: gateRules(arena.rules.cohort.looks, arena.rules.cohort.alpha),
    gates: arena.gates,
    watch: arena.watch,
    absent: arena.absent,
    market: arena.market,
    costs: arena.rules.costs,
    cashUsd: arena.rules.cashUsd,
    minimumHours: arena.rules.minimumHours,
    firstBarMs: arena.firstBarMs,
    lastBarMs: arena.lastBarMs,
    observedRounds: arena.seq,
    dueRounds: arena.dueRounds,
    ...(dailyMarks === undefined ? {} : { dailyMarks }),
  });
}
