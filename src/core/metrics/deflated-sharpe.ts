import { expectedMaximum } from './expected-maximum.js';
import { probabilisticSharpe } from './probabilistic-sharpe.js';
import type { SharpeRecord } from './sharpe-record.js';

/**
 * The ratio per period that the best of so many trials without skill reaches on average: the deviation of
 * the trials' ratios times the expected maximum (Bailey & Lopez de Prado 2014, J. of Portfolio Management 40(5)).
 */
export function luckySharpe(trials: number, sharpeVariance: number): number | undefined {
  const maximum = expectedMaximum(trials);
  if (maximum === undefined || !(sharpeVariance >= 0) || !Number.isFinite(sharpeVariance)) return undefined;
  return Math.sqrt(sharpeVariance) * maximum;
}

/**
 * Probability that the true ratio is above what the best of so many trials reaches by luck (the same paper).
 * The variance is that of the trials' ratios per period. Correlated trials lie close together, which makes
 * that variance too small and this number too good: without a variance it is 1/n, what one ratio has by chance.
 */
export function deflatedSharpe(
  record: SharpeRecord,
  trials: number,
  sharpeVariance = 1 / record.periods,
): number | undefined {
  const hurdle = luckySharpe(trials, sharpeVariance);
  return hurdle === undefined ? undefined : probabilisticSharpe(record, hurdle);
}
