import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type QueueModel, simulateQueue } from './simulate-queue.js';

const CALM: QueueModel = {
  seed: 1,
  workers: 8,
  jobs: 4000,
  workMs: 20,
  delayMs: 0,
  ahead: 1,
  deathFraction: 0,
  takeOverMs: 3500,
  replaceMs: 1000,
};

describe('the simulated queue', () => {
  it('is ideal without delays and deaths', () => {
    for (const workers of [1, 2, 8])
      expect(simulateQueue({ ...CALM, workers }).shareOfIdeal).toBeCloseTo(1, 10);
  });

  it('waits for every delay where nothing is fetched ahead, and hides most of it where one job is', () => {
    // Renewal: one job every 20 + 5 ms on average.
    expect(simulateQueue({ ...CALM, delayMs: 5, ahead: 0 }).shareOfIdeal).toBeCloseTo(20 / 25, 1);
    expect(simulateQueue({ ...CALM, delayMs: 5, ahead: 1 }).shareOfIdeal).toBeGreaterThan(0.97);
  });

  it('does all jobs whatever dies, the same way with the same seed, and never more than the ideal', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.double({ min: 0, max: 0.05, noNaN: true }),
        fc.double({ min: 0, max: 30, noNaN: true }),
        (workers, seed, deathFraction, delayMs) => {
          const model = { ...CALM, jobs: 300, workers, seed, deathFraction, delayMs };
          const run = simulateQueue(model);
          expect(run).toEqual(simulateQueue(model));
          expect(run.shareOfIdeal).toBeLessThanOrEqual(1 + 1e-9);
          expect(run.shareOfIdeal).toBeGreaterThan(0);
          if (deathFraction === 0) expect(run.deaths).toBe(0);
        },
      ),
    );
  });
});
