/** What strategies see: closed bars under their own names and times, and indicators that mean the same everywhere. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { register } from '../../src/core/arena/arena.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { sliceMarket } from '../../src/core/domain/slice-market.js';
import { DAY_MS, HOUR_MS } from '../../src/core/domain/time.js';
import type { FeatureSpec } from '../../src/core/indicators/feature-columns.js';
import { createMarketViews } from '../../src/core/indicators/market-views.js';
import { runSession } from '../../src/core/kernel/run-session.js';
import type { SessionPlan } from '../../src/core/session/session-plan.js';
import { createKinds } from '../../src/core/strategies/catalog.js';
import type { Observation, StrategyKind } from '../../src/core/strategies/strategy.js';
import { barsOf, runOutput, walkBars } from '../support/indicator-streams.js';
import { arenaOn, playTo, rosterOn } from '../support/made-arena.js';
import { START_MS, arbitraryBars, bar, flatBars, marketOf } from '../support/made-market.js';
import { playSession } from '../support/play-session.js';
import { FREE, NO_LIMITS, scripted, sessionFor } from '../support/scripted-kind.js';

function kindNamed(name: string): StrategyKind {
  const kind = createKinds().find(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
}

/** A kind that trades nothing and shows what it sees. */
function watcher(specs: readonly FeatureSpec[], see: (o: Observation) => void): StrategyKind {
  return {
    ...scripted((_n, o) => {
      see(o);
      return [];
    }),
    features: () => specs,
  };
}

function planFor(kind: StrategyKind, market: MarketTable, symbols = market.symbols): SessionPlan {
  return {
    position: 0,
    kind,
    params: kind.manifest.parameters.parse({}),
    seed: 0,
    symbols,
    timeframe: market.timeframe,
    cashUsd: 10_000,
    costs: FREE,
    limits: NO_LIMITS,
  };
}

const columnOf = (table: MarketTable, symbol: number, spec: FeatureSpec): number[] => [
  ...createMarketViews(table)
    .in(table.timeframe)
    .features.column(symbol, spec)
    .values.subarray(0, table.length),
];

const walk = (seed: number, length: number): MarketTable => marketOf([walkBars(seed, length)]);

describe('names and times', () => {
  it('A-1: another order of the symbols in the market changes nothing for those who trade them', () => {
    fc.assert(
      fc.property(fc.array(arbitraryBars(50), { minLength: 3, maxLength: 3 }), (columns) => {
        const market = marketOf(columns);
        const order = [2, 0, 1];
        const turned = {
          ...market,
          symbols: order.map((i) => market.symbols[i] ?? ''),
          instruments: order.map((i) => market.instruments[i] ?? market.instruments[0]),
          candles: order.map((i) => market.candles[i] ?? market.candles[0]),
        } as MarketTable;
        const kind = kindNamed('momentum-rotation');
        const params = kind.manifest.parameters.parse({ lookback: 3, rebalance: 4, top: 1 });
        const equity = (table: MarketTable): Float64Array =>
          runSession({ ...planFor(kind, table, market.symbols), params }, table, 0).equity;
        expect(equity(turned)).toEqual(equity(market));
      }),
      { numRuns: 50 },
    );
  });

  it('B-3, B-9: a decision is stamped with the close of its newest bar, by the clock of the market', () => {
    const market = marketOf([[bar(1, 2), bar(2, 3), bar(3, 4)]]);
    const seen: [hours: number, close: number][] = [];
    const kind = watcher([], (o) => {
      seen.push([(o.nowMs - START_MS) / HOUR_MS, o.market.close(0)]);
    });
    playSession(sessionFor(kind, market));
    expect(seen).toEqual([
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  });
});

describe('indicators', () => {
  it('A-2: a breakout kind does break out: its channel ends before the bar that it is compared with', () => {
    const market = marketOf([[...flatBars(100, 10), bar(100, 105), bar(105, 106)]]);
    const kind = kindNamed('donchian-breakout');
    const params = kind.manifest.parameters.parse({ entry: 4, exit: 2 });
    const { fills } = playSession(sessionFor(kind, market, { params }));
    expect(fills.map((fill) => [fill.effect, (fill.timeMs - START_MS) / HOUR_MS])).toEqual([['entry', 11]]);
  });

  it('A-4: nothing is filled in backwards: a symbol that begins later warms up from its own first bar', () => {
    const bars = walkBars(4, 40);
    const late = marketOf([[...Array.from({ length: 30 }, () => undefined), ...bars], flatBars(1, 70)]);
    for (const indicator of ['sma', 'rsi', 'atr']) {
      const spec = { indicator, params: { period: 10 } };
      const column = columnOf(late, 0, spec);
      expect(column.slice(0, 39).every(Number.isNaN), indicator).toBe(true);
      expect(column.slice(30), indicator).toEqual(columnOf(marketOf([bars]), 0, spec));
      expect(column.slice(-20).some(Number.isNaN), indicator).toBe(false);
    }
  });

  it('D-5: days on which a market is closed are no bars to an indicator, beside one that never closes', () => {
    const weekday = (day: number): boolean => day % 7 < 5;
    const all = walkBars(9, 56);
    const table = marketOf([all.map((b, day) => (weekday(day) ? b : undefined)), all]);
    const daily: MarketTable = {
      ...table,
      timeframe: '1d',
      openTimesMs: table.openTimesMs.map((_, day) => START_MS + day * DAY_MS),
    };
    const alone = marketOf([all.filter((_, day) => weekday(day))]);
    const spec = { indicator: 'adx', params: { period: 14 } };
    const column = columnOf(daily, 0, spec);
    expect(column.filter((_, day) => weekday(day))).toEqual(columnOf(alone, 0, spec));
    expect(column.filter((_, day) => !weekday(day)).every(Number.isNaN)).toBe(true);
    expect(column.at(-3), 'friday of the last week').toBeGreaterThan(0);
  });

  it('B-4: what is seen does not depend on where a run begins: columns know the whole history', () => {
    const market = walk(2, 300);
    const specs = [
      { indicator: 'ema', params: { period: 50 } },
      { indicator: 'rsi', params: { period: 14 } },
      { indicator: 'macd' },
    ];
    const seenFrom = (first: number): Map<number, number[]> => {
      const seen = new Map<number, number[]>();
      const kind = watcher(specs, (o) => {
        seen.set(
          o.nowMs,
          specs.map((_, i) => o.features.value(0, i)),
        );
      });
      runSession({ ...planFor(kind, market), params: {} }, market, first);
      return seen;
    };
    const whole = seenFrom(0);
    const late = seenFrom(280);
    expect(late.size).toBe(20);
    for (const [nowMs, values] of late) {
      expect(values).toEqual(whole.get(nowMs));
      expect(values.some(Number.isNaN)).toBe(false);
    }
    expect(whole.get(START_MS + 20 * HOUR_MS)?.[0], 'and say when they know too little').toBeNaN();
  });

  it('C-6: an average of 50 bars of 4h is unknown for 49 of them, and 10 bars of 4h are 40 hours', () => {
    const market = walk(6, 240);
    const seen: number[][] = [];
    const kind = watcher(
      [
        { indicator: 'sma', params: { period: 50 } },
        { indicator: 'roc', params: { period: 10 } },
      ],
      (o) => seen.push([o.features.value(0, 0), o.features.value(0, 1)]),
    );
    playSession(sessionFor(kind, market, { timeframe: '4h' }));
    const closes = [...(market.candles[0]?.close ?? [])].filter((_, hour) => hour % 4 === 3);
    expect(seen).toHaveLength(60);
    expect(seen.slice(0, 49).every(([average]) => Number.isNaN(average))).toBe(true);
    const mean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(seen[49]?.[0]).toBeCloseTo(mean(closes.slice(0, 50)), 9);
    expect(seen[59]?.[1]).toBeCloseTo((closes[59] ?? NaN) / (closes[49] ?? NaN) - 1, 12);
  });

  it('B-7: the RSI smooths as Wilder did, is 100 without losses and 50 where nothing moves', () => {
    // Changes +2, -1, +2 with period 2: gains 1 then (1 + 2) / 2, losses 0.5 then 0.25.
    const wilder = runOutput('rsi', { period: 2 }, barsOf({ close: [10, 12, 11, 13] })).at(-1);
    expect(wilder).toBeCloseTo((100 * 1.5) / 1.75, 12);
    expect(runOutput('rsi', { period: 3 }, barsOf({ close: [1, 2, 3, 4, 5] })).at(-1)).toBe(100);
    expect(runOutput('rsi', { period: 3 }, barsOf({ close: [7, 7, 7, 7, 7] })).at(-1)).toBe(50);
  });

  it('E-8: arena, backtest and a market that has just reached this bar show the same values, bit for bit', () => {
    const specs = [
      { indicator: 'rsi', params: { period: 14 } },
      { indicator: 'bollinger', output: 'upper' },
      { indicator: 'adx' },
      { indicator: 'volatility' },
    ];
    fc.assert(
      fc.property(arbitraryBars(70), (bars) => {
        const market = marketOf([bars]);
        const watch = (run: (kind: StrategyKind) => void): number[][] => {
          const rows: number[][] = [];
          run(watcher(specs, (o) => rows.push(specs.map((_, i) => o.features.value(0, i)))));
          return rows;
        };
        const inBacktest = watch((kind) => {
          runSession({ ...planFor(kind, market), params: {} }, market, 0);
        });
        const inArena = watch((kind) => {
          const arena = arenaOn(market, []);
          register(
            arena,
            rosterOn(market, { kind: 'sma-cross' }).map((entry) => ({ ...entry, kind, params: {} })),
          );
          playTo(arena, market.length);
        });
        expect(inArena).toEqual(inBacktest);
        for (const length of [30, 55, 70]) {
          const reached = sliceMarket(market, 0, length);
          if (Number.isNaN(market.candles[0]?.close[length - 1] ?? NaN)) continue;
          const newest = specs.map((spec) => columnOf(reached, 0, spec).at(-1));
          const observed = [...(market.candles[0]?.close.subarray(0, length) ?? [])].filter(
            (close) => !Number.isNaN(close),
          ).length;
          expect(newest).toEqual(inBacktest[observed - 1]);
        }
      }),
      { numRuns: 40 },
    );
  });
});
