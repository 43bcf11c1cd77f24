import type { Arena } from '../core/arena/arena.js';
import type { Contestant } from '../core/arena/contestant.js';
import { type TimeMs, timeframeMs } from '../core/domain/time.js';
import { type RegimesSeen, describeRegimes } from '../core/strategies/regime-hybrid/describe-regimes.js';

export interface ContestantRegimes extends RegimesSeen {
  readonly contestant: Contestant;
  /** Close of the last bar that was played. */
  readonly nowMs: TimeMs;
}

/** The regimes of all contestants that trade by them, as the last commit left their memories. */
export function readRegimes(arena: Arena): ContestantRegimes[] {
  const nowMs = arena.lastBarMs + timeframeMs(arena.market.timeframe);
  return arena.seats.flatMap(({ contestant, session }) => {
    const { kind, params, symbols, timeframe } = session.plan;
    const seen =
      contestant.retired === undefined
        ? describeRegimes(kind.manifest.kind, params, session.memory, symbols, nowMs, timeframeMs(timeframe))
        : undefined;
    return seen === undefined ? [] : [{ ...seen, contestant, nowMs }];
  });
}
