import type { Arena } from '../core/arena/arena.js';

/** How much may be played again after a crash: so many rounds, or what took so long bar by bar; in blocks it takes less. */
const MOST_ROUNDS = 500;
const MOST_MS = 2000;

/** With which commits the state is saved. It is much larger than a round, and rounds can be played again from an older one. */
export interface StateSaving {
  /** Rounds were played; `fromOutside`: with something in them that the candles alone do not give again. */
  played(rounds: number, ms: number, fromOutside: boolean): void;
  due(): boolean;
  saved(): void;
}

export function stateSaving(mostRounds = MOST_ROUNDS): StateSaving {
  let rounds = 0;
  let ms = 0;
  // Whoever has just started does not know what was before: its first commit has a state.
  let needed = true;
  return {
    played(more, tookMs, fromOutside) {
      rounds += more;
      ms += tookMs;
      needed ||= fromOutside;
    },
    due: () => needed || rounds >= mostRounds || ms >= MOST_MS,
    saved() {
      rounds = 0;
      ms = 0;
      needed = false;
    },
  };
}

/** The code of a kind of the user's own may be another one at the next start: what it did cannot be had again from it. */
export function hasOwnCode({ seats }: Arena): boolean {
  return seats.some(
    ({ contestant }) => contestant.manifest.code !== undefined && contestant.retired === undefined,
  );
}
