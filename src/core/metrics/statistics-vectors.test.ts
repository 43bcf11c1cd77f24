/** The statistics about Sharpe ratios against the worked numbers of their papers. */
import { expect, it } from 'vitest';
import { describeShared } from '../../../test/support/shared-files.js';
import { aggregationFactor } from './aggregation-factor.js';
import { deflatedSharpe, luckySharpe } from './deflated-sharpe.js';
import { expectedMaximum } from './expected-maximum.js';
import { memmelError } from './memmel-error.js';
import { minimumTrackRecord } from './minimum-track-record.js';
import { probabilisticSharpe } from './probabilistic-sharpe.js';
import { normalSharpeError } from './sharpe-error.js';
import type { SharpeRecord } from './sharpe-record.js';

interface Case {
  readonly function: string;
  readonly source: string;
  readonly inputs: Readonly<Record<string, number>>;
  readonly expected: number;
  readonly abs_tolerance: number;
}
type Given = (name: string) => number;

function recordOf(given: Given, periods: number): SharpeRecord {
  return { sharpe: given('sharpe'), periods, skewness: given('skew'), kurtosis: given('kurtosis') };
}

const COMPUTED: Readonly<Record<string, (given: Given) => number | undefined>> = {
  psr: (g) => probabilisticSharpe(recordOf(g, g('n')), g('benchmark')),
  // How long the record is does not matter here.
  min_trl_years: (g) =>
    (minimumTrackRecord(recordOf(g, 2), g('benchmark'), g('prob')) ?? NaN) / g('periods_per_year'),
  expected_max_standard_normal: (g) => expectedMaximum(g('n_trials')),
  dsr: (g) => deflatedSharpe(recordOf(g, g('n')), g('n_trials'), g('var_sharpe_trials')),
  sr0: (g) => luckySharpe(g('n_trials'), g('var_sharpe_trials')),
  lo_eta_ar1: (g) =>
    aggregationFactor(
      g('q'),
      Array.from({ length: g('q') - 1 }, (_, i) => g('rho') ** (i + 1)),
    ),
  lo_se_iid: (g) => normalSharpeError(g('sharpe'), g('n')),
  jobson_korkie_memmel_se: (g) => memmelError(g('sharpe_a'), g('sharpe_b'), g('corr'), g('n')),
};

describeShared('vectors/statistics.json', 'statistics of Sharpe ratios by their papers', (content) => {
  const { cases } = content as { cases: readonly Case[] };

  it('are all of the file', () => {
    expect(cases).toHaveLength(26);
  });

  it.each(cases.map((of, i) => ({ ...of, i, name: of.function })))('case $i: $name, $source', (of) => {
    const used = new Set<string>();
    const given: Given = (name) => {
      used.add(name);
      return of.inputs[name] ?? NaN;
    };
    const found = COMPUTED[of.function]?.(given) ?? NaN;
    expect(Math.abs(found - of.expected), String(found)).toBeLessThanOrEqual(of.abs_tolerance);
    expect(Object.keys(of.inputs).filter((name) => !used.has(name))).toEqual([]);
  });
});
