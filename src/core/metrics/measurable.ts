/**
 * What cannot be measured is undefined: never 0, 999 or infinity. A contestant that never traded must not
 * outrank one that lost. A series with a gap (NaN) is not measurable either: a gap is missing, not zero, and
 * whoever has gaps drops them before asking.
 */
export function measured(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Some thousand units in the last place of a double: more than a year of hourly rounding adds up to. */
export const ROUNDING_FRACTION = 1e-12;

/**
 * True for a spread of returns that only rounding can have made, on a curve that is flat or grows evenly. A
 * return is a ratio of two amounts minus one, so its rounding is relative to 1 + return, not to the return.
 */
export function isRoundingNoise(spread: number, level: number): boolean {
  return spread <= ROUNDING_FRACTION * (1 + Math.abs(level));
}
