/** Protection: stops, limits and breakers that other systems had on paper, or that undid each other. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteReader } from '../../src/core/domain/byte-reader.js';
import { createByteWriter } from '../../src/core/domain/byte-writer.js';
import type { Intent, OpenIntent } from '../../src/core/domain/intent.js';
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { DAY_MS, HOUR_MS } from '../../src/core/domain/time.js';
import { resetBreakers } from '../../src/core/risk/breakers.js';
import { DEFAULT_LIMITS, type RiskLimits } from '../../src/core/risk/limits.js';
import { readSession, writeSession } from '../../src/core/session/session-codec.js';
import { START_MS, bar, flatBars, marketOf, perpetual } from '../support/made-market.js';
import { buy, playSession } from '../support/play-session.js';
import { FREE, scripted, sessionFor } from '../support/scripted-kind.js';

const CRASH = { open: 100, high: 100, low: 85, close: 86, volume: 1e6 };

describe('a stop', () => {
  it('A-37: acts in the very bar of the entry, and no hold time, cooldown or breaker stands before it', () => {
    const market = marketOf([[bar(100), CRASH, ...flatBars(86, 4)]]);
    const kind = scripted((n) =>
      n === 0 ? [buy('A', { quantity: 50 }, { stop: { price: 90 }, maxHoldBars: 48 })] : [],
    );
    const session = sessionFor(kind, market, { breakers: { cooldownBars: 10, dayLossFraction: 0.01 } });
    const { fills } = playSession(session);
    expect(fills.map((fill) => [fill.reason, (fill.timeMs - START_MS) / HOUR_MS, fill.price])).toEqual([
      ['strategy', 1, 100],
      ['stop', 1, 90],
    ]);
  });

  it('A-37: takes the rest when the strategy reduces in the same bar: sold is what was held, no more, no less', () => {
    const market = marketOf([[bar(100), bar(100), CRASH, ...flatBars(86, 3)]], {
      instruments: [perpetual('A')],
    });
    const kind = scripted((n) =>
      n === 0
        ? [buy('A', { quantity: 40 }, { stop: { price: 90 } })]
        : n === 1
          ? [{ kind: 'reduce', symbol: 'A', fraction: 0.25, reason: 'less' }]
          : [],
    );
    const { fills } = playSession(sessionFor(kind, market));
    expect(fills.map((fill) => [fill.reason, fill.quantity, fill.quantityAfter])).toEqual([
      ['strategy', 40, 40],
      ['strategy', -10, 30],
      ['stop', -30, 0],
    ]);
  });

  it('D-1, D-2, D-5: a name held by a Friday strategy that falls on Tuesday is sold on Tuesday, in the account', () => {
    const days = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11];
    const fall = { open: 100, high: 101, low: 94, close: 94.5, volume: 1e6 };
    const hourly = marketOf([[...flatBars(100, 6), fall, ...flatBars(94.5, 3)]]);
    const market: MarketTable = {
      ...hourly,
      timeframe: '1d',
      calendar: 'sessions',
      openTimesMs: Float64Array.from(days, (day) => START_MS + day * DAY_MS),
    };
    const friday = scripted((_n, o) =>
      new Date(o.nowMs - 1).getUTCDay() === 5 && o.portfolio.quantity(0) === 0
        ? [buy('A', { notionalUsd: 5_000 }, { stop: { fraction: 0.05 } })]
        : [],
    );
    const { fills } = playSession(sessionFor(friday, market));
    const weekday = (timeMs: number): number => new Date(timeMs).getUTCDay();
    expect(
      fills.map((fill) => [fill.reason, weekday(fill.timeMs), fill.referencePrice]),
      'decided on Friday, filled at the open of Monday, stopped on Tuesday',
    ).toEqual([
      ['strategy', 1, 100],
      ['stop', 2, 95],
    ]);
  });
});

describe('a breaker', () => {
  const eager = scripted((n) =>
    n === 0 ? [buy('A', { weight: 0.9 })] : [buy('B', { notionalUsd: 5 }), buy('A', { notionalUsd: 5 })],
  );

  it('A-38: that has tripped stays so without trading, and measures anew after its reset', () => {
    const fall = Array.from({ length: 40 }, (_, i) => bar(100 - i));
    const market = marketOf([[...flatBars(100, 2), ...fall, ...flatBars(60, 60)], flatBars(1, 102)]);
    const session = sessionFor(eager, market, { breakers: { drawdownFraction: 0.1 } });
    const trips: number[] = [];
    let fillsAfter = 0;
    for (let t = 0; t < 90; t++) {
      const { fills } = playSession(session, t, t + 1);
      if (trips.length > 0 && t > (trips[0] ?? NaN)) fillsAfter += fills.length;
      if (session.trips.length > 0) trips.push(t);
    }
    expect(trips, 'one fall, one trip').toHaveLength(1);
    expect(fillsAfter, 'nothing is bought to be sold again').toBe(0);
    if (session.breakers === undefined) throw new Error('the session has no breakers');
    resetBreakers(session.breakers, session.equityUsd);
    const { fills } = playSession(session, 90, 102);
    expect(session.equityUsd, 'still far below the old peak').toBeLessThan(9_000);
    expect(session.breakers.drawdown).toBe(0);
    expect(fills.length).toBeGreaterThan(5);
  });

  it('C-2, C-3: a stop that was hit while the program was down is booked on return: loss, streak and breaker', () => {
    const market = marketOf([[...flatBars(100, 3), CRASH, ...flatBars(86, 6)], flatBars(1, 10)]);
    const kind = scripted((n) =>
      n === 0 ? [buy('A', { weight: 0.9 }, { stop: { price: 90 } })] : [buy('B', { notionalUsd: 100 })],
    );
    const options = { breakers: { dayLossFraction: 0.05, weekLossFraction: 0.2, lossStreakSizing: true } };
    const before = sessionFor(kind, market, options);
    playSession(before, 0, 3);
    const out = createByteWriter();
    writeSession(before, out);

    const after = sessionFor(kind, market, options);
    readSession(after, createByteReader(out.finish(), 'a session'));
    const { fills, decisions } = playSession(after, 3, 6);
    expect(fills.find((fill) => fill.reason === 'stop')?.closedTradeNetUsd).toBeCloseTo(-900, 6);
    expect(after.account.lossStreak).toBe(1);
    expect(after.breakers).toMatchObject({ day: 1, week: 0 });
    expect(decisions.at(-1)?.refused).toMatchObject([{ kind: 'breaker', breaker: 'day' }]);
  });
});

/** For every limit: a value that refuses the order below, and the refusal that names it. */
const TIGHT: Record<
  Exclude<keyof RiskLimits, 'classes' | 'maxClassExposureFraction' | 'correlatedAbove'>,
  readonly [limit: number, refusal: string]
> = {
  maxSymbolExposureFraction: [0.4, 'symbol-exposure'],
  maxGrossExposureFraction: [0.4, 'gross-exposure'],
  maxOrderValueUsd: [4_999, 'order-too-large'],
  maxOpenNames: [0, 'too-many-names'],
  minNotionalUsd: [5_001, 'below-minimum'],
};

describe('limits', () => {
  it.each(Object.entries(TIGHT))('B-17, B-47: %s is read and enforced', (name, [limit, refusal]) => {
    const refusals = (limits: RiskLimits): string[] => {
      const kind = scripted((n) => (n === 0 ? [buy('A', { notionalUsd: 5_000 })] : []));
      const { decisions } = playSession(sessionFor(kind, marketOf([flatBars(100, 3)]), { limits }));
      return decisions.flatMap((decision) => decision.refused.map((refused) => refused.kind));
    };
    expect(refusals(DEFAULT_LIMITS)).toEqual([]);
    expect(refusals({ ...DEFAULT_LIMITS, [name]: limit })).toEqual([refusal]);
  });

  it('D-6: hold over many steps: no row of small orders adds up to more than they allow', () => {
    const limits = { ...DEFAULT_LIMITS, maxSymbolExposureFraction: 0.3, maxGrossExposureFraction: 0.5 };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.double({ min: 0.01, max: 0.4, noNaN: true })), {
          minLength: 30,
          maxLength: 30,
        }),
        (orders) => {
          const market = marketOf([flatBars(100, 30), flatBars(7, 30), flatBars(0.02, 30)]);
          const kind = scripted((n) =>
            orders.slice(n, n + 1).map(([symbol, weight]) => buy(symbol, { weight })),
          );
          const session = sessionFor(kind, market, { limits, costs: FREE });
          for (let t = 0; t < 30; t++) {
            playSession(session, t, t + 1);
            const shares = session.account.positions.map(
              (position) => (position.quantity * position.markPrice || 0) / session.equityUsd,
            );
            expect(Math.max(...shares)).toBeLessThanOrEqual(0.3 + 1e-9);
            expect(session.grossExposureFraction).toBeLessThanOrEqual(0.5 + 1e-9);
          }
          expect(session.account.fills).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('figures that are no figures', () => {
  const open = (more: Partial<OpenIntent>): Intent => buy('A', { notionalUsd: 1_000 }, more);
  const withFigure: Record<string, (x: number) => Intent> = {
    weight: (x) => buy('A', { weight: x }),
    riskFraction: (x) => buy('A', { riskFraction: x }, { stop: { fraction: 0.1 } }),
    notionalUsd: (x) => buy('A', { notionalUsd: x }),
    quantity: (x) => buy('A', { quantity: x }),
    leverage: (x) => open({ leverage: x }),
    'stop price': (x) => open({ stop: { price: x } }),
    'stop fraction': (x) => open({ stop: { fraction: x } }),
    'target price': (x) => open({ target: { price: x } }),
    'target fraction': (x) => open({ target: { fraction: x } }),
    maxHoldBars: (x) => open({ maxHoldBars: x }),
    'target weight': (x) => ({ kind: 'target', symbol: 'A', reason: 'test', weight: x }),
  };
  const cases = [
    ...Object.keys(withFigure).flatMap((name) => [NaN, Infinity].map((figure) => [name, figure] as const)),
    ['maxHoldBars', 0] as const,
  ];

  it.each(cases)('B-14: a %s of %d is refused and told, not traded on', (name, figure) => {
    const intent = withFigure[name]?.(figure);
    if (intent === undefined) throw new Error(`no figure ${name}`);
    const kind = scripted((n) => (n === 0 ? [intent] : []));
    const market = marketOf([flatBars(100, 3)], { instruments: [perpetual('A')] });
    const { fills, decisions } = playSession(sessionFor(kind, market));
    expect(fills).toEqual([]);
    expect(decisions[0]?.refused).toHaveLength(1);
  });

  it('B-14: a protection is not changed to such a figure either', () => {
    const kind = scripted((n) =>
      n === 0
        ? [buy('A', { quantity: 1 }, { stop: { price: 90 }, target: { price: 120 } })]
        : n === 1
          ? [{ kind: 'adjust-protection', symbol: 'A', reason: 'test', target: { price: Infinity } }]
          : [],
    );
    const session = sessionFor(kind, marketOf([flatBars(100, 4)]));
    const { decisions } = playSession(session);
    expect(decisions[1]?.refused).toMatchObject([{ kind: 'invalid', what: 'target Infinity' }]);
    expect(session.account.positions[0]).toMatchObject({ stopPrice: 90, targetPrice: 120 });
  });
});
