import {
  type CodeTarget,
  LONG_ENTERS,
  LONG_LEAVES,
  NO_BAR,
  SHORT_ENTERS,
  SHORT_LEAVES,
} from '../signal-codes.js';
import { NOISE } from './band-signal.js';

/** What `bandSignal` says of the first column, for both sides, in one loop. */
export function bandCodes(
  { low, high }: { readonly low: number; readonly high: number },
  columns: readonly Float64Array[],
  close: Float64Array,
  { out, at, stride, count }: CodeTarget,
): void {
  const oscillator = columns[0] ?? new Float64Array(0);
  const enter = low - NOISE;
  const leave = high + NOISE;
  for (let i = 0, k = at; i < count; i++, k += stride) {
    const price = close[i] ?? NaN;
    const value = oscillator[i] ?? NaN;
    const mirrored = 100 - value;
    const long = value < enter ? LONG_ENTERS : value > leave ? LONG_LEAVES : 0;
    const short = mirrored < enter ? SHORT_ENTERS : mirrored > leave ? SHORT_LEAVES : 0;
    out[k] = price !== price ? NO_BAR : long | short;
  }
}
