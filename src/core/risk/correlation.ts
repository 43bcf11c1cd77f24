import { DAY_MS, HOUR_MS } from '../domain/time.js';

/** How far back correlations look. */
export const CORRELATION_DAYS = 30;
/** Fewer returns than this say nothing. */
const FEWEST_RETURNS = 48;

/**
 * Pearson correlation of the log returns of two price columns over the 30 days that end with slot `t`, in
 * steps of an hour or of one bar where bars are longer. NaN where too few returns are known, or one of both never moved.
 */
export function returnCorrelation(a: Float64Array, b: Float64Array, t: number, barMs: number): number {
  const step = Math.max(1, Math.round(HOUR_MS / barMs));
  const steps = Math.floor((CORRELATION_DAYS * DAY_MS) / (step * barMs));
  const fewest = Math.min(FEWEST_RETURNS, Math.floor(steps / 2));
  let n = 0;
  let meanX = 0;
  let meanY = 0;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let k = 0; k < steps; k++) {
    const now = t - k * step;
    const before = now - step;
    if (before < 0) break;
    const x = Math.log((a[now] ?? NaN) / (a[before] ?? NaN));
    const y = Math.log((b[now] ?? NaN) / (b[before] ?? NaN));
    if (Number.isNaN(x + y)) continue;
    // Welford's update for two series (Chan, Golub & LeVeque 1983).
    n++;
    const dx = x - meanX;
    const dy = y - meanY;
    meanX += dx / n;
    meanY += dy / n;
    xx += dx * (x - meanX);
    yy += dy * (y - meanY);
    xy += dx * (y - meanY);
  }
  return n < fewest || !(xx > 0) || !(yy > 0) ? NaN : xy / Math.sqrt(xx * yy);
}
