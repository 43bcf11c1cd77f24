import { setTimeout as sleep } from 'node:timers/promises';

/** Time and chance for everything that waits: the clock that the market is followed by. */
export interface WaitingWorld {
  /** In epoch milliseconds. */
  nowMs(): number;
  /** Resolves after `ms`, or at once with the signal. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

/**
 * How connections keep time: by the wall, however fast the market's clock runs, because networks are as slow as they are.
 * Nothing but its own signal ends a wait early.
 */
export type Wall = Omit<WaitingWorld, 'random'>;

export const THE_WALL: Wall = {
  nowMs: () => Date.now(),
  async sleep(ms, signal) {
    await sleep(ms, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(
      () => undefined,
    );
  },
};

/** A clock that runs fast makes pauses short; they last at least so long by the wall, or nothing else would run. */
const SHORTEST_PAUSE_MS = 20;

/** A pause by the market's clock between two questions over a connection. */
export async function pauseBetween(
  world: WaitingWorld,
  wall: Wall,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([world.sleep(ms, signal), wall.sleep(Math.min(ms, SHORTEST_PAUSE_MS), signal)]);
}

/** Whoever would have to wait longer for a venue is told so instead. */
export const LONGEST_WAIT_MS = 120_000;
