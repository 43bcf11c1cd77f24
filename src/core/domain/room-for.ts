/**
 * How long an array is made that has to hold so many values now and a few more at a time later: an eighth more than that, because a
 * doubling would be a step in the memory of a program that runs for months.
 */
export function roomFor(length: number): number {
  return length + (length >>> 3) + SOME;
}

const SOME = 256;
