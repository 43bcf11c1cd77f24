import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../domain/time.js';
import { type CandleSpan, unevenSpans } from './uneven-spans.js';

const START_MS = Date.UTC(2024, 0, 1);
const END_MS = START_MS + 100 * DAY_MS;
const span = (
  symbol: string,
  firstMs = START_MS,
  lastMs = END_MS,
  timeframe: '1h' | '1d' = '1h',
): CandleSpan => ({
  symbol,
  timeframe,
  firstMs,
  lastMs,
});

describe('spans of the symbols of a folder', () => {
  it('are not spoken of where they are alike, or a long weekend apart', () => {
    const short = span('B', START_MS + 4 * DAY_MS, END_MS - 4 * DAY_MS);
    expect(unevenSpans([])).toEqual([]);
    expect(unevenSpans([span('A'), short])).toEqual([]);
  });

  it('that begin much later or end much earlier are told, each once', () => {
    const late = span('B', START_MS + 10 * DAY_MS);
    const early = span('C', START_MS, END_MS - 40 * DAY_MS - 12 * HOUR_MS);
    expect(unevenSpans([span('A'), late, early, span('D')])).toEqual([
      'B 1h: begins 2024-01-11T00:00Z, 10.0 days after A',
      'C 1h: ends 2024-02-29T12:00Z, 40.5 days before A',
    ]);
  });

  it('are measured by bars of the same length alone', () => {
    expect(unevenSpans([span('A'), span('A', START_MS - 90 * DAY_MS, END_MS, '1d')])).toEqual([]);
  });
});
