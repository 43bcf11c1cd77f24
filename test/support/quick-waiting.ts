import type { WaitingWorld } from '../../src/adapters/language-models/waiting-world.js';

export interface QuickWaiting extends WaitingWorld {
  /** Milliseconds of every wait, in order. */
  readonly waits: number[];
}

/** A world in which waiting takes no time and is written down; its clock moves by what was waited. */
export function quickWaiting(wallMs = Date.UTC(2026, 10, 21, 12), random = 0.5): QuickWaiting {
  const waits: number[] = [];
  let elapsedMs = 0;
  return {
    waits,
    nowMs: () => elapsedMs,
    wallMs: () => wallMs + elapsedMs,
    random: () => random,
    async sleep(ms, signal) {
      signal.throwIfAborted();
      waits.push(ms);
      elapsedMs += ms;
      await new Promise((next) => setImmediate(next));
      signal.throwIfAborted();
    },
  };
}
