import { setTimeout as wait } from 'node:timers/promises';

/** Time and chance for everything that waits; tests put their own in. */
export interface WaitingWorld {
  /** A clock that only goes forward. */
  nowMs(): number;
  /** The clock on the wall, for dates that a provider names. */
  wallMs(): number;
  /** Rejects with the signal's reason when that comes first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

export const REAL_WAITING: WaitingWorld = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await wait(ms, undefined, { signal });
    } catch (error) {
      // Node wraps the reason in an AbortError of its own.
      throw signal.aborted ? signal.reason : error;
    }
  },
  random: Math.random,
};
