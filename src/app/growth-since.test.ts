import { describe, expect, it } from 'vitest';
import { growthSince } from './growth-since.js';

const series = { timesMs: Float64Array.of(10, 20, 30), values: Float64Array.of(2, 4, 8), beforeFirst: 1 };

describe('growth since a moment', () => {
  it('starts from what the series was worth at that moment, not at the first sample after it', () => {
    expect([...growthSince(series, 10, Float64Array.of(20, 30))]).toEqual([2, 4]);
    expect([...growthSince(series, 0, Float64Array.of(10, 20))]).toEqual([2, 4]);
    expect([...growthSince(series, 19, Float64Array.of(20))], 'nothing was known of 20 yet').toEqual([2]);
  });

  it('keeps its last value between samples and is unknown beyond them', () => {
    expect([...growthSince(series, 0, Float64Array.of(5, 15, 25, 31))]).toEqual([1, 2, 4, NaN]);
  });

  it('is unknown from nothing, and of nothing', () => {
    const ruined = { ...series, values: Float64Array.of(0, 0, 0) };
    expect([...growthSince(ruined, 10, Float64Array.of(20))]).toEqual([NaN]);
    const empty = { timesMs: new Float64Array(), values: new Float64Array(), beforeFirst: 1 };
    expect([...growthSince(empty, 0, Float64Array.of(20))]).toEqual([NaN]);
  });
});
