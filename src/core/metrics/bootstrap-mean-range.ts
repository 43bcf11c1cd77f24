/**
 * Where a mean, or a difference of means, lies 95 times in 100, by drawing the values anew with replacement. Bias-corrected
 * and accelerated (BCa: Efron 1987, JASA 82(397); two samples as in DiCiccio & Efron 1996, Statistical Science 11(3), with the
 * acceleration by leaving out one value at a time): a skewed sample gets a skewed range. For ten values it is still somewhat too narrow.
 * Series over time have `stationary-bootstrap.ts`; here values are independent. Seeded.
 */
import { type Seed, uniformAt } from '../domain/rng.js';
import { mean } from './deviation.js';
import { isRoundingNoise } from './measurable.js';
import { quantileOfSorted } from './quantile-band.js';
import { normalCdf, normalQuantile } from './special-functions.js';

export interface MeanRange {
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 10_000;
/** Four values have 35 different resamples: their quantiles would be single ones. */
const FEWEST_VALUES = 5;
const OUTSIDE = 0.025;

/** Undefined below five values, with a gap and without spread. */
export function bootstrapMeanRange(values: ArrayLike<number>, seed: Seed): MeanRange | undefined {
  return bcaRange([{ values: sorted(values), sign: 1 }], seed);
}

/** Of mean a less mean b; undefined below five values in either, with a gap, and where neither spreads. */
export function bootstrapDifferenceRange(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  seed: Seed,
): MeanRange | undefined {
  return bcaRange(
    [
      { values: sorted(a), sign: 1 },
      { values: sorted(b), sign: -1 },
    ],
    seed,
  );
}

/** The range must not depend on the order in which values came. */
function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

interface SignedSample {
  readonly values: Float64Array;
  readonly sign: 1 | -1;
}

function bcaRange(samples: readonly SignedSample[], seed: Seed): MeanRange | undefined {
  let estimate = 0;
  let squares = 0;
  let cubes = 0;
  for (const { values, sign } of samples) {
    const n = values.length;
    const centre = mean(values);
    if (n < FEWEST_VALUES || centre === undefined) return undefined;
    estimate += sign * centre;
    for (const value of values) {
      // What leaving this value out does to the estimate, but for a factor that is the same for all of a sample.
      const influence = (sign * (value - centre)) / n;
      squares += influence ** 2;
      cubes += influence ** 3;
    }
  }
  if (isRoundingNoise(Math.sqrt(squares), estimate)) return undefined;
  const acceleration = cubes / (6 * squares ** 1.5);

  const drawn = resampledEstimates(samples, seed);
  let below = 0;
  // The same mean summed in another order is the same.
  for (const value of drawn)
    below += isRoundingNoise(Math.abs(value - estimate), estimate) ? 0.5 : value < estimate ? 1 : 0;
  const bias = normalQuantile(below / drawn.length);
  if (!Number.isFinite(bias)) return undefined;
  const end = (tail: number): number => {
    const z = bias + normalQuantile(tail);
    return quantileOfSorted(drawn, normalCdf(bias + z / (1 - acceleration * z)));
  };
  return { low: end(OUTSIDE), high: end(1 - OUTSIDE) };
}

/** Sorted. */
function resampledEstimates(samples: readonly SignedSample[], seed: Seed): Float64Array {
  const drawn = new Float64Array(RESAMPLES);
  for (let k = 0; k < RESAMPLES; k++) {
    let estimate = 0;
    let draw = 0;
    for (const { values, sign } of samples) {
      const n = values.length;
      let sum = 0;
      for (let i = 0; i < n; i++) sum += values[Math.floor(uniformAt(seed, k * 60_000, draw++) * n)] ?? NaN;
      estimate += (sign * sum) / n;
    }
    drawn[k] = estimate;
  }
  return drawn.sort();
}
