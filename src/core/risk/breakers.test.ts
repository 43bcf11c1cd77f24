import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bar, flatBars, marketOf, START_MS } from '../../../test/support/made-market.js';
import { FREE, NO_LIMITS, scripted, sessionFor } from '../../../test/support/scripted-kind.js';
import { openAccount } from '../domain/account.js';
import { createByteReader } from '../domain/byte-reader.js';
import { createByteWriter } from '../domain/byte-writer.js';
import type { Intent } from '../domain/intent.js';
import { DAY_MS, HOUR_MS } from '../domain/time.js';
import { type DecisionRecord, decideSession } from '../session/decide.js';
import { readSession, writeSession } from '../session/session-codec.js';
import { type Session, advanceSession } from '../session/session.js';
import {
  type BreakerRules,
  armBreakers,
  checkBreakers,
  resetBreakers,
  startBar,
  streakFactor,
  trippedBreaker,
} from './breakers.js';

const RULES: BreakerRules = { dayLossFraction: 0.05, weekLossFraction: 0.1, drawdownFraction: 0.08 };

/** Buys all it can at the first decision, tries to buy the other symbol at every later one. */
const eager = scripted((n) => {
  const intents: Intent[] = [
    { kind: 'open', symbol: 'B', side: 'long', reason: 'more', size: { notionalUsd: 100 } },
  ];
  return n === 0
    ? [
        {
          kind: 'open',
          symbol: 'A',
          side: 'long',
          reason: 'all',
          size: { notionalUsd: 9_000 },
          stop: { fraction: 0.07 },
        },
      ]
    : intents;
});

function run(session: Session, from: number, to: number): DecisionRecord[] {
  const keep: DecisionRecord[] = [];
  for (let t = from; t < to; t++) {
    advanceSession(session, t);
    decideSession(session, t, keep);
  }
  return keep;
}

describe('a breaker', () => {
  it('C-2: trips on a loss by a stop, and counts open losses too', () => {
    const crash = { open: 100, high: 100, low: 90, close: 95, volume: 1e6 };
    const market = marketOf([[...flatBars(100, 3), crash, ...flatBars(95, 6)], flatBars(1, 10)]);
    const session = sessionFor(eager, market, { breakers: RULES });
    run(session, 0, 3);
    expect(session.account.positions[0]?.quantity).toBe(90);
    advanceSession(session, 3);
    expect(session.trips).toEqual([
      { breaker: 'day', lossFraction: expect.closeTo(0.063, 9) as number, limitFraction: 0.05 },
    ]);
    const open = sessionFor(eager, marketOf([[...flatBars(100, 3), bar(94)], flatBars(1, 4)]), {
      breakers: RULES,
    });
    run(open, 0, 3);
    advanceSession(open, 3);
    expect(open.account.positions[0]?.quantity, 'the position is still open').toBe(90);
    expect(open.trips.map((trip) => trip.breaker)).toEqual(['day']);
  });

  it('C-3, E-4: refuses entries and never exits, until its day is over', () => {
    const market = marketOf([[...flatBars(100, 3), ...flatBars(94, 45)], flatBars(1, 48)]);
    const kind = scripted((n, o) => {
      if (n === 0)
        return [{ kind: 'open', symbol: 'A', side: 'long', reason: 'all', size: { notionalUsd: 9_000 } }];
      if (n === 6) return [{ kind: 'close', symbol: 'A', reason: 'out' }];
      return n > 6 && o.portfolio.quantity(1) === 0
        ? [{ kind: 'open', symbol: 'B', side: 'long', reason: 'in', size: { notionalUsd: 100 } }]
        : [];
    });
    const session = sessionFor(kind, market, { breakers: RULES });
    const keep = run(session, 0, 24);
    expect(session.account.positions[0]?.quantity, 'the exit went through').toBe(0);
    expect(session.account.positions[1]?.quantity).toBe(0);
    expect(keep.at(-1)?.refused).toEqual([{ kind: 'breaker', symbol: 'B', breaker: 'day' }]);
    run(session, 24, 27);
    expect(session.account.positions[1]?.quantity, 'a new day').toBe(100);
  });

  it('C-3: survives a restart, latched', () => {
    const market = marketOf([[...flatBars(100, 3), ...flatBars(90, 10)], flatBars(1, 13)]);
    const session = sessionFor(eager, market, { breakers: RULES });
    run(session, 0, 5);
    expect(session.breakers).toMatchObject({ day: 1, drawdown: 1 });
    const out = createByteWriter();
    writeSession(session, out);
    const again = sessionFor(eager, market, { breakers: RULES });
    readSession(again, createByteReader(out.finish(), 'a session'));
    expect(again.breakers).toEqual(session.breakers);
    const keep = run(again, 5, 7);
    expect(keep.at(-1)?.refused[0]?.kind).toBe('breaker');
  });

  it('of drawdown holds over days until it is reset', () => {
    const state = armBreakers(10_000);
    startBar(state, START_MS, 10_000);
    expect(checkBreakers(state, RULES, 9_150).map((trip) => trip.breaker)).toEqual(['day', 'drawdown']);
    expect(
      checkBreakers(state, RULES, 9_000).map((trip) => trip.breaker),
      'each is told once',
    ).toEqual(['week']);
    startBar(state, START_MS + 9 * DAY_MS, 9_100);
    expect([state.day, state.week, state.drawdown]).toEqual([0, 0, 1]);
    expect(trippedBreaker(state)).toBe('drawdown');
    resetBreakers(state, 9_100);
    expect(trippedBreaker(state)).toBeUndefined();
    expect(checkBreakers(state, RULES, 9_000)).toEqual([]);
  });

  it('of the week lets go on Monday 00:00 UTC and not on Sunday', () => {
    const state = armBreakers(10_000);
    startBar(state, START_MS + 3 * DAY_MS, 10_000);
    checkBreakers(state, { weekLossFraction: 0.1 }, 8_000);
    startBar(state, START_MS + 7 * DAY_MS - HOUR_MS, 8_000);
    expect(state.week).toBe(1);
    startBar(state, START_MS + 7 * DAY_MS, 8_000);
    expect([state.week, state.weekStartEquityUsd]).toEqual([0, 8_000]);
  });

  it('starts the day from the equity at the close before it, open profit included', () => {
    const state = armBreakers(10_000);
    startBar(state, START_MS, 10_000);
    startBar(state, START_MS + DAY_MS, 12_000);
    expect(checkBreakers(state, { dayLossFraction: 0.05 }, 11_500)).toEqual([]);
    expect(checkBreakers(state, { dayLossFraction: 0.05 }, 11_400)).toHaveLength(1);
  });
});

describe('sizing by losses in a row', () => {
  it('is 1, 3/4, 1/2, 1/4 and never less', () => {
    const account = openAccount(1_000, 1);
    const factors = [0, 1, 2, 3, 4, 50].map((losses) => {
      account.lossStreak = losses;
      return streakFactor(account, { lossStreakSizing: true });
    });
    expect(factors).toEqual([1, 0.75, 0.5, 0.25, 0.25, 0.25]);
    expect(streakFactor(account, {})).toBe(1);
  });

  it('counts losing stops, and one trade without a loss starts over', () => {
    const prices = [100, 100, 90, 90, 80, 80, 80, 95, 95];
    const market = marketOf([prices.map((price) => bar(price))]);
    const kind = scripted((n, o) =>
      n % 2 === 0
        ? [{ kind: 'open', symbol: 'A', side: 'long', reason: 'in', size: { notionalUsd: 100 } }]
        : o.portfolio.quantity(0) === 0
          ? []
          : [{ kind: 'close', symbol: 'A', reason: 'out' }],
    );
    const session = sessionFor(kind, market, {
      breakers: { lossStreakSizing: true },
      costs: FREE,
      limits: NO_LIMITS,
    });
    const streaks: number[] = [];
    for (let t = 0; t < prices.length; t++) {
      run(session, t, t + 1);
      streaks.push(session.account.lossStreak);
    }
    expect(streaks).toEqual([0, 0, 1, 1, 2, 2, 0, 0, 0]);
  });
});

it('a cooldown keeps a symbol closed for its bars after a stop, and only that symbol', () => {
  const crash = { open: 100, high: 100, low: 80, close: 85, volume: 1e6 };
  const market = marketOf([[...flatBars(100, 2), crash, ...flatBars(85, 10)], flatBars(1, 13)]);
  const kind = scripted((n) => [
    {
      kind: 'open',
      symbol: 'A',
      side: 'long',
      reason: 'in',
      size: { notionalUsd: 100 },
      stop: { fraction: 0.1 },
    },
    ...(n === 3
      ? [{ kind: 'open', symbol: 'B', side: 'long', reason: 'in', size: { notionalUsd: 50 } } as const]
      : []),
  ]);
  const session = sessionFor(kind, market, { breakers: { cooldownBars: 4 } });
  const keep = run(session, 0, 13);
  const cooling = keep.filter((record) => record.refused.some((refusal) => refusal.kind === 'cooling-down'));
  expect(cooling).toHaveLength(3);
  expect(session.account.positions[1]?.quantity).toBe(50);
  expect(session.account.positions[0]?.quantity).toBeGreaterThan(0);
});

it('E-10: with sizing by risk the loss at the stop is at most 1 % of equity, whatever the leverage and the costs', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 0.4, noNaN: true }),
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0.5, max: 50_000, noNaN: true }),
      (stop, leverage, price) => {
        const market = marketOf(
          [
            [
              bar(price),
              bar(price),
              { open: price, high: price, low: price * 0.4, close: price * 0.5, volume: 1e9 / price },
            ],
          ],
          {
            instruments: [
              {
                symbol: 'A',
                type: 'perpetual',
                lotSize: 0,
                minNotionalUsd: 0,
                maxLeverage: 50,
                marginTiers: [],
              },
            ],
          },
        );
        const kind = scripted((n) =>
          n === 0
            ? [
                {
                  kind: 'open',
                  symbol: 'A',
                  side: 'long',
                  reason: 'x',
                  size: { riskFraction: 0.01 },
                  stop: { fraction: stop },
                  leverage,
                },
              ]
            : [],
        );
        const costs = { takerFeeBps: 5, makerFeeBps: 2, halfSpreadBps: 2, slippageBps: 1, impactBps: 10 };
        const session = sessionFor(kind, market, { costs });
        run(session, 0, 3);
        expect(session.account.closedTrades).toBe(1);
        expect(10_000 - session.equityUsd).toBeLessThanOrEqual(100 + 1e-9);
      },
    ),
  );
});
