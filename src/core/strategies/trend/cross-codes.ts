import { type CodeTarget, DOWNWARD, NO_BAR, UPWARD } from '../signal-codes.js';
import { TIE_TOLERANCE } from '../signal-kind.js';

const NONE = new Float64Array(0);

/** What `crossSignal` says of the first column against the second, in one loop. */
export function crossCodes(
  _params: unknown,
  columns: readonly Float64Array[],
  close: Float64Array,
  { out, at, stride, count }: CodeTarget,
): void {
  const [fast = NONE, slow = NONE] = columns;
  for (let i = 0, k = at; i < count; i++, k += stride) {
    const price = close[i] ?? NaN;
    const level = slow[i] ?? NaN;
    const distance = (fast[i] ?? NaN) - level;
    const noise = TIE_TOLERANCE * level;
    out[k] = price !== price ? NO_BAR : distance > noise ? UPWARD : distance < -noise ? DOWNWARD : 0;
  }
}
