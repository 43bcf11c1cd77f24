import { CLONE_DAYS } from '../core/arena/clone-groups.js';
import { DAY_MS, type Timeframe, timeframeMs } from '../core/domain/time.js';
import type { ArenaStore } from '../ports/arena-store.js';

/** Marks a day's worth of rounds apart, counted back from round `seq`; oldest first. */
export function dailyMarks(store: ArenaStore, seq: number, timeframe: Timeframe): Float64Array[] {
  const stride = Math.max(1, Math.round(DAY_MS / timeframeMs(timeframe)));
  const marks: Float64Array[] = [];
  for (let at = seq; at >= 1 && marks.length <= CLONE_DAYS; at -= stride) {
    const round = store.marks(at);
    if (round !== undefined) marks.unshift(round.marks);
  }
  return marks;
}
