import type { Sample } from './sample.js';
import { type TEstimate, tEstimate } from './t-estimate.js';

/**
 * Whether two means differ, for samples that need not spread alike (Welch 1947, Biometrika 34): the estimate is mean a
 * less mean b, degrees of freedom by Satterthwaite (1946, Biometrics Bulletin 2). Undefined where neither sample spreads.
 */
export function welchTest(a: Sample | undefined, b: Sample | undefined): TEstimate | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [ofA, ofB] = [a.deviation ** 2 / a.count, b.deviation ** 2 / b.count];
  const variance = ofA + ofB;
  if (variance === 0) return undefined;
  const degrees = variance ** 2 / (ofA ** 2 / (a.count - 1) + ofB ** 2 / (b.count - 1));
  return tEstimate(a.mean - b.mean, Math.sqrt(variance), degrees, 0);
}
