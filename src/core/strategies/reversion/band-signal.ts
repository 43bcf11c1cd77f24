import type { Condition, Side } from '../signal-condition.js';
import type { Signal } from '../signal-kind.js';

/** An oscillator that lies on a band but for rounding has not crossed it. */
export const NOISE = 1e-9;

/** Buys an oscillator of 0-100 below `low` and leaves above `high`; a short does the same at 100 minus both. */
export function bandSignal(value: number, low: number, high: number, side: Side): Signal {
  const own = side === 1 ? value : 100 - value;
  if (own < low - NOISE) return 'enter';
  return own > high + NOISE ? 'leave' : 'stay';
}

/** The same for people: the first feature against both bands. */
export function bandConditions(low: number, high: number, side: Side): readonly Condition[] {
  return side === 1
    ? [
        { leads: 'enter', left: { feature: 0 }, is: '<', right: low },
        { leads: 'leave', left: { feature: 0 }, is: '>', right: high },
      ]
    : [
        { leads: 'enter', left: { feature: 0 }, is: '>', right: 100 - low },
        { leads: 'leave', left: { feature: 0 }, is: '<', right: 100 - high },
      ];
}
