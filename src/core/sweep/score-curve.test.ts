import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equityToReturns } from '../metrics/returns.js';
import { sharpe } from '../metrics/sharpe.js';
import { sharpeRecord } from '../metrics/sharpe-record.js';
import { drawdown } from '../metrics/drawdown.js';
import { sampledReturns, scoreCurve } from './score-curve.js';
import { foldRatios, positiveShare, readRow, rowWidth } from './sweep-row.js';

const FOLDS = [
  { trainTo: 30, testFrom: 40, testTo: 70 },
  { trainTo: 60, testFrom: 70, testTo: 100 },
];
const CASH_USD = 10_000;

function scored(equity: Float64Array): { row: Float64Array; returns: Float64Array } {
  const returns = new Float64Array(equity.length);
  const samples = Uint32Array.from(equity, (_, i) => i);
  sampledReturns(equity, samples, CASH_USD, returns);
  const row = new Float64Array(rowWidth(FOLDS.length)).fill(NaN);
  scoreCurve(row, equity, samples, CASH_USD, FOLDS);
  return { row, returns };
}

function close(found: number, expected: number | undefined): void {
  if (expected === undefined) expect(found).toBeNaN();
  else expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

/** Curves with stretches on which nothing happens, as accounts without positions have them. */
const curve = fc
  .array(fc.tuple(fc.double({ min: -0.05, max: 0.05, noNaN: true }), fc.boolean()), {
    minLength: 100,
    maxLength: 100,
  })
  .map((steps) => {
    let equity = CASH_USD;
    return Float64Array.from(steps, ([move, still]) => (equity *= 1 + (still ? 0 : move)));
  });

describe('the row of a run', () => {
  it('has the figures that the metrics of a whole series have', () => {
    fc.assert(
      fc.property(curve, (equity) => {
        const { row, returns } = scored(equity);
        const points = Float64Array.from([CASH_USD, ...equity]);
        expect(returns).toEqual(equityToReturns(points));
        const record = sharpeRecord(returns);
        close(readRow(row, 'sharpe'), record?.sharpe);
        close(readRow(row, 'skewness'), record?.skewness);
        close(readRow(row, 'kurtosis'), record?.kurtosis);
        close(readRow(row, 'returnFraction'), (equity.at(-1) ?? NaN) / CASH_USD - 1);
        close(readRow(row, 'maxDrawdownFraction'), drawdown(returns)?.depth);
        FOLDS.forEach(({ trainTo, testFrom, testTo }, k) => {
          const { train, test } = foldRatios(row, k);
          close(train, sharpe(returns.subarray(0, trainTo), 1));
          close(test, sharpe(returns.subarray(testFrom, testTo), 1));
        });
      }),
    );
  });

  it('has no ratio where nothing was traded: not 0', () => {
    const { row } = scored(new Float64Array(100).fill(CASH_USD));
    expect(readRow(row, 'returnFraction')).toBe(0);
    expect(readRow(row, 'sharpe')).toBeNaN();
    expect(foldRatios(row, 0)).toEqual({ train: NaN, test: NaN });
    expect(positiveShare(row, FOLDS.length)).toBeUndefined();
  });

  it('has no test ratio where only the training part traded', () => {
    const equity = Float64Array.from({ length: 100 }, (_, i) => CASH_USD + (i < 30 ? 10 * (i % 3) : 20));
    const { row } = scored(equity);
    expect(foldRatios(row, 0).train).toBeGreaterThan(0);
    expect(foldRatios(row, 0).test).toBeNaN();
    expect(foldRatios(row, 1).train).toBeGreaterThan(0);
  });

  it('takes samples only where they lie: hours of a curve in shorter bars', () => {
    const equity = Float64Array.from([1, 2, 3, 4, 6, 5, 8, 9]);
    const returns = new Float64Array(2);
    sampledReturns(equity, Uint32Array.from([3, 7]), 2, returns);
    expect([...returns]).toEqual([1, 1.25]);
  });
});
