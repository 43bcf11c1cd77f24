/**
 * Contestants that move in lockstep are one idea under several names: ten clones at the top of a board are
 * not ten proofs. Whoever's daily returns correlate above .95 with a better ranked one stands in its group.
 */

/** Above this correlation of daily returns two contestants count as the same. */
export const CLONE_CORRELATION = 0.95;
/** How many days are compared. */
export const CLONE_DAYS = 60;
/** Fewer common days say nothing. */
export const FEWEST_DAYS = 10;
/** Larger fields are compared from the top down to here. */
const MOST_COMPARED = 1_000;

/**
 * Head of the group of every position that is not its own head. `ranked` are positions, best first;
 * `dailyMarks` the journal's marks at the end of days, oldest first: equity of every position, NaN where it had none.
 */
export function cloneHeads(
  ranked: readonly number[],
  dailyMarks: readonly Float64Array[],
): ReadonlyMap<number, number> {
  const heads: { readonly position: number; readonly returns: Float64Array }[] = [];
  const groups = new Map<number, number>();
  for (const position of ranked.slice(0, MOST_COMPARED)) {
    const returns = dailyReturns(position, dailyMarks);
    const head = heads.find((candidate) => correlation(candidate.returns, returns) > CLONE_CORRELATION);
    if (head === undefined) heads.push({ position, returns });
    else groups.set(position, head.position);
  }
  return groups;
}

function dailyReturns(position: number, dailyMarks: readonly Float64Array[]): Float64Array {
  const returns = new Float64Array(Math.max(0, dailyMarks.length - 1));
  for (let day = 1; day < dailyMarks.length; day++)
    returns[day - 1] = equityAt(dailyMarks[day], position) / equityAt(dailyMarks[day - 1], position) - 1;
  return returns;
}

/** Marks are equities of all, then exposures of all. */
function equityAt(marks: Float64Array | undefined, position: number): number {
  return marks === undefined || position >= marks.length / 2 ? NaN : (marks[position] ?? NaN);
}

/** Pearson's, over the days that both have; NaN where there are too few or one of both stood still. */
function correlation(a: Float64Array, b: Float64Array): number {
  let n = 0;
  let sumA = 0;
  let sumB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? NaN;
    const y = b[i] ?? NaN;
    if (Number.isNaN(x + y)) continue;
    n++;
    sumA += x;
    sumB += y;
  }
  if (n < FEWEST_DAYS) return NaN;
  let aa = 0;
  let bb = 0;
  let ab = 0;
  for (let i = 0; i < a.length; i++) {
    const x = (a[i] ?? NaN) - sumA / n;
    const y = (b[i] ?? NaN) - sumB / n;
    if (Number.isNaN(x + y)) continue;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : NaN;
}
