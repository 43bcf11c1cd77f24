import type { TimeMs } from '../../../src/core/domain/time.js';

/** Time at the local exchange: it moves when told to, or by itself at a multiple of real time. */
export interface ExchangeClock {
  now(): TimeMs;
  advance(ms: number): void;
  set(timeMs: TimeMs): void;
  /** From now on one real millisecond is `factor` of this clock: 72,000 makes an hour last 50 ms. */
  run(factor: number): void;
  /** Ends `run`; the clock then stands. */
  stop(): void;
  /** Called after every move with the times before and after. Returns how to end it. */
  onMove(listener: (fromMs: TimeMs, toMs: TimeMs) => void): () => void;
}

/** How often a running clock moves, in real time. */
const TICK_MS = 2;

export function createExchangeClock(startMs: TimeMs): ExchangeClock {
  let nowMs = startMs;
  let ticking: NodeJS.Timeout | undefined;
  const listeners = new Set<(fromMs: TimeMs, toMs: TimeMs) => void>();

  const set = (timeMs: TimeMs): void => {
    if (!(timeMs >= nowMs)) throw new Error(`the clock of an exchange goes forward: ${String(timeMs)}`);
    const fromMs = nowMs;
    nowMs = timeMs;
    for (const listener of [...listeners]) listener(fromMs, timeMs);
  };
  const stop = (): void => {
    clearInterval(ticking);
    ticking = undefined;
  };
  return {
    now: () => nowMs,
    advance: (ms) => {
      set(nowMs + ms);
    },
    set,
    run: (factor) => {
      stop();
      let seenMs = performance.now();
      ticking = setInterval(() => {
        const realMs = performance.now();
        const movedMs = Math.round((realMs - seenMs) * factor);
        set(nowMs + movedMs);
        // What was rounded off is moved with the next tick: otherwise a clock at factor 1 would lag by minutes an hour.
        seenMs += movedMs / factor;
      }, TICK_MS);
    },
    stop,
    onMove: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
