/**
 * Random numbers that need no stored state: each draw is a function of seed, time and draw number, so a
 * session can stop anywhere, resume, and draw the same numbers. Mixing is MurmurHash3's 32-bit finaliser
 * (Appleby, public domain), applied to each word.
 */
export type Seed = number;

export function uniformAt(seed: Seed, timeMs: number, draw: number): number {
  const minutes = Math.floor(timeMs / 60_000);
  let h = mix((seed >>> 0) ^ 0x9e3779b9);
  h = mix(h ^ (minutes >>> 0));
  h = mix(h ^ Math.floor(minutes / 4294967296));
  h = mix(h ^ Math.imul(draw + 1, 0x85ebca6b));
  const high = h >>> 5;
  const low = mix(h ^ 0xc2b2ae35) >>> 6;
  return (high * 67_108_864 + low) / 9_007_199_254_740_992;
}

function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
