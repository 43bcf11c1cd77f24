import { describe, expect, it } from 'vitest';
import { describeShared } from '../../../test/support/shared-files.js';
import { uniformAt } from '../domain/rng.js';
import { blockLength } from './block-length.js';
import { mean } from './deviation.js';
import { sharpe } from './sharpe.js';
import { normalQuantile } from './special-functions.js';
import { bootstrapRange, forEachResample } from './stationary-bootstrap.js';

/** A first-order autoregression with Normal shocks and mean 0. */
function autoregression(seed: number, n: number, rho: number): Float64Array {
  let value = 0;
  return Float64Array.from({ length: n }, (_, i) => {
    value = rho * value + normalQuantile(uniformAt(seed, i * 60_000, 0) || 0.5);
    return value;
  });
}

describeShared('vectors/block_length.json', 'the automatic block length', (content) => {
  const golden = content as {
    readonly series: readonly number[];
    readonly rtol: number;
    readonly expected: { readonly stationary: number; readonly circular: number };
  };

  it.each(['stationary', 'circular'] as const)('is that of the file for a %s bootstrap', (kind) => {
    const found = blockLength(golden.series)?.[kind] ?? NaN;
    const expected = golden.expected[kind];
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(golden.rtol * expected);
  });
});

describe('the automatic block length', () => {
  it('grows with correlation over time and does not depend on the unit', () => {
    const [some, much] = [autoregression(1, 2000, 0.3), autoregression(1, 2000, 0.8)];
    expect(blockLength(much)?.stationary ?? NaN).toBeGreaterThan(blockLength(some)?.stationary ?? NaN);
    expect(blockLength(some.map((x) => 100 * x + 3))?.stationary).toBeCloseTo(
      blockLength(some)?.stationary ?? NaN,
      9,
    );
  });

  it('is at most a third of a short record', () => {
    const drift = Array.from({ length: 30 }, (_, i) => i);
    expect(blockLength(drift)?.stationary).toBeLessThanOrEqual(10);
    expect(blockLength(drift)?.circular).toBeLessThanOrEqual(10);
  });

  it.each([
    ['15 values', Array.from({ length: 15 }, (_, i) => i % 2)],
    ['nothing', []],
    ['a constant', Array.from({ length: 100 }, () => 0.01)],
    ['a gap', [NaN, ...Array.from({ length: 50 }, (_, i) => i % 3)]],
    ['infinity', [Infinity, ...Array.from({ length: 50 }, (_, i) => i % 3)]],
  ])('is undefined for %s', (_, values) => {
    expect(blockLength(values)).toBeUndefined();
  });

  it('exists from 16 values on, also where every one follows the last', () => {
    expect(blockLength(Array.from({ length: 16 }, (_, i) => i))).toBeDefined();
    expect(blockLength(Array.from({ length: 16 }, (_, i) => i % 2))).toBeDefined();
  });
});

describe('a resample', () => {
  const places = Array.from({ length: 50 }, (_, i) => i);

  function resamplesOf(meanBlock: number, seed: number, resamples = 400): number[][] {
    const found: number[][] = [];
    forEachResample(places, { meanBlock, resamples, seed }, (resample) => {
      found.push([...resample]);
    });
    return found;
  }

  it('is the same for the same seed and another for another', () => {
    expect(resamplesOf(5, 7)).toEqual(resamplesOf(5, 7));
    expect(resamplesOf(5, 7)).not.toEqual(resamplesOf(5, 8));
    const [first, second] = resamplesOf(5, 7);
    expect(first).not.toEqual(second);
  });

  it('takes every value equally often: the series is a circle', () => {
    const counts = new Float64Array(50);
    for (const resample of resamplesOf(10, 3, 4000))
      for (const place of resample) counts[place] = (counts[place] ?? NaN) + 1;
    // 4,000 each, of blocks of ten: about 400 independent starts, a deviation of about 200.
    for (const count of counts) expect(Math.abs(count - 4000)).toBeLessThan(1000);
  });

  it('is made of blocks of the mean length that is asked for', () => {
    for (const meanBlock of [1, 4, 12]) {
      let breaks = 0;
      for (const resample of resamplesOf(meanBlock, 5, 2000))
        for (let i = 1; i < 50; i++) if (resample[i] !== ((resample[i - 1] ?? NaN) + 1) % 50) breaks++;
      // A new block goes on by chance once in 50 times.
      const expected = (2000 * 49 * (49 / 50)) / meanBlock;
      expect(Math.abs(breaks / expected - 1)).toBeLessThan(0.05);
    }
  });

  it('is of independent draws where a block is shorter than one', () => {
    expect(resamplesOf(0.2, 5)).toEqual(resamplesOf(1, 5));
  });
});

describe('a bootstrap range', () => {
  const resampling = { meanBlock: 1, resamples: 400, seed: 11 };

  it('holds the true mean of 95 % of Normal series', () => {
    let held = 0;
    for (let seed = 0; seed < 400; seed++) {
      const range = bootstrapRange(autoregression(seed, 60, 0), { ...resampling, seed }, mean);
      if ((range?.low ?? NaN) <= 0 && (range?.high ?? NaN) >= 0) held++;
    }
    expect(Math.abs(held / 400 - 0.95)).toBeLessThanOrEqual(0.03);
  });

  it('is wider where returns go on, by blocks of the automatic length', () => {
    const series = autoregression(5, 1000, 0.6);
    const meanBlock = blockLength(series)?.stationary ?? NaN;
    const width = (block: number): number => {
      const range = bootstrapRange(series, { ...resampling, meanBlock: block }, (r) => sharpe(r, 1));
      return (range?.high ?? NaN) - (range?.low ?? NaN);
    };
    // Independent draws see a quarter of the variance: (1 + 0.6) / (1 - 0.6) = 4.
    expect(width(meanBlock) / width(1)).toBeGreaterThan(1.5);
    expect(width(meanBlock) / width(1)).toBeLessThan(2.2);
  });

  it('is undefined for fewer than two values, with a gap, and for a statistic that is mostly undefined', () => {
    expect(bootstrapRange([], resampling, mean)).toBeUndefined();
    expect(bootstrapRange([1], resampling, mean)).toBeUndefined();
    expect(bootstrapRange([1, NaN, 2], resampling, mean)).toBeUndefined();
    expect(bootstrapRange([1, Infinity, 2], resampling, mean)).toBeUndefined();
    expect(bootstrapRange([1, 2], { ...resampling, resamples: 39 }, mean)).toBeUndefined();
    expect(bootstrapRange([0.01, 0.01, 0.01], resampling, (r) => sharpe(r, 1))).toBeUndefined();
    expect(bootstrapRange([1, 2, 4], resampling, () => NaN)).toBeUndefined();
  });

  it('leaves out the few resamples without the statistic and counts the others', () => {
    let call = 0;
    const range = bootstrapRange([1, 2, 4], resampling, () => (call++ % 100 === 0 ? undefined : call));
    expect(range?.measured).toBe(396);
  });
});
