import { describe, expect, it } from 'vitest';
import { describeShared } from '../../../test/support/shared-files.js';
import { deflatedSharpe } from '../metrics/deflated-sharpe.js';
import { judgeSweep } from './judge-sweep.js';
import { rowWidth, writeRow } from './sweep-row.js';
import { type SweepTally, addRun, openTally } from './sweep-tally.js';

function rowOf(sharpe: number, skewness = 0, kurtosis = 3): Float64Array {
  const row = new Float64Array(rowWidth(0)).fill(NaN);
  for (const [field, value] of Object.entries({ status: 1, sharpe, skewness, kurtosis, fills: 1 }))
    writeRow(row, field as 'sharpe', value);
  return row;
}

/** Runs with these ratios, and as many as it takes to `runs` that never traded. */
function tallyOf(ratios: readonly number[], runs = ratios.length): SweepTally {
  const tally = openTally(0);
  for (let run = 0; run < runs; run++) addRun(tally, run, rowOf(ratios[run] ?? NaN));
  return tally;
}

interface Case {
  readonly function: string;
  readonly inputs: Readonly<
    Record<'sharpe' | 'n' | 'skew' | 'kurtosis' | 'n_trials' | 'var_sharpe_trials', number>
  >;
  readonly expected: number;
  readonly abs_tolerance: number;
}

describeShared('vectors/statistics.json', 'the deflated ratio of a sweep, by the paper', (content) => {
  const cases = (content as { cases: readonly Case[] }).cases.filter((of) => of.function === 'dsr');

  it.each(cases)(
    'is $expected for $inputs.n_trials runs',
    ({ inputs, expected, abs_tolerance: tolerance }) => {
      const tally = openTally(0);
      addRun(tally, 0, rowOf(inputs.sharpe, inputs.skew, inputs.kurtosis));
      tally.played = inputs.n_trials;
      tally.ratios = 3;
      tally.squaredDeviations = 2 * inputs.var_sharpe_trials;
      const { best, usedVariance } = judgeSweep(tally, inputs.n, []);
      expect(usedVariance, 'the variance is above that of chance').toBe(inputs.var_sharpe_trials);
      expect(Math.abs((best[0]?.deflated ?? NaN) - expected)).toBeLessThanOrEqual(tolerance);
    },
  );

  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(0);
  });
});

describe('the judgement of a sweep', () => {
  it('A-10: the best of ten thousand is not taken at face value: alone it would be skill', () => {
    const alone = judgeSweep(tallyOf([0.08]), 1000, []);
    expect(alone.verdict).toBe('better-than-luck');
    expect(judgeSweep(tallyOf([0.08, 0.02, -0.03, 0.01], 10_000), 1000, []).verdict).toBe('luck');
  });

  it('counts runs that never traded: whoever tried them has chosen as well', () => {
    const few = judgeSweep(tallyOf([0.1, 0, -0.1]), 500, []);
    const more = judgeSweep(tallyOf([0.1, 0, -0.1], 300), 500, []);
    expect(more.runs).toBe(300);
    expect(more.hurdle ?? NaN).toBeGreaterThan(few.hurdle ?? NaN);
    expect(more.best[0]?.deflated ?? NaN).toBeLessThan(few.best[0]?.deflated ?? NaN);
  });

  it('is not made lenient by runs that resemble each other: the variance is at least that of chance', () => {
    const alike = judgeSweep(tallyOf([0.05, 0.0501, 0.0502, 0.0499]), 400, []);
    expect(alike.observedVariance ?? NaN).toBeLessThan(1e-6);
    expect(alike.usedVariance).toBe(1 / 400);
    const record = { sharpe: 0.0502, periods: 400, skewness: 0, kurtosis: 3 };
    expect(alike.best[0]?.deflated).toBe(deflatedSharpe(record, 4));
  });

  it('says how many independent runs they are worth', () => {
    const wave = (phase: number): Float64Array =>
      Float64Array.from({ length: 400 }, (_, i) => Math.sin(i * phase));
    const twins = judgeSweep(tallyOf([0.1, 0.1]), 400, [wave(1), wave(1)]);
    expect(twins.effectiveRuns).toBeCloseTo(1, 9);
    expect(twins.best[0]?.deflatedByEffective ?? NaN).toBeGreaterThan(twins.best[0]?.deflated ?? NaN);
    const strangers = judgeSweep(tallyOf([0.1, 0.1]), 400, [wave(1), wave(2)]);
    expect(strangers.effectiveRuns ?? NaN).toBeGreaterThan(1.9);
  });

  it('measures nothing where nobody traded', () => {
    const judged = judgeSweep(tallyOf([NaN, NaN]), 400, []);
    expect(judged).toMatchObject({ verdict: 'not-measurable', best: [], runs: 2 });
    expect(judged.overfitting).toEqual({ kind: 'undefined', why: 'too-few-candidates' });
    expect(judgeSweep(openTally(0), 400, [])).toMatchObject({ verdict: 'not-measurable', hurdle: undefined });
  });
});
