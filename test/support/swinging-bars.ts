import { uniformAt } from '../../src/core/domain/rng.js';
import { type MadeBar, bar } from './made-market.js';

/** A swings up and down every six hours, which a fast trend follower sees; B wanders. */
export function swingingBars(hours: number): MadeBar[][] {
  let a = 100;
  let b = 100;
  const noise = (seed: number, t: number): number => 0.004 * (uniformAt(seed, 0, t) - 0.5);
  const columns: MadeBar[][] = [[], []];
  for (let t = 0; t < hours; t++) {
    const nextA = a * (1 + (Math.floor(t / 6) % 2 === 0 ? 0.015 : -0.0148) + noise(1, t));
    const nextB = b * (1 + noise(2, t));
    columns[0]?.push(bar(a, nextA));
    columns[1]?.push(bar(b, nextB));
    a = nextA;
    b = nextB;
  }
  return columns;
}
