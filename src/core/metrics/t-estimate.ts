import { measured } from './measurable.js';
import { studentTUpperTail } from './special-functions.js';
import { studentTCritical } from './student-t-critical.js';

/** An estimate beside its error, under Student's t. */
export interface TEstimate {
  readonly estimate: number;
  readonly error: number;
  readonly degrees: number;
  readonly t: number;
  /** Probability of an estimate as far from the asked value in either direction, were that value true. */
  readonly twoSidedP: number;
  /** Where the true value lies 95 times in 100. */
  readonly low: number;
  readonly high: number;
}

/** Student 1908, Biometrika 6(1): (estimate - asked) / error is t with these degrees of freedom. */
export function tEstimate(
  estimate: number,
  error: number,
  degrees: number,
  asked: number,
): TEstimate | undefined {
  const t = measured((estimate - asked) / error);
  if (t === undefined || !(degrees > 0)) return undefined;
  const half = studentTCritical(0.025, degrees) * error;
  return {
    estimate,
    error,
    degrees,
    t,
    twoSidedP: 2 * studentTUpperTail(Math.abs(t), degrees),
    low: estimate - half,
    high: estimate + half,
  };
}
