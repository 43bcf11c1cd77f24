import { deviationFrom } from '../metrics/deviation.js';
import { isRoundingNoise, measured } from '../metrics/measurable.js';
import { simpleReturn } from '../metrics/returns.js';
import { sharpeFrom } from '../metrics/sharpe.js';
import type { SweepWindows } from './sweep-windows.js';
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

/** Writes into the row what the curve says: return, ratio, moments, drawdown, and the ratios of the folds. */
export function scoreCurve(
  row: Float64Array,
  equity: Float64Array,
  cashUsd: number,
  returns: Float64Array,
  folds: SweepWindows['folds'],
): void {
  const n = returns.length;
  const pieces = sumPieces(returns, folds);
  const mean = pieces.sums.reduce((sum, value) => sum + value, 0) / n;
  let m2 = 0;
  let m3 = 0;
  let m4 = 0;
  for (let i = 0; i < n; i++) {
    const off = (returns[i] ?? NaN) - mean;
    const square = off * off;
    m2 += square;
    m3 += square * off;
    m4 += square * square;
  }
  const spread = Math.sqrt(m2 / n);
  const shaped = !isRoundingNoise(spread, mean);
  writeRow(row, 'returnFraction', (equity.at(-1) ?? NaN) / cashUsd - 1);
  writeRow(row, 'sharpe', sharpeFrom(measured(mean), deviationFrom(m2, n), 1));
  writeRow(row, 'skewness', shaped ? measured(m3 / n / spread ** 3) : undefined);
  writeRow(row, 'kurtosis', shaped ? measured(m4 / n / spread ** 4) : undefined);
  writeRow(row, 'maxDrawdownFraction', deepestFall(equity, cashUsd));
  folds.forEach(({ trainTo, testFrom, testTo }, k) => {
    writeFoldRatios(row, k, ratioOf(pieces, 0, trainTo), ratioOf(pieces, testFrom, testTo));
  });
}

/** Sums between all borders of the folds: anchored training parts overlap, and one pass is enough for all. */
interface Pieces {
  readonly borders: readonly number[];
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

function sumPieces(returns: Float64Array, folds: SweepWindows['folds']): Pieces {
  const cuts = folds.flatMap(({ trainTo, testFrom, testTo }) => [trainTo, testFrom, testTo]);
  const borders = [...new Set([0, ...cuts, returns.length])].sort((a, b) => a - b);
  const sums = new Float64Array(borders.length - 1);
  const squares = new Float64Array(borders.length - 1);
  for (let p = 0; p < sums.length; p++) {
    const end = borders[p + 1] ?? 0;
    let sum = 0;
    let square = 0;
    for (let i = borders[p] ?? 0; i < end; i++) {
      const value = returns[i] ?? NaN;
      sum += value;
      square += value * value;
    }
    sums[p] = sum;
    squares[p] = square;
  }
  return { borders, sums, squares };
}

/** What the subtraction of two sums of squares leaves below this share of them is rounding. */
const CANCELLED = 1e-13;

/** The Sharpe ratio per sample of the returns [from, to), both of them borders. */
function ratioOf({ borders, sums, squares }: Pieces, from: number, to: number): number | undefined {
  let sum = 0;
  let square = 0;
  for (let p = borders.indexOf(from); (borders[p] ?? Infinity) < to; p++) {
    sum += sums[p] ?? NaN;
    square += squares[p] ?? NaN;
  }
  const n = to - from;
  const around = square - (sum * sum) / n;
  if (!(around > CANCELLED * square)) return undefined;
  return sharpeFrom(measured(sum / n), deviationFrom(around, n), 1);
}

/** Zero or less; what is lost is at most everything. */
function deepestFall(equity: Float64Array, cashUsd: number): number {
  let peak = cashUsd;
  let deepest = 0;
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i] ?? NaN;
    if (value > peak) peak = value;
    else if (value < peak * (1 + deepest)) deepest = value / peak - 1;
  }
  return Math.max(deepest, -1);
}
