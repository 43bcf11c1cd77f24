import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasShared, sharedPath } from '../../../test/support/shared-files.js';
import { arbitraryBars, bar, flatBars, marketOf } from '../../../test/support/made-market.js';
import { scripted, sessionFor } from '../../../test/support/scripted-kind.js';
import { loadRecordedMarket } from '../../adapters/market-data/recorded-market.js';
import { aggregateMarket } from '../domain/aggregate-market.js';
import type { MarketTable } from '../domain/market-table.js';
import { HOUR_MS } from '../domain/time.js';
import { type DecisionRecord, decideSession } from './decide.js';
import { advanceSession } from './session.js';

/**
 * The venue's own 4h candles of all three symbols begin an hour late in this bucket (their open is that of 09:00): the
 * one disagreement in the whole record.
 */
const VENUE_HICCUP_MS = Date.UTC(2025, 3, 20, 8);

function differences(
  a: MarketTable,
  b: MarketTable,
  fromMs: number,
  exceptMs = NaN,
): { compared: number; different: number } {
  let compared = 0;
  let different = 0;
  b.symbols.forEach((symbol, s) => {
    const own = a.candles[a.symbols.indexOf(symbol)];
    const other = b.candles[s];
    for (let i = 0; i < b.length; i++) {
      const openMs = b.openTimesMs[i] ?? NaN;
      const t = Math.round((openMs - (a.openTimesMs[0] ?? NaN)) / (4 * HOUR_MS));
      if (
        openMs < fromMs ||
        openMs === exceptMs ||
        own === undefined ||
        other === undefined ||
        Number.isNaN(own.close[t] ?? NaN)
      )
        continue;
      compared++;
      for (const column of ['open', 'high', 'low', 'close'] as const)
        if (own[column][t] !== other[column][i]) different++;
    }
  });
  return { compared, different };
}

describe('longer bars', () => {
  it('C-6: are made of complete shorter ones only, and a gap stays a gap', () => {
    const bars = Array.from({ length: 12 }, (_, i) => (i === 5 ? undefined : bar(100 + i, 101 + i, 0.01)));
    const { table, closesAt } = aggregateMarket(marketOf([bars, flatBars(7, 11)]), '4h');
    expect(table.length).toBe(3);
    expect([...(closesAt ?? [])]).toEqual([-1, -1, -1, 0, -1, -1, -1, 1, -1, -1, -1, 2]);
    expect([...(table.candles[0]?.open ?? [])]).toEqual([100, NaN, 108]);
    expect([...(table.candles[0]?.close ?? [])]).toEqual([104, NaN, 112]);
    expect(table.candles[0]?.high[0]).toBeCloseTo(104 * 1.01, 9);
    expect(table.candles[0]?.volume[0]).toBe(4e6);
    expect([...(table.candles[1]?.close ?? [])]).toEqual([7, 7, NaN]);
  });

  it('do not change when later bars come', () => {
    fc.assert(
      fc.property(arbitraryBars(40), fc.integer({ min: 4, max: 39 }), (bars, cut) => {
        const whole = aggregateMarket(marketOf([bars]), '4h').table;
        const part = aggregateMarket(marketOf([bars.slice(0, cut)]), '4h').table;
        expect([...(part.candles[0]?.close ?? [])]).toEqual(
          [...(whole.candles[0]?.close ?? [])].slice(0, part.length),
        );
      }),
    );
  });

  it('C-5: a decision on 4h comes at the close of a 4h bar and sees no hour of the unfinished one', () => {
    const market = marketOf([Array.from({ length: 24 }, (_, i) => bar(100 + i, 100.5 + i))]);
    const seen: { at: number; close: number; ago1: number; hours: number }[] = [];
    const kind = scripted((_n, o) => {
      seen.push({
        at: (o.nowMs - (market.openTimesMs[0] ?? 0)) / HOUR_MS,
        close: o.market.close(0),
        ago1: o.market.close(0, 1),
        hours: o.market.timeframeMs / HOUR_MS,
      });
      return [];
    });
    const session = sessionFor(kind, market, { timeframe: '4h' });
    const keep: DecisionRecord[] = [];
    for (let t = 0; t < 24; t++) {
      advanceSession(session, t);
      decideSession(session, t, keep);
    }
    expect(seen.map((s) => s.at)).toEqual([4, 8, 12, 16, 20, 24]);
    expect(seen[1]).toEqual({ at: 8, close: 107.5, ago1: 103.5, hours: 4 });
    expect(session.dueDecisions).toBe(6);
  });

  it('a stop between two 4h decisions acts at once, and the strategy hears of it when it decides', () => {
    const crash = { open: 100, high: 100, low: 80, close: 82, volume: 1e6 };
    const market = marketOf([[...flatBars(100, 5), crash, ...flatBars(82, 6)]]);
    const heard: number[] = [];
    const kind = scripted((n, o) => {
      heard.push(o.exits.length);
      return n === 0
        ? [
            {
              kind: 'open',
              symbol: 'A',
              side: 'long',
              reason: 'x',
              size: { quantity: 1 },
              stop: { fraction: 0.1 },
            },
          ]
        : [];
    });
    const session = sessionFor(kind, market, { timeframe: '4h' });
    for (let t = 0; t < 12; t++) {
      advanceSession(session, t);
      if (t === 5) expect(session.account.positions[0]?.quantity).toBe(0);
      decideSession(session, t, []);
    }
    expect(heard).toEqual([0, 1, 0]);
  });

  it.skipIf(!hasShared('data/crypto/binance'))('equal the 4h files of Binance from 2023-04-01 on', () => {
    const folder = sharedPath('data/crypto/binance');
    const symbols = ['BTC-USDT', 'UNI-USDT', 'DOGE-USDT'];
    const own = aggregateMarket(loadRecordedMarket({ folder, timeframe: '1h', symbols }).table, '4h').table;
    const theirs = loadRecordedMarket({ folder, timeframe: '4h', symbols }).table;
    const { compared, different } = differences(own, theirs, Date.UTC(2023, 3, 1));
    expect(compared).toBe(3 * 5760);
    expect(different).toBe(0);
  });

  it.skipIf(!hasShared('data/crypto/hyperliquid'))("equal Hyperliquid's native 4h candles", () => {
    const folder = sharedPath('data/crypto/hyperliquid');
    const symbols = ['BTC-USDC', 'ETH-USDC', 'SOL-USDC'];
    const own = aggregateMarket(loadRecordedMarket({ folder, timeframe: '1h', symbols }).table, '4h').table;
    const theirs = loadRecordedMarket({ folder, timeframe: '4h', symbols }).table;
    const { compared, different } = differences(own, theirs, 0, VENUE_HICCUP_MS);
    expect(compared).toBeGreaterThan(3000);
    expect(different).toBe(0);
  });
});
