import { assertInvariant } from '../domain/problem.js';
import { studentTUpperTail } from './special-functions.js';

/** Halvings of a bracket of doubles: more than their 53 digits and the exponents of the bracket need. */
const MOST_HALVINGS = 200;

/**
 * The t that Student's t with `degrees` of freedom (a fraction is fine) exceeds with probability `tail`, for a tail
 * of at most one half: the tail's own function is inverted by halving, so that both agree to the last digits.
 */
export function studentTCritical(tail: number, degrees: number): number {
  assertInvariant(tail > 0 && tail <= 0.5, () => `an upper tail of ${String(tail)}`);
  let low = 0;
  let high = 1;
  while (studentTUpperTail(high, degrees) > tail) {
    low = high;
    high *= 2;
  }
  for (let i = 0; i < MOST_HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (studentTUpperTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
