/**
 * How often the best of a set in one half of the record is below the median in the other half (Bailey,
 * Borwein, Lopez de Prado & Zhu 2017, J. of Computational Finance 20(4), combinatorially symmetric
 * cross-validation). The rows are cut into S equal blocks in their order; every choice of S/2 of them is
 * "in sample" once. With w = rank / (K + 1) of the in-sample best among the K ratios out of sample (1 is the worst), the
 * probability is the share of logits ln(w / (1 - w)) that are 0 or less: 0.5 where nobody is better than others.
 */
import { isRoundingNoise } from './measurable.js';

export type Overfitting =
  | {
      readonly kind: 'measured';
      readonly probability: number;
      readonly meanLogit: number;
      readonly combinations: number;
    }
  | { readonly kind: 'undefined'; readonly why: OverfittingShortfall };
export type OverfittingShortfall =
  'too-few-candidates' | 'too-few-rows' | 'unequal-lengths' | 'a-gap' | 'no-variance';

const FEWEST_CANDIDATES = 4;
const FEWEST_ROWS_IN_BLOCK = 10;
const BLOCKS = 16;
const BLOCKS_OF_A_SHORT_RECORD = 8;
const SHORT_RECORD_ROWS = 320;

/**
 * Returns of each candidate over the same periods. What is left over after equal blocks is dropped at the end.
 * A candidate without variance ranks last, as on the board. `blocks` is even, 2 to 16.
 */
export function probabilityOfOverfitting(
  candidates: readonly ArrayLike<number>[],
  blocks = (candidates[0]?.length ?? 0) < SHORT_RECORD_ROWS ? BLOCKS_OF_A_SHORT_RECORD : BLOCKS,
): Overfitting {
  const rows = candidates[0]?.length ?? 0;
  const blockRows = Math.floor(rows / blocks);
  const shortfall = shortfallOf(candidates, rows, blockRows);
  if (shortfall !== undefined) return { kind: 'undefined', why: shortfall };

  const tally = tallyHalves(sumsOfBlocks(candidates, blocks, blockRows));
  if (tally.combinations === 0) return { kind: 'undefined', why: 'no-variance' };
  return {
    kind: 'measured',
    probability: tally.belowMedian / tally.combinations,
    meanLogit: tally.logits / tally.combinations,
    combinations: tally.combinations,
  };
}

function shortfallOf(
  candidates: readonly ArrayLike<number>[],
  rows: number,
  blockRows: number,
): OverfittingShortfall | undefined {
  if (candidates.length < FEWEST_CANDIDATES) return 'too-few-candidates';
  if (candidates.some((returns) => returns.length !== rows)) return 'unequal-lengths';
  if (!(blockRows >= FEWEST_ROWS_IN_BLOCK)) return 'too-few-rows';
  for (const returns of candidates)
    for (let i = 0; i < rows; i++) if (!Number.isFinite((returns[i] ?? NaN) ** 2)) return 'a-gap';
  return undefined;
}

/** Sums and squares of every candidate in every block, of returns less the candidate's mean: squares keep their digits. */
interface BlockSums {
  readonly count: number;
  readonly blocks: number;
  readonly blockRows: number;
  readonly centres: Float64Array;
  /** One row of `count` candidates per block; the last row holds the sum over all blocks. */
  readonly sums: readonly Float64Array[];
  readonly squares: readonly Float64Array[];
}

function sumsOfBlocks(
  candidates: readonly ArrayLike<number>[],
  blocks: number,
  blockRows: number,
): BlockSums {
  const count = candidates.length;
  const used = blocks * blockRows;
  const table = (): Float64Array[] => Array.from({ length: blocks + 1 }, () => new Float64Array(count));
  const [sums, squares, centres] = [table(), table(), new Float64Array(count)];
  candidates.forEach((returns, c) => {
    let total = 0;
    for (let i = 0; i < used; i++) total += returns[i] ?? NaN;
    const centre = total / used;
    centres[c] = centre;
    for (let i = 0; i < used; i++) {
      const off = (returns[i] ?? NaN) - centre;
      for (const row of [Math.floor(i / blockRows), blocks]) {
        addTo(sums[row], c, off);
        addTo(squares[row], c, off * off);
      }
    }
  });
  return { count, blocks, blockRows, centres, sums, squares };
}

function addTo(values: Float64Array | undefined, index: number, value: number): void {
  if (values !== undefined) values[index] = (values[index] ?? NaN) + value;
}

interface Tally {
  /** Halves in which somebody had a ratio. */
  combinations: number;
  belowMedian: number;
  logits: number;
}

/**
 * Every choice of half of the blocks. Choices that begin alike share their partial sums: 100 candidates and
 * 12,870 choices are five million additions.
 */
function tallyHalves(table: BlockSums): Tally {
  const { count, blocks, blockRows, sums, squares } = table;
  const half = blocks / 2;
  const rows = half * blockRows;
  const partial = (): Float64Array[] => Array.from({ length: half + 1 }, () => new Float64Array(count));
  const [partSums, partSquares] = [partial(), partial()];
  const inside = new Float64Array(count);
  const outside = new Float64Array(count);
  const tally: Tally = { combinations: 0, belowMedian: 0, logits: 0 };

  const choose = (depth: number, from: number): void => {
    const [sum, square] = [partSums[depth], partSquares[depth]];
    if (sum === undefined || square === undefined) return;
    if (depth === half) {
      const [allSums, allSquares] = [sums[blocks], squares[blocks]];
      if (allSums === undefined || allSquares === undefined) return;
      for (let c = 0; c < count; c++) {
        const centre = table.centres[c] ?? NaN;
        const [s, q] = [sum[c] ?? NaN, square[c] ?? NaN];
        inside[c] = ratio(centre, s, q, rows);
        outside[c] = ratio(centre, (allSums[c] ?? NaN) - s, (allSquares[c] ?? NaN) - q, rows);
      }
      record(tally, inside, outside);
      return;
    }
    const [nextSum, nextSquare] = [partSums[depth + 1], partSquares[depth + 1]];
    for (let block = from; block <= blocks - half + depth; block++) {
      add(sum, sums[block], nextSum);
      add(square, squares[block], nextSquare);
      choose(depth + 1, block + 1);
    }
  };
  choose(0, 0);
  return tally;
}

function add(a: Float64Array, b: Float64Array | undefined, into: Float64Array | undefined): void {
  if (b === undefined || into === undefined) return;
  for (let c = 0; c < a.length; c++) into[c] = (a[c] ?? NaN) + (b[c] ?? NaN);
}

/** Sharpe ratio with ddof 1 of rows less a centre; the least of all where only rounding made a variance. */
function ratio(centre: number, sum: number, squares: number, rows: number): number {
  const mean = centre + sum / rows;
  const spread = Math.sqrt(Math.max(0, (squares - (sum * sum) / rows) / (rows - 1)));
  return isRoundingNoise(spread, mean) ? -Infinity : mean / spread;
}

function record(tally: Tally, inside: Float64Array, outside: Float64Array): void {
  let best = 0;
  for (let c = 1; c < inside.length; c++) if ((inside[c] ?? NaN) > (inside[best] ?? NaN)) best = c;
  if (inside[best] === -Infinity) return;
  const own = outside[best] ?? NaN;
  let less = 0;
  let equal = 0;
  for (const other of outside) {
    if (other < own) less++;
    else if (other === own) equal++;
  }
  // Those that are equal share the mean of their ranks.
  const share = (less + (equal + 1) / 2) / (outside.length + 1);
  const logit = Math.log(share / (1 - share));
  tally.combinations++;
  tally.logits += logit;
  if (share <= 0.5) tally.belowMedian++;
}
