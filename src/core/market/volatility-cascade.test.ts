import { describe, expect, it } from 'vitest';
import { createRandomStream } from './random-stream.js';
import { createVolatilityCascade } from './volatility-cascade.js';

const BARS = 200_000;

function run(lifetimeHours: number, barHours: number): { variance: number; lag1: number; promised: number } {
  const cascade = createVolatilityCascade(
    [{ lifetimeHours, variance: 0.2 }],
    barHours,
    createRandomStream(5, 'cascade'),
  );
  let square = 0;
  let product = 0;
  let last = cascade.next();
  for (let t = 0; t < BARS; t++) {
    const value = cascade.next();
    square += value * value;
    product += value * last;
    last = value;
  }
  return { variance: square / BARS, lag1: product / square, promised: cascade.variance };
}

describe('a cascade of volatilities', () => {
  it('has the variance it promises and forgets at the rate of its lifetime', () => {
    const { variance, lag1, promised } = run(10, 1);
    expect(variance / promised).toBeCloseTo(1, 1);
    expect(lag1).toBeCloseTo(Math.exp(-1 / 10), 2);
  });

  it('averages short-lived excitement out of long bars, and keeps all of it in short ones', () => {
    // 2 (x - 1 + e^-x) / x^2 with x = 24 is 0.0799; with x = 1/60 it is 0.9945.
    expect(run(1, 24).promised).toBeCloseTo(0.2 * 0.0799, 4);
    expect(run(1, 1 / 60).promised).toBeCloseTo(0.2 * 0.9945, 4);
  });
});
