import { type CodeTarget, DOWNWARD, NO_BAR, UPWARD } from '../signal-codes.js';
import { TIE_TOLERANCE } from '../signal-kind.js';

const NONE = new Float64Array(0);
/** Of this module: an imported constant would be read and tested for every row. */
const LOCAL = { tie: TIE_TOLERANCE, upward: UPWARD, downward: DOWNWARD, noBar: NO_BAR };

/** What `crossSignal` says of the first column against the second, in one loop. */
export function crossCodes(
  _params: unknown,
  columns: readonly Float64Array[],
  close: Float64Array,
  { out, at, stride, count }: CodeTarget,
): void {
  const { tie, upward, downward, noBar } = LOCAL;
  const fast = columns[0] ?? NONE;
  const slow = columns[1] ?? NONE;
  for (let i = 0, k = at; i < count; i++, k += stride) {
    const level = slow[i] ?? NaN;
    const distance = (fast[i] ?? NaN) - level;
    const noise = tie * level;
    // Without a bar there is no average either, so that only what is on neither side has to be asked.
    let code = 0;
    if (distance > noise) code = upward;
    else if (distance < -noise) code = downward;
    else {
      const price = close[i] ?? NaN;
      if (price !== price) code = noBar;
    }
    out[k] = code;
  }
}
