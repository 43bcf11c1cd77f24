/** Money: what other systems booked twice, never, at the wrong time or for the wrong amount. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadRecordedMarket } from '../../src/adapters/market-data/recorded-market.js';
import { DEFAULT_COSTS } from '../../src/core/domain/costs.js';
import type { FundingSeries } from '../../src/core/domain/market-table.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { runSession } from '../../src/core/kernel/run-session.js';
import { createKinds } from '../../src/core/strategies/catalog.js';
import { temporaryFolder } from '../support/cli.js';
import { START_MS, bar, flatBars, marketOf, perpetual } from '../support/made-market.js';
import { buy, close, metricsOf, playSession } from '../support/play-session.js';
import { FREE, NO_LIMITS, scripted, sessionFor } from '../support/scripted-kind.js';

const folder = temporaryFolder();
afterAll(folder.remove);

/** Buys ten units with the first decision and closes with decision number `until`. */
const tenUnits = (until: number, side: 'long' | 'short' = 'long'): ReturnType<typeof scripted> =>
  scripted((n) =>
    n === 0 ? [buy('A', { quantity: 10 }, { side, leverage: 2 })] : n === until ? [close('A')] : [],
  );

describe('results of trades', () => {
  it('B-20: the net return is equity over start, with every cost taken once', () => {
    const funding: FundingSeries = {
      timesMs: Float64Array.of(START_MS + 2 * HOUR_MS),
      rates: Float64Array.of(0.001),
    };
    const market = marketOf([[bar(100), bar(100), bar(100), bar(100, 110), bar(110), bar(110)]], {
      instruments: [perpetual('A')],
      funding: [funding],
    });
    const session = sessionFor(tenUnits(3), market, { costs: { ...FREE, takerFeeBps: 5 } });
    playSession(session);
    // Gross 10 x 10; fees 0.05 % of 1000 and of 1100; funding 0.1 % of 1000.
    const netUsd = 100 - 0.5 - 0.55 - 1;
    expect(session.account.cashUsd).toBeCloseTo(10_000 + netUsd, 9);
    const metrics = metricsOf(session);
    expect(metrics.totalReturnPct).toBeCloseTo(netUsd / 100, 9);
    expect(metrics.expectancyUsd, 'the trade itself knows its entry fee and funding').toBeCloseTo(netUsd, 9);
    expect([metrics.feesUsd, metrics.fundingUsd]).toEqual([
      expect.closeTo(1.05, 9) as number,
      expect.closeTo(1, 9) as number,
    ]);
  });

  it('B-29, C-11: entry and protective exit carry the time and price of their own bars', () => {
    const crash = { open: 99, high: 99, low: 85, close: 88, volume: 1e6 };
    const market = marketOf([[...flatBars(100, 5), crash, ...flatBars(88, 3)]]);
    const kind = scripted((n) => (n === 0 ? [buy('A', { quantity: 1 }, { stop: { price: 90 } })] : []));
    const { fills } = playSession(sessionFor(kind, market));
    expect(fills.map(({ effect, timeMs, price }) => [effect, (timeMs - START_MS) / HOUR_MS, price])).toEqual([
      ['entry', 1, 100],
      ['exit', 5, 90],
    ]);
    expect(fills[1]).toMatchObject({ reason: 'stop', closesTrade: true, closedTradeNetUsd: -10 });
  });

  it('B-30: what is still held at the end counts at the last close, whether or not anybody closes it', () => {
    const market = marketOf([[...flatBars(100, 3), bar(100, 120)]], { instruments: [perpetual('A')] });
    const session = sessionFor(tenUnits(99), market);
    playSession(session);
    expect(session.account.closedTrades).toBe(0);
    expect(metricsOf(session).totalReturnPct).toBeCloseTo(2, 9);
  });
});

describe('open positions', () => {
  it('A-59, E-5: what is invested is not lost: equity follows the mark at every bar', () => {
    const market = marketOf([[bar(100), bar(100), bar(100, 110), bar(110, 121), bar(121)]]);
    const kind = scripted((n) => (n === 0 ? [buy('A', { weight: 1 })] : []));
    const session = sessionFor(kind, market);
    const { equityUsd } = playSession(session);
    expect(session.account.cashUsd, 'everything is invested').toBeLessThan(1e-6);
    equityUsd.forEach((equity, t) => {
      expect(equity).toBeCloseTo([10_000, 10_000, 11_000, 12_100, 12_100][t] ?? NaN, 6);
    });
    expect(metricsOf(session).totalReturnPct).toBeCloseTo(21, 9);
  });

  it('B-34: the drawdown counts losses that are still open', () => {
    const market = marketOf([[bar(100), bar(100), bar(100, 60), bar(60, 110), bar(110)]]);
    const kind = scripted((n) => (n === 0 ? [buy('A', { weight: 1 })] : []));
    const session = sessionFor(kind, market);
    playSession(session);
    const metrics = metricsOf(session);
    expect(metrics.trades, 'no trade was closed').toBe(0);
    expect(metrics.maxDrawdownPct).toBeCloseTo(-40, 9);
  });

  it('A-4: a held symbol without a bar keeps its last mark, which ages, and is never worth 0', () => {
    const market = marketOf([
      [bar(100), bar(100), bar(100, 105), undefined, undefined, undefined, bar(105)],
      flatBars(1, 7),
    ]);
    const kind = scripted((n) => (n === 0 ? [buy('A', { notionalUsd: 8_000 })] : []));
    const session = sessionFor(kind, market);
    const ages: (number | undefined)[] = [];
    const equity: number[] = [];
    for (let t = 0; t < 7; t++) {
      equity.push(...playSession(session, t, t + 1).equityUsd);
      ages.push(session.account.positions[0]?.staleBars);
    }
    expect(equity.slice(2)).toEqual(Array.from({ length: 5 }, () => expect.closeTo(10_400, 9) as number));
    expect(ages).toEqual([0, 0, 0, 1, 2, 3, 0]);
    expect(metricsOf(session).maxDrawdownPct).toBe(0);
  });
});

describe('orders', () => {
  it.each([
    ['three times the price, so that every limit is broken', 300],
    ['a thousandth of the price, so that it is below the smallest order', 0.1],
  ])('B-21: a close needs nothing but its symbol, at %s', (_what, price) => {
    const market = marketOf([[bar(100), bar(100), undefined, { ...bar(price), volume: 0 }], flatBars(1, 4)]);
    const kind = scripted((n) =>
      n === 0 ? [buy('A', { notionalUsd: 5_000 })] : n === 2 ? [close('A')] : [],
    );
    const limits = {
      ...NO_LIMITS,
      maxSymbolExposureFraction: 0.5,
      maxGrossExposureFraction: 0.5,
      maxOrderValueUsd: 5_000,
      minNotionalUsd: 10,
    };
    const session = sessionFor(kind, market, { limits });
    const { fills } = playSession(session);
    expect(fills[1]).toMatchObject({ effect: 'exit', reason: 'strategy', quantity: -50, quantityAfter: 0 });
    expect(session.account.cashUsd).toBeCloseTo(5_000 + 50 * price, 6);
  });

  it('B-22: a close in the same step frees the cash of later entries, whatever the order of the intents', () => {
    const step = [close('A'), buy('B', { weight: 0.5 }), buy('C', { weight: 0.5 })];
    fc.assert(
      fc.property(fc.shuffledSubarray(step, { minLength: 3 }), (intents) => {
        const market = marketOf([flatBars(100, 4), flatBars(20, 4), flatBars(5, 4)]);
        const kind = scripted((n) => (n === 0 ? [buy('A', { weight: 1 })] : n === 1 ? intents : []));
        const session = sessionFor(kind, market);
        const { fills, decisions } = playSession(session);
        expect(decisions.flatMap((decision) => [...decision.refused, ...decision.unfilled])).toEqual([]);
        expect(fills.map((fill) => fill.effect)).toEqual(['entry', 'exit', 'entry', 'entry']);
        const [a, b, c] = session.account.positions;
        expect(a?.quantity).toBe(0);
        expect(b?.quantity).toBeCloseTo(250, 9);
        expect(c?.quantity).toBeCloseTo(1_000, 9);
      }),
    );
  });

  it('D-9: an exit that is asked for again while it waits for a bar is filled once and never turns round', () => {
    const market = marketOf(
      [[bar(100), bar(100), undefined, undefined, undefined, bar(90), bar(90), bar(90)], flatBars(1, 8)],
      { instruments: [perpetual('A'), perpetual('B')] },
    );
    const kind = scripted((n) =>
      n === 0 ? [buy('A', { quantity: 10 })] : n >= 1 && n <= 4 ? [close('A')] : [],
    );
    const session = sessionFor(kind, market);
    const { fills } = playSession(session);
    expect(fills.map((fill) => [fill.effect, fill.quantityAfter])).toEqual([
      ['entry', 10],
      ['exit', 0],
    ]);
    expect(session.account.cashUsd).toBeCloseTo(9_900, 9);
  });

  it('D-4: a kind asks the account what it holds: an entry that did not fill is tried again', () => {
    const rising = Array.from({ length: 12 }, (_, i) => bar(100 + i, 101 + i));
    const market = marketOf([rising.map((b, i) => (i === 5 || i === 6 ? { ...b, volume: 0 } : b))]);
    const kind = createKinds().find('sma-cross');
    if (kind === undefined) throw new Error('no kind sma-cross');
    const params = kind.manifest.parameters.parse({ fast: 2, slow: 5 });
    const { fills, decisions } = playSession(sessionFor(kind, market, { params }));
    const unfilled = decisions.flatMap((decision) => decision.unfilled.map((refusal) => refusal.kind));
    expect(unfilled).toEqual(['no-volume', 'no-volume']);
    expect(fills.map((fill) => (fill.timeMs - START_MS) / HOUR_MS)).toEqual([7]);
  });
});

describe('what a venue charges', () => {
  it.each([
    ['long', -1],
    ['short', 1],
  ] as const)('B-27: a backtest on recorded files books their funding with its sign: %s', (side, sign) => {
    const path = join(folder.path, side);
    mkdirSync(join(path, 'A'), { recursive: true });
    const at = (hour: number): string => String(START_MS + hour * HOUR_MS);
    const rows = Array.from({ length: 20 }, (_, hour) => `${at(hour)},100,100,100,100,1000`);
    writeFileSync(join(path, 'A/1h.csv'), `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
    writeFileSync(join(path, 'A/funding.csv'), `timestamp,funding_rate\n${at(8)},0.003\n${at(16)},-0.001\n`);
    const { table } = loadRecordedMarket({ folder: path, timeframe: '1h' });
    const { session } = runSession(
      {
        position: 0,
        kind: tenUnits(99, side),
        params: {},
        seed: 0,
        symbols: table.symbols,
        timeframe: '1h',
        cashUsd: 10_000,
        costs: FREE,
        limits: NO_LIMITS,
      },
      table,
      0,
    );
    expect(session.account.positions[0]?.quantity).toBe(-sign * 10);
    expect(session.equityUsd).toBeCloseTo(10_000 + sign * (3 - 1), 9);
  });

  it('E-13: slippage follows the share of the bar in dollars, not in coins', () => {
    const slippageAt = (price: number, volume: number): number => {
      const market = marketOf([Array.from({ length: 3 }, () => bar(price, price, 0, volume))]);
      const kind = scripted((n) => (n === 0 ? [buy('A', { notionalUsd: 5_000 })] : []));
      const session = sessionFor(kind, market, { costs: { ...DEFAULT_COSTS, slippageBps: 0 } });
      playSession(session);
      return session.account.slippageUsd;
    };
    const coin = slippageAt(50_000, 10);
    expect(coin).toBeGreaterThan(0);
    expect(slippageAt(0.005, 1e8), 'the same dollars of a cheap coin').toBeCloseTo(coin, 9);
    expect(slippageAt(50_000, 1_000) / coin, 'in a market a hundred times as large').toBeCloseTo(0.1, 3);
  });
});
