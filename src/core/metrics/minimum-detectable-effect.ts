import { assertInvariant } from '../domain/problem.js';
import { normalCdf } from './special-functions.js';
import { studentTCritical } from './student-t-critical.js';

const POWER = 0.8;
const MOST_HALVINGS = 48;

/**
 * The smallest true difference that a two-sided t test at `alpha` would find four times in five, for an estimate with this
 * error and these degrees of freedom: error times the noncentrality at which the noncentral t has that power (Cohen 1988,
 * "Statistical Power Analysis", ch. 2). Undefined without degrees. It takes the measured error for the true one.
 */
export function minimumDetectableEffect(error: number, degrees: number, alpha: number): number | undefined {
  assertInvariant(alpha > 0 && alpha < POWER, () => `a level of ${String(alpha)}`);
  if (!(error > 0) || !(degrees > 0)) return undefined;
  const critical = studentTCritical(alpha / 2, degrees);
  const roots = scaledChiRoots(degrees, critical);
  let low = 0;
  let high = critical + 1;
  while (powerOf(high, critical, roots) < POWER) high *= 2;
  for (let i = 0; i < MOST_HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (powerOf(middle, critical, roots) < POWER) low = middle;
    else high = middle;
  }
  return error * high;
}

interface Node {
  readonly root: number;
  readonly weight: number;
}

/**
 * P(|T| > critical) of T = (Z + noncentrality) / sqrt(V / degrees), V chi-squared: the Normal's tail given V (Johnson, Kotz &
 * Balakrishnan 1995, ch. 31), averaged over V.
 */
function powerOf(noncentrality: number, critical: number, nodes: readonly Node[]): number {
  let power = 0;
  for (const { root, weight } of nodes)
    power += weight * (tail(noncentrality - critical * root) + tail(-noncentrality - critical * root));
  return power;
}

/** Most places lie so far on one side that the Normal need not be asked. */
function tail(x: number): number {
  return x > 8 ? 1 : x < -8 ? 0 : normalCdf(x);
}

/** Weights below this add nothing that is seen. */
const NEGLIGIBLE_LOG = -32;

/**
 * Places of r = sqrt(V / degrees) and their shares. In u = ln r the density is proportional to exp(degrees (u - e^2u / 2)), smooth
 * and falling fast on both sides of 0, where equal steps converge exponentially (Trefethen & Weideman 2014, SIAM Review 56(3)). They must
 * also be fine beside the Normal's own width there, which is 1 / critical.
 */
function scaledChiRoots(degrees: number, critical: number): Node[] {
  const step = Math.min(0.2 / Math.sqrt(2 * degrees), 0.4 / (critical + 1));
  const logWeight = (u: number): number => degrees * (u - Math.exp(2 * u) / 2 + 0.5);
  const nodes: Node[] = [];
  for (const direction of [1, -1])
    for (let k = direction === 1 ? 0 : 1; ; k++) {
      const u = direction * k * step;
      const log = logWeight(u);
      if (log < NEGLIGIBLE_LOG) break;
      nodes.push({ root: Math.exp(u), weight: Math.exp(log) });
    }
  const sum = nodes.reduce((total, { weight }) => total + weight, 0);
  return nodes.map(({ root, weight }) => ({ root, weight: weight / sum }));
}
