import type { TimeMs } from '../../core/domain/time.js';

/** Wall time as a live run sees it: the machine's own, or one that runs faster. */
export interface LiveClock {
  nowMs(): TimeMs;
  /** Resolves at `untilMs`, or early when a stop is requested. */
  until(untilMs: TimeMs): Promise<void>;
  /**
   * Resolves after so many real milliseconds, however fast this clock runs, or early when it is aborted or a stop is requested:
   * networks are as slow as they are.
   */
  rest(realMs: number, over: AbortSignal): Promise<void>;
}
