/** Ranks thousands of contestants by a 32-bit key: a radix sort in three passes of 11 bits, ties by roster position. */
export interface Ranks {
  /** Positions, the best first. */
  readonly order: Uint32Array;
  readonly bits: Uint32Array;
  readonly passed: readonly [Uint32Array, Uint32Array];
  readonly counts: readonly [Uint32Array, Uint32Array, Uint32Array];
}

const DIGIT = 2048;

export function openRanks(contestants: number): Ranks {
  const list = (): Uint32Array => new Uint32Array(contestants);
  const count = (): Uint32Array => new Uint32Array(DIGIT);
  return { order: list(), bits: list(), passed: [list(), list()], counts: [count(), count(), count()] };
}

/** Sorts `keys[from ..]`, one key per contestant, the largest first. Keys are numbers, -0 counts as 0. */
export function rankDescending(ranks: Ranks, keys: Float32Array, from: number): void {
  const { order, bits, passed, counts } = ranks;
  const [low, middle, high] = counts;
  const [first, second] = passed;
  const contestants = order.length;
  const raw = new Uint32Array(keys.buffer, keys.byteOffset + 4 * from, contestants);
  low.fill(0);
  middle.fill(0);
  high.fill(0);
  for (let k = 0; k < contestants; k++) {
    let u = raw[k] ?? 0;
    if (u === NEGATIVE_ZERO) u = 0;
    // Ascending bits are then descending numbers.
    u = u >>> 31 === 1 ? u : ~u & 0x7fffffff;
    bits[k] = u;
    low[u & 2047] = (low[u & 2047] ?? 0) + 1;
    middle[(u >>> 11) & 2047] = (middle[(u >>> 11) & 2047] ?? 0) + 1;
    high[u >>> 22] = (high[u >>> 22] ?? 0) + 1;
  }
  for (const count of counts) {
    let sum = 0;
    for (let i = 0; i < DIGIT; i++) {
      const own = count[i] ?? 0;
      count[i] = sum;
      sum += own;
    }
  }
  for (let k = 0; k < contestants; k++) {
    const digit = (bits[k] ?? 0) & 2047;
    const at = low[digit] ?? 0;
    low[digit] = at + 1;
    first[at] = k;
  }
  for (let i = 0; i < contestants; i++) {
    const k = first[i] ?? 0;
    const digit = ((bits[k] ?? 0) >>> 11) & 2047;
    const at = middle[digit] ?? 0;
    middle[digit] = at + 1;
    second[at] = k;
  }
  for (let i = 0; i < contestants; i++) {
    const k = second[i] ?? 0;
    const digit = (bits[k] ?? 0) >>> 22;
    const at = high[digit] ?? 0;
    high[digit] = at + 1;
    order[at] = k;
  }
}

const NEGATIVE_ZERO = 0x80000000;
