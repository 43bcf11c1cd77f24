/**
 * A stream of random numbers that is fast because it keeps state: sfc32 (Chris Doty-Humphrey, PractRand,
 * public domain). A generated market needs millions of draws in order; `uniformAt` of the domain serves
 * those that must not depend on what was drawn before.
 */
import { naturalLogarithm } from './portable-math.js';

export interface RandomStream {
  /** In (0, 1): never 0, so that its logarithm exists. */
  readonly uniform: () => number;
  /** Standard normal. */
  readonly normal: () => number;
}

/** Streams of different seeds or names have nothing to do with each other. */
export function createRandomStream(seed: number, name: string): RandomStream {
  let a = hashWords(seed, name, 0x9e3779b9);
  let b = hashWords(seed, name, 0x243f6a88);
  let c = hashWords(seed, name, 0xb7e15162);
  let counter = 1;
  let spare = NaN;

  const word = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  };
  const uniform = (): number => (word() + 0.5) / 4_294_967_296;

  /** Marsaglia's polar method: two normals from one logarithm and one root. */
  const normal = (): number => {
    if (!Number.isNaN(spare)) {
      const kept = spare;
      spare = NaN;
      return kept;
    }
    let x = 0;
    let y = 0;
    let square = 0;
    do {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1);
    const scale = Math.sqrt((-2 * naturalLogarithm(square)) / square);
    spare = y * scale;
    return x * scale;
  };

  // The author's advice: the first outputs still show the seed.
  for (let k = 0; k < 15; k++) word();
  return { uniform, normal };
}

/** FNV-1a over the name, then both halves of the seed, each mixed with MurmurHash3's finaliser. */
function hashWords(seed: number, name: string, salt: number): number {
  let h = 0x811c9dc5 ^ salt;
  for (let k = 0; k < name.length; k++) h = Math.imul(h ^ name.charCodeAt(k), 0x01000193);
  h = finalise(h ^ (seed >>> 0));
  return finalise(h ^ Math.floor(seed / 4_294_967_296));
}

function finalise(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
