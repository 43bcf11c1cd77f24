import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../core/domain/time.js';
import { VenueFault } from '../../ports/venue.js';
import { parseCandles } from './parse-candles.js';

const AT = 1_000 * HOUR_MS;
const GOOD = [AT, 10, 12, 9, 11, 5];
const NEXT = [AT + HOUR_MS, 11, 11, 11, 11, 0];

describe('rows of candles', () => {
  it('become candles in base units, without those from before', () => {
    expect(parseCandles('x', [[AT - HOUR_MS, 1, 1, 1, 1, 1], GOOD, NEXT], '1h', AT, 0.001)).toEqual([
      { openMs: AT, open: 10, high: 12, low: 9, close: 11, volume: 0.005 },
      { openMs: AT + HOUR_MS, open: 11, high: 11, low: 11, close: 11, volume: 0 },
    ]);
  });

  it.each([
    ['no list', { candles: [] }],
    ['a page', '<html>'],
    ['a high below the close', [[AT, 10, 10.5, 9, 11, 5]]],
    ['a low above the open', [[AT, 10, 12, 10.5, 11, 5]]],
    ['a price of zero', [[AT, 0, 12, 0, 11, 5]]],
    ['a price that is not there', [[AT, 10, undefined, 9, 11, 5]]],
    ['a price that is no number', [[AT, 10, Number.NaN, 9, 11, 5]]],
    ['an endless price', [[AT, 10, Infinity, 9, 11, 5]]],
    ['a text for a price', [[AT, '10', 12, 9, 11, 5]]],
    ['a negative volume', [[AT, 10, 12, 9, 11, -5]]],
    ['a time between two bars', [[AT + 1, 10, 12, 9, 11, 5]]],
    ['the same bar twice', [GOOD, GOOD]],
    ['bars out of order', [NEXT, GOOD]],
  ])('with %s are a bad reply', (_what, rows) => {
    const parse = (): unknown => parseCandles('binance: candles', rows, '1h', AT, 1);
    expect(parse).toThrow(VenueFault);
    expect(parse).toThrow(/^binance: candles: /);
  });
});
