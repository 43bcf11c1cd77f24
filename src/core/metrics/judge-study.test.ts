import { describe, expect, it } from 'vitest';
import { madeReturns, madeTrial, madeTrials } from '../../../test/support/made-study.js';
import { describeShared } from '../../../test/support/shared-files.js';
import { uniformAt } from '../domain/rng.js';
import { median } from './median.js';
import { type Study, judgeStudy } from './judge-study.js';
import { shareRange } from './share-range.js';
import { type StudyBenchmark, type StudyPlacebo, type StudyTrial, windowOf } from './study-trial.js';
import { comparePairs } from './study-pairs.js';
import { studyTradeFigures } from './study-trade-figures.js';

function judge(trials: readonly StudyTrial[], change: Partial<Parameters<typeof judgeStudy>[0]> = {}): Study {
  return judgeStudy({ trials, placebos: [], benchmarks: [], seed: 1, ...change });
}

function benchmark(name: string, returnFraction: number, window?: string): StudyBenchmark {
  return {
    name,
    window,
    returnFraction,
    equityUsd: 10_000 * (1 + returnFraction),
    sharpe: 0.1,
    maxDrawdownFraction: -0.1,
    annualVolatilityFraction: 0.4,
  };
}

/** Two models at two temperatures with the published means and deviations, ten trials each. */
const PUBLISHED = [
  ['model-a t0.1', -0.1092, 0.1414],
  ['model-a t0.7', 0.036, 0.3551],
  ['model-b t0.1', 0.014, 0.0734],
  ['model-b t0.7', -0.003, 0.0621],
] as const;
const published = PUBLISHED.flatMap(([name, mean, deviation], i) =>
  madeTrials(name, madeReturns(mean, deviation, 10, i + 1)),
);

describe('a study of one window', () => {
  const study = judge(published);

  it('B-43: has for each configuration the figures of its trials, deviations with ddof 1 and the t interval', () => {
    const [first] = study.configurations;
    expect(first?.meanFraction).toBeCloseTo(-0.1092, 12);
    expect(first?.deviationFraction).toBeCloseTo(0.1414, 12);
    // 2.262157 with 9 degrees: -10.92 +- 10.1152 points.
    expect(first?.againstZero?.low).toBeCloseTo(-0.1092 - (2.262157162798205 * 0.1414) / Math.sqrt(10), 12);
    expect(first?.againstZero?.high).toBeCloseTo(-0.1092 + (2.262157162798205 * 0.1414) / Math.sqrt(10), 12);
    expect(first?.coefficientOfVariation).toBeCloseTo(0.1414 / 0.1092, 9);
    expect(first?.values).toBe(10);
    expect(first?.positive?.share).toBe(
      (first?.trials ?? []).filter((trial) => trial.returnFraction > 0).length / 10,
    );
    expect(first?.bootstrap?.low).toBeLessThan(-0.1092);
    expect(first?.bootstrap?.high).toBeGreaterThan(-0.1092);
  });

  it('B-42: shows all six pairs, of which none is said to differ', () => {
    expect(study.pairs.map(({ a, b }) => `${a} ${b}`)).toHaveLength(6);
    expect(new Set(study.pairs.map(({ verdict }) => verdict))).toEqual(new Set(['not-proven']));
    const welch = study.pairs.map(({ tTest }) => tTest?.twoSidedP ?? NaN);
    expect(welch.filter((p) => p < 0.05)).toHaveLength(2);
    for (const { p, tTest, permutation, holmP } of study.pairs) {
      expect(p).toBe(Math.max(tTest?.twoSidedP ?? NaN, permutation?.twoSidedP ?? NaN));
      expect(holmP).toBeGreaterThan(0.15);
    }
  });

  it('says of each pair what it could have found, more among all of them', () => {
    for (const { detectableFraction, detectableAmongAllFraction, tTest } of study.pairs) {
      expect(detectableFraction).toBeGreaterThan(2.8 * (tTest?.error ?? NaN));
      expect(detectableAmongAllFraction).toBeGreaterThan(detectableFraction ?? NaN);
    }
  });

  it('B-44: counts trials only while all saw the same prices', () => {
    expect(study).toMatchObject({ unit: 'trial', windows: ['all trials'] });
  });

  it('finds a difference that is there, whichever configuration comes first', () => {
    const better = madeTrials('better', madeReturns(0.1, 0.05, 10, 1));
    const worse = madeTrials('worse', madeReturns(-0.02, 0.02, 10, 2));
    const [found] = judge([...better, ...worse]).pairs;
    const [turned] = judge([...worse, ...better]).pairs;
    expect(found).toMatchObject({ verdict: 'differ', a: 'better', b: 'worse' });
    expect(found?.differenceFraction).toBeCloseTo(0.12, 12);
    expect(turned).toMatchObject({
      verdict: 'differ',
      p: found?.p,
      cliffsDelta: -(found?.cliffsDelta ?? NaN),
    });
    expect(turned?.differenceFraction).toBe(-(found?.differenceFraction ?? NaN));
  });

  it('says that a pair differs at an adjusted p of .05, and not above', () => {
    const gap = (mean: number): Study =>
      judge([
        ...madeTrials('a', madeReturns(mean, 0.05, 10, 1)),
        ...madeTrials('b', madeReturns(0, 0.05, 10, 2)),
      ]);
    const [near, over] = [gap(0.043).pairs[0], gap(0.056).pairs[0]];
    expect(near?.holmP).toBeGreaterThan(0.05);
    expect(near?.holmP).toBeLessThan(0.1);
    expect(near?.verdict).toBe('not-proven');
    expect(over?.holmP).toBeLessThan(0.05);
    expect(over?.verdict).toBe('differ');
  });

  it('cannot measure a pair of which nothing spreads, and counts it among the pairs all the same', () => {
    const frozen = madeTrials('frozen', [0.02, 0.02, 0.02]);
    const other = madeTrials('also frozen', [0.05, 0.05, 0.05]);
    const loose = madeTrials('loose', madeReturns(-0.2, 0.05, 10, 3));
    const { pairs } = judge([...frozen, ...other, ...loose]);
    expect(pairs.map(({ verdict, holmP }) => [verdict, holmP === undefined])).toEqual([
      ['not-measurable', true],
      ['differ', false],
      ['differ', false],
    ]);
    expect(pairs[1]?.holmP).toBeGreaterThanOrEqual(3 * Math.min(pairs[1]?.p ?? NaN, pairs[2]?.p ?? NaN));
  });

  it('measures no spread of one trial', () => {
    const { configurations, pairs } = judge([
      ...madeTrials('once', [0.04]),
      ...madeTrials('often', [0.01, 0.02, 0.05]),
    ]);
    expect(configurations[0]).toMatchObject({
      meanFraction: 0.04,
      deviationFraction: undefined,
      againstZero: undefined,
      bootstrap: undefined,
    });
    expect(pairs[0]).toMatchObject({ verdict: 'not-measurable', hedgesG: undefined });
    expect(pairs[0]?.differenceFraction).toBeCloseTo(0.04 - 0.08 / 3, 12);
  });

  it('is the same for the same seed and in whatever order trials come, and a study without trials is an empty one', () => {
    expect(judge(published)).toEqual(study);
    const shuffled = published.map(
      (trial, i) =>
        published[(i * 7) % 10 === i % 10 ? i : Math.floor(i / 10) * 10 + ((i * 7) % 10)] ?? trial,
    );
    expect(new Set(shuffled)).toEqual(new Set(published));
    expect(shuffled).not.toEqual(published);
    expect(judge(shuffled), 'trials end in any order').toEqual(study);
    expect(judge([])).toMatchObject({ configurations: [], pairs: [], windows: [] });
  });
});

describe('trials that count nowhere', () => {
  it('B-15: are those of which more than one decision in twenty failed, by name', () => {
    const trials = [
      ...madeTrials('fails', [0.5, 0.01, 0.02]).map((trial, i) => ({
        ...trial,
        failedShare: [0.051, 0.05, 0][i] ?? NaN,
      })),
      ...madeTrials('always fails', [0.9], { failedShare: 1 }),
    ];
    const study = judge(trials);
    expect(study.configurations.map(({ configuration, trials: of }) => [configuration, of.length])).toEqual([
      ['fails', 2],
    ]);
    expect(study.configurations[0]?.maxFraction).toBe(0.02);
    expect(study.withoutTrials).toEqual(['always fails']);
    expect(study.excluded.map(({ trial, why }) => [trial.configuration, trial.trial, why])).toEqual([
      ['fails', 1, { kind: 'failed-decisions', failedShare: 0.051 }],
      ['always fails', 1, { kind: 'failed-decisions', failedShare: 1 }],
    ]);
  });

  it('are also those whose return is no number', () => {
    const study = judge(madeTrials('odd', [NaN, Infinity, 0.01, 0.02]));
    expect(study.excluded.map(({ why }) => why.kind)).toEqual(['no-number', 'no-number']);
    expect(study.configurations[0]?.meanFraction).toBeCloseTo(0.015, 12);
  });

  it('may not come twice', () => {
    const [one] = madeTrials('twice', [0.01]);
    if (one === undefined) throw new Error('no trial');
    expect(() => judge([one, one])).toThrow('two results of twice, trial 1');
    expect(() => judge([one, { ...one, window: 'another' }])).not.toThrow();
  });
});

describe('a study of several windows', () => {
  /** What the prices of a window do to everybody. */
  function sharedOf(window: string): number {
    return 0.2 * (uniformAt(99, Number(window.at(-1)) * 60_000, 0) - 0.5);
  }

  /** A window moves all its trials; ten trials in each. */
  function inWindows(name: string, edge: number, windows: number, seed: number): StudyTrial[] {
    return Array.from({ length: windows }, (_, w) => {
      const window = `window ${String(w)}`;
      // What the configuration does with a window, the same in all its trials.
      const own = 0.05 * (uniformAt(seed, w * 60_000, 1) - 0.5);
      return madeTrials(name, madeReturns(sharedOf(window) + own + edge, 0.004, 10, seed * 100 + w), {
        window,
      });
    }).flat();
  }

  it('B-44: counts windows, not trials: ten times the trials are no more evidence', () => {
    const study = judge([...inWindows('a', 0, 6, 1), ...inWindows('b', 0, 6, 2)]);
    const [pair] = study.pairs;
    expect(study.unit).toBe('window');
    expect(pair).toMatchObject({ countA: 6, countB: 6 });
    expect(pair?.tTest?.degrees).toBe(5);
    expect(pair?.permutation).toMatchObject({ exact: true, splits: 64 });
    expect(
      study.configurations.map(({ values, trials, againstZero }) => [
        values,
        trials.length,
        againstZero?.degrees,
      ]),
    ).toEqual([
      [6, 60, 5],
      [6, 60, 5],
    ]);
  });

  it('B-44: calls two configurations of one skill different seldom; counting trials would in half of the cases', () => {
    const differ = (trials: readonly StudyTrial[], unit: 'trial' | 'window'): boolean => {
      const groups = ['a', 'b'].map((configuration) => ({
        configuration,
        trials: trials.filter((trial) => trial.configuration === configuration),
      }));
      return comparePairs(groups, unit, 1)[0]?.verdict === 'differ';
    };
    let said = 0;
    let naively = 0;
    const runs = 60;
    for (let run = 1; run <= runs; run++) {
      const trials = [...inWindows('a', 0, 6, 2 * run), ...inWindows('b', 0, 6, 2 * run + 1)];
      if (differ(trials, 'window')) said++;
      // Even without the market's part, which both share, trials of one window are no independent ones.
      const own = trials.map((trial) => ({
        ...trial,
        returnFraction: trial.returnFraction - sharedOf(windowOf(trial)),
      }));
      if (differ(own, 'trial')) naively++;
    }
    expect(said / runs).toBeLessThan(0.15);
    expect(naively / runs).toBeGreaterThan(0.3);
  });

  it('finds an edge that all windows have, and takes only windows that both configurations have', () => {
    const a = inWindows('a', 0.08, 8, 3);
    const b = inWindows('b', 0, 8, 4).filter(({ window }) => window !== 'window 2');
    const [pair] = judge([...a, ...b]).pairs;
    expect(pair).toMatchObject({ verdict: 'differ', countA: 7, countB: 7 });
    expect(Math.abs((pair?.differenceFraction ?? NaN) - 0.08)).toBeLessThan(0.05);
  });

  it('has a range of the share of gains that is as wide as if whole windows were counted, where windows decide', () => {
    const trials = [0.1, -0.1, 0.1, -0.1].flatMap((edge, w) =>
      madeTrials('a', madeReturns(edge, 0.001, 10, w + 1), { window: String(w) }),
    );
    // Two of four (Wilson): 15.0 to 85.0 %. Twenty of forty would say 35.2 to 64.8 %.
    const { positive } = judge(trials).configurations[0] ?? {};
    expect(positive?.share).toBe(0.5);
    expect(positive?.low).toBeCloseTo(0.15, 2);
    expect(positive?.high).toBeCloseTo(0.85, 2);
  });

  it('and counts trials nearly alone where windows hardly differ', () => {
    // Gains in 7, 5, 5 and 3 of ten: 37.5 independent trials would spread so between windows.
    const trials = [7, 5, 5, 3].flatMap((gains, w) =>
      madeTrials(
        'a',
        Array.from({ length: 10 }, (_, i) => (i < gains ? 0.1 : -0.1)),
        { window: String(w) },
      ),
    );
    const { positive } = judge(trials).configurations[0] ?? {};
    const wilson = shareRange(18.75, 37.5);
    expect(positive?.low).toBeCloseTo(wilson?.low ?? NaN, 9);
    expect(positive?.high).toBeCloseTo(wilson?.high ?? NaN, 9);
  });

  it('weighs a window with few trials like one with many', () => {
    const trials = [
      ...madeTrials('a', [0.1, 0.1, 0.1, 0.1], { window: 'x' }),
      ...madeTrials('a', [-0.1], { window: 'y' }),
    ];
    expect(judge(trials).configurations[0]?.meanFraction).toBeCloseTo(0, 12);
    expect(judge(trials).configurations[0]?.positive).toBeUndefined();
  });
});

describe('benchmarks', () => {
  it('are compared with by the error of the trials alone, adjusted over all comparisons', () => {
    const study = judge(
      [
        ...madeTrials('good', madeReturns(0.1, 0.02, 10, 1)),
        ...madeTrials('poor', madeReturns(-0.1, 0.02, 10, 2)),
      ],
      {
        benchmarks: [benchmark('hold', 0.0007), benchmark('basket', 0.095)],
      },
    );
    expect(
      study.againstBenchmarks.map(({ configuration, benchmark: name, verdict }) => [
        configuration,
        name,
        verdict,
      ]),
    ).toEqual([
      ['good', 'hold', 'better'],
      ['good', 'basket', 'not-proven'],
      ['poor', 'hold', 'worse'],
      ['poor', 'basket', 'worse'],
    ]);
    const [first, second] = study.againstBenchmarks;
    expect(first?.differenceFraction).toBeCloseTo(0.0993, 12);
    expect(first?.tTest?.error).toBeCloseTo(0.02 / Math.sqrt(10), 12);
    expect(second?.holmP).toBe(second?.tTest?.twoSidedP);
  });

  it('of another window are not compared with', () => {
    const [found] = judge(madeTrials('a', [0.1, 0.2]), {
      benchmarks: [benchmark('hold', 0, 'elsewhere')],
    }).againstBenchmarks;
    expect(found).toMatchObject({ values: 0, differenceFraction: undefined, verdict: 'not-measurable' });
  });

  it('are compared with window by window', () => {
    const trials = [
      ...madeTrials('a', [0.1, 0.2], { window: 'x' }),
      ...madeTrials('a', [0.0, 0.1], { window: 'y' }),
    ];
    const [found] = judge(trials, {
      benchmarks: [benchmark('hold', 0.05, 'x'), benchmark('hold', -0.05, 'y')],
    }).againstBenchmarks;
    expect(found?.values).toBe(2);
    expect(found?.differenceFraction).toBeCloseTo(0.1, 12);
  });
});

describe('random traders', () => {
  const placebos: StudyPlacebo[] = Array.from({ length: 1000 }, (_, i) => ({
    seed: i,
    returnFraction: (i - 499.5) / 10_000,
  }));

  it('B-45: give each configuration a percentile with its range: how many of them its mean beats', () => {
    const [of] = judge(madeTrials('a', [0.01, 0.03]), { placebos }).configurations;
    // 700 of the thousand lie below 2 %.
    expect(of?.placebos[0]).toMatchObject({ placebos: 1000, beatenByMean: { share: 0.7 } });
    expect(of?.placebos[0]?.beatenByMean?.low).toBeCloseTo(0.6709, 3);
    expect(of?.placebos[0]?.beatenByTrial).toBeCloseTo((0.6 + 0.8) / 2, 9);
  });

  it('count half where they are equal, and are compared over the windows of the configuration', () => {
    const ties = [0.01, 0.02, 0.03, 0.04].map((returnFraction, seed) => ({ seed, returnFraction }));
    expect(
      judge(madeTrials('a', [0.02]), { placebos: ties }).configurations[0]?.placebos[0]?.beatenByMean?.share,
    ).toBe(1.5 / 4);
    const trials = [...madeTrials('a', [0.1], { window: 'x' }), ...madeTrials('a', [0.0], { window: 'y' })];
    const inBoth = [
      { seed: 1, window: 'x', returnFraction: 0.3 },
      { seed: 1, window: 'y', returnFraction: -0.3 },
      { seed: 2, window: 'x', returnFraction: 0 },
      { seed: 2, window: 'y', returnFraction: 0.2 },
      { seed: 3, window: 'x', returnFraction: -0.5 },
    ];
    const [of] = judge(trials, { placebos: inBoth }).configurations;
    expect(of?.placebos[0]).toMatchObject({ placebos: 2, beatenByMean: { share: 0.5 } });
    // x: beats two of three; y: one of two.
    expect(of?.placebos[0]?.beatenByTrial).toBeCloseTo((2 / 3 + 1 / 2) / 2, 9);
  });

  it('that are none give none', () => {
    expect(judge(madeTrials('a', [0.02])).configurations[0]?.placebos).toEqual([]);
    const [of] = judge(madeTrials('a', [0.02]), {
      placebos: [{ seed: 1, returnFraction: NaN }],
    }).configurations;
    expect(of?.placebos).toEqual([
      { group: 'random', beatenByMean: undefined, beatenByTrial: undefined, placebos: 1 },
    ]);
  });

  it('B-45: of several groups are told apart: a leveraged return beside leveraged random traders', () => {
    const two = [0.01, 0.02, -0.01].flatMap((returnFraction, seed) => [
      { seed, returnFraction },
      { seed, group: 'random at 10x', returnFraction: 10 * returnFraction },
    ]);
    const [of] = judge(madeTrials('a', [0.05, 0.05]), { placebos: two }).configurations;
    expect(
      of?.placebos.map(({ group, beatenByMean, placebos: n }) => [group, beatenByMean?.share, n]),
    ).toEqual([
      ['random', 1, 3],
      ['random at 10x', 1 / 3, 3],
    ]);
  });
});

describe('trades of a trial', () => {
  it('have figures by hand', () => {
    expect(studyTradeFigures(madeTrial({ configuration: 'a', trial: 1 }))).toMatchObject({
      winFraction: 0.5,
      profitFactor: 2,
      meanNotionalUsd: 4000,
      medianNotionalUsd: 2500,
      meanHoldHours: 18,
      medianHoldHours: 10,
      meanLeverage: 15,
      expectancyUsd: 10,
      deviationUsd: Math.sqrt((50 ** 2 + 40 ** 2 + 10 ** 2 + 20 ** 2) / 3),
      upsideDeviationUsd: Math.sqrt((60 ** 2 + 20 ** 2) / 4),
      downsideDeviationUsd: Math.sqrt((30 ** 2 + 10 ** 2) / 4),
      sortinoPerTrade: 10 / Math.sqrt(250),
      upDownRatio: 2,
    });
  });

  it('have the skewness and excess kurtosis of scipy', () => {
    const figures = studyTradeFigures(madeTrial({ configuration: 'a', trial: 1 }));
    expect(figures.skewness).toBeCloseTo(0.3461680709723672, 12);
    expect(figures.excessKurtosis).toBeCloseTo(-1.3024574669187146, 12);
  });

  it('B-40: the same trades once more change no ratio', () => {
    const once = madeTrial({ configuration: 'a', trial: 1 });
    const twice = { ...once, tradeNetsUsd: [...once.tradeNetsUsd, ...once.tradeNetsUsd] };
    expect(studyTradeFigures(twice).sortinoPerTrade).toBeCloseTo(
      studyTradeFigures(once).sortinoPerTrade ?? NaN,
      12,
    );
    expect(studyTradeFigures(twice).upDownRatio).toBeCloseTo(2, 12);
  });

  it('that are none have none', () => {
    const figures = studyTradeFigures(
      madeTrial({
        configuration: 'a',
        trial: 1,
        closedTrades: 0,
        wins: 0,
        tradeNetsUsd: [],
        notionalsUsd: [],
        holdHours: [],
        leverages: [],
      }),
    );
    expect(Object.values(figures).filter((value) => value !== undefined)).toEqual([]);
  });

  it('are added up by symbol over the trials, with captures of those in which they could be measured', () => {
    const trials = madeTrials('a', [0.01, 0.02]);
    const [first] = trials;
    if (first === undefined) throw new Error('no trial');
    const other = {
      ...first,
      trial: 9,
      perSymbol: [
        { symbol: 'BTC-USDT', trades: 1, netUsd: -80, wins: 0, bestUsd: -80, worstUsd: -80, upCapture: 0.5 },
      ],
    };
    const [btc, eth] = judge([...trials, other]).configurations[0]?.bySymbol ?? [];
    expect(btc).toMatchObject({
      symbol: 'BTC-USDT',
      trades: 7,
      netUsd: 20,
      meanNetUsd: 20 / 7,
      winFraction: 4 / 7,
      bestUsd: 60,
      worstUsd: -80,
      down: { mean: 0.2, trials: 2 },
    });
    expect(btc?.up.mean).toBeCloseTo(1.1 / 3, 12);
    expect(eth).toMatchObject({
      trades: 2,
      netUsd: -20,
      up: { mean: undefined, deviation: undefined, trials: 0 },
    });
  });
});

describe('a median', () => {
  it('is the middle value or the mean of both middle ones, and none with a gap', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])]).toEqual([2, 2.5, 7]);
    expect([median([]), median([1, 2, NaN]), median([1, Infinity])]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

interface Account {
  readonly run: string;
  readonly provider: string;
  readonly account_value: number;
  readonly starting_capital: number;
  readonly total_trades: number;
}

describeShared(
  'vectors/recorded_runs_accounts.json',
  'ten recorded runs of two models at two temperatures',
  (content) => {
    const { runs } = content as { readonly runs: readonly Account[] };
    const trials = runs.map((run, i) =>
      madeTrial({
        configuration: `${run.provider} ${run.run.includes('temp01') ? 't0.1' : 't0.7'}`,
        trial: i + 1,
        returnFraction: run.account_value / run.starting_capital - 1,
        closedTrades: run.total_trades,
      }),
    );
    const study = judge(trials);

    it('have the means and deviations that numpy finds', () => {
      // numpy.mean and numpy.std(ddof=1) of account_value / 10,000 - 1
      const expected = [
        ['anthropic t0.1', 2, -0.12441645680749924, 0.24145158245549014],
        ['anthropic t0.7', 3, 0.009370422150166036, 0.48271547765172323],
        ['openai t0.1', 2, 0.007584954399999844, 0.16302464446255682],
        ['openai t0.7', 3, -0.03454336286666685, 0.08764867387971728],
      ] as const;
      expect(study.configurations.map(({ configuration, trials: of }) => [configuration, of.length])).toEqual(
        expected.map(([name, n]) => [name, n]),
      );
      study.configurations.forEach((of, i) => {
        expect(of.meanFraction).toBeCloseTo(expected[i]?.[2] ?? NaN, 12);
        expect(of.deviationFraction).toBeCloseTo(expected[i]?.[3] ?? NaN, 12);
      });
    });

    it('have the p values of scipy between them, of which none means anything', () => {
      // scipy.stats.ttest_ind(equal_var=False), pairs in order
      const welch = [
        0.7101791680824219, 0.5951467085595868, 0.6918357499329223, 0.9957019963789747, 0.8902420055191625,
        0.7812192443330679,
      ];
      study.pairs.forEach((pair, i) => {
        expect(pair.tTest?.twoSidedP).toBeCloseTo(welch[i] ?? NaN, 10);
        expect(pair).toMatchObject({ holmP: 1, verdict: 'not-proven', bootstrap: undefined });
      });
    });
  },
);
