import { autocorrelations } from './autocorrelations.js';
import { measured } from './measurable.js';
import { sharpe } from './sharpe.js';

/**
 * What the ratio of one period becomes over q periods: SR(q) = eta(q) SR with
 * eta(q) = q / sqrt(q + 2 sum over k < q of (q - k) rho_k) (Lo 2002, Financial Analysts Journal 58(4)); the root
 * of q for independent returns. The q - 1 autocorrelations start at lag 1; missing ones count as 0. Undefined
 * where the estimated ones would give q periods no variance.
 */
export function aggregationFactor(q: number, rho: ArrayLike<number>): number | undefined {
  let variance = q;
  for (let k = 1; k < q; k++) variance += 2 * (q - k) * (rho[k - 1] ?? 0);
  return q >= 1 && variance > 0 ? measured(q / Math.sqrt(variance)) : undefined;
}

/**
 * Annual ratio from that of `q` periods at once, 24 for hours by default: it takes back what autocorrelation
 * of hourly returns (stale marks, held positions) adds to the plain figure. Undefined where the record is
 * shorter than two such spans.
 */
export function adjustedSharpe(
  returns: ArrayLike<number>,
  periodsPerYear: number,
  q = 24,
): number | undefined {
  const perPeriod = sharpe(returns, 1);
  const rho = returns.length < 2 * q ? undefined : autocorrelations(returns, q - 1);
  const eta = rho === undefined ? undefined : aggregationFactor(q, rho);
  if (perPeriod === undefined || eta === undefined) return undefined;
  return measured(perPeriod * eta * Math.sqrt(periodsPerYear / q));
}
