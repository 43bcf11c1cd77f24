/**
 * The weather of the whole market: a Markov chain of a few named regimes in continuous time. Drifts are small
 * against volatility and sum to nothing in the long run: someone who knew the regime would have a modest edge,
 * someone who has to guess it from prices almost none.
 */
import { exponential } from './portable-math.js';
import type { RandomStream } from './random-stream.js';

export type RegimeName = 'bull' | 'bear' | 'quiet' | 'panic';

interface Regime {
  readonly name: RegimeName;
  readonly meanDays: number;
  /** Expected log return of the market factor a year, while the regime lasts. */
  readonly driftPerYear: number;
  /** Volatility as a multiple of the usual, before normalisation. */
  readonly volatility: number;
  /** Where it goes when it ends; the weights sum to 1. */
  readonly next: Readonly<Partial<Record<RegimeName, number>>>;
}

const REGIMES: readonly Regime[] = [
  {
    name: 'bull',
    meanDays: 30,
    driftPerYear: 0.8,
    volatility: 1,
    next: { quiet: 0.55, bear: 0.3, panic: 0.15 },
  },
  {
    name: 'bear',
    meanDays: 25,
    driftPerYear: -0.7,
    volatility: 1.1,
    next: { quiet: 0.45, bull: 0.35, panic: 0.2 },
  },
  {
    name: 'quiet',
    meanDays: 20,
    driftPerYear: 0,
    volatility: 0.75,
    next: { bull: 0.45, bear: 0.45, panic: 0.1 },
  },
  {
    name: 'panic',
    meanDays: 2.5,
    driftPerYear: -1.2,
    volatility: 1.9,
    next: { bear: 0.45, bull: 0.3, quiet: 0.25 },
  },
];
const HOURS_PER_DAY = 24;

export interface MarketRegime {
  /** Moves on by one bar. */
  next(): void;
  /** Of the regime that holds in this bar; the long-run mean is 0. */
  driftPerYear(): number;
  /** Multiple of the usual volatility; the long-run mean of its square is 1. */
  volatility(): number;
}

/** Starts in a regime drawn by its share of time. */
export function createMarketRegime(barHours: number, random: RandomStream): MarketRegime {
  const shares = longRunShares();
  const meanDrift = weightedMean(shares, (regime) => regime.driftPerYear);
  const scale = 1 / Math.sqrt(weightedMean(shares, (regime) => regime.volatility * regime.volatility));
  const leave = REGIMES.map(
    (regime) => 1 - exponential(-Math.min(40, barHours / (regime.meanDays * HOURS_PER_DAY))),
  );
  let current = pick(shares, random.uniform());
  return {
    next() {
      const draw = random.uniform();
      const chance = leave[current] ?? 0;
      if (draw < chance) current = pick(successors(current), draw / chance);
    },
    driftPerYear: () => (REGIMES[current]?.driftPerYear ?? 0) - meanDrift,
    volatility: () => (REGIMES[current]?.volatility ?? 1) * scale,
  };
}

/** Share of time that each regime holds in the long run: visits of the chain times length of a visit. */
function longRunShares(): number[] {
  const ENOUGH_ROUNDS = 200;
  let visits = REGIMES.map(() => 1 / REGIMES.length);
  for (let round = 0; round < ENOUGH_ROUNDS; round++) {
    const before = visits;
    // Half of the old weight stays, so that the iteration cannot oscillate.
    visits = before.map((weight) => weight / 2);
    REGIMES.forEach((_, from) => {
      successors(from).forEach((share, to) => {
        visits[to] = (visits[to] ?? 0) + ((before[from] ?? 0) * share) / 2;
      });
    });
  }
  const days = REGIMES.map((regime, index) => (visits[index] ?? 0) * regime.meanDays);
  const total = days.reduce((sum, value) => sum + value, 0);
  return days.map((value) => value / total);
}

/** Chance of each regime to follow the one at `index`, in the order of REGIMES. */
function successors(index: number): number[] {
  const next = REGIMES[index]?.next ?? {};
  return REGIMES.map(({ name }) => next[name] ?? 0);
}

function weightedMean(shares: readonly number[], value: (regime: Regime) => number): number {
  return REGIMES.reduce((sum, regime, index) => sum + (shares[index] ?? 0) * value(regime), 0);
}

/** Index drawn by weights that sum to 1. */
function pick(weights: readonly number[], uniform: number): number {
  let left = uniform;
  for (let index = 0; index < weights.length; index++) {
    left -= weights[index] ?? 0;
    if (left < 0) return index;
  }
  return weights.findLastIndex((weight) => weight > 0);
}
