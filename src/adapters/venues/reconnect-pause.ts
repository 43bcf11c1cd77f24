import type { Wall } from './waiting-world.js';

/** How long to leave a venue alone before a stream is opened again: longer each time, until a connection has told something. */
export interface ReconnectPause {
  wait(signal: AbortSignal): Promise<void>;
  connected(): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export function reconnectPause(wall: Wall, random: () => number): ReconnectPause {
  let inARow = 0;
  return {
    wait: (signal) => wall.sleep(pauseMs(inARow++, random()), signal),
    connected() {
      inARow = 0;
    },
  };
}

function pauseMs(before: number, random: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.min(before, 20), LONGEST_PAUSE_MS) * (0.5 + 0.5 * random);
}
