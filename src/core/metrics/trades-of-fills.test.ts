import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { playSession } from '../../../test/support/play-session.js';
import { perpMarket, randomTrader, spotMarket } from '../../../test/support/random-trader.js';
import { sessionFor } from '../../../test/support/scripted-kind.js';
import { equityUsd } from '../domain/account.js';
import { DEFAULT_COSTS } from '../domain/costs.js';
import type { LedgerEntry } from '../domain/ledger.js';
import type { MarketTable } from '../domain/market-table.js';
import { pricesBefore } from '../domain/prices-before.js';
import type { Session } from '../session/session.js';
import { type BookedFill, bookedFill } from './booked-fill.js';
import { checkFifo, fifoRealised } from './fifo-realised.js';
import { roundTrips } from './round-trips.js';
import { addToSymbol, openSymbolResults, symbolWorthUsd } from './symbol-results.js';

interface Run {
  readonly session: Session;
  readonly entries: readonly LedgerEntry[];
  readonly fills: readonly BookedFill[];
  readonly market: MarketTable;
}

function run(market: MarketTable, seed: number, leverage: number): Run {
  const session = sessionFor(randomTrader(leverage), market, { costs: DEFAULT_COSTS, seed });
  const entries = playSession(session).fills;
  return {
    session,
    entries,
    fills: entries.flatMap((entry) => bookedFill(entry, market.symbols) ?? []),
    market,
  };
}

/** Random traders on spot, and with leverage, shorts, funding and liquidations. */
const runs = fc.oneof(
  fc.tuple(spotMarket, fc.nat(1e6)).map(([market, seed]) => run(market, seed, 1)),
  fc.tuple(perpMarket, fc.nat(1e6)).map(([market, seed]) => run(market, seed, 20)),
);

function fill(quantity: number, price: number, more: Partial<BookedFill> = {}): BookedFill {
  return {
    symbol: 'A',
    timeMs: 0,
    quantity,
    price,
    referencePrice: price,
    feeUsd: 0,
    spreadUsd: 0,
    slippageUsd: 0,
    fundingUsd: 0,
    absorbedUsd: 0,
    reason: 'strategy',
    ...more,
  };
}

describe('trades from fills', () => {
  it("have the results that the account's own books gave them, whatever was bought, sold, funded and liquidated", () => {
    let closedTrades = 0;
    fc.assert(
      fc.property(runs, ({ session, entries, fills }) => {
        const { closed, open } = roundTrips(fills);
        const told = entries.filter((entry) => entry.closesTrade);
        closedTrades += closed.length;
        expect(closed).toHaveLength(session.account.closedTrades);
        closed.forEach((trade, i) => {
          expect(Math.abs(trade.netUsd - (told[i]?.closedTradeNetUsd ?? NaN))).toBeLessThan(1e-6);
        });
        const fees = [...closed, ...open].reduce((sum, trade) => sum + trade.feesUsd, 0);
        expect(Math.abs(fees - session.account.feesUsd)).toBeLessThan(1e-6);
      }),
      { numRuns: 150 },
    );
    expect(closedTrades, 'the law was about something').toBeGreaterThan(100);
  });

  it('are gross less costs', () => {
    fc.assert(
      fc.property(runs, ({ fills, entries }) => {
        const absorbed = entries.some((entry) => entry.absorbedUsd > 0);
        for (const trade of roundTrips(fills).closed) {
          const { grossUsd = NaN, feesUsd, spreadUsd = NaN, slippageUsd = NaN, fundingUsd, netUsd } = trade;
          // What a venue absorbs of a liquidation is neither.
          if (!absorbed)
            expect(Math.abs(grossUsd - feesUsd - spreadUsd - slippageUsd - fundingUsd - netUsd)).toBeLessThan(
              1e-6,
            );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('end and begin in a fill that goes through zero', () => {
    const { closed, open } = roundTrips([fill(2, 10, { feeUsd: 1 }), fill(-3, 12, { feeUsd: 3, timeMs: 5 })]);
    expect(closed).toMatchObject([
      { side: 'long', quantity: 2, entryPrice: 10, exitPrice: 12, netUsd: 4 - 1 - 2, feesUsd: 3, exitMs: 5 },
    ]);
    expect(open).toMatchObject([
      { side: 'short', quantity: 1, entryPrice: 12, exitPrice: undefined, exitMs: undefined, netUsd: -1 },
    ]);
  });

  it('without reference prices have no gross result, and costs that are not told are unknown', () => {
    const bare = { referencePrice: undefined, spreadUsd: undefined, slippageUsd: undefined };
    const [trade] = roundTrips([fill(1, 10, bare), fill(-1, 11, bare)]).closed;
    expect(trade).toMatchObject({
      netUsd: 1,
      grossUsd: undefined,
      spreadUsd: undefined,
      slippageUsd: undefined,
    });
  });
});

describe('FIFO', () => {
  it('closes the oldest lots first', () => {
    const [book] = fifoRealised([fill(1, 10), fill(1, 20), fill(-1.5, 30)]);
    expect(book?.realisedUsd).toBe(1 * 20 + 0.5 * 10);
    expect(book?.lots).toEqual([{ quantity: 0.5, price: 20 }]);
  });

  it("agrees with the account's books of average prices to the cent, also while positions are open", () => {
    let scaled = 0;
    fc.assert(
      fc.property(runs, ({ session, fills, market }) => {
        const { account } = session;
        const positions = account.positions.map((position, i) => ({
          symbol: market.symbols[i] ?? '',
          quantity: position.quantity,
          entryPrice: position.entryPrice,
        }));
        const unrealised = account.positions.reduce(
          (sum, p) => (p.quantity === 0 ? sum : sum + p.quantity * (p.markPrice - p.entryPrice)),
          0,
        );
        const realised = equityUsd(account) - account.depositsUsd - unrealised;
        const check = checkFifo(fifoRealised(fills), positions, realised);
        if (Math.abs(check.openLotsUsd) > 0.01) scaled++;
        expect(check.agrees, JSON.stringify(check)).toBe(true);
        expect(Math.abs(check.differenceUsd)).toBeLessThan(1e-6);
      }),
      { numRuns: 150 },
    );
    expect(scaled, 'some positions were added to and reduced while open').toBeGreaterThan(3);
  });

  it('says so when a fill is missing from the books', () => {
    const fills = [fill(1, 10), fill(-1, 15)];
    expect(checkFifo(fifoRealised(fills), [], 5).agrees).toBe(true);
    expect(checkFifo(fifoRealised(fills), [], 5.01).agrees).toBe(false);
    expect(checkFifo(fifoRealised(fills), [], 5, 2)).toMatchObject({ agrees: false, differenceUsd: -2 });
  });
});

describe('results by symbol', () => {
  it('add up to what the account made', () => {
    fc.assert(
      fc.property(runs, ({ session, entries, market }) => {
        const results = openSymbolResults(market.symbols.length);
        for (const entry of entries) addToSymbol(results, entry);
        const worth = symbolWorthUsd(results, pricesBefore(market, Infinity));
        const sum = worth.reduce((total, value) => total + value, 0);
        expect(Math.abs(sum - (equityUsd(session.account) - session.account.depositsUsd))).toBeLessThan(1e-6);
      }),
      { numRuns: 100 },
    );
  });
});
