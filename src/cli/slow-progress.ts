import type { Output } from './output.js';

/** The first line comes only where it takes so long, then one as often. */
const EVERY_MS = 2_000;

/** Says how far a long reading is; nothing of a short one. */
export function slowProgress(output: Output): (rounds: number, of: number) => void {
  let toldMs = Date.now();
  return (rounds, of) => {
    const now = Date.now();
    if (now - toldMs < EVERY_MS) return;
    toldMs = now;
    output.say(
      `reading the journal: ${String(Math.floor((100 * rounds) / of))} %, ${String(rounds)} of ${String(of)} rounds`,
    );
  };
}
