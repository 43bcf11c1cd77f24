/** How large a difference is beside the spread, whatever the number of values. */
import { measured } from './measurable.js';
import type { Sample } from './sample.js';

/**
 * Difference of means over the pooled deviation, less what small samples add: times 1 - 3 / (4 df - 1) (Hedges 1981, J. of
 * Educational Statistics 6(2)), which is within a thousandth of the exact factor from eight degrees on. Undefined without spread.
 */
export function hedgesG(a: Sample | undefined, b: Sample | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  const degrees = a.count + b.count - 2;
  const squares = (a.count - 1) * a.deviation ** 2 + (b.count - 1) * b.deviation ** 2;
  if (squares === 0) return undefined;
  return measured(((a.mean - b.mean) / Math.sqrt(squares / degrees)) * (1 - 3 / (4 * degrees - 1)));
}

/**
 * How much more often a value of a exceeds one of b than the other way round, -1 to 1 (Cliff 1993, Psychological Bulletin
 * 114(3)): it asks for no shape. Undefined without values and with a gap.
 */
export function cliffsDelta(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  let balance = 0;
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < b.length; j++) {
      const difference = (a[i] ?? NaN) - (b[j] ?? NaN);
      balance += Number.isNaN(difference) ? NaN : Math.sign(difference);
    }
  return measured(balance / (a.length * b.length));
}
