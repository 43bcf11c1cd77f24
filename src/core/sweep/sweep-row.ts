/** What is kept of one run: doubles in a fixed order, so that a million of them travel and are stored as bytes. */
const FIELDS = [
  /** 1 played, 2 played with a fault, 0 the kind does not take this set. */
  'status',
  'returnFraction',
  /** Per sample, not annual; NaN where it cannot be measured, as everywhere in a row. */
  'sharpe',
  'skewness',
  'kurtosis',
  'maxDrawdownFraction',
  'fills',
  'closedTrades',
  /** Fees, spread, slippage and funding. */
  'costsUsd',
] as const;
export type RowField = (typeof FIELDS)[number];
const PLACE = Object.fromEntries(FIELDS.map((field, i) => [field, i])) as Readonly<Record<RowField, number>>;

export const STATUS = { invalid: 0, played: 1, faulted: 2 } as const;

/** Behind the fields: training and test ratio of every fold. */
export function rowWidth(folds: number): number {
  return FIELDS.length + 2 * folds;
}

export function readRow(row: Float64Array, field: RowField): number {
  return row[PLACE[field]] ?? NaN;
}

export function writeRow(row: Float64Array, field: RowField, value: number | undefined): void {
  row[PLACE[field]] = stored(value);
}

export function foldRatios(
  row: Float64Array,
  fold: number,
): { readonly train: number; readonly test: number } {
  const at = FIELDS.length + 2 * fold;
  return { train: row[at] ?? NaN, test: row[at + 1] ?? NaN };
}

export function writeFoldRatios(
  row: Float64Array,
  fold: number,
  train: number | undefined,
  test: number | undefined,
): void {
  row[FIELDS.length + 2 * fold] = stored(train);
  row[FIELDS.length + 2 * fold + 1] = stored(test);
}

/** NaN for what is not there; a negative zero becomes 0, because JSON would not keep it. */
function stored(value: number | undefined): number {
  return (value ?? NaN) + 0;
}

/** Share of the folds whose test had a positive ratio, of those that have one at all. */
export function positiveShare(row: Float64Array, folds: number): number | undefined {
  let measured = 0;
  let positive = 0;
  for (let k = 0; k < folds; k++) {
    const { test } = foldRatios(row, k);
    if (Number.isNaN(test)) continue;
    measured++;
    if (test > 0) positive++;
  }
  return measured === 0 ? undefined : positive / measured;
}
