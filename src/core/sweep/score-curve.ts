import { deviationFrom } from '../metrics/deviation.js';
import { isRoundingNoise, measured } from '../metrics/measurable.js';
import { simpleReturn } from '../metrics/returns.js';
import { sharpeFrom } from '../metrics/sharpe.js';
import type { Fold } from './sweep-windows.js';
import { writeFoldRatios, writeRow } from './sweep-row.js';

/** Returns between samples of a curve; the first is from the cash it began with. `into` has room for all of them. */
export function sampledReturns(
  equity: Float64Array,
  samples: Uint32Array,
  cashUsd: number,
  into: Float64Array,
): void {
  let before = cashUsd;
  for (let i = 0; i < samples.length; i++) {
    const after = equity[samples[i] ?? 0] ?? NaN;
    into[i] = simpleReturn(before, after);
    before = after;
  }
}

/**
 * Writes into the row what the curve says: return, ratio, moments, drawdown, and the ratios of the folds. One pass over
 * the samples makes sums of powers for all: an account without a position adds nothing to them and costs next to nothing.
 */
export function scoreCurve(
  row: Float64Array,
  equity: Float64Array,
  samples: Uint32Array,
  cashUsd: number,
  folds: readonly Fold[],
): void {
  const pieces = sumPieces(equity, samples, cashUsd, folds);
  const n = samples.length;
  const whole = totalOf(pieces, 0, n);
  const mean = whole.sum / n;
  // Central moments from sums of powers: returns deviate far more than their mean is from zero, so little cancels.
  const m2 = whole.squares / n - mean * mean;
  const m3 = whole.cubes / n - 3 * mean * (whole.squares / n) + 2 * mean ** 3;
  const m4 =
    whole.fourths / n - 4 * mean * (whole.cubes / n) + 6 * mean * mean * (whole.squares / n) - 3 * mean ** 4;
  const spread = Math.sqrt(m2);
  const shaped = m2 > CANCELLED * (whole.squares / n) && !isRoundingNoise(spread, mean);
  writeRow(row, 'returnFraction', (equity.at(-1) ?? NaN) / cashUsd - 1);
  writeRow(row, 'sharpe', ratioOf(pieces, 0, n));
  writeRow(row, 'skewness', shaped ? measured(m3 / spread ** 3) : undefined);
  writeRow(row, 'kurtosis', shaped ? measured(m4 / spread ** 4) : undefined);
  writeRow(row, 'maxDrawdownFraction', deepestFall(equity, cashUsd));
  folds.forEach(({ trainTo, testFrom, testTo }, k) => {
    writeFoldRatios(row, k, ratioOf(pieces, 0, trainTo), ratioOf(pieces, testFrom, testTo));
  });
}

interface Sums {
  sum: number;
  squares: number;
  cubes: number;
  fourths: number;
}

/** Sums between all borders of the folds: anchored training parts overlap, and one pass is enough for all. */
interface Pieces {
  readonly borders: readonly number[];
  readonly sums: readonly Sums[];
}

function sumPieces(
  equity: Float64Array,
  samples: Uint32Array,
  cashUsd: number,
  folds: readonly Fold[],
): Pieces {
  const cuts = folds.flatMap(({ trainTo, testFrom, testTo }) => [trainTo, testFrom, testTo]);
  const borders = [...new Set([0, ...cuts, samples.length])].sort((a, b) => a - b);
  const sums = borders.slice(1).map((end, p) => {
    const from = borders[p] ?? 0;
    const before = from === 0 ? cashUsd : (equity[samples[from - 1] ?? 0] ?? NaN);
    return sumPiece(equity, samples, from, end, before);
  });
  return { borders, sums };
}

function sumPiece(
  equity: Float64Array,
  samples: Uint32Array,
  from: number,
  to: number,
  beforeUsd: number,
): Sums {
  let before = beforeUsd;
  let sum = 0;
  let squares = 0;
  let cubes = 0;
  let fourths = 0;
  for (let i = from; i < to; i++) {
    const after = equity[samples[i] ?? 0] ?? NaN;
    if (after === before) continue;
    const value = simpleReturn(before, after);
    const square = value * value;
    sum += value;
    squares += square;
    cubes += square * value;
    fourths += square * square;
    before = after;
  }
  return { sum, squares, cubes, fourths };
}

/** Of the returns [from, to), both of them borders. */
function totalOf({ borders, sums }: Pieces, from: number, to: number): Sums {
  const total = { sum: 0, squares: 0, cubes: 0, fourths: 0 };
  for (let p = borders.indexOf(from); (borders[p] ?? Infinity) < to; p++) {
    total.sum += sums[p]?.sum ?? NaN;
    total.squares += sums[p]?.squares ?? NaN;
    total.cubes += sums[p]?.cubes ?? NaN;
    total.fourths += sums[p]?.fourths ?? NaN;
  }
  return total;
}

/** What a subtraction leaves below this share of what it was taken from is rounding. */
const CANCELLED = 1e-13;

/** The Sharpe ratio per sample of the returns [from, to). */
function ratioOf(pieces: Pieces, from: number, to: number): number | undefined {
  const { sum, squares } = totalOf(pieces, from, to);
  const n = to - from;
  const around = squares - (sum * sum) / n;
  if (!(around > CANCELLED * squares)) return undefined;
  return sharpeFrom(measured(sum / n), deviationFrom(around, n), 1);
}

/** Zero or less; what is lost is at most everything. Divides once per peak: most bars only compare. */
function deepestFall(equity: Float64Array, cashUsd: number): number {
  let peak = cashUsd;
  let low = cashUsd;
  let deepest = 0;
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i] ?? NaN;
    if (value > peak) {
      if (low < peak) deepest = Math.min(deepest, low / peak - 1);
      peak = value;
      low = value;
    } else if (value < low) low = value;
  }
  return Math.max(Math.min(deepest, low / peak - 1), -1);
}
