import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bar, flatBars, marketOf, perpetual } from '../../../test/support/made-market.js';
import { perpMarket, randomTrader, spotMarket } from '../../../test/support/random-trader.js';
import { FREE, NO_LIMITS, scripted, sessionFor } from '../../../test/support/scripted-kind.js';
import { assertConserved, equityFromFlows, equityUsd } from '../domain/account.js';
import { DEFAULT_COSTS } from '../domain/costs.js';
import type { Intent } from '../domain/intent.js';
import { LEDGER_WIDTH, type LedgerEntry, ledgerCount, readLedgerEntry } from '../domain/ledger.js';
import type { MarketTable } from '../domain/market-table.js';
import { type DecisionRecord, decideSession } from './decide.js';
import { type Session, advanceSession } from './session.js';

function play(session: Session, from = 0, to = session.venue.market.length): LedgerEntry[] {
  const keep: DecisionRecord[] = [];
  const entries: LedgerEntry[] = [];
  for (let t = from; t < to; t++) {
    session.venue.ledger.length = 0;
    advanceSession(session, t);
    assertConserved(session.account, `bar ${String(t)}`);
    decideSession(session, t, keep);
    assertConserved(session.account, `decision ${String(t)}`);
    const doubles = session.venue.ledger.doubles.slice(0, session.venue.ledger.length);
    for (let i = 0; i < ledgerCount(doubles); i++) entries.push(readLedgerEntry(doubles, i));
  }
  return entries;
}

describe('money', () => {
  it('is conserved after every bar and decision of a random spot trader', () => {
    fc.assert(
      fc.property(spotMarket, fc.integer({ min: 0, max: 1e6 }), (market, seed) => {
        const session = sessionFor(randomTrader(1), market, { costs: DEFAULT_COSTS, seed });
        play(session);
        expect(session.account.cashUsd).toBeGreaterThanOrEqual(-1e-6);
      }),
      { numRuns: 150 },
    );
  });

  it('is conserved with leverage, shorts, funding and liquidations, and no position loses more than its margin', () => {
    fc.assert(
      fc.property(perpMarket, fc.integer({ min: 0, max: 1e6 }), (market, seed) => {
        const session = sessionFor(randomTrader(20), market, { costs: DEFAULT_COSTS, seed });
        play(session);
        expect(
          session.account.cashUsd,
          'isolated margin: free cash is never touched by a loss',
        ).toBeGreaterThanOrEqual(-1e-6);
        expect(equityUsd(session.account)).toBeGreaterThanOrEqual(-1e-6);
      }),
      { numRuns: 150 },
    );
  });

  it('E-1, B-20: at a constant price any number of trades costs fees, spread and slippage and nothing else', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1e5, noNaN: true }),
        fc.integer({ min: 0, max: 1e6 }),
        (price, seed) => {
          const market = marketOf([flatBars(price, 50), flatBars(price * 3, 50)], {
            instruments: [perpetual('A'), perpetual('B')],
          });
          const session = sessionFor(randomTrader(5), market, { costs: DEFAULT_COSTS, seed });
          play(session);
          const { account } = session;
          const expected = 10_000 - account.feesUsd - account.spreadUsd - account.slippageUsd;
          // Open positions are marked at the same price, so nothing is unrealised but the costs already counted.
          expect(Math.abs(equityUsd(account) - expected)).toBeLessThan(1e-6);
          expect(Math.abs(account.realisedUsd)).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 80 },
    );
  });
});

describe('a fill', () => {
  it('has a reference price inside its bar, and never more than the whole position or the free cash', () => {
    fc.assert(
      fc.property(perpMarket, fc.integer({ min: 0, max: 1e6 }), (market, seed) => {
        const session = sessionFor(randomTrader(10), market, { costs: DEFAULT_COSTS, seed });
        for (const entry of play(session)) {
          if (entry.effect === 'funding') continue;
          const t = Math.round((entry.timeMs - (market.openTimesMs[0] ?? 0)) / 3_600_000);
          const candles = market.candles[entry.symbol];
          expect(entry.referencePrice).toBeGreaterThanOrEqual(candles?.low[t] ?? NaN);
          expect(entry.referencePrice).toBeLessThanOrEqual(candles?.high[t] ?? NaN);
          expect(entry.cashAfterUsd).toBeGreaterThanOrEqual(-1e-6);
          expect(entry.feeUsd).toBeLessThanOrEqual(Math.abs(entry.quantity) * entry.price + 1e-9);
          // Both sides cost: a buyer pays more than the reference, a seller gets less.
          expect(Math.sign(entry.price - entry.referencePrice)).toBe(Math.sign(entry.quantity));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is on the grid of prices where an instrument has one, what that takes is slippage, and money is conserved', () => {
    const onGrid = fc.record({ market: perpMarket, tickSize: fc.constantFrom(0.01, 0.5, 3) });
    fc.assert(
      fc.property(onGrid, fc.integer({ min: 0, max: 1e6 }), ({ market, tickSize }, seed) => {
        const instruments = market.instruments.map((instrument) => ({ ...instrument, tickSize }));
        const session = sessionFor(
          randomTrader(20),
          { ...market, instruments },
          { costs: DEFAULT_COSTS, seed },
        );
        for (const { effect, price, referencePrice, quantity, slippageUsd, spreadUsd } of play(session)) {
          if (effect === 'funding' || price < tickSize) continue;
          expect(Math.abs(Math.round(price / tickSize) * tickSize - price)).toBeLessThan(1e-9 * price);
          expect(Math.sign(price - referencePrice)).toBe(Math.sign(quantity));
          const apart = Math.abs(quantity) * Math.abs(price - referencePrice);
          expect(slippageUsd + spreadUsd).toBeCloseTo(apart, 6);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('D-5, A-3: a decision at a close is filled at the next open, never in the bar it was made in', () => {
    const market = marketOf([[bar(100, 110), bar(120, 130), bar(140, 150)]]);
    const kind = scripted((n) =>
      n === 0 ? [{ kind: 'open', symbol: 'A', side: 'long', reason: 'x', size: { quantity: 1 } }] : [],
    );
    const [entry] = play(sessionFor(kind, market));
    expect(entry?.timeMs).toBe(market.openTimesMs[1]);
    expect(entry?.referencePrice).toBe(120);
  });

  it('is clipped to free cash including the fee', () => {
    const market = marketOf([flatBars(100, 4)]);
    const kind = scripted((n) =>
      n === 0 ? [{ kind: 'open', symbol: 'A', side: 'long', reason: 'x', size: { weight: 1 } }] : [],
    );
    const session = sessionFor(kind, market, { costs: { ...FREE, takerFeeBps: 100 } });
    play(session);
    expect(session.account.positions[0]?.quantity).toBeCloseTo(10_000 / 1.01 / 100, 10);
    expect(Math.abs(session.account.cashUsd)).toBeLessThan(1e-9);
  });

  it('is rounded down to the lot', () => {
    const market = marketOf([flatBars(3, 4)], { instruments: [perpetual('A', { lotSize: 0.5 })] });
    const kind = scripted((n) =>
      n === 0 ? [{ kind: 'open', symbol: 'A', side: 'long', reason: 'x', size: { notionalUsd: 10 } }] : [],
    );
    const session = sessionFor(kind, market);
    play(session);
    expect(session.account.positions[0]?.quantity).toBe(3);
  });
});

const buyTwoAtTen = scripted((n) =>
  n === 0
    ? [{ kind: 'open', symbol: 'A', side: 'long', reason: 'x', size: { quantity: 2 }, leverage: 10 }]
    : n === 2
      ? [{ kind: 'close', symbol: 'A', reason: 'y' }]
      : [],
);

describe('golden accounts', () => {
  const fee = { ...FREE, takerFeeBps: 5 };

  it('B-18, B-19: the entry fee is charged once and margin is marked at its entry price', () => {
    const market = marketOf([[bar(100), bar(100, 110), bar(110), bar(110), bar(110)]], {
      instruments: [perpetual('A')],
    });
    const session = sessionFor(buyTwoAtTen, market, { costs: fee });
    play(session, 0, 2);
    expect(session.account.cashUsd).toBeCloseTo(9979.9, 9);
    expect(session.equityUsd).toBeCloseTo(10_019.9, 9);
    play(session, 2, 5);
    expect(session.account.cashUsd).toBeCloseTo(10_019.79, 9);
    expect(session.account.wins).toBe(1);
    expect(session.account.grossProfitUsd).toBeCloseTo(19.79, 9);
  });

  it('B-26: a low at the liquidation price takes margin and entry fee, no more', () => {
    const low = { open: 95, high: 96, low: 89, close: 95, volume: 1e6 };
    const market = marketOf([[bar(100), bar(100), low, bar(95), bar(95)]], { instruments: [perpetual('A')] });
    const session = sessionFor(buyTwoAtTen, market, { costs: fee });
    const entries = play(session);
    expect(entries.map((entry) => entry.reason)).toEqual(['strategy', 'liquidation']);
    expect(entries[1]?.referencePrice).toBe(90);
    expect(session.account.cashUsd).toBeCloseTo(9979.9, 9);
    expect(session.equityUsd).toBeCloseTo(9979.9, 9);
  });

  it('a gap far beyond the liquidation price still costs margin and entry fee only', () => {
    const market = marketOf([[bar(100), bar(100), bar(50), bar(50), bar(50)]], {
      instruments: [perpetual('A')],
    });
    const session = sessionFor(buyTwoAtTen, market, { costs: fee });
    const entries = play(session);
    expect(entries[1]?.referencePrice).toBe(50);
    expect(entries[1]?.absorbedUsd).toBeCloseTo(80, 9);
    expect(session.equityUsd).toBeCloseTo(9979.9, 9);
    expect(equityFromFlows(session.account)).toBeCloseTo(9979.9, 9);
  });

  it('A-36, A-39: a stop touched inside the bar sells the whole position, once, at the stop', () => {
    const crash = { open: 89_000, high: 89_500, low: 80_000, close: 82_000, volume: 1e6 };
    const market = marketOf([[bar(90_000), bar(90_000), crash, bar(82_000), bar(70_000)]]);
    const kind = scripted((n) =>
      n === 0
        ? [
            {
              kind: 'open',
              symbol: 'A',
              side: 'long',
              reason: 'x',
              size: { notionalUsd: 150 },
              stop: { fraction: 0.1 },
            },
          ]
        : [],
    );
    const session = sessionFor(kind, market, { cashUsd: 500 });
    const entries = play(session);
    expect(entries).toHaveLength(2);
    expect(entries[1]).toMatchObject({
      effect: 'exit',
      reason: 'stop',
      referencePrice: 81_000,
      quantityAfter: 0,
    });
    expect(session.account.cashUsd).toBeCloseTo(485, 9);
  });

  it('a stop that the open has passed already fills at the open', () => {
    const market = marketOf([[bar(100), bar(100), bar(80), bar(80)]]);
    const kind = scripted((n) =>
      n === 0
        ? [
            {
              kind: 'open',
              symbol: 'A',
              side: 'long',
              reason: 'x',
              size: { quantity: 1 },
              stop: { price: 95 },
            },
          ]
        : [],
    );
    expect(play(sessionFor(kind, market))[1]?.referencePrice).toBe(80);
  });

  it('B-25: when one bar touches stop and target, the stop is assumed to have been first', () => {
    const wild = { open: 100, high: 120, low: 85, close: 100, volume: 1e6 };
    const market = marketOf([[bar(100), bar(100), wild, bar(100)]]);
    const kind = scripted((n) =>
      n === 0
        ? [
            {
              kind: 'open',
              symbol: 'A',
              side: 'long',
              reason: 'x',
              size: { quantity: 1 },
              stop: { fraction: 0.1 },
              target: { fraction: 0.1 },
            },
          ]
        : [],
    );
    expect(play(sessionFor(kind, market))[1]?.reason).toBe('stop');
  });
});

describe('an exit', () => {
  it('is never refused: every close of a held position fills at its next bar, with or without volume', () => {
    fc.assert(
      fc.property(spotMarket, fc.integer({ min: 0, max: 1e6 }), (market, seed) => {
        const asked: { symbol: number; t: number }[] = [];
        let t = -1;
        const trader = scripted((n, o) => {
          t = n;
          const intents: Intent[] = [];
          o.symbols.forEach((symbol, i) => {
            if (o.portfolio.quantity(i) !== 0) {
              asked.push({ symbol: i, t });
              intents.push({ kind: 'close', symbol, reason: 'out' });
            } else if (o.random() < 0.5)
              intents.push({ kind: 'open', symbol, side: 'long', reason: 'in', size: { weight: 0.4 } });
          });
          return intents;
        });
        const session = sessionFor(trader, market, { costs: DEFAULT_COSTS, seed });
        const entries = play(session);
        for (const { symbol, t: decided } of asked) {
          const next = nextBar(market, symbol, decided);
          if (next === undefined) continue;
          const filled = entries.some(
            (entry) =>
              entry.effect === 'exit' && entry.symbol === symbol && entry.timeMs === market.openTimesMs[next],
          );
          expect(filled).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('waits through a gap and fills at the first bar after it', () => {
    const market = marketOf([[bar(100), bar(100), undefined, undefined, bar(90)], flatBars(1, 5)]);
    const kind = scripted((n) =>
      n === 0
        ? [{ kind: 'open', symbol: 'A', side: 'long', reason: 'x', size: { quantity: 1 } }]
        : n === 1
          ? [{ kind: 'close', symbol: 'A', reason: 'y' }]
          : [],
    );
    const session = sessionFor(kind, market);
    play(session, 0, 4);
    expect(session.account.positions[0]?.staleBars, 'the carried mark says how old it is').toBe(2);
    const [exit] = play(session, 4, 5);
    expect(exit?.referencePrice).toBe(90);
  });
});

function nextBar(market: MarketTable, symbol: number, after: number): number | undefined {
  for (let t = after + 1; t < market.length; t++)
    if (!Number.isNaN(market.candles[symbol]?.close[t] ?? NaN)) return t;
  return undefined;
}

describe('entries', () => {
  it('are refused in a bar without volume, with the reason', () => {
    const market = marketOf([[bar(100), { ...bar(100), volume: 0 }, bar(100)]]);
    const kind = scripted((n) =>
      n === 0 ? [{ kind: 'open', symbol: 'A', side: 'long', reason: 'x', size: { quantity: 1 } }] : [],
    );
    const session = sessionFor(kind, market);
    const keep: DecisionRecord[] = [];
    for (let t = 0; t < 2; t++) {
      advanceSession(session, t);
      decideSession(session, t, keep);
    }
    expect(keep.at(-1)?.unfilled).toEqual([{ kind: 'no-volume', symbol: 'A' }]);
    expect(session.account.fills).toBe(0);
  });
});

it('a ledger record survives the way to doubles and back', () => {
  expect(LEDGER_WIDTH).toBe(17);
  const market = marketOf([flatBars(100, 3)]);
  const kind = scripted((n) =>
    n === 0 ? [{ kind: 'open', symbol: 'A', side: 'long', reason: 'x', size: { quantity: 1 } }] : [],
  );
  const [entry] = play(sessionFor(kind, market, { limits: NO_LIMITS }));
  expect(entry).toMatchObject({
    contestant: 0,
    symbol: 0,
    effect: 'entry',
    reason: 'strategy',
    quantity: 1,
    closesTrade: false,
  });
});
