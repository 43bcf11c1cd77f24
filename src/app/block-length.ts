/** A stop is seen between blocks: a block should not keep anybody waiting for longer. */
const BLOCK_MS = 40;
/** Where others help there is more to hand over and to wait for. */
export const HELPED_BLOCK_MS = 160;
/** A first guess, and how much longer a block may be than the one before: what the first ones cost says little. */
const FIRST_ROUNDS = 4;
const GROWTH = 4;

/** How many rounds a block should have, by what the last one took. It decides about time, never about a byte. */
export interface BlockLength {
  rounds(): number;
  took(rounds: number, ms: number): void;
}

export function blockLength(blockMs = BLOCK_MS): BlockLength {
  let wanted = FIRST_ROUNDS;
  return {
    rounds: () => wanted,
    took(rounds, ms) {
      const fitting = ms > 0 ? Math.floor((blockMs * rounds) / ms) : Infinity;
      wanted = Math.max(1, Math.min(fitting, rounds * GROWTH));
    },
  };
}
