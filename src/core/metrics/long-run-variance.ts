/**
 * Variance of the sum of a correlated series, per term: what replaces the plain variance where neighbours are
 * not independent ("HAC"). Weights and bandwidths of Andrews (1991), Econometrica 59(3).
 */
import { laggedProducts } from './autocorrelations.js';
import { measured } from './measurable.js';

export type Kernel = 'parzen' | 'bartlett';

/** Nearer to 1 an estimated correlation would ask for an endless bandwidth (Andrews & Monahan 1992). */
const MOST_CORRELATION = 0.97;

/**
 * Sum over lags of kernel(lag / bandwidth) times the autocovariance. The values must have a mean of 0.
 * Undefined where it is not positive.
 */
export function longRunVariance(
  centred: Float64Array,
  kernel: Kernel,
  bandwidth: number,
): number | undefined {
  const n = centred.length;
  let sum = laggedProducts(centred, 0);
  for (let lag = 1; lag < Math.min(bandwidth, n); lag++)
    sum += 2 * kernelWeight(kernel, lag / bandwidth) * laggedProducts(centred, lag);
  return sum > 0 ? measured(sum / n) : undefined;
}

/**
 * Lags to look at, from a first-order autoregression of every column: 2.6614 (a2 n)^(1/5) for Parzen's kernel,
 * 1.1447 (a1 n)^(1/3) for Bartlett's (Andrews 1991, equations 6.2 and 6.4). Columns weigh the same whatever
 * their unit, so that percent and fractions have one bandwidth.
 */
export function automaticBandwidth(columns: readonly Float64Array[], kernel: Kernel): number {
  const n = columns[0]?.length ?? 0;
  let bend = 0;
  let level = 0;
  for (const column of columns) {
    const squares = laggedProducts(column, 0) - (column.at(-1) ?? NaN) ** 2;
    const fitted = squares > 0 ? laggedProducts(column, 1) / squares : 0;
    const rho = Math.max(-MOST_CORRELATION, Math.min(fitted, MOST_CORRELATION));
    bend +=
      kernel === 'parzen'
        ? (4 * rho * rho) / (1 - rho) ** 8
        : (4 * rho * rho) / ((1 - rho) ** 6 * (1 + rho) ** 2);
    level += 1 / (1 - rho) ** 4;
  }
  const share = (bend / level) * n;
  return kernel === 'parzen' ? 2.6614 * share ** (1 / 5) : 1.1447 * Math.cbrt(share);
}

function kernelWeight(kernel: Kernel, x: number): number {
  if (x >= 1) return 0;
  if (kernel === 'bartlett') return 1 - x;
  return x <= 0.5 ? 1 - 6 * x * x + 6 * x * x * x : 2 * (1 - x) ** 3;
}
