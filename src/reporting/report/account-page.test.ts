import { describe, expect, it } from 'vitest';
import { START_MS, bar, marketOf } from '../../../test/support/made-market.js';
import { markupProblems, picturesOf } from '../../../test/support/well-formed.js';
import type { LedgerEntry } from '../../core/domain/ledger.js';
import type { MarketTable } from '../../core/domain/market-table.js';
import { HOUR_MS } from '../../core/domain/time.js';
import { accountFiles } from './account-files.js';
import { type AccountFigures, accountFigures } from './account-figures.js';
import { type AccountReport, accountPage } from './account-page.js';
import { evidenceFigures, trialFigures } from './evidence-figures.js';
import { metricRows } from './metrics-section.js';
import { paragraph } from './page.js';
import { readiness } from './readiness.js';

const EVIL = '<script>alert(1)</script>';
const HOURS = 24 * 45;

function wave(hours: number): MarketTable {
  return marketOf([
    Array.from({ length: hours }, (_, i) =>
      bar(100 + 10 * Math.sin(i / 20), 100 + 10 * Math.sin((i + 1) / 20), 0.01),
    ),
  ]);
}

function entry(hour: number, quantity: number, price: number, more: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    contestant: 0,
    timeMs: START_MS + hour * HOUR_MS,
    symbol: 0,
    effect: quantity > 0 ? 'entry' : 'exit',
    reason: 'strategy',
    quantity,
    referencePrice: price,
    price,
    feeUsd: 1,
    spreadUsd: 0.5,
    slippageUsd: 0.25,
    amountUsd: 0,
    absorbedUsd: 0,
    quantityAfter: quantity > 0 ? quantity : 0,
    cashAfterUsd: 0,
    closedTradeNetUsd: 0,
    closesTrade: quantity < 0,
    ...more,
  };
}

interface Case {
  readonly equity: readonly number[];
  readonly entries?: readonly LedgerEntry[];
  readonly champion?: Float64Array;
  readonly placebos?: readonly Float64Array[];
}

function figuresOf({ equity, entries = [], champion, placebos = [] }: Case): AccountFigures {
  const record = {
    startMs: START_MS,
    startUsd: 10_000,
    timesMs: Float64Array.from(equity, (_, i) => START_MS + (i + 1) * HOUR_MS),
    equityUsd: Float64Array.from(equity),
    exposureFraction: new Float64Array(equity.length),
    entries,
  };
  return accountFigures(record, {
    market: wave(Math.max(1, equity.length)),
    championGrowth: champion,
    placeboGrowths: placebos,
    samplesPerYear: 8760,
  });
}

function reportOf(figures: AccountFigures): AccountReport {
  const { returns, championReturns, directions, forces, record } = figures;
  return {
    name: EVIL,
    about: [EVIL],
    generated: true,
    lead: paragraph(EVIL),
    figures,
    evidence: evidenceFigures(
      returns,
      championReturns,
      trialFigures({ registered: 3, returns: [returns] }),
      8760,
    ),
    readiness: readiness({
      fromMs: START_MS,
      toMs: record.timesMs.at(-1) ?? START_MS,
      closedTrades: figures.closed.length,
      sharpe: figures.metrics.sharpe,
      sharpeLow: figures.metrics.sharpeRange?.low,
      maxDrawdownPct: undefined,
      directions,
      forces,
      samplesPerDay: 24,
      paperDays: undefined,
    }),
    market: wave(Math.max(1, record.timesMs.length)),
    own: [],
  };
}

const walk = Array.from({ length: HOURS }, (_, i) => 10_000 + 900 * Math.sin(i / 31) + 3 * i);
const CASES: Readonly<Record<string, Case>> = {
  'an ordinary account': {
    equity: walk,
    entries: [entry(10, 2, 100), entry(50, -2, 104), entry(60, 1, 99), entry(90, -1, 95)],
    champion: Float64Array.from(walk, (_, i) => 1 + i / 10_000),
    placebos: [Float64Array.from(walk, (value) => value / 10_000), new Float64Array(HOURS).fill(1)],
  },
  'one bar': { equity: [10_010] },
  'no bar': { equity: [] },
  'no trade, constant equity': { equity: Array.from({ length: 400 }, () => 10_000) },
  'one trade that is still open': { equity: walk.slice(0, 300), entries: [entry(2, 1, 100)] },
  'a trade without a candle near it': {
    equity: walk.slice(0, 30),
    entries: [entry(900, 1, 100), entry(901, -1, 90)],
  },
  'a total loss': {
    equity: Array.from({ length: 300 }, (_, i) => (i < 100 ? 10_000 - 100 * i : 0)),
    entries: [entry(1, 100, 100), entry(99, -100, 1, { reason: 'liquidation' })],
  },
  'a champion and placebos that were wiped out': {
    equity: walk.slice(0, 50),
    champion: new Float64Array(50),
    placebos: [new Float64Array(50).fill(NaN)],
  },
};

describe('the page about one account', () => {
  for (const [name, made] of Object.entries(CASES))
    it(`of ${name} is well formed, escaped and without numbers that are none`, () => {
      const figures = figuresOf(made);
      const html = accountPage(reportOf(figures));
      expect(html).not.toContain('<script');
      expect(html.replace(/<style>[\s\S]*?<\/style>/, '')).not.toMatch(
        /NaN|undefined|Infinity|null|\[object/,
      );
      for (const picture of picturesOf(html)) expect(markupProblems(picture)).toEqual([]);
      const files = accountFiles(reportOf(figures), { id: 'x' });
      expect(() => JSON.parse(files.get('report.json') ?? '') as unknown).not.toThrow();
      for (const text of files.values()) expect(text).not.toMatch(/NaN|[^"]undefined|Infinity/);
      expect(files.get('equity.csv')?.trimEnd().split('\n')).toHaveLength(made.equity.length + 1);
    });

  it('tells what cannot be measured as n/a, never as a number', () => {
    const rows = metricRows(figuresOf({ equity: Array.from({ length: 400 }, () => 10_000) }));
    const raw = new Map(rows.map((row) => [row.name, row.raw]));
    for (const metric of ['Sharpe', 'Sortino', 'Calmar', 'won', 'profit factor', 'average win', 'skewness'])
      expect(raw.get(metric), metric).toBeUndefined();
    expect(raw.get('closed trades')).toBe(0);
    expect(raw.get('total return')).toBe(0);
  });

  it('shows gross less costs as net, for every account', () => {
    for (const made of Object.values(CASES)) {
      const { costs, record } = figuresOf(made);
      const { grossUsd, feesUsd, spreadUsd, slippageUsd, fundingUsd, modelCostUsd, netUsd } = costs;
      expect(grossUsd - feesUsd - spreadUsd - slippageUsd - fundingUsd - modelCostUsd).toBeCloseTo(netUsd, 9);
      expect(netUsd).toBe((record.equityUsd.at(-1) ?? 10_000) - 10_000);
    }
  });

  it('shows the five best and worst trades on candles, those that exist', () => {
    const html = accountPage(reportOf(figuresOf(CASES['an ordinary account'] ?? { equity: [] })));
    expect(html.match(/aria-label="long A /g)).toHaveLength(2);
    expect(html).toContain('in 100');
    expect(html).toContain('out 104');
  });

  it('measures the drawdown from the money at the start, and no deeper than everything', () => {
    const { drawdownFraction } = figuresOf({ equity: [9_000, 12_000, 6_000, -5] });
    expect([...drawdownFraction]).toEqual([9_000 / 10_000 - 1, 0, -0.5, -1]);
  });

  it('counts turnover by UTC day over the equity before it', () => {
    const { turnover } = figuresOf({ equity: walk.slice(0, 48), entries: [entry(30, 10, 100)] });
    expect([...turnover.fractionADay]).toEqual([0, 1000 / (walk[23] ?? NaN)]);
  });

  it('lets the E-process ask whom it is compared with: the champion, or doing nothing', () => {
    const returns = Float64Array.from({ length: 500 }, (_, i) => (i % 3 === 0 ? -0.001 : 0.002));
    const trials = trialFigures({ registered: 7, returns: [] });
    const alone = evidenceFigures(returns, undefined, trials, 8760);
    const beside = evidenceFigures(returns, returns, trials, 8760);
    expect(alone.threshold).toBe(70);
    expect(alone.eValues?.at(-1)).toBeGreaterThan(1.5);
    expect(beside.eValues?.at(-1)).toBe(1);
    expect(
      evidenceFigures(returns, undefined, trials, 2190).eValues,
      'it is defined for hours',
    ).toBeUndefined();
  });
});

describe('what should be there before real money', () => {
  const row = (word: string, samples: number) => ({
    word,
    samples,
    timeFraction: 0,
    returnSum: 0,
    marketSum: 0,
    sharpe: undefined,
  });
  const good = {
    fromMs: START_MS,
    toMs: START_MS + 400 * 24 * HOUR_MS,
    closedTrades: 100,
    sharpe: 2,
    sharpeLow: 0.1,
    maxDrawdownPct: -14,
    directions: ['up', 'sideways', 'down', 'unknown'].map((word) => row(word, word === 'unknown' ? 0 : 240)),
    forces: ['calm', 'wild'].map((word) => row(word, 240)),
    samplesPerDay: 24,
    paperDays: 91,
  };

  it('is met line by line', () => {
    expect(readiness(good).map(({ met }) => met)).toEqual([true, true, true, true, true, true]);
  });

  it('is not met by what cannot be measured', () => {
    const nothing = {
      ...good,
      toMs: START_MS,
      closedTrades: 99,
      sharpe: undefined,
      sharpeLow: undefined,
      maxDrawdownPct: undefined,
      directions: [],
      forces: [],
      paperDays: undefined,
    };
    expect(readiness(nothing).map(({ met }) => met)).toEqual([false, false, false, false, false, false]);
    expect(readiness({ ...good, directions: good.directions.slice(1) })).toHaveLength(6);
    expect(readiness({ ...good, forces: [row('calm', 239), row('wild', 240)] })[4]?.met).toBe(false);
  });
});
