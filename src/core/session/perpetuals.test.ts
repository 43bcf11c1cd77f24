import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type MadeBar,
  bar,
  flatBars,
  marketOf,
  perpetual,
  START_MS,
} from '../../../test/support/made-market.js';
import { FREE, scripted, sessionFor } from '../../../test/support/scripted-kind.js';
import { DEFAULT_COSTS } from '../domain/costs.js';
import { ledgerCount, readLedgerEntry } from '../domain/ledger.js';
import type { FundingSeries } from '../domain/market-table.js';
import { HOUR_MS } from '../domain/time.js';
import { liquidationPrice } from '../simulation/margin.js';
import { decideSession } from './decide.js';
import { type Session, advanceSession } from './session.js';

function play(session: Session): void {
  for (let t = 0; t < session.venue.market.length; t++) {
    advanceSession(session, t);
    decideSession(session, t, []);
  }
}

function fundingAt(hours: readonly number[], rate: number): FundingSeries {
  return {
    timesMs: Float64Array.from(hours, (hour) => START_MS + hour * HOUR_MS),
    rates: Float64Array.from(hours, () => rate),
  };
}

const holds = (side: 'long' | 'short', leverage: number, bars: number): ReturnType<typeof scripted> =>
  scripted((n) =>
    n === 0
      ? [{ kind: 'open', symbol: 'A', side, reason: 'x', size: { notionalUsd: 5_000 }, leverage }]
      : n === bars
        ? [{ kind: 'close', symbol: 'A', reason: 'y' }]
        : [],
  );

describe('funding', () => {
  it('E-11: at a flat price the result is minus funding minus costs, booked once, with its sign', () => {
    for (const [side, sign] of [
      ['long', 1],
      ['short', -1],
    ] as const) {
      const market = marketOf([flatBars(100, 40)], {
        instruments: [perpetual('A')],
        funding: [fundingAt([8, 16, 24, 32], 0.001)],
      });
      const session = sessionFor(holds(side, 3, 30), market, { costs: { ...FREE, takerFeeBps: 5 } });
      play(session);
      const { account } = session;
      // Entered at hour 1, left at hour 31: the times at 8, 16 and 24 are due, 32 is not.
      expect(account.fundingUsd).toBeCloseTo(sign * 3 * 5, 9);
      expect(account.cashUsd).toBeCloseTo(10_000 - sign * 15 - account.feesUsd, 9);
    }
  });

  it('B-27: is paid by who holds through the open at its time, not by who left at that open', () => {
    const at = (bars: number): number => {
      const market = marketOf([flatBars(100, 20)], {
        instruments: [perpetual('A')],
        funding: [fundingAt([8], 0.01)],
      });
      const session = sessionFor(holds('long', 1, bars), market);
      play(session);
      return session.account.fundingUsd;
    };
    expect(at(7)).toBe(0);
    expect(at(8)).toBeCloseTo(50, 9);
  });

  it('moves the liquidation price, because it is paid out of the margin', () => {
    const market = marketOf([flatBars(100, 12)], {
      instruments: [perpetual('A')],
      funding: [fundingAt([8], 0.02)],
    });
    const session = sessionFor(holds('long', 10, 99), market);
    play(session);
    expect(session.account.positions[0]?.liquidationPrice).toBeCloseTo(92, 9);
  });
});

describe('long and short', () => {
  it('B-24: mirror each other on a mirrored market, without costs', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 5, maxLength: 30 }), (steps) => {
        let price = 1_000;
        const up: MadeBar[] = [bar(1_000), bar(1_000)];
        for (const step of steps) {
          const open = price;
          price += step;
          up.push({
            open,
            close: price,
            high: Math.max(open, price) + 5,
            low: Math.min(open, price) - 5,
            volume: 1e9,
          });
        }
        const down = up.map((b) => ({
          open: 2_000 - b.open,
          close: 2_000 - b.close,
          high: 2_000 - b.low,
          low: 2_000 - b.high,
          volume: 1e9,
        }));
        const trade = (side: 'long' | 'short', bars: MadeBar[]): number => {
          const kind = scripted((n) =>
            n === 0
              ? [
                  {
                    kind: 'open',
                    symbol: 'A',
                    side,
                    reason: 'x',
                    size: { quantity: 3 },
                    leverage: 2,
                    stop: { fraction: 0.08 },
                    target: { fraction: 0.09 },
                  },
                ]
              : [],
          );
          const session = sessionFor(kind, marketOf([bars], { instruments: [perpetual('A')] }));
          play(session);
          return session.equityUsd;
        };
        expect(trade('short', down)).toBeCloseTo(trade('long', up), 6);
      }),
    );
  });
});

describe('liquidation', () => {
  it('comes at the price where margin and open loss reach the maintenance margin', () => {
    const tiers = [
      { upToNotionalUsd: 50_000, maintenanceFraction: 0.005 },
      { upToNotionalUsd: 1e12, maintenanceFraction: 0.05 },
    ];
    for (const sign of [1, -1])
      for (const notional of [10_000, 100_000]) {
        const instrument = perpetual('A', { marginTiers: tiers });
        const margin = notional / 10;
        const position = { quantity: (sign * notional) / 100, entryPrice: 100, marginUsd: margin };
        const session = sessionFor(
          scripted(() => []),
          marketOf([flatBars(1, 1)]),
        );
        const made = session.account.positions[0];
        if (made === undefined) throw new Error('no position');
        Object.assign(made, position);
        const price = liquidationPrice(made, instrument);
        const left = margin + position.quantity * (price - 100);
        const rate = notional <= 50_000 ? 0.005 : 0.05;
        expect(left).toBeCloseTo(rate * Math.abs(position.quantity) * price, 6);
      }
  });

  it('a position never costs more than its margin and entry fee, under gaps, funding and any leverage', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom('long' as const, 'short' as const),
        fc.array(fc.double({ min: -0.6, max: 0.9, noNaN: true }), { minLength: 1, maxLength: 12 }),
        (leverage, side, jumps) => {
          let price = 100;
          const bars = [bar(100), bar(100), ...jumps.map((jump) => bar((price *= 1 + jump), price, 0.02))];
          const market = marketOf([bars], {
            instruments: [
              perpetual('A', { marginTiers: [{ upToNotionalUsd: 1e12, maintenanceFraction: 0.01 }] }),
            ],
            funding: [fundingAt([3, 5, 7], 0.01)],
          });
          const session = sessionFor(holds(side, leverage, 99), market, { costs: DEFAULT_COSTS });
          let margin = NaN;
          let fee = NaN;
          for (let t = 0; t < market.length; t++) {
            session.venue.ledger.length = 0;
            advanceSession(session, t);
            decideSession(session, t, []);
            const doubles = session.venue.ledger.doubles.slice(0, session.venue.ledger.length);
            for (let i = 0; i < ledgerCount(doubles); i++) {
              const entry = readLedgerEntry(doubles, i);
              if (entry.effect !== 'entry') continue;
              fee = entry.feeUsd;
              margin = (Math.abs(entry.quantity) * entry.price) / leverage;
            }
            if (!Number.isNaN(margin))
              expect(10_000 - session.equityUsd).toBeLessThanOrEqual(margin + fee + 1e-6);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('a partial close releases margin in proportion, and a change of side is a close and an open', () => {
  const kind = scripted((n) =>
    n === 0
      ? [{ kind: 'open', symbol: 'A', side: 'long', reason: 'x', size: { notionalUsd: 4_000 }, leverage: 4 }]
      : n === 1
        ? [{ kind: 'reduce', symbol: 'A', fraction: 0.25, reason: 'less' }]
        : n === 2
          ? [{ kind: 'target', symbol: 'A', weight: -0.2, leverage: 2, reason: 'turn' }]
          : [],
  );
  const session = sessionFor(kind, marketOf([flatBars(100, 6)], { instruments: [perpetual('A')] }));
  advanceSession(session, 0);
  decideSession(session, 0, []);
  advanceSession(session, 1);
  expect(session.account.positions[0]).toMatchObject({ quantity: 40, marginUsd: 1_000 });
  decideSession(session, 1, []);
  advanceSession(session, 2);
  expect(session.account.positions[0]).toMatchObject({ quantity: 30, marginUsd: 750 });
  decideSession(session, 2, []);
  advanceSession(session, 3);
  expect(session.account.positions[0]).toMatchObject({ quantity: -20, marginUsd: 1_000, leverage: 2 });
  expect(session.account.closedTrades).toBe(1);
});
