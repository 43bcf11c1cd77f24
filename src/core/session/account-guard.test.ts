import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type MadeBar,
  START_MS,
  arbitraryBars,
  bar,
  flatBars,
  marketOf,
  perpetual,
} from '../../../test/support/made-market.js';
import { type Played, buy, close, playSession } from '../../../test/support/play-session.js';
import { scripted, sessionFor } from '../../../test/support/scripted-kind.js';
import { assertConserved } from '../domain/account.js';
import type { Intent, Order } from '../domain/intent.js';
import type { LedgerEntry } from '../domain/ledger.js';
import { HOUR_MS } from '../domain/time.js';
import {
  type ProtectionNews,
  type ProtectionRules,
  fixedStop,
  trailingStop,
} from '../risk/account-protection.js';
import { decideSession } from './decide.js';
import { type Session, advanceSession } from './session.js';

/** High and low need not be at open or close. */
const wide = (open: number, high: number, low: number, end: number): MadeBar => ({
  open,
  high,
  low,
  close: end,
  volume: 1e6,
});
const PERPETUALS = { instruments: [perpetual('A'), perpetual('B')] };
const SHORT: Intent = { kind: 'open', symbol: 'A', side: 'short', reason: 'test', size: { quantity: 90 } };

/** Bought (90 units at 100 of 10,000 USD) at the open of bar 1; `later` are bars 2 and on. */
function held(
  protection: ProtectionRules,
  later: readonly MadeBar[],
  more: { first?: Intent; then?: (n: number) => readonly Intent[] } = {},
): { session: Session; played: Played } {
  const market = marketOf([[...flatBars(100, 2), ...later]], { instruments: [perpetual('A')] });
  const kind = scripted((n) =>
    n === 0 ? [more.first ?? buy('A', { quantity: 90 })] : (more.then?.(n) ?? []),
  );
  const session = sessionFor(kind, market, { protection });
  return { session, played: playSession(session) };
}

const told = (fills: readonly LedgerEntry[]): unknown[] =>
  fills.slice(1).map((fill) => [fill.reason, -fill.quantity, fill.price, fill.quantityAfter]);

describe("the account's stop of a position", () => {
  it('A-36: sells all of it, in units that are held, and looks whether it is gone', () => {
    const { session, played } = held({ stopFraction: 0.1 }, [wide(100, 101, 85, 95), bar(95)]);
    expect(told(played.fills)).toEqual([['account-stop', 90, 90, 0]]);
    expect(session.account.cashUsd).toBe(10_000 - 90 * 10);
    expect(session.account.openNames).toBe(0);
  });

  it('A-39: is reached by the low of a bar that closes above it, for a short by the high', () => {
    expect(held({ stopFraction: 0.1 }, [wide(100, 101, 90, 100)]).played.fills).toHaveLength(2);
    expect(held({ stopFraction: 0.1 }, [wide(100, 101, 90.01, 100)]).played.fills).toHaveLength(1);
    const short = held({ stopFraction: 0.1 }, [wide(100, 112, 99, 100)], { first: SHORT });
    expect(told(short.played.fills)).toEqual([['account-stop', -90, expect.closeTo(110, 9), 0]]);
  });

  it('A-39: a gap fills at the open, worse than the stop', () => {
    expect(told(held({ stopFraction: 0.1 }, [wide(80, 95, 79, 94)]).played.fills)).toEqual([
      ['account-stop', 90, 80, 0],
    ]);
  });

  it('D-1: acts in the bar of the entry, with no stop of the strategy', () => {
    const market = marketOf([[bar(100), wide(100, 100, 50, 60), bar(60)]]);
    const session = sessionFor(
      scripted((n) => (n === 0 ? [buy('A', { quantity: 90 })] : [])),
      market,
      { protection: { stopFraction: 0.1 } },
    );
    expect(told(playSession(session).fills)).toEqual([['account-stop', 90, 90, 0]]);
  });

  it("leaves a bar to the strategy's stop where that is nearer, but not its gap", () => {
    const first = buy('A', { quantity: 90 }, { stop: { price: 95 } });
    const near = held({ stopFraction: 0.1 }, [wide(100, 101, 85, 86)], { first });
    expect(told(near.played.fills)).toEqual([['stop', 90, 95, 0]]);
    const gap = held({ stopFraction: 0.1 }, [wide(85, 86, 84, 85)], { first });
    expect(told(gap.played.fills)).toEqual([['account-stop', 90, 85, 0]]);
  });

  it('is no help against a liquidation that comes first', () => {
    const first = buy('A', { quantity: 90 }, { leverage: 20 });
    const { played } = held({ stopFraction: 0.1 }, [wide(100, 101, 85, 86)], { first });
    expect(played.fills.at(-1)?.reason).toBe('liquidation');
  });
});

describe('the trailing stop of a position', () => {
  it('follows the best price and uses a bar only from the next one on', () => {
    // Best 120: the stop of bar 3 is 108. In bar 2 itself it is still 90.
    const { played } = held({ trailingStopFraction: 0.1 }, [
      wide(100, 120, 100, 118),
      wide(118, 118, 107, 117),
    ]);
    expect(told(played.fills)).toEqual([['account-trailing', 90, 108, 0]]);
    expect(played.fills.at(-1)?.timeMs).toBe(START_MS + 3 * HOUR_MS);
  });

  it('after a bar that rose and fell, sells at the next open, not at a price of a path that nobody knows', () => {
    const { played } = held({ trailingStopFraction: 0.1 }, [wide(100, 120, 100, 101), bar(101)]);
    expect(told(played.fills)).toEqual([['account-trailing', 90, 101, 0]]);
  });

  it('of a short follows the lowest price', () => {
    const { played } = held({ trailingStopFraction: 0.1 }, [wide(100, 100, 80, 80), wide(80, 89, 80, 85)], {
      first: SHORT,
    });
    expect(told(played.fills)).toEqual([['account-trailing', -90, 88, 0]]);
  });
});

describe('the largest weight of a position', () => {
  it('cuts an entry, refuses the next, and does not sell what grows', () => {
    const then = (n: number): readonly Intent[] => (n === 2 ? [buy('A', { notionalUsd: 2_000 })] : []);
    const { session, played } = held(
      { maxWeightFraction: 0.3 },
      [bar(100), bar(100), bar(100, 200), bar(200)],
      {
        then,
      },
    );
    expect(played.fills.map((fill) => fill.quantity)).toEqual([30]);
    expect(session.account.positions[0]?.quantity).toBe(30);
    expect(played.decisions.flatMap((decision) => decision.unfilled)).toEqual([
      { kind: 'symbol-exposure', symbol: 'A', exposureFraction: 0.5, limitFraction: 0.3 },
    ]);
  });

  it('D-6: bounds every entry at its open, of either side and with any costs', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        fc.double({ min: 100, max: 9_000, noNaN: true }),
        fc.constantFrom('long' as const, 'short' as const),
        fc.boolean(),
        (maxWeightFraction, usd, side, units) => {
          const size = units ? { quantity: usd / 100 } : { notionalUsd: usd };
          const market = marketOf([flatBars(100, 8)], { instruments: [perpetual('A')] });
          const session = sessionFor(
            scripted(() => [{ kind: 'open', symbol: 'A', side, reason: 'more', size }]),
            market,
            {
              protection: { maxWeightFraction },
              costs: { takerFeeBps: 5, makerFeeBps: 2, halfSpreadBps: 20, slippageBps: 30, impactBps: 10 },
            },
          );
          for (let t = 0; t < market.length; t++) {
            const before = session.equityUsd;
            session.venue.ledger.length = 0;
            advanceSession(session, t);
            decideSession(session, t, []);
            const usedUsd = Math.abs(session.account.positions[0]?.quantity ?? 0) * 100;
            if (session.venue.ledger.length > 0)
              expect(usedUsd).toBeLessThanOrEqual(before * maxWeightFraction * (1 + 1e-9));
          }
          expect(session.account.openNames).toBe(1);
        },
      ),
    );
  });
});

/** Plays on and keeps what the guard said. */
function watch(session: Session, from: number, to: number): ProtectionNews[] {
  const news: ProtectionNews[] = [];
  for (let t = from; t < to; t++) {
    advanceSession(session, t);
    news.push(...(session.guard?.news ?? []));
    decideSession(session, t, []);
    assertConserved(session.account, 'a test');
  }
  return news;
}

describe('the portfolio trailing stop', () => {
  it('A-38: sells once, latches entries for its cooldown, and sets its mark anew', () => {
    // Bought at 100, best close 110: equity 10,900. A close of 97 is 9,730: 10.7 % below.
    const prices = [100, 100, 110, 97, 97, 97, 97, 97, 97, 97, 97];
    const market = marketOf([prices.map((price) => bar(price))]);
    const eager = scripted((_, o) => (o.portfolio.quantity(0) === 0 ? [buy('A', { quantity: 90 })] : []));
    const session = sessionFor(eager, market, {
      protection: { portfolioTrailingStopFraction: 0.1, cooldownHours: 3 },
    });
    const news = watch(session, 0, market.length);
    const closeMs = START_MS + 4 * HOUR_MS;
    expect(news).toEqual([
      {
        rule: 'portfolio-stop',
        equityUsd: 9_730,
        highWaterUsd: 10_900,
        lossFraction: expect.closeTo(0.10734, 5) as number,
        limitFraction: 0.1,
        cooldownUntilMs: closeMs + 3 * HOUR_MS,
      },
      { rule: 'portfolio-stop-sale', symbol: 'A', quantity: 90, referencePrice: 97, level: null },
      { rule: 're-armed', equityUsd: 9_730 },
    ]);
    expect(session.guard?.state).toMatchObject({ cashMode: 0, highWaterUsd: 9_730, armedUsd: 9_730 });
    // One buy, one sale, and one buy after the cooldown: no fees burned in between.
    expect(session.account.fills).toBe(3);
    expect(session.account.positions[0]?.openedAtMs).toBe(START_MS + 8 * HOUR_MS);
  });

  it('E-4: holds its latch through bars, and says so to who wants to enter', () => {
    const prices = [100, 100, 80, ...Array.from({ length: 10 }, () => 80)];
    const market = marketOf([prices.map((price) => bar(price))]);
    const session = sessionFor(
      scripted(() => [buy('A', { quantity: 50 })]),
      market,
      { protection: { portfolioTrailingStopFraction: 0.05, cooldownHours: 100 } },
    );
    watch(session, 0, market.length);
    expect(session.account.openNames).toBe(0);
    expect(session.refused).toEqual([{ kind: 'breaker', symbol: 'A', breaker: 'portfolio-stop' }]);
  });

  it('waits for a symbol without a bar, and stays latched until that is sold too', () => {
    const gap = [undefined, undefined, undefined];
    const a = [bar(100), bar(100), bar(80), ...flatBars(80, 6)];
    const b = [bar(100), bar(100), bar(80), ...gap, bar(70), ...flatBars(70, 2)];
    const session = sessionFor(
      scripted((n) => (n === 0 ? [buy('A', { quantity: 40 }), buy('B', { quantity: 40 })] : [])),
      marketOf([a, b]),
      { protection: { portfolioTrailingStopFraction: 0.1 } },
    );
    const news = watch(session, 0, 9);
    expect(news.map((n) => [n.rule, 'symbol' in n ? n.symbol : ''])).toEqual([
      ['portfolio-stop', ''],
      ['portfolio-stop-sale', 'A'],
      ['portfolio-stop-sale', 'B'],
      ['re-armed', ''],
    ]);
  });
});

describe('the profit take', () => {
  it('sells its share of every position at the next open, once', () => {
    const { session, played } = held({ profitTakeFraction: 0.05, profitTakeShare: 0.5 }, [
      bar(100, 110),
      bar(110, 130),
      bar(130, 150),
      bar(150),
    ]);
    expect(told(played.fills)).toEqual([['profit-take', 45, 110, 45]]);
    expect(session.guard?.state.profitTaken).toBe(1);
  });
});

describe('the minimum hold', () => {
  const closes = (): readonly Intent[] => [close('A')];

  it("refuses the strategy's exit of a young position, tells it until when, and lets an old one go", () => {
    const { played } = held({ minHoldHours: 4 }, flatBars(100, 6), { then: closes });
    expect(played.fills.at(-1)?.timeMs).toBe(START_MS + 5 * HOUR_MS);
    expect(played.fills).toHaveLength(2);
    const refused = played.decisions.flatMap((decision) => decision.unfilled);
    expect(refused[0]).toEqual({ kind: 'minimum-hold', symbol: 'A', untilMs: START_MS + 5 * HOUR_MS });
  });

  it('A-37: never holds back the stop of the account, of the strategy, or of the portfolio', () => {
    const crash = [wide(100, 100, 70, 70), bar(70), bar(70)];
    const young = { minHoldHours: 1_000 };
    const stopped = (rules: ProtectionRules, first?: Intent): unknown =>
      held({ ...young, ...rules }, crash, first === undefined ? {} : { first }).played.fills.at(-1)?.reason;
    expect(stopped({ stopFraction: 0.1 })).toBe('account-stop');
    expect(stopped({ trailingStopFraction: 0.1 })).toBe('account-trailing');
    expect(stopped({ portfolioTrailingStopFraction: 0.1 })).toBe('portfolio-stop');
    expect(stopped({}, buy('A', { quantity: 90 }, { stop: { price: 90 } }))).toBe('stop');
    expect(stopped({}, buy('A', { quantity: 90 }, { maxHoldBars: 2 }))).toBe('max-hold');
    expect(stopped({})).toBe('strategy');
  });
});

describe('who sells when several would', () => {
  it('A-37: is the first of kill, portfolio, position, time, strategy, and nobody sells after', () => {
    const reasons = ['kill', 'portfolio-stop', 'account-stop', 'max-hold', 'strategy'] as const;
    reasons.forEach((expected, from) => {
      const on = new Set(reasons.slice(from));
      const first = buy('A', { quantity: 90 }, on.has('max-hold') ? { maxHoldBars: 2 } : {});
      const market = marketOf([[...flatBars(100, 2), bar(100), bar(80), bar(80)]]);
      const session = sessionFor(
        scripted((n) => (n === 0 ? [first] : n === 2 && on.has('strategy') ? [close('A')] : [])),
        market,
        { protection: on.has('account-stop') ? { stopFraction: 0.1 } : { minHoldHours: 1 } },
      );
      watch(session, 0, 3);
      if (on.has('portfolio-stop')) {
        if (session.guard === undefined) throw new Error('no guard');
        session.guard.state.cashMode = 1;
      }
      const kill: Order = {
        symbol: 0,
        effect: 'exit',
        direction: -1,
        quantity: 90,
        notionalUsd: 0,
        leverage: 1,
        stop: undefined,
        target: undefined,
        maxHoldMs: undefined,
        decidedAtMs: 0,
        reason: 'kill',
      };
      if (on.has('kill')) session.orders = [...session.orders, kill];
      const { fills } = playSession(session, 3);
      expect(fills.map((fill) => [fill.reason, fill.quantity, fill.price])).toEqual([[expected, -90, 80]]);
    });
  });
});

/** Buys, adds and sells at whim, but always the same. */
const restless = scripted((n) => {
  const symbol = n % 3 === 0 ? 'A' : 'B';
  if (n % 7 === 3) return [close(symbol)];
  if (n % 11 === 5) return [{ kind: 'reduce', symbol, reason: 'test', fraction: 0.3 }];
  const side = n % 5 < 3 ? ('long' as const) : ('short' as const);
  const stop = n % 2 === 0 ? { stop: { fraction: 0.04 } } : {};
  return [
    {
      kind: 'open',
      symbol,
      side,
      reason: 'test',
      size: { weight: 0.3 },
      ...stop,
    },
  ];
});
const markets = fc.tuple(arbitraryBars(80), arbitraryBars(80)).map((bars) => marketOf(bars, PERPETUALS));
const maybe = (min: number, max: number): fc.Arbitrary<number | undefined> =>
  fc.option(fc.double({ min, max, noNaN: true }), { nil: undefined });
const rules = fc
  .record({
    stopFraction: maybe(0.005, 0.2),
    trailingStopFraction: maybe(0.005, 0.2),
    maxWeightFraction: maybe(0.1, 1),
    portfolioTrailingStopFraction: maybe(0.005, 0.1),
    profitTakeFraction: maybe(0.005, 0.1),
    cooldownHours: maybe(1, 12),
    minHoldHours: maybe(1, 12),
  })
  .map(
    (all) => Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined)) as ProtectionRules,
  );

describe('protections on any market', () => {
  it('A-36, A-37, A-38, A-39: hold their laws at every bar', () => {
    let stops = 0;
    let latched = 0;
    fc.assert(
      fc.property(markets, rules, (market, protection) => {
        const session = sessionFor(restless, market, { protection });
        let open = false;
        for (let t = 0; t < market.length; t++) {
          session.venue.ledger.length = 0;
          const cash = session.guard?.state.cashMode === 1;
          const { fills } = playSession(session, t, t + 1);
          assertConserved(session.account, 'a test');
          const news = session.guard?.news ?? [];
          const rearmed = news.some((n) => n.rule === 're-armed');
          for (const n of news) {
            if (n.rule === 'portfolio-stop') {
              expect(open, 'a stop while one is on').toBe(false);
              open = true;
              latched++;
            } else if (n.rule === 're-armed') {
              expect(open, 'armed anew twice').toBe(true);
              open = false;
            }
          }
          if (cash && !rearmed) expect(fills.filter((fill) => fill.effect === 'entry')).toEqual([]);
          for (const fill of fills) {
            if (fill.effect !== 'exit') continue;
            // An exit only makes a position smaller: nothing is sold twice, nothing turned round.
            const before = fill.quantityAfter - fill.quantity;
            expect(fill.quantityAfter * before).toBeGreaterThanOrEqual(0);
            expect(Math.abs(fill.quantityAfter)).toBeLessThan(Math.abs(before));
          }
          session.account.positions.forEach((position, own) => {
            const candles = session.venue.candles[own];
            const low = candles?.low[t] ?? NaN;
            if (position.quantity === 0 || candles === undefined || Number.isNaN(low)) return;
            expect(cash && !rearmed, 'held through an open of cash mode').toBe(false);
            const worst = position.quantity > 0 ? low : (candles.high[t] ?? NaN);
            const level = fixedStop(position, protection);
            if (!Number.isNaN(level)) expect((worst - level) * position.quantity).toBeGreaterThan(0);
          });
          for (const n of news)
            if (n.rule === 'account-stop' || n.rule === 'account-trailing') {
              stops++;
              const own = market.symbols.indexOf(n.symbol);
              const at = market.candles[own]?.open[t] ?? NaN;
              const side = Math.sign(n.quantity);
              // No worse than the level, unless the bar opened worse.
              expect(n.referencePrice).toBe(side * (at - (n.level ?? NaN)) <= 0 ? at : n.level);
            }
        }
      }),
      { numRuns: 150 },
    );
    expect(Math.min(stops, latched)).toBeGreaterThan(20);
  });

  it('trailing: no position survives a bar that reached the mark of the bars before', () => {
    fc.assert(
      fc.property(
        markets,
        fc.double({ min: 0.005, max: 0.2, noNaN: true }),
        (market, trailingStopFraction) => {
          const protection = { trailingStopFraction };
          const session = sessionFor(restless, market, { protection });
          for (let t = 0; t < market.length; t++) {
            const before = session.account.positions.map((p) => ({ ...p }));
            playSession(session, t, t + 1);
            session.account.positions.forEach((position, own) => {
              const was = before[own];
              const candles = session.venue.candles[own];
              const low = candles?.low[t] ?? NaN;
              if (was === undefined || candles === undefined || Number.isNaN(low) || was.quantity === 0)
                return;
              const worst = was.quantity > 0 ? low : (candles.high[t] ?? NaN);
              const reached = (worst - trailingStop(was, protection)) * was.quantity <= 0;
              const same = position.quantity !== 0 && position.openedAtMs === was.openedAtMs;
              expect(reached && same, 'held beyond its trailing stop').toBe(false);
            });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that are all off change nothing', () => {
    fc.assert(
      fc.property(markets, (market) => {
        const without = playSession(sessionFor(restless, market));
        const withNone = playSession(sessionFor(restless, market, { protection: {} }));
        expect(withNone).toEqual(without);
      }),
      { numRuns: 40 },
    );
  });
});
