import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../domain/time.js';
import { type CandleSpan, earlyEnds } from './early-ends.js';

const END_MS = Date.UTC(2024, 3, 10);
const span = (symbol: string, lastMs = END_MS, timeframe: '1h' | '1d' = '1h'): CandleSpan => ({
  symbol,
  timeframe,
  lastMs,
});

describe('symbols of a folder', () => {
  it('are not spoken of where they end alike, or a long weekend apart', () => {
    expect(earlyEnds([])).toEqual([]);
    expect(earlyEnds([span('A'), span('B', END_MS - 4 * DAY_MS)])).toEqual([]);
  });

  it('that end much earlier are told, each once', () => {
    const early = span('C', END_MS - 40 * DAY_MS - 12 * HOUR_MS);
    expect(earlyEnds([span('A'), early, span('D')])).toEqual([
      'C 1h: ends 2024-02-29T12:00Z, 40.5 days before A',
    ]);
  });

  it('are measured by bars of the same length alone', () => {
    expect(earlyEnds([span('A'), span('A', END_MS + 90 * DAY_MS, '1d')])).toEqual([]);
  });
});
