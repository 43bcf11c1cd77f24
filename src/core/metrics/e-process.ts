/**
 * Evidence that may be looked at every hour: the wealth of four gamblers who bet that a series of differences
 * has a mean above zero. Without such a mean wealth is a nonnegative supermartingale, so that the probability
 * that it ever reaches 1 / a is at most a (Ville 1939; betting: Waudby-Smith & Ramdas 2024, JRSS-B 86).
 *
 *     E_t = mean over s in {2, 5, 10, 20} of the product over u > 24 of max(1 + s / sqrt(8760) d_u / sigma_(u-1), 1e-12)
 *
 * sigma^2 is exponentially weighted with a half-life of 72 hours: v_0 is the mean of the first 24 squared
 * differences, v_u = (1 - l) v_(u-1) + l d_u^2 from the first hour on. It is linear in v_0, so that the first
 * 24 hours need no memory: their plain sum and their discounted one are enough.
 *
 * The floor breaks strict validity where an hour loses more than sqrt(8760) / 20 = 4.7 sigma.
 */
import { ROUNDING_FRACTION } from './measurable.js';

/** Plain doubles, changed in place: one for every contestant, every hour. */
export interface EProcess {
  hours: number;
  /** Sum of squared differences; complete after the first 24 hours. */
  squares: number;
  /** Discounted squares, with v_0 among them after the first 24 hours. */
  variance: number;
  wealth2: number;
  wealth5: number;
  wealth10: number;
  wealth20: number;
  /** Highest E so far, 1 at the start: what Ville's bound speaks of. */
  highest: number;
}

/** Order in which processes are saved as doubles. */
export const E_PROCESS_FIELDS = [
  'hours',
  'squares',
  'variance',
  'wealth2',
  'wealth5',
  'wealth10',
  'wealth20',
  'highest',
] as const satisfies readonly (keyof EProcess)[];

const WARM_UP_HOURS = 24;
/** 0.5 ** (1 / 72) and its 24th power, in digits: a power may differ in its last bit from engine to engine. */
const KEPT = 0.9904191474668262;
const KEPT_OF_WARM_UP = 0.7937005259840998;
const ROOT_OF_YEAR_HOURS = Math.sqrt(8760);
const LEAST_FACTOR = 1e-12;
/** More is no more evidence, and would become infinite. A smaller wealth is still a supermartingale. */
const MOST_WEALTH = 1e300;

export function openEProcess(): EProcess {
  return {
    hours: 0,
    squares: 0,
    variance: 0,
    wealth2: 1,
    wealth5: 1,
    wealth10: 1,
    wealth20: 1,
    highest: 1,
  };
}

/**
 * One hour's difference of returns. A missing one (NaN) or one whose square is no number is passed over: no
 * bet, no hour.
 */
export function stepEProcess(state: EProcess, difference: number): void {
  const square = difference * difference;
  if (!Number.isFinite(square)) return;
  if (state.hours >= WARM_UP_HOURS) bet(state, difference);
  state.hours++;
  state.variance = KEPT * state.variance + (1 - KEPT) * square;
  if (state.hours > WARM_UP_HOURS) return;
  state.squares += square;
  if (state.hours === WARM_UP_HOURS) state.variance += (KEPT_OF_WARM_UP * state.squares) / WARM_UP_HOURS;
}

/** 1 in the first 24 hours, when nobody bets. */
export function eValue(state: EProcess): number {
  return (state.wealth2 + state.wealth5 + state.wealth10 + state.wealth20) / 4;
}

/** Sized by the variance before this hour; nobody bets where only rounding made one. */
function bet(state: EProcess, difference: number): void {
  const sigma = Math.sqrt(state.variance);
  if (sigma <= ROUNDING_FRACTION) return;
  const unit = difference / sigma / ROOT_OF_YEAR_HOURS;
  state.wealth2 = after(state.wealth2, 2 * unit);
  state.wealth5 = after(state.wealth5, 5 * unit);
  state.wealth10 = after(state.wealth10, 10 * unit);
  state.wealth20 = after(state.wealth20, 20 * unit);
  state.highest = Math.max(state.highest, eValue(state));
}

function after(wealth: number, gain: number): number {
  return Math.min(wealth * Math.max(1 + gain, LEAST_FACTOR), MOST_WEALTH);
}
