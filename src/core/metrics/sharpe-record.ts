/**
 * A Sharpe ratio with what its reliability rests on: the number of returns and their shape. Every statistic
 * about the ratio (its error, its probability, the record it needs) starts from here.
 */
import { kurtosis, skewness } from './moments.js';
import { sharpe } from './sharpe.js';

export interface SharpeRecord {
  /** Per period, not annual. */
  readonly sharpe: number;
  /** Returns it was measured on. */
  readonly periods: number;
  /** Population moments; the kurtosis is not in excess: 3 for a Normal. */
  readonly skewness: number;
  readonly kurtosis: number;
}

/** Undefined where there is no Sharpe ratio: fewer than two returns, no spread, a gap. */
export function sharpeRecord(returns: ArrayLike<number>): SharpeRecord | undefined {
  const [ratio, skew, kurt] = [sharpe(returns, 1), skewness(returns), kurtosis(returns)];
  if (ratio === undefined || skew === undefined || kurt === undefined) return undefined;
  return { sharpe: ratio, periods: returns.length, skewness: skew, kurtosis: kurt };
}

/**
 * n times the variance of the ratio's estimate, 1 - g3 SR + (g4 - 1) / 4 SR^2 (Mertens 2002). Moments that
 * belong together have g4 >= 1 + g3^2, so that it is positive but for returns of two values; undefined else.
 */
export function sharpeSpread(record: SharpeRecord): number | undefined {
  const { sharpe: ratio, skewness: skew, kurtosis: kurt } = record;
  const spread = 1 - skew * ratio + ((kurt - 1) / 4) * ratio * ratio;
  return spread > 0 && Number.isFinite(spread) ? spread : undefined;
}
