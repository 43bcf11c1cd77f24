import { describe, expect, it } from 'vitest';
import { madeReturns, madeTrials } from '../../../test/support/made-study.js';
import { markupProblems, picturesOf } from '../../../test/support/well-formed.js';
import { judgeStudy } from '../../core/metrics/judge-study.js';
import { studyPage } from './study-page.js';

const EVIL = '<script>alert(1)</script> & "x"\u202e';
const ABOUT = { market: EVIL, generated: false };
const placebos = Array.from({ length: 100 }, (_, seed) => ({ seed, returnFraction: (seed - 49.5) / 1000 }));
const benchmarks = [
  {
    name: EVIL,
    returnFraction: 0.01,
    equityUsd: 10_100,
    sharpe: 1,
    maxDrawdownFraction: -0.1,
    annualVolatilityFraction: 0.3,
  },
];
const two = [
  ...madeTrials(EVIL, madeReturns(0.02, 0.05, 8, 1)),
  ...madeTrials('b', madeReturns(-0.01, 0.02, 8, 2)),
];

describe('the page of a study', () => {
  const page = studyPage(judgeStudy({ trials: two, placebos, benchmarks, seed: 1 }), ABOUT);

  it('holds no foreign markup and needs no network', () => {
    expect(page).not.toContain('<script');
    expect(page).not.toContain('\u202e');
    expect(page).not.toMatch(/(src|href)="(?!#|data:)/);
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
    for (const picture of picturesOf(page)) expect(markupProblems(picture)).toEqual([]);
  });

  it('draws a dot for every trial, a mean for every configuration, and the band of nine in ten random traders', () => {
    const [picture = ''] = picturesOf(page);
    // One more of each is in the legend.
    expect(picture.match(/<circle/g)).toHaveLength(16 + 1);
    expect(picture.match(/class="fill halo orange"/g)).toHaveLength(2 + 1);
    // Quantiles of -4.95, -4.85 ... 4.95 percent.
    expect(picture).toContain('90 % of 100 random traders: -4.46 % to +4.46 %');
  });

  it('says first what was concluded', () => {
    const before = page.slice(0, page.indexOf('<nav>'));
    expect(before).toContain('NO PAIR IS PROVEN TO DIFFER');
    expect(before).toContain('Mean above 95 % of random traders');
  });

  it('draws a picture of every window, without a range where windows are the values', () => {
    const trials = ['x', 'y', 'z'].flatMap((window) => two.map((trial) => ({ ...trial, window })));
    const several = studyPage(judgeStudy({ trials, placebos: [], benchmarks: [], seed: 1 }), {
      market: 'seed 1',
      generated: true,
    });
    expect(picturesOf(several)).toHaveLength(3);
    expect(several).not.toContain('95 % range (t)');
    expect(several).toContain('GENERATED');
  });

  it('of nothing says so', () => {
    const page0 = studyPage(judgeStudy({ trials: [], placebos: [], benchmarks: [], seed: 1 }), ABOUT);
    expect(page0).toContain('There is no pair.');
    expect(page0).not.toMatch(/NaN|Infinity|undefined/);
  });
});
