/**
 * How long an array is made that has to hold so many values now and one more at a time later: room for six weeks of hours at
 * once and, when there are many, for an eighth more. A doubling would be a step in the memory of a program that runs for months.
 */
export function roomFor(length: number): number {
  return length + (length >>> 3) + SOME;
}

const SOME = 1024;
