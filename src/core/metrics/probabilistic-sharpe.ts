import { sharpeError } from './sharpe-error.js';
import type { SharpeRecord } from './sharpe-record.js';
import { normalCdf } from './special-functions.js';

/**
 * Probability that the true ratio is above the benchmark (per period as well), 0 to 1:
 * Phi((SR - SR*) sqrt(n - 1) / sqrt(1 - g3 SR + (g4 - 1) / 4 SR^2)) (Bailey & Lopez de Prado 2012, J. Risk
 * 15(2)). It knows nothing of how many others were tried, nor of autocorrelation.
 */
export function probabilisticSharpe(record: SharpeRecord, benchmark = 0): number | undefined {
  const error = sharpeError(record);
  if (error === undefined || !Number.isFinite(benchmark)) return undefined;
  return normalCdf((record.sharpe - benchmark) / error);
}
