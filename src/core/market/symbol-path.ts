/**
 * One symbol's endless bars. Its log return is the market's part plus a part of its own, both with clustered
 * volatility. The market's part has no drift in log terms, so that in the long run the market neither grows nor
 * vanishes; the own part has none in simple terms, so that nothing is earned by spreading over symbols. Each symbol has its own random streams, so that its bars do not depend on which other
 * symbols are generated.
 */
import type { Bar } from '../domain/market-table.js';
import type { MarketFactor } from './market-factor.js';
import { exponential, naturalLogarithm } from './portable-math.js';
import { createRandomStream } from './random-stream.js';
import { roundPrice } from './round-price.js';
import { type SymbolProfile, lotsPerUnit } from './symbol-profiles.js';
import { type VolatilityComponent, createVolatilityCascade } from './volatility-cascade.js';

const OWN_COMPONENTS: readonly VolatilityComponent[] = [
  { lifetimeHours: 0.6, variance: 0.55 },
  { lifetimeHours: 12, variance: 0.28 },
  { lifetimeHours: 600, variance: 0.22 },
];
const VOLUME_COMPONENTS: readonly VolatilityComponent[] = [
  { lifetimeHours: 6, variance: 0.08 },
  { lifetimeHours: 300, variance: 0.14 },
];
const LARGEST_LOG_VOLATILITY = 3;
/** A bar's log return stays within this whatever the chance draws: -45 % or +82 %. */
const LARGEST_LOG_RETURN = 0.6;
/**
 * A faint pull towards the start price, in log units a year. Without it a fair game with this much volatility
 * would, after decades, end next to zero. A day's pull is less than a hundredth of a day's noise.
 */
const PULL_PER_YEAR = 0.1;
/** Mean range of real bars is 2.1 times their mean move; a random walk without friction has 2.0. */
const RANGE_EXCESS = 1.05;
/** An open is this far from the close before it, at most a tick or two of a real venue. */
const GAP_FRACTION = 0.0002;
const VOLUME_PER_LOG_VOLATILITY = 0.8;
const VOLUME_PER_SHOCK = 0.4;
const VOLUME_NOISE = 0.12;
/** Takes back what the mean of an exponential adds, so that `dailyNotional` is about the mean. */
const VOLUME_LOG_MEAN = 0.29;
/** Mean of log volatility when the mean of its square is 1. */
const USUAL_LOG_VOLATILITY = -0.5;
const MEAN_ABSOLUTE_NORMAL = 0.798;
const GAP_CHANCE = 0.5;
const HOURS_PER_YEAR = 8_766;
const HOURS_PER_DAY = 24;

/** Rhythm of the week in one bar, shared by all symbols. */
export interface Season {
  volatility: number;
  volume: number;
}

export interface SymbolPath {
  /** Log return of the last bar over the symbol's usual volatility of a bar. */
  scaledReturn(): number;
  /** Writes the next bar; `openTimeMs` is left to the caller. */
  next(market: Readonly<MarketFactor>, season: Readonly<Season>, bar: Bar): void;
}

export function createSymbolPath(
  seed: number,
  symbol: string,
  profile: SymbolProfile,
  barHours: number,
): SymbolPath {
  const random = createRandomStream(seed, `prices of ${symbol}`);
  const volumeRandom = createRandomStream(seed, `volumes of ${symbol}`);
  const ownCascade = createVolatilityCascade(OWN_COMPONENTS, barHours, random);
  const volumeCascade = createVolatilityCascade(VOLUME_COMPONENTS, barHours, volumeRandom);
  const barYears = barHours / HOURS_PER_YEAR;
  const usual = profile.annualVolatility * Math.sqrt(barYears);
  const usualMarket = usual * Math.sqrt(profile.marketShare);
  const usualOwn = usual * Math.sqrt(1 - profile.marketShare);
  const annualMarket = profile.annualVolatility * Math.sqrt(profile.marketShare);
  const notional = (profile.dailyNotional * barHours) / HOURS_PER_DAY;
  const lots = lotsPerUnit(profile);
  /** Log price over the start price, not rounded. */
  let path = 0;
  let lastClose = roundPrice(profile.startPrice);
  let scaledReturn = 0;

  return {
    scaledReturn: () => scaledReturn,
    next(market, season, bar) {
      const ownVolatility =
        exponential(clampLog(ownCascade.next()) - ownCascade.variance) * market.feltVolatility;
      const marketDeviation = usualMarket * season.volatility * market.volatility;
      const ownDeviation = usualOwn * season.volatility * ownVolatility;
      const variance = marketDeviation * marketDeviation + ownDeviation * ownDeviation;
      const deviation = Math.sqrt(variance);
      const noise = marketDeviation * market.shock + ownDeviation * random.normal();
      // Half its variance turns a zero expected log return of the own part into a zero expected simple return.
      const drift =
        market.driftPerYear * annualMarket * barYears -
        (ownDeviation * ownDeviation) / 2 -
        PULL_PER_YEAR * path * barYears;
      const move = Math.max(-LARGEST_LOG_RETURN, Math.min(LARGEST_LOG_RETURN, drift + noise));
      path += move;
      scaledReturn = move / usual;

      const gap =
        random.uniform() < GAP_CHANCE ? Math.min(GAP_FRACTION, deviation / 10) * random.normal() : 0;
      bar.open = roundPrice(lastClose * (1 + gap));
      bar.close = roundPrice(profile.startPrice * exponential(path));
      // Highest and lowest point of a Brownian bridge from open to close: its distribution solved for the draw.
      const spread = 2 * RANGE_EXCESS * RANGE_EXCESS * variance;
      const above = Math.sqrt(move * move - spread * naturalLogarithm(random.uniform()));
      const below = Math.sqrt(move * move - spread * naturalLogarithm(random.uniform()));
      bar.high = Math.max(bar.open, bar.close, roundPrice(bar.open * exponential((move + above) / 2)));
      bar.low = Math.min(bar.open, bar.close, roundPrice(bar.open * exponential((move - below) / 2)));
      lastClose = bar.close;

      const logVolume =
        VOLUME_PER_LOG_VOLATILITY *
          (naturalLogarithm(deviation / (usual * season.volatility)) - USUAL_LOG_VOLATILITY) +
        VOLUME_PER_SHOCK * (Math.abs(noise) / deviation - MEAN_ABSOLUTE_NORMAL) +
        volumeCascade.next() +
        VOLUME_NOISE * volumeRandom.normal() -
        VOLUME_LOG_MEAN;
      const units = (notional * season.volume * exponential(logVolume)) / bar.close;
      bar.volume = Math.max(1, Math.round(units * lots)) / lots;
    },
  };
}

function clampLog(log: number): number {
  return Math.max(-LARGEST_LOG_VOLATILITY, Math.min(LARGEST_LOG_VOLATILITY, log));
}
