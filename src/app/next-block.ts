import type { Arena } from '../core/arena/arena.js';
import { type PruningRules, pruningIsDue } from '../core/arena/pruning.js';
import { slotHasBar } from '../core/domain/market-table.js';
import type { TimeMs } from '../core/domain/time.js';

/**
 * Slots that the sessions may go through in one go: from the next one, which has a bar, on, at most `most` with bars, and
 * not beyond the bar before which somebody may join, leave or be changed: at a pruning, at a request that is due.
 */
export function nextBlock(arena: Arena, most: number, pruning: PruningRules, nextDueMs: TimeMs): number[] {
  const { market, nextIndex } = arena;
  const slots: number[] = [];
  let lastMs = NaN;
  for (let t = nextIndex; t < market.length && slots.length < most; t++) {
    if (!slotHasBar(market, t)) continue;
    const barMs = market.openTimesMs[t] ?? NaN;
    if (slots.length > 0 && (barMs >= nextDueMs || pruningIsDue(pruning, lastMs, barMs))) break;
    slots.push(t);
    lastMs = barMs;
  }
  return slots;
}

/** Whether somebody waits at every bar for what language models say. */
export function anybodyAsks({ seats }: Arena): boolean {
  return seats.some(
    ({ contestant, session }) => session.models !== undefined && contestant.retired === undefined,
  );
}
