import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryBars, bar, flatBars, marketOf } from '../../../test/support/made-market.js';
import { sessionFor } from '../../../test/support/scripted-kind.js';
import { DEFAULT_COSTS } from '../domain/costs.js';
import { ledgerCount, readLedgerEntry } from '../domain/ledger.js';
import type { MarketTable } from '../domain/market-table.js';
import { sliceMarket } from '../domain/slice-market.js';
import { DEFAULT_LIMITS } from '../risk/limits.js';
import { type DecisionRecord, decideSession } from '../session/decide.js';
import { advanceSession } from '../session/session.js';
import { createKinds, erase } from './catalog.js';
import { formula } from './formula/formula.js';
import { crossSignal } from './signal-kind.js';
import type { StrategyKind } from './strategy.js';

const KINDS = createKinds([erase(formula)]);

/** Parameters short enough to act within a few dozen bars. */
const PARAMS: Record<string, Record<string, unknown>> = {
  'sma-cross': { fast: 2, slow: 5, stop: 0.05 },
  'ema-cross': { fast: 2, slow: 5, target: 0.05 },
  'donchian-breakout': { entry: 4, exit: 2, maxHoldBars: 6 },
  'rsi-bands': { period: 3, low: 40, high: 60, stop: 0.04 },
  'bollinger-reversion': { period: 5, k: 1 },
  'macd-trend': { fast: 2, slow: 5, signal: 3 },
  'adx-gated-reversion': { rsiPeriod: 3, low: 45, high: 60, adxPeriod: 3, maxAdx: 60 },
  'momentum-rotation': { lookback: 3, rebalance: 4, top: 1 },
  'pairs-spread': { period: 6, entry: 1, exit: 0.2, abandon: 2 },
  'regime-rules': { volumeFloor: 0.2 },
  'regime-hybrid': { provider: 'made', model: 'made', volumeFloor: 0.2 },
  'llm-direct': { provider: 'made', model: 'made' },
  formula: {
    entry: 'crosses_above(close, sma(4)) and volume_ratio(5) > 0.5',
    exit: 'close < sma(4)[1] or pnl < -0.03 or bars_held >= 6',
    stop: '2 * atr(3) / close',
    risk: '0.01',
  },
  'volatility-target': {
    of: { kind: 'rsi-bands', params: { period: 3, low: 40, high: 60, stop: 0.04 } },
    period: 5,
  },
  'llm-trader': { provider: 'local', model: 'm' },
  'buy-and-hold': {},
  flat: {},
  placebo: { holdHours: 5, exposure: 0.5 },
};

function kindNamed(name: string): StrategyKind {
  const kind = KINDS.find(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

/** What a kind did, bar by bar: decisions and fills, without prices and dollars. */
function story(name: string, market: MarketTable, cashUsd = 10_000): string[] {
  const kind = kindNamed(name);
  const params = kind.manifest.parameters.parse(PARAMS[name]);
  const session = sessionFor(kind, market, {
    params,
    costs: DEFAULT_COSTS,
    limits: DEFAULT_LIMITS,
    cashUsd,
    seed: 5,
  });
  const lines: string[] = [];
  for (let t = 0; t < market.length; t++) {
    const keep: DecisionRecord[] = [];
    session.venue.ledger.length = 0;
    advanceSession(session, t);
    decideSession(session, t, keep);
    const doubles = session.venue.ledger.doubles;
    for (let i = 0; i < ledgerCount(doubles.subarray(0, session.venue.ledger.length)); i++) {
      const { effect, reason, symbol, quantity } = readLedgerEntry(doubles, i);
      lines.push(`${String(t)} ${effect} ${reason} ${String(symbol)} ${quantity > 0 ? 'buy' : 'sell'}`);
    }
    for (const record of keep)
      lines.push(
        `${String(t)} ${record.why.code} ${record.intents.map((i) => `${i.kind} ${i.symbol} ${i.reason}`).join(', ')}`,
      );
    // Memory must survive the journal: plain JSON, nothing lost.
    session.memory = JSON.parse(JSON.stringify(session.memory)) as unknown;
  }
  return lines;
}

const markets = fc.tuple(arbitraryBars(80), arbitraryBars(80)).map((columns) => marketOf(columns));

function scaled(market: MarketTable, factor: number): MarketTable {
  return {
    ...market,
    candles: market.candles.map((candles) => ({
      open: candles.open.map((x) => x * factor),
      high: candles.high.map((x) => x * factor),
      low: candles.low.map((x) => x * factor),
      close: candles.close.map((x) => x * factor),
      volume: candles.volume.map((x) => x / factor),
    })),
  };
}

describe.each(KINDS.names)('%s', (name) => {
  it('has parameters for this test', () => {
    expect(PARAMS[name]).toBeDefined();
  });

  it('C-7: does the same at prices times 1e-6', () => {
    fc.assert(
      fc.property(markets, (market) => {
        expect(story(name, scaled(market, 1e-6))).toEqual(story(name, market));
      }),
      { numRuns: 40 },
    );
  });

  it('decides the same whatever comes afterwards: the future is invisible', () => {
    fc.assert(
      fc.property(markets, fc.integer({ min: 10, max: 79 }), (market, cut) => {
        const whole = story(name, market);
        const past = story(name, sliceMarket(market, 0, cut));
        expect(past).toEqual(whole.filter((line) => Number(line.split(' ')[0]) < cut));
      }),
      { numRuns: 40 },
    );
  });

  it('keeps still in a market that stands still, but for the first buy of a benchmark or placebo', () => {
    const lines = story(name, marketOf([flatBars(0.1, 60), flatBars(49, 60)]));
    const fills = lines.filter((line) => / (entry|exit) /.test(line));
    const allowed = { 'buy-and-hold': 2, placebo: 60, 'momentum-rotation': 1 }[name] ?? 0;
    expect(fills.length).toBeLessThanOrEqual(allowed);
  });
});

describe('a signal kind', () => {
  it('does not trade a tie of two averages', () => {
    expect(crossSignal(100 + 1e-12, 100, 1)).toBe('stay');
    expect([crossSignal(100.001, 100, 1), crossSignal(100.001, 100, -1)]).toEqual(['enter', 'leave']);
    expect([crossSignal(99.999, 100, 1), crossSignal(99.999, 100, -1)]).toEqual(['leave', 'enter']);
    expect(crossSignal(NaN, 100, 1)).toBe('stay');
  });

  it('stays out after a stop until its signal has left: a stop is not undone at the next open', () => {
    const up = (from: number, count: number): ReturnType<typeof bar>[] =>
      Array.from({ length: count }, (_, i) => bar(from + i, from + i + 1));
    const crash = { open: 110, high: 110, low: 90, close: 109, volume: 1e6 };
    const market = marketOf([[...up(100, 10), crash, ...up(109, 20)]]);
    const kind = kindNamed('sma-cross');
    const params = kind.manifest.parameters.parse({ fast: 2, slow: 4, stop: 0.1 });
    const session = sessionFor(kind, market, { params });
    const keep: DecisionRecord[] = [];
    for (let t = 0; t < market.length; t++) {
      advanceSession(session, t);
      decideSession(session, t, keep);
    }
    expect(session.account.fills, 'one entry, one stop, no re-entry while the average stays above').toBe(2);
  });
});
