import { describe, expect, it } from 'vitest';
import { madeReturns, madeTrial, madeTrials } from '../../../test/support/made-study.js';
import { type Study, type StudyInput, judgeStudy } from '../../core/metrics/judge-study.js';
import type { StudyTrial } from '../../core/metrics/study-trial.js';
import { fileSlugs } from './file-slugs.js';
import { studyFiles } from './study-files.js';
import { studyText } from './study-text.js';

const ABOUT = { market: 'six symbols, 4h bars', generated: false };
const WINDOW = '2025-10-17 to 2025-10-31';

function judge(trials: readonly StudyTrial[], change: Partial<StudyInput> = {}): Study {
  return judgeStudy({ trials, placebos: [], benchmarks: [], seed: 1, ...change });
}

const study = judge(
  [
    ...madeTrials('openai gpt t0.1', madeReturns(-0.1092, 0.1414, 10, 1), { window: WINDOW }),
    ...madeTrials('openai gpt t0.7', madeReturns(0.036, 0.3551, 10, 2), {
      window: WINDOW,
      temperature: null,
    }),
    ...madeTrials('broken', [0.9], { window: WINDOW, failedShare: 0.2 }),
  ],
  {
    placebos: [0.3, -0.2, 0.1].map((returnFraction, seed) => ({ seed, window: WINDOW, returnFraction })),
    benchmarks: [
      {
        name: 'buy and hold',
        window: WINDOW,
        returnFraction: 0.0007,
        equityUsd: 10_007,
        sharpe: undefined,
        maxDrawdownFraction: -0.0825,
        annualVolatilityFraction: 0.41,
      },
    ],
  },
);
const files = studyFiles(study, ABOUT);

function linesOf(name: string): string[] {
  const text = files.get(name);
  if (text === undefined) throw new Error(`no ${name}`);
  return text.trimEnd().split('\n');
}

describe('the files of a study', () => {
  it('are text, a page, JSON, five tables of each configuration and six of all', () => {
    const each = [
      'overall_stats',
      'advanced_stats',
      'risk_metrics_summary',
      'total_pnl_by_coin',
      'avg_capture_ratios_by_coin',
    ];
    expect([...files.keys()].sort()).toEqual(
      [
        ...['openai-gpt-t0.1', 'openai-gpt-t0.7'].flatMap((slug) =>
          each.map((name) => `${slug}_${name}.csv`),
        ),
        ...[
          'summary_statistics',
          'placebo_percentiles',
          'pairs',
          'benchmark_summary',
          'benchmark_comparisons',
          'excluded_trials',
        ].map((name) => `${name}.csv`),
        'study.html',
        'study.json',
        'study.txt',
      ].sort(),
    );
  });

  // Titles of the published tables; columns of our own come after them.
  it.each([
    [
      'openai-gpt-t0.1_overall_stats.csv',
      'Trial,Acc. Value,Return %,Total PnL,Fees,Win Rate,Biggest Win,Biggest Loss,Sharpe,Std Dev %,No of Trades',
    ],
    [
      'openai-gpt-t0.1_total_pnl_by_coin.csv',
      'Coin,Trades,Total P&L,Win Rate,Avg P&L/Trade,Best Trade,Worst Trade',
    ],
    ['openai-gpt-t0.1_avg_capture_ratios_by_coin.csv', 'Coin,Avg Upside Capture,Avg Downside Capture'],
    [
      'summary_statistics.csv',
      'Model,Temperature,N,Mean Return (%),95% CI,Std Dev (%),Median,Min,Max,Avg Sharpe,Avg Trades',
    ],
    [
      'benchmark_summary.csv',
      'Strategy,Final Value ($),Total Return (%),Sharpe Ratio,Max Drawdown (%),Volatility (%)',
    ],
  ])('%s has the titles that such tables have', (name, titles) => {
    expect(linesOf(name)[0]?.startsWith(titles)).toBe(true);
  });

  it('have as many cells in every row as in the head', () => {
    const cellsOf = (line: string): number => line.replaceAll(/"[^"]*"/g, '').split(',').length;
    for (const name of files.keys()) {
      if (!name.endsWith('.csv')) continue;
      const [head = '', ...rows] = linesOf(name);
      for (const row of rows) expect(cellsOf(row), `${name}: ${row}`).toBe(cellsOf(head));
    }
  });

  it('hold plain numbers: percent, dollars, and the interval of t', () => {
    const [, first] = linesOf('summary_statistics.csv');
    expect(first).toContain('made-model,0.1,10,-10.92,"[-21.04, -0.80]",14.14,');
    expect(linesOf('summary_statistics.csv')[2]).toContain('made-model,,10,3.6,');
    const [trial = NaN, worth = NaN, percent = NaN, profit = NaN] = (
      linesOf('openai-gpt-t0.1_overall_stats.csv')[1] ?? ''
    )
      .split(',')
      .map(Number);
    expect(trial).toBe(1);
    expect(worth - profit).toBeCloseTo(10_000, 6);
    expect(profit / 100).toBeCloseTo(percent, 9);
    expect(linesOf('benchmark_summary.csv')[1]).toBe(`buy and hold,10007,0.07,,-8.25,41,${WINDOW}`);
    expect(linesOf('openai-gpt-t0.1_avg_capture_ratios_by_coin.csv').slice(1)).toEqual([
      'BTC-USDT,30,20,0,0,10,,,,',
      'ETH-USDT,,,,,0,,,,',
    ]);
    expect(linesOf('excluded_trials.csv')[1]).toBe(`broken,1,${WINDOW},20,too many failed decisions`);
  });

  it('leave empty what cannot be measured: no 0, 999, infinity or NaN', () => {
    const idle = madeTrial({
      configuration: 'idle',
      trial: 1,
      returnFraction: 0,
      sharpe: undefined,
      fills: 0,
      closedTrades: 0,
      wins: 0,
      bestTradeUsd: undefined,
      worstTradeUsd: undefined,
      tradeNetsUsd: [],
      notionalsUsd: [],
      holdHours: [],
      leverages: [],
      longShare: undefined,
      perSymbol: [],
    });
    const made = studyFiles(judge([idle, { ...idle, trial: 2, returnFraction: -1, equityUsd: 0 }]), ABOUT);
    for (const [name, text] of made) expect(text, name).not.toMatch(/\b(NaN|Infinity|undefined|999)\b/);
    expect(made.get('idle_overall_stats.csv')?.split('\n')[1]).toBe(
      '1,10000,0,0,12.5,,,,,,0,all trials,0,-1.5,0.35,-8,0',
    );
    expect(made.get('idle_overall_stats.csv')?.split('\n')[2]?.startsWith('2,0,-100,,12.5')).toBe(true);
    expect(made.get('idle_advanced_stats.csv')?.split('\n')[1]).toBe('1,,,,,,,,,,,all trials');
  });

  it('hold no formula and no path, whatever a configuration is called', () => {
    const names = [
      "=HYPERLINK('http://x')",
      '@sum',
      '../../etc/passwd',
      '../../ETC passwd',
      'CON\u202e\u001b[31m',
      '...',
    ];
    const made = studyFiles(judge(names.flatMap((name) => madeTrials(name, [0.01, 0.02, 0.04]))), ABOUT);
    for (const name of made.keys())
      expect(name).toMatch(/^[a-z0-9][a-z0-9.-]*(_[a-z_]+)?\.(csv|txt|json|html)$|^[a-z_]+\.csv$/);
    for (const [name, text] of made) {
      if (name.endsWith('.csv')) expect(text, name).not.toMatch(/(^|,)"?[=@]/m);
      if (name.endsWith('.txt')) expect(text).not.toMatch(/[\u202e\u001b]/);
    }
    expect(made.size).toBe(3 + 6 + 5 * names.length);
  });

  it('name files apart', () => {
    expect([...fileSlugs(['A b', 'a-b', 'a-b-2', '', 'x'.repeat(200)]).values()]).toEqual([
      'a-b',
      'a-b-2',
      'a-b-2-2',
      'configuration',
      'x'.repeat(80),
    ]);
  });

  it('are JSON with the reasons beside the numbers', () => {
    const json = JSON.parse(files.get('study.json') ?? '') as Record<string, unknown>;
    expect(json).toMatchObject({
      schema_version: 1,
      generated: false,
      unit: 'trial',
      windows: [WINDOW],
      withoutTrials: ['broken'],
    });
    expect(json['pairs']).toMatchObject([
      { a: 'openai gpt t0.1', verdict: 'not-proven', permutation: { exact: false } },
    ]);
    expect(json['limits']).toEqual(expect.arrayContaining([expect.stringContaining('saw the same prices')]));
  });
});

describe('the text of a study', () => {
  const text = studyText(study, ABOUT);

  it('B-42: shows every pair with both p values, their adjustment and what could have been found', () => {
    const row = text.split('\n').find((line) => line.startsWith('1 - 2'));
    expect(row).toMatch(
      /^1 - 2 +10 +-14\.52 +-40\.91 to \+11\.87 .* \.253 +\.2\d\d +\.2\d\d +-0\.51 .* 36\.96 \/ 36\.96 +not proven$/,
    );
    expect(text).toContain('NO PAIR IS PROVEN TO DIFFER. Of 1 pair 0 would look different at p 0.05');
  });

  it('B-44: says that trials of one window are no evidence about another', () => {
    expect(text).toContain(`All trials saw the same prices (${WINDOW})`);
    const windows = ['x', 'y', 'z'].flatMap((window) => madeTrials('a', [0.01, 0.03], { window }));
    const others = windows.map((trial) => ({
      ...trial,
      configuration: 'b',
      returnFraction: trial.returnFraction / 3,
    }));
    const several = studyText(judge([...windows, ...others]), ABOUT);
    expect(several).toContain('the 3 windows are counted and not the trials');
    expect(several).toContain('a window is one value');
    expect(several).toContain('So few values have so few splits that no pair could have passed Holm');
  });

  it('B-45: concludes from random traders, and says where there were few or none', () => {
    expect(text).toContain('Mean above 95 % of random traders, range included: NONE');
    expect(text).toContain('Percentiles are among 3 random traders; 1,000 are asked for.');
    const none = studyText(judge(madeTrials('a', [0.01, 0.02])), ABOUT);
    expect(none).toContain('No random traders ran');
    expect(none).toContain('No benchmark ran');
    const placebos = Array.from({ length: 1000 }, (_, seed) => ({ seed, returnFraction: seed / 1e5 }));
    expect(studyText(judge(madeTrials('clear', [0.05, 0.06]), { placebos }), ABOUT)).toContain(
      'range included: clear.',
    );
  });

  it('B-15: names trials that count nowhere, and configurations of which none counts', () => {
    expect(text).toContain(`broken, trial 1, ${WINDOW}: 20.0 % of its due decisions failed`);
    expect(text).toContain('broken: no trial counts, so it is in no table.');
  });

  it('names the pairs that differ', () => {
    const found = judge([
      ...madeTrials('good', madeReturns(0.1, 0.02, 10, 1)),
      ...madeTrials('poor', madeReturns(-0.1, 0.02, 10, 2)),
    ]);
    expect(studyText(found, ABOUT)).toMatch(/good and poor differ: \+20\.00 points, Holm p <\.001\./);
    expect(studyText(found, ABOUT)).not.toContain('NO PAIR');
  });

  it('says GENERATED of made-up prices, n/a of what has no number, and is within 132 columns', () => {
    expect(studyText(study, { market: 'seed 1', generated: true })).toContain('GENERATED prices: seed 1');
    const single = studyText(
      judge([...madeTrials('once', [0.01]), ...madeTrials('twice', [0.01, 0.02])]),
      ABOUT,
    );
    expect(single).toContain('once has one trial that counts');
    expect(single).toMatch(/1 - 2 +1\/2 .*n\/a/);
    expect(single).not.toMatch(/NaN|Infinity|undefined/);
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(132);
  });

  it('lines its columns up', () => {
    const lines = text.split('\n');
    const from = lines.indexOf('EVERY PAIR, differences in percentage points');
    const [head = '', row = ''] = [lines[from + 1], lines[from + 2]];
    expect(row.indexOf('not proven')).toBe(head.indexOf('Verdict'));
  });
});
