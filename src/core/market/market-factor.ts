/** What moves all symbols at once: the regime, a volatility of its own with long memory, and one shock a bar. */
import { createMarketRegime } from './market-regime.js';
import { exponential } from './portable-math.js';
import { createRandomStream } from './random-stream.js';
import { type VolatilityComponent, createVolatilityCascade } from './volatility-cascade.js';

/** Chosen so that the figures of docs/generated-market.md come out; the regimes add to the slow end. */
const COMPONENTS: readonly VolatilityComponent[] = [
  { lifetimeHours: 0.6, variance: 0.19 },
  { lifetimeHours: 6, variance: 0.13 },
  { lifetimeHours: 60, variance: 0.09 },
  { lifetimeHours: 900, variance: 0.16 },
];
/** Bounds rare extremes: log volatility never leaves -2.2..2.2, a factor of nine either way. */
const LARGEST_LOG_VOLATILITY = 3;
/** How much of the market's own excitement is felt in what moves single symbols; a regime is felt in full. */
const FELT_SHARE = 0.4;
/** Volatility of the market factor, which drifts of regimes are stated for. */
const ANNUAL_VOLATILITY = 0.6;

/** One bar of the market factor, in units of its usual volatility. Written anew by each `next`. */
export interface MarketFactor {
  /** Standard normal. */
  shock: number;
  /** Multiple of the usual volatility; the long-run mean of its square is about 1. */
  volatility: number;
  /** The same for the symbols' own parts. */
  feltVolatility: number;
  /** Expected log return a year for each unit of a symbol's annual market volatility. */
  driftPerYear: number;
  next(): void;
}

export function createMarketFactor(seed: number, barHours: number): MarketFactor {
  const random = createRandomStream(seed, 'market');
  const cascade = createVolatilityCascade(COMPONENTS, barHours, random);
  const regime = createMarketRegime(barHours, random);
  const factor: MarketFactor = {
    shock: 0,
    volatility: 1,
    feltVolatility: 1,
    driftPerYear: 0,
    next() {
      regime.next();
      const log = Math.max(-LARGEST_LOG_VOLATILITY, Math.min(LARGEST_LOG_VOLATILITY, cascade.next()));
      // The mean of e^(2x) is e^(2 variance) for a normal x.
      factor.volatility = exponential(log - cascade.variance) * regime.volatility();
      factor.feltVolatility =
        exponential(FELT_SHARE * log - FELT_SHARE * FELT_SHARE * cascade.variance) * regime.volatility();
      factor.shock = random.normal();
      factor.driftPerYear = regime.driftPerYear() / ANNUAL_VOLATILITY;
    },
  };
  return factor;
}
