import { describe, expect, it } from 'vitest';
import { barsOf, runOutput } from '../../../test/support/indicator-streams.js';

/** Small enough to follow with pencil and paper; NaN is warm-up. */
const CLOSES = [10, 11, 13, 12, 12, 15];

describe('by hand', () => {
  const bars = barsOf({ close: CLOSES });

  it('sma(3) is the mean of three closes', () => {
    expect(runOutput('sma', { period: 3 }, bars)).toEqual([NaN, NaN, 34 / 3, 12, 37 / 3, 13]);
  });

  it('ema(3) starts at the mean of three and moves half way to each close', () => {
    const values = runOutput('ema', { period: 3 }, barsOf({ close: [10, 11, 12, 15, 13] }));
    expect(values).toEqual([NaN, NaN, 11, 13, 13]);
  });

  it('macd(1,2,2) is the difference of two EMAs and its signal their EMA', () => {
    // slow: 1.5, then 1.5 + 2/3 (3 - 1.5) = 2.5, then 2.5 + 2/3 (5.5 - 2.5) = 4.5
    const rising = barsOf({ close: [1, 2, 3, 5.5] });
    const params = { fast: 1, slow: 2, signal: 2 };
    expect(runOutput('macd', params, rising)).toEqual([NaN, 0.5, 0.5, 1]);
    const signal = runOutput('macd', params, rising, 'signal');
    expect(signal[2]).toBeCloseTo(0.5, 14);
    expect(signal[3]).toBeCloseTo(0.5 + (2 / 3) * 0.5, 14);
    expect(runOutput('macd', params, rising, 'histogram')[3]).toBeCloseTo(0.5 / 3, 14);
  });

  it('B-7: rsi(2) is the share of smoothed gains, 100 without losses and 0 without gains', () => {
    const values = runOutput('rsi', { period: 2 }, barsOf({ close: [10, 12, 11, 11] }));
    expect(values.slice(0, 2)).toEqual([NaN, NaN]);
    expect(values[2]).toBeCloseTo((100 * 1) / 1.5, 12);
    expect(values[3]).toBeCloseTo((100 * 0.5) / 0.75, 12);
    expect(runOutput('rsi', { period: 2 }, barsOf({ close: [1, 2, 3] })).at(-1)).toBe(100);
    expect(runOutput('rsi', { period: 2 }, barsOf({ close: [3, 2, 1] })).at(-1)).toBe(0);
  });

  it('atr(2) ignores the first range, averages two true ranges, and counts gaps', () => {
    const gapped = barsOf({ close: [10, 11, 15, 14], high: [99, 12, 16, 15], low: [0, 10, 15, 14] });
    // True ranges: 2, |16 - 11| = 5, then max(1, 0, 1) = 1.
    expect(runOutput('atr', { period: 2 }, gapped)).toEqual([NaN, NaN, 3.5, 2.25]);
  });

  it('adx(2): moves up only give plusDi, and the same moves on both sides give none', () => {
    const up = barsOf({ close: [1, 2, 3, 4], high: [2, 3, 4, 5], low: [0, 1, 2, 3] });
    // Every move is 1 and every true range is 2.
    expect(runOutput('adx', { period: 2 }, up, 'plusDi')).toEqual([NaN, NaN, 50, 50]);
    expect(runOutput('adx', { period: 2 }, up, 'minusDi')).toEqual([NaN, NaN, 0, 0]);
    expect(runOutput('adx', { period: 2 }, up, 'dx')).toEqual([NaN, NaN, 100, 100]);
    expect(runOutput('adx', { period: 2 }, up)).toEqual([NaN, NaN, NaN, 100]);
    const wider = barsOf({ close: [10.2, 10.2, 10.2], high: [10.2, 10.3, 10.4], low: [10.2, 10.1, 10] });
    expect(runOutput('adx', { period: 2 }, wider, 'plusDi').at(-1), 'equal up to rounding').toBe(0);
    expect(runOutput('adx', { period: 2 }, wider, 'minusDi').at(-1)).toBe(0);
  });

  it('bollinger(2, k 3) puts three population deviations around the mean', () => {
    const two = barsOf({ close: [10, 14] });
    const last = (output: string): number | undefined =>
      runOutput('bollinger', { period: 2, k: 3 }, two, output).at(-1);
    expect(['middle', 'upper', 'lower', 'percentB', 'width'].map(last)).toEqual([12, 18, 6, 8 / 12, 1]);
  });

  it('A-2: donchian(2) includes the current bar, its prior channel does not', () => {
    const highs = barsOf({ close: [5, 6, 9, 4], high: [6, 7, 10, 5], low: [4, 5, 8, 3] });
    const column = (output: string): number[] => runOutput('donchian', { period: 2 }, highs, output);
    expect(column('upper')).toEqual([NaN, 7, 10, 10]);
    expect(column('lower')).toEqual([NaN, 4, 5, 3]);
    expect(column('middle')).toEqual([NaN, 5.5, 7.5, 6.5]);
    expect(column('priorUpper')).toEqual([NaN, NaN, 7, 10]);
    expect(column('priorLower')).toEqual([NaN, NaN, 4, 5]);
  });

  it('roc(2) is a fraction', () => {
    expect(runOutput('roc', { period: 2 }, barsOf({ close: [10, 20, 15, 10] }))).toEqual([
      NaN,
      NaN,
      0.5,
      -0.5,
    ]);
  });

  it('stochastic(2, 1, 2) is the place in the range and its mean', () => {
    const range = barsOf({ close: [5, 6, 9], high: [8, 8, 10], low: [4, 4, 6] });
    const k = runOutput('stochastic', { period: 2, smooth: 1, dPeriod: 2 }, range);
    expect(k.slice(0, 2)).toEqual([NaN, 50]);
    expect(k[2]).toBeCloseTo(500 / 6, 12);
    const d = runOutput('stochastic', { period: 2, smooth: 1, dPeriod: 2 }, range, 'd');
    expect(d[2]).toBeCloseTo((50 + 500 / 6) / 2, 12);
  });

  it('vwma(2) weighs closes by volume and is unknown without any', () => {
    const traded = barsOf({ close: [10, 20, 30, 40], volume: [3, 1, 0, 0] });
    expect(runOutput('vwma', { period: 2 }, traded)).toEqual([NaN, 12.5, 20, NaN]);
  });

  it('volume-ratio(2) compares with a mean that includes the bar, and is unknown without volume', () => {
    const traded = barsOf({ close: [1, 1, 1, 1, 1], volume: [1, 3, 0, 0, 5] });
    expect(runOutput('volume-ratio', { period: 2 }, traded)).toEqual([NaN, 1.5, 0, NaN, 2]);
  });

  it('vwap-session weighs typical prices and begins anew at midnight UTC', () => {
    // The bars open at 21:00, 22:00, 23:00 and 00:00.
    const night = barsOf({ close: [10, 20, 30, 40], high: [12, 20, 30, 43], volume: [0, 1, 3, 2] });
    expect(runOutput('vwap-session', {}, night)).toEqual([NaN, 20, 27.5, 41]);
  });

  it('deviation, zscore and volatility of two values', () => {
    const two = barsOf({ close: [10, 14] });
    expect(runOutput('deviation', { period: 2 }, two)).toEqual([NaN, 2]);
    expect(runOutput('zscore', { period: 2 }, two)).toEqual([NaN, 1]);
    const returns = barsOf({ close: [1, Math.E, Math.E ** 4] });
    // Log returns 1 and 3: sample deviation sqrt(2).
    expect(runOutput('volatility', { period: 2 }, returns).at(-1)).toBeCloseTo(Math.SQRT2, 12);
  });
});
