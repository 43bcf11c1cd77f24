import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { giveBack, openBucket, takeFrom } from './token-bucket.js';

describe('a limit a minute', () => {
  it('gives a minute’s worth at once, and then so much as has grown', () => {
    const bucket = openBucket(60, 0);
    expect(takeFrom(bucket, 60, 0)).toBe(0);
    expect(takeFrom(bucket, 1, 0)).toBe(1000);
    expect(takeFrom(bucket, 2, 0)).toBe(3000);
    expect(takeFrom(bucket, 1, 10_000)).toBe(0);
  });

  it('makes nobody wait for more than a full bucket', () => {
    const bucket = openBucket(100, 0);
    expect(takeFrom(bucket, 1_000_000, 0)).toBe(0);
    expect(takeFrom(bucket, 1_000_000, 0)).toBe(60_000);
  });

  it('never lets through more than a minute’s worth and what has grown since', () => {
    const steps = fc.array(
      fc.record({ amount: fc.integer({ min: 1, max: 50 }), laterMs: fc.integer({ min: 0, max: 30_000 }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (takers) => {
        const bucket = openBucket(50, 0);
        let nowMs = 0;
        const through = takers.map(({ amount, laterMs }) => {
          nowMs += laterMs;
          return { amount, atMs: nowMs + takeFrom(bucket, amount, nowMs) };
        });
        for (const { atMs } of through) {
          const sum = through.filter((one) => one.atMs <= atMs).reduce((all, one) => all + one.amount, 0);
          expect(sum).toBeLessThanOrEqual(50 + (atMs / 60_000) * 50 + 1e-6);
        }
        // Who came first goes first.
        for (let i = 1; i < through.length; i++)
          expect(through[i]?.atMs).toBeGreaterThanOrEqual((through[i - 1]?.atMs ?? 0) - 1e-6);
      }),
    );
  });

  it('takes back what was not used, up to a minute’s worth', () => {
    const bucket = openBucket(60, 0);
    takeFrom(bucket, 60, 0);
    giveBack(bucket, 50, 0);
    expect(takeFrom(bucket, 50, 0)).toBe(0);
    giveBack(bucket, 1000, 0);
    expect(bucket.level).toBe(60);
    // Used beyond the estimate.
    giveBack(bucket, -90, 0);
    expect(takeFrom(bucket, 30, 0)).toBe(60_000);
  });
});
