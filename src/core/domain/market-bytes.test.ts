import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryBars, marketOf, perpetual, START_MS } from '../../../test/support/made-market.js';
import { growingReadings } from './growing-readings.js';
import { decodeMarket, encodeMarket } from './market-bytes.js';
import type { MarketTable } from './market-table.js';
import { HOUR_MS } from './time.js';

const shared = (bytes: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(bytes));

function made(bars: Parameters<typeof marketOf>[0]): MarketTable {
  return marketOf(bars, {
    instruments: bars.map((_, i) =>
      perpetual(String.fromCharCode(65 + i), {
        marginTiers: [
          { upToNotionalUsd: 1e5, maintenanceFraction: 0.01 },
          { upToNotionalUsd: Infinity, maintenanceFraction: 0.02 },
        ],
      }),
    ),
    funding: bars.map((_, i) =>
      i === 0
        ? { timesMs: Float64Array.of(START_MS, START_MS + 8 * HOUR_MS), rates: Float64Array.of(1e-4, -2e-5) }
        : undefined,
    ),
  });
}

describe('the bytes of a market', () => {
  it('give the same market back, in memory of their own and in shared memory', () => {
    fc.assert(
      fc.property(fc.array(arbitraryBars(12), { minLength: 1, maxLength: 3 }), (bars) => {
        const table = made(bars);
        const bytes = encodeMarket(table);
        expect(decodeMarket(bytes)).toEqual(table);
        const inShared = encodeMarket(table, shared);
        expect(Buffer.from(inShared).equals(bytes)).toBe(true);
        const again = decodeMarket(inShared);
        expect(again.candles[0]?.close.buffer).toBe(inShared.buffer);
        expect(Buffer.from(encodeMarket(again)).equals(bytes)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('hold what was told beside the bars, and are what they were where nothing was', () => {
    const table = made([[undefined], [undefined]]);
    const beside = growingReadings(2, HOUR_MS);
    expect(
      Buffer.from(encodeMarket({ ...table, readings: beside.readings })).equals(encodeMarket(table)),
    ).toBe(true);
    for (let i = 0; i < 3; i++)
      for (const series of ['ask', 'openInterestUsd'] as const)
        beside.add(1, { series, timeMs: START_MS + i, arrivedMs: START_MS + i + 5, value: i / 3 });
    const bytes = encodeMarket({ ...table, readings: beside.readings }, shared);
    const again = decodeMarket(bytes);
    const column = (...values: number[]): Float64Array => Float64Array.from(values);
    const own = {
      length: 3,
      timesMs: column(START_MS, START_MS + 1, START_MS + 2),
      arrivedMs: column(START_MS + 5, START_MS + 6, START_MS + 7),
      values: column(0, 1 / 3, 2 / 3),
    };
    expect(again.readings).toEqual({ barMs: HOUR_MS, bySymbol: [{}, { ask: own, openInterestUsd: own }] });
    expect(Buffer.from(encodeMarket(again)).equals(bytes)).toBe(true);
  });

  it('hold closed bars alone, and one spelling of a gap', () => {
    const table = made([[undefined, { open: 1, high: 2, low: 1, close: 2, volume: 3 }]]);
    const otherNaN = new Float64Array(new BigUint64Array([0x7ff8000000000001n, 0n]).buffer);
    const spelled = { ...table, candles: table.candles.map((one) => ({ ...one, close: one.close.slice() })) };
    spelled.candles[0]?.close.set(otherNaN.subarray(0, 1));
    expect(Buffer.from(encodeMarket(spelled)).equals(encodeMarket(table))).toBe(true);
    const shorter = decodeMarket(encodeMarket({ ...table, length: 1 }));
    expect(shorter.openTimesMs.length).toBe(1);
  });

  it('are refused where a byte of their form is wrong, and never read beyond their end', () => {
    const bytes = encodeMarket(made([[{ open: 1, high: 2, low: 1, close: 2, volume: 3 }]]));
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), (length) => {
        expect(() => decodeMarket(bytes.slice(0, length))).toThrow('the bytes of a market');
      }),
    );
    fc.assert(
      fc.property(fc.nat({ max: 11 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const other = bytes.slice();
        other[at] = (other[at] ?? 0) ^ flip;
        expect(() => decodeMarket(other)).toThrow('the bytes of a market');
      }),
    );
  });
});
