/** Funding of a generated perpetual, every eight hours as on the largest venues. */
import type { FundingSeries } from '../domain/market-table.js';
import { HOUR_MS, type TimeMs } from '../domain/time.js';
import { exponential } from './portable-math.js';
import { createRandomStream } from './random-stream.js';

const FUNDING_INTERVAL_MS = 8 * HOUR_MS;
/** Longs crowd in after rises: returns are remembered for about this long. */
const TREND_HOURS = 120;
/** Crowding that prices do not explain. */
const MOOD_INTERVALS = 6;
const TREND_WEIGHT = 0.5;
const MOOD_WEIGHT = Math.sqrt(1 - TREND_WEIGHT * TREND_WEIGHT);
/** The premium of the perpetual over its index, in fractions, as a function of crowding. */
const CALM_PREMIUM = -0.00042;
const PREMIUM_PER_CROWDING = 0.00008;
/** Beyond this crowding the premium runs away. */
const CROWDED = 1;
const RUNAWAY_PREMIUM = 0.0008;
/** Interest component and damping of the published formula: premium + clamp(interest - premium, +-0.05 %). */
const INTEREST = 0.0001;
const DAMPING = 0.0005;
const LARGEST_RATE = 0.003;
const RATE_STEPS = 1e8;

export interface SymbolFunding {
  /** Adds the rates due in [openMs, closeMs), known from bars that closed before. */
  due(openMs: TimeMs, closeMs: TimeMs): void;
  /** Remembers a closed bar by its return over the usual volatility of a bar. */
  remember(scaledReturn: number): void;
  series(): FundingSeries;
}

export function createSymbolFunding(seed: number, symbol: string, barHours: number): SymbolFunding {
  const random = createRandomStream(seed, `funding of ${symbol}`);
  const keepTrend = exponential(-barHours / TREND_HOURS);
  // An average of independent returns with this weight has a standard deviation of 1.
  const addTrend = Math.sqrt(1 - keepTrend * keepTrend);
  const keepMood = exponential(-1 / MOOD_INTERVALS);
  const addMood = Math.sqrt(1 - keepMood * keepMood);
  let trend = 0;
  let mood = random.normal();
  const timesMs: number[] = [];
  const rates: number[] = [];
  return {
    due(openMs, closeMs) {
      const first = Math.ceil(openMs / FUNDING_INTERVAL_MS) * FUNDING_INTERVAL_MS;
      for (let timeMs = first; timeMs < closeMs; timeMs += FUNDING_INTERVAL_MS) {
        mood = keepMood * mood + addMood * random.normal();
        timesMs.push(timeMs);
        rates.push(fundingRate(TREND_WEIGHT * trend + MOOD_WEIGHT * mood));
      }
    },
    remember(scaledReturn) {
      trend = keepTrend * trend + addTrend * scaledReturn;
    },
    series: () => ({ timesMs: Float64Array.from(timesMs), rates: Float64Array.from(rates) }),
  };
}

/** Rises with crowding (about standard normal); most often exactly the interest component, as on real venues. */
function fundingRate(crowding: number): number {
  const premium =
    CALM_PREMIUM + PREMIUM_PER_CROWDING * crowding + RUNAWAY_PREMIUM * Math.max(0, crowding - CROWDED);
  const rate = premium + Math.max(-DAMPING, Math.min(DAMPING, INTEREST - premium));
  return Math.round(Math.max(-LARGEST_RATE, Math.min(LARGEST_RATE, rate)) * RATE_STEPS) / RATE_STEPS;
}
