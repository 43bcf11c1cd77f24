import { MINUTE_MS, formatForPeople } from '../../core/domain/time.js';
import { VenueFault, type VenueFaultKind } from '../../ports/venue.js';
import {
  EMPTY_WINDOW,
  hearUsed,
  spend,
  waitForRoomMs,
  weightInWindow,
  type WeightLimit,
} from './venue-limits.js';
import { LONGEST_WAIT_MS, type WaitingWorld } from './waiting-world.js';

/** What every request to a venue passes, so that its limit is kept and its pauses are respected. */
export interface RequestGate {
  /** Waits until a request of this weight may go. */
  pass(weight: number): Promise<void>;
  /** An answer that weighs more than its request: what has been used is used. */
  add(weight: number): void;
  /** The venue's own count of the last window. */
  hear(used: number): void;
  /** Nobody passes for so long: the venue has asked for it. */
  pause(kind: VenueFaultKind, ms: number): void;
  /** Weight since it was opened. */
  totalWeight(): number;
  loadFraction(): number;
}

/** A bound for a clock that stands still. */
const MOST_WAITS = 10_000;

export function createRequestGate(venue: string, limit: WeightLimit, world: WaitingWorld): RequestGate {
  let window = EMPTY_WINDOW;
  let totalWeight = 0;
  let paused: { kind: VenueFaultKind; untilMs: number } = { kind: 'rate-limited', untilMs: 0 };

  const add = (weight: number): void => {
    window = spend(window, limit, weight, world.nowMs());
    totalWeight += weight;
  };

  return {
    add,
    async pass(weight) {
      for (let waits = 0; waits < MOST_WAITS; waits++) {
        const nowMs = world.nowMs();
        const pausedMs = paused.untilMs - nowMs;
        if (pausedMs > LONGEST_WAIT_MS)
          throw new VenueFault(
            paused.kind,
            // A moment, not what is left until then: the same words at every try are one message.
            `${venue}: not asked until ${formatForPeople(Math.ceil(paused.untilMs / MINUTE_MS) * MINUTE_MS)}, because it ${paused.kind === 'banned' ? 'has shut this address out' : 'wants to be left alone'}`,
            pausedMs,
          );
        const waitMs = Math.max(pausedMs, waitForRoomMs(window, limit, weight, nowMs));
        if (waitMs <= 0) {
          add(weight);
          return;
        }
        await world.sleep(waitMs);
      }
      throw new VenueFault('rate-limited', `${venue}: not asked, because there was no room in its limit`);
    },
    hear(used) {
      window = hearUsed(window, limit, used, world.nowMs());
    },
    pause(kind, ms) {
      const untilMs = world.nowMs() + ms;
      if (untilMs > paused.untilMs) paused = { kind, untilMs };
    },
    totalWeight: () => totalWeight,
    loadFraction: () => weightInWindow(window, limit, world.nowMs()) / limit.weight,
  };
}
