/** Time and chance for everything that waits. */
export interface WaitingWorld {
  /** This machine's clock, in epoch milliseconds. */
  nowMs(): number;
  /** Resolves after `ms`, or at once with the signal. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

/** Whoever would have to wait longer for a venue is told so instead. */
export const LONGEST_WAIT_MS = 120_000;
