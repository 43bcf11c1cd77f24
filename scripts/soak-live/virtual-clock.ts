import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { RunningClock } from '../../src/cli/live-clock.js';
import type { ExchangeClock } from '../../test/support/local-exchange/exchange-clock.js';

export interface VirtualClock extends RunningClock {
  /** A wait of the exchange's adapter. */
  sleep(ms: number): Promise<void>;
  /** Nobody who still waits moves the clock any more: its arena is dead. */
  die(): void;
}

/** The exchange's clock as an arena sees it: it stands, and whoever waits moves it. `waits` is called before. */
export function virtualClock(clock: ExchangeClock, waits: () => void): VirtualClock {
  let alive = true;
  const never = new Promise<void>(() => undefined);
  const moveTo = (timeMs: number): void => {
    if (timeMs > clock.now()) clock.set(Math.ceil(timeMs));
  };
  return {
    nowMs: () => clock.now(),
    async until(untilMs) {
      if (!alive) return never;
      waits();
      // At least a little: a loop that waits for a time that is over must come to an end.
      moveTo(Math.max(clock.now() + 1, untilMs));
      await turn();
    },
    async sleep(ms) {
      if (!alive) return never;
      const wakesMs = clock.now() + ms;
      await turn();
      if (!alive) return never;
      moveTo(wakesMs);
    },
    async rest(realMs, over) {
      await delay(realMs, undefined, { signal: over }).catch(() => undefined);
    },
    die() {
      alive = false;
    },
    close: () => Promise.resolve(),
  };
}
