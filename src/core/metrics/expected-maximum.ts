import { normalQuantile } from './special-functions.js';

/** Euler and Mascheroni's constant. */
const GAMMA = 0.5772156649015329;

/**
 * What the best of so many independent standard Normals comes to on average, about
 * (1 - gamma) z(1 - 1/N) + gamma z(1 - 1/(N e)) (Bailey & Lopez de Prado 2014, J. of Portfolio Management
 * 40(5)), for 2 or more. Exactly 0 for one; the approximation would fall below that for an effective number
 * just above one. Undefined for fewer.
 */
export function expectedMaximum(trials: number): number | undefined {
  if (!(trials >= 1) || !Number.isFinite(trials)) return undefined;
  if (trials === 1) return 0;
  // By symmetry from the lower tail, which keeps its digits where 1 - 1/N has none left.
  const maximum = -(1 - GAMMA) * normalQuantile(1 / trials) - GAMMA * normalQuantile(1 / (trials * Math.E));
  return Math.max(0, maximum);
}
