import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviation } from '../metrics/deviation.js';
import { rowWidth, writeFoldRatios, writeRow, readRow } from './sweep-row.js';
import {
  BEST_KEPT,
  SAMPLE_KEPT,
  type SweepTally,
  addRun,
  openTally,
  ratioVariance,
  restoreTally,
  saveTally,
  savedTallySchema,
} from './sweep-tally.js';

function rowOf(ratio: number, status = 1, fold: [train: number, test: number] = [NaN, NaN]): Float64Array {
  const row = new Float64Array(rowWidth(1)).fill(NaN);
  writeRow(row, 'status', status);
  writeRow(row, 'sharpe', ratio);
  writeRow(row, 'fills', Number.isNaN(ratio) ? 0 : 2);
  writeFoldRatios(row, 0, ...fold);
  return row;
}

function tallyOf(rows: readonly Float64Array[]): SweepTally {
  const tally = openTally(1);
  rows.forEach((row, run) => {
    addRun(tally, run, row);
  });
  return tally;
}

const ratio = fc.oneof(
  { weight: 5, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, 0.25, 0.25) },
);
const row = fc
  .tuple(ratio, fc.constantFrom(0, 1, 1, 1, 2), ratio, ratio)
  .map(([all, status, train, test]) => rowOf(status === 0 ? NaN : all, status, [train, test]));

describe('the tally of a sweep', () => {
  it('keeps the best of all, of equal ones the earlier', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 300 }), (rows) => {
        const sorted = rows
          .map((one, run) => ({ run, value: readRow(one, 'sharpe') }))
          .filter(({ value }) => !Number.isNaN(value))
          .sort((a, b) => b.value - a.value || a.run - b.run)
          .slice(0, BEST_KEPT);
        expect(tallyOf(rows).best.map(({ run }) => run)).toEqual(sorted.map(({ run }) => run));
      }),
    );
  });

  it('is the same when it was saved and restored at any moment', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 150 }), fc.nat(150), (rows, stop) => {
        const through = tallyOf(rows);
        const first = tallyOf(rows.slice(0, stop));
        const text = JSON.stringify(saveTally(first));
        const again = restoreTally(savedTallySchema.parse(JSON.parse(text)));
        rows.slice(stop).forEach((one, i) => {
          addRun(again, Math.min(stop, rows.length) + i, one);
        });
        expect(saveTally(again)).toEqual(saveTally(through));
      }),
    );
  });

  it('has the variance of all ratios, and counts who has none', () => {
    const rows = [0.1, NaN, -0.2, 0.4, NaN, 0.05].map((value) => rowOf(value));
    const tally = tallyOf([...rows, rowOf(NaN, 0), rowOf(0.2, 2)]);
    expect(tally).toMatchObject({
      played: 7,
      invalid: 1,
      firstInvalid: 6,
      faulted: 1,
      firstFaulted: 7,
      neverTraded: 2,
      ratios: 5,
    });
    expect(ratioVariance(tally)).toBeCloseTo((deviation([0.1, -0.2, 0.4, 0.05, 0.2]) ?? NaN) ** 2, 14);
    expect(ratioVariance(tallyOf([rowOf(1)]))).toBeUndefined();
  });

  it('knows the best in training of every fold and what came of it in the test', () => {
    const tally = tallyOf([rowOf(0, 1, [0.1, 0.5]), rowOf(0, 1, [0.3, -0.2]), rowOf(0, 1, [0.3, 0.9])]);
    expect(tally.folds).toEqual([{ bestRun: 1, bestTrain: 0.3, bestTest: -0.2, tested: 3, positive: 2 }]);
  });

  it('keeps no more after a hundred thousand runs than after a hundred', () => {
    const kept = ({ best, sample, folds }: SweepTally): number[] => [
      best.length,
      sample.length,
      folds.length,
    ];
    const tally = openTally(1);
    for (let run = 0; run < 100_000; run++) {
      if (run === 100) expect(kept(tally)).toEqual([BEST_KEPT, SAMPLE_KEPT, 1]);
      // Ever better ones are the worst case for who keeps the best.
      addRun(tally, run, rowOf(run / 1e6));
    }
    expect(kept(tally)).toEqual([BEST_KEPT, SAMPLE_KEPT, 1]);
    expect(JSON.stringify(saveTally(tally)).length).toBeLessThan(50_000);
  });

  it('samples by chance, not by merit or by order: the middle of the sample is the middle of all', () => {
    const tally = openTally(0);
    for (let run = 0; run < 20_000; run++) addRun(tally, run, rowOf(run));
    const mean = tally.sample.reduce((sum, { run }) => sum + run, 0) / tally.sample.length;
    // Four standard errors of the mean of a hundred uniform draws.
    expect(Math.abs(mean - 10_000)).toBeLessThan(4 * (20_000 / Math.sqrt(12 * 100)));
  });
});
