import { deviation, mean } from './deviation.js';
import { isRoundingNoise } from './measurable.js';

/** What a t test needs of values that were drawn independently. */
export interface Sample {
  readonly count: number;
  readonly mean: number;
  /** ddof 1; exactly 0 where values differ by rounding alone. */
  readonly deviation: number;
}

/** Undefined for fewer than two values and with a gap. */
export function sampleOf(values: ArrayLike<number>): Sample | undefined {
  const [centre, spread] = [mean(values), deviation(values)];
  if (centre === undefined || spread === undefined) return undefined;
  return { count: values.length, mean: centre, deviation: isRoundingNoise(spread, centre) ? 0 : spread };
}
