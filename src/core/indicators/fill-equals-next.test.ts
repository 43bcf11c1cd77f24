import { describe, expect, it } from 'vitest';
import { uniformAt } from '../domain/rng.js';
import type { Bar, Candles } from '../domain/market-table.js';
import { INDICATORS } from './catalog.js';

/** Random closes with gaps and flat stretches. */
function candlesOf(length: number, seed: number): Candles {
  const close = new Float64Array(length);
  let price = 100;
  for (let i = 0; i < length; i++) {
    const u = uniformAt(seed, i * 60_000, 0);
    if (u > 0.2) price *= 1 + (u - 0.6) * 0.02;
    close[i] = uniformAt(seed, i * 60_000, 1) < 0.03 ? NaN : price;
  }
  const volume = close.map((value) => (Number.isNaN(value) ? NaN : 10));
  return { open: close, high: close, low: close, close, volume };
}

describe('the column path of an indicator', () => {
  const withFill = Object.values(INDICATORS).filter(
    (definition) => definition.create(definition.parameters).fill !== undefined,
  );

  it('exists for the indicators that most contestants read', () => {
    expect(withFill.map((definition) => definition.name)).toEqual(expect.arrayContaining(['sma', 'ema']));
  });

  for (const definition of withFill)
    it(`${definition.name}: fill in pieces gives the bits of next`, () => {
      for (const period of [1, 2, 7, 20, 63]) {
        const length = 400;
        const candles = candlesOf(length, period);
        const params = { ...definition.parameters, period };
        const streamed = definition.create(params);
        const filled = definition.create(params);
        const expected = new Float64Array(length).fill(NaN);
        const out = new Float64Array(definition.outputs.length);
        const column = new Float64Array(length).fill(1);
        for (let i = 0; i < length; i++) {
          const close = candles.close[i] ?? NaN;
          if (Number.isNaN(close)) continue;
          const bar: Bar = { openTimeMs: i, open: close, high: close, low: close, close, volume: 10 };
          streamed.next(bar, out);
          expected[i] = out[0] ?? NaN;
        }
        filled.fill?.(candles, 0, 5, [column]);
        filled.fill?.(candles, 5, 6, [column]);
        filled.fill?.(candles, 6, 150, [column]);
        filled.fill?.(candles, 150, length, [column]);
        expect([...column]).toEqual([...expected]);
        expect(column.some((value) => !Number.isNaN(value))).toBe(true);
      }
    });
});
