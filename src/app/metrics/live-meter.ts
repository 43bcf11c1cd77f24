import type { Arena } from '../../core/arena/arena.js';
import type { Board } from '../../core/arena/board.js';
import type { MetricFamily } from '../../reporting/metrics-text.js';
import type { LiveFeed } from '../live/live-feed.js';
import { arenaMetrics } from './arena-metrics.js';
import { type AskedVenue, liveMetrics } from './live-metrics.js';
import { createRoundTimes } from './round-times.js';

/** Watches an arena on a live market. */
export interface LiveMeter {
  sees(arena: Arena): void;
  /** Bars were settled at `nowMs` of a clock that only goes forward. */
  grown(nowMs: number): void;
  committed(nowMs: number): void;
  shown(arena: Arena, board: Board | undefined): void;
  families(): MetricFamily[];
}

export function createLiveMeter(feed: Pick<LiveFeed, 'state'>, venues: readonly AskedVenue[]): LiveMeter {
  const times = createRoundTimes();
  let seen: { arena: Arena; board: Board | undefined } | undefined;
  let settledMs: number | undefined;
  return {
    sees(arena) {
      seen ??= { arena, board: undefined };
    },
    grown(nowMs) {
      settledMs = nowMs;
    },
    committed(nowMs) {
      if (settledMs !== undefined) times.observe((nowMs - settledMs) / 1000);
      settledMs = undefined;
    },
    shown(arena, board) {
      seen = { arena, board };
    },
    families: () => [
      ...(seen === undefined ? [] : arenaMetrics(seen.arena, seen.board)),
      times.family(
        'arena_round_seconds',
        'From the settling of bars until their rounds were committed, since this start.',
      ),
      ...liveMetrics(feed.state(), venues),
    ],
  };
}
