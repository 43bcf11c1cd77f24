/**
 * How much a statistic would differ had the same market happened in another order: the series is cut into
 * blocks of random length, which keeps what one period tells about the next, and put together anew (Politis
 * & Romano 1994, JASA 89(428)). Lengths are geometric and the series is a circle, so that every resample is
 * stationary. Seeded: the same seed gives the same resamples.
 */
import { type Seed, uniformAt } from '../domain/rng.js';

export interface Resampling {
  /** Mean length of a block, 1 or more; what is below counts as 1, independent draws. */
  readonly meanBlock: number;
  readonly resamples: number;
  readonly seed: Seed;
}

export interface StatisticRange {
  readonly low: number;
  readonly high: number;
  /** Resamples on which the statistic could be measured. */
  readonly measured: number;
}

/** A range says nothing where more than one resample in twenty has no statistic. */
const LEAST_MEASURED_SHARE = 0.95;
/** 2.5 % of resamples lie outside on each side. */
const OUTSIDE = 0.025;
/** The quantiles of fewer resamples are single ones. */
const FEWEST_RESAMPLES = 40;

/**
 * The 95 % percentile range of a statistic. The statistic gets the same array every time, which it must not
 * keep. Undefined for fewer than two values, with a gap, below 40 resamples, and where the statistic is
 * mostly undefined. For short records it is somewhat too narrow, as percentile ranges are.
 */
export function bootstrapRange(
  values: ArrayLike<number>,
  resampling: Resampling,
  statistic: (resample: Float64Array) => number | undefined,
): StatisticRange | undefined {
  const { resamples } = resampling;
  if (!(resamples >= FEWEST_RESAMPLES) || !isWhole(values)) return undefined;
  const found = new Float64Array(resamples);
  let measured = 0;
  forEachResample(values, resampling, (resample) => {
    const value = statistic(resample);
    if (value !== undefined && Number.isFinite(value)) found[measured++] = value;
  });
  if (measured < LEAST_MEASURED_SHARE * resamples) return undefined;
  const sorted = found.subarray(0, measured).sort();
  return { low: quantile(sorted, OUTSIDE), high: quantile(sorted, 1 - OUTSIDE), measured };
}

/** Calls back with every resample in turn, always in the same array. */
export function forEachResample(
  values: ArrayLike<number>,
  { meanBlock, resamples, seed }: Resampling,
  visit: (resample: Float64Array) => void,
): void {
  const n = values.length;
  const series = Float64Array.from(values);
  const resample = new Float64Array(n);
  const goesOn = meanBlock > 1 ? 1 - 1 / meanBlock : 0;
  for (let k = 0; k < resamples; k++) {
    let i = 0;
    for (let block = 0; i < n; block++) {
      // One draw serves both: where in the series the block starts and, by what is left of it, how long it goes on.
      const place = uniformAt(seed, k * 60_000, block) * n;
      let at = Math.min(Math.floor(place), n - 1);
      const rest = place - at;
      let survival = 1;
      do {
        resample[i++] = series[at] ?? NaN;
        at = at + 1 === n ? 0 : at + 1;
        survival *= goesOn;
      } while (i < n && rest < survival);
    }
    visit(resample);
  }
}

function isWhole(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i] ?? NaN)) return false;
  return values.length >= 2;
}

/** Linear between order statistics. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  return low + ((sorted[Math.ceil(at)] ?? NaN) - low) * (at - Math.floor(at));
}
