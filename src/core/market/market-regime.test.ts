import { describe, expect, it } from 'vitest';
import { createMarketRegime } from './market-regime.js';
import { createRandomStream } from './random-stream.js';

const DAYS = 400_000;

describe('market regimes', () => {
  it('have no drift and the usual volatility in the long run', () => {
    const regime = createMarketRegime(24, createRandomStream(1, 'regimes'));
    let drift = 0;
    let variance = 0;
    const volatilities = new Set<number>();
    for (let day = 0; day < DAYS; day++) {
      regime.next();
      drift += regime.driftPerYear();
      variance += regime.volatility() ** 2;
      volatilities.add(regime.volatility());
    }
    // Some 20,000 visits with drifts of about 0.6: one standard error is about 0.005.
    expect(Math.abs(drift / DAYS)).toBeLessThan(0.02);
    expect(variance / DAYS).toBeCloseTo(1, 1);
    expect(volatilities.size, 'all four regimes are visited').toBe(4);
  });
});
