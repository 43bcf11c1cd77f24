/** Pearson correlations of many series over the same periods. */
import { mean } from './deviation.js';
import { isRoundingNoise } from './measurable.js';

/** Symmetric; undefined between a series without spread or with a gap and any other, itself included. */
export type CorrelationMatrix = readonly (readonly (number | undefined)[])[];

/** Series of one length; for others everything is undefined. */
export function correlationMatrix(series: readonly ArrayLike<number>[]): CorrelationMatrix {
  const units = unitsOf(series);
  const rows = units.map(() => Array.from(units, (): number | undefined => undefined));
  units.forEach((a, i) => {
    for (let j = 0; j <= i; j++) {
      const b = units[j];
      const value = a === undefined || b === undefined ? undefined : i === j ? 1 : correlationOf(a, b);
      for (const [x, y] of [
        [i, j],
        [j, i],
      ] as const) {
        const row = rows[x];
        if (row !== undefined) row[y] = value;
      }
    }
  });
  return rows;
}

/** The same for two series. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  const [x, y] = unitsOf([a, b]);
  return x === undefined || y === undefined ? undefined : correlationOf(x, y);
}

/**
 * Mean correlation over all pairs, without the pairs: the squares of the sum of n standardised series are n
 * plus twice their correlations. Undefined with fewer than two series that have a spread.
 */
export function averageCorrelation(series: readonly ArrayLike<number>[]): number | undefined {
  const units = unitsOf(series).filter((unit) => unit !== undefined);
  const count = units.length;
  if (count < 2) return undefined;
  const sum = new Float64Array(units[0]?.length ?? 0);
  for (const unit of units) for (let t = 0; t < sum.length; t++) sum[t] = (sum[t] ?? NaN) + (unit[t] ?? NaN);
  const squares = sum.reduce((total, value) => total + value * value, 0);
  return within((squares - count) / (count * (count - 1)));
}

function correlationOf(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += (a[t] ?? NaN) * (b[t] ?? NaN);
  return within(sum);
}

/** Rounding may lead just beyond. */
function within(value: number): number {
  return Math.max(-1, Math.min(value, 1));
}

/** Each series with mean 0 and squares that sum to 1; undefined where it cannot be. */
function unitsOf(series: readonly ArrayLike<number>[]): (Float64Array | undefined)[] {
  const length = series[0]?.length ?? 0;
  const fits = series.every((values) => values.length === length);
  return series.map((values) => (fits ? unitOf(values) : undefined));
}

function unitOf(values: ArrayLike<number>): Float64Array | undefined {
  const centre = mean(values);
  if (centre === undefined || values.length < 2) return undefined;
  const unit = Float64Array.from(values, (value) => value - centre);
  const squares = unit.reduce((sum, value) => sum + value * value, 0);
  if (!Number.isFinite(squares) || isRoundingNoise(Math.sqrt(squares / unit.length), centre))
    return undefined;
  const length = Math.sqrt(squares);
  return unit.map((value) => value / length);
}
