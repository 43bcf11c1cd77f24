import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { flatBars, marketOf, perpetual } from '../../test/support/made-market.js';
import { growingReadings } from '../core/domain/growing-readings.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { sliceMarket } from '../core/domain/slice-market.js';
import { HOUR_MS } from '../core/domain/time.js';
import { fingerprintMarket } from './fingerprint-market.js';

const named = (table: MarketTable): string =>
  fingerprintMarket(table, (content) => createHash('sha256').update(content).digest('hex'));
const made = (length = 20): MarketTable => marketOf([flatBars(100, length), flatBars(7, length)]);

describe('the fingerprint of a market', () => {
  it('is that of its bars, wherever in memory they lie', () => {
    expect(named(sliceMarket(made(20), 0, 12))).toBe(named(made(12)));
    expect(named({ ...made(20), length: 12 })).toBe(named(made(12)));
  });

  it('changes with every bar, symbol, venue, funding rate and figure beside the bars', () => {
    const beside = growingReadings(2, HOUR_MS);
    expect(named({ ...made(), readings: beside.readings })).toBe(named(made()));
    beside.add(1, { series: 'bid', timeMs: 1, arrivedMs: 2, value: 3 });
    const touched = made();
    (touched.candles[1]?.low ?? new Float64Array()).set([6.5], 3);
    const others = [
      touched,
      made(19),
      { ...made(), symbols: ['A', 'C'] },
      { ...made(), instruments: [perpetual('A'), perpetual('B')] },
      { ...made(), readings: beside.readings },
      { ...made(), funding: [{ timesMs: Float64Array.of(1), rates: Float64Array.of(2) }, undefined] },
    ];
    expect(new Set([made(), ...others].map(named)).size).toBe(others.length + 1);
  });
});
